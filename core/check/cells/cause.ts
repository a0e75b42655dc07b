/**
 * Why a value is hardly what was meant, where its signs show it: what an export or a spreadsheet has made of it. A text
 * to append to "… is not a whole number", or nothing. The value itself is never part of it.
 */

const causes: readonly (readonly [RegExp, string])[] = [
  [/^\s|\s$/, 'it has blanks at its start or end'],
  [/^\(?\d+ rows?\b.*$/i, 'it looks like the line that a database program writes below a table; remove it'],
  [/^(grand |sub)?-?totals?\b/i, 'it looks like a line of totals; remove it'],
  [
    /^#(n\/?a|ref!?|value!?|div\/0!?|name\??|num!?|null!?|spill!?|calc!?)$/i,
    'it is the error of a spreadsheet formula',
  ],
  [/^#+$/, 'it is what a spreadsheet shows in a column that is too narrow'],
  [/^['’‘`]/, 'an apostrophe stands before it, a spreadsheet’s sign for text'],
  [/^=/, 'it is a spreadsheet formula'],
  [/^null$/i, 'the word NULL is text here, leave the cell empty instead'],
  [/^(n\/?a|nil|none|nan|-+|–|—|\.+|\?+)$/i, 'it stands for no value, leave the cell empty instead'],
  [/^[+-]?\d[\d.,]*\s*%$|^%/, 'it has a percent sign'],
  [/^(₹|\$|€|£|rs\.?|inr)\s*[\d.,]+/i, 'it has the sign of a currency'],
  [
    /[\u00a0\u2000-\u200f\u202f\u2060\ufeff\u00ad]/,
    'it holds a sign that is not seen, such as a no-break space',
  ],
  [
    /^[+-]?\d+([.,]\d+)?e[+-]?\d+$/i,
    'it is in scientific notation, as a spreadsheet shows long numbers; the last digits may be lost',
  ],
  [/^[+-]?\d{1,3}(,\d{2,3})*,\d{3}(\.\d+)?$/, 'it has commas between the digits'],
  [/^[+-]?\d{1,3}([ '’_]\d{2,3})+(\.\d+)?$/, 'it has signs between the digits'],
  [/^[+-]?\d+,\d+$/, 'it has a decimal comma'],
  [
    /^[+-]?\d+\.0*$/,
    'it has a decimal point and zeros behind it, as a spreadsheet or a program writes whole numbers',
  ],
  [/^[+-]?\d*\.\d*$/, 'it has a decimal point'],
  [/^(?=.*\d)(?=.*[Oo])[\dOo]+$/, 'the letter O stands in it for a zero'],
];

/** The cause of a value that is no number. */
export function causeOfNumber(value: string): string {
  const found = causes.find(([form]) => form.test(value));
  if (found) return `: ${found[1]}`;
  return /^[+-]?\d+$/.test(value) ? ': it is too large' : '';
}

/** Signs that stand for a value of any kind, and not for a number alone. */
const general = causes.slice(0, 9);

/**
 * The cause of a value that is no date.
 *
 * @param format the one that is wanted, `yyyy-MM-dd` or `dd/MM/yyyy`, perhaps with a time
 */
export function causeOfDate(value: string, format: string): string {
  const yearFirst = format.startsWith('yyyy');
  const found = general.find(([form]) => form.test(value))?.[1] ?? orderOf(value, yearFirst);
  return found === undefined ? '' : `: ${found}`;
}

function orderOf(value: string, yearFirst: boolean): string | undefined {
  if (/^\d{5}([.,]\d+)?$/.test(value))
    return 'it looks like a spreadsheet’s number of a day, counted from 1900';
  if (/^\d{13}$/.test(value)) return 'it looks like milliseconds since 1970';
  if (/^\d{10}$/.test(value)) return 'it looks like seconds since 1970';
  if (/^\d{8}$/.test(value)) return 'nothing stands between year, month and day';
  if (/^\d{1,2}[-/. ]?[a-z]{3,9}[-/., ]*\d{2,4}|^[a-z]{3,9} \d{1,2}/i.test(value))
    return 'the month is written as a name';
  const yearAhead = /^\d{4}([-/.])\d{1,2}\1\d{1,2}(?<rest>.*)$/s.exec(value);
  if (yearAhead) {
    const isTime = /^[T ]\d{1,2}:\d{2}/.test(yearAhead.groups!.rest!);
    if (!yearFirst) return isTime ? 'it is a time stamp with the year first' : 'the year stands first';
    return yearAhead[1] === '-' ? 'there is no such day' : `"${yearAhead[1]!}" stands between its parts`;
  }
  const yearLast = /^(\d{1,2})([-/.])(\d{1,2})\2(\d{4}|\d{2})\b/.exec(value);
  if (!yearLast) return undefined;
  const [first, second] = [Number(yearLast[1]), Number(yearLast[3])];
  if (yearLast[4]!.length === 2) return 'its year has two digits';
  if (second > 12 && first <= 12) return 'the month stands first';
  if (yearFirst) return first > 12 ? 'the day stands first' : 'the year stands last';
  if (yearLast[2] !== '/') return `"${yearLast[2]!}" stands between its parts`;
  return 'there is no such day';
}

/** Why a value that passes the date check may be stored as another day. */
export function causeOfLooseDate(value: string): string {
  if (/^\s*\d{1,3}-/.test(value))
    return ' (its year has two digits and is taken for one of the first century)';
  if (/[^\p{ASCII}]/u.test(value)) return ' (its digits are those of another script)';
  if (/^\s|-\s/.test(value)) return ' (it has blanks inside or before it)';
  if (/^\d+-\d{1,2}-\d{1,2}[^\d].*$/s.test(value)) return ' (something stands behind the date)';
  return /-\d(-|$)/.test(value) ? ' (month or day has one digit)' : '';
}

/** True for the text of a line that is no row: what a database program writes below a table, or totals. */
export function footerCause(value: string): string | undefined {
  return causes.slice(1, 3).find(([form]) => form.test(value.trim()))?.[1];
}

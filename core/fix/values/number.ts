import { latinDigits } from '../../check/cells/processor.ts';
import { write, type ValueFix, type ValueMending } from './value-fix.ts';

/** Values of which nothing is left to mend, and why. */
const lost: readonly (readonly [RegExp, string])[] = [
  [
    /^[+-]?\d+([.,]\d+)?e[+-]?\d+$/i,
    'A spreadsheet has shortened the number: its last digits are lost. Format the column as text before the export.',
  ],
  [
    /^#(n\/?a|ref!?|value!?|div\/0!?|name\??|num!?|null!?|spill!?|calc!?)$/i,
    'It is the error of a spreadsheet formula: the value is not in the file.',
  ],
  [/^#+$/, 'The column was too narrow in the spreadsheet: the value is not in the file.'],
  [/^=/, 'It is a spreadsheet formula: its result is not in the file.'],
  [/^[+-]?\d*[.,]\d*[1-9]\d*$/, 'Without what stands behind the point it would be another number.'],
  [/^[+-]?\d+$/, 'It is too large, and the number that was meant is not in the file.'],
];

const NO_VALUE = /^(null|n\/?a|nil|none|nan|-+|–|—|\.+|\?+)$/i;
/** Digits in groups with one sign between them: the last group has three, as in 1,234 and in 12,34,567. */
const GROUPS = /^([+-]?\d{1,3})((?:([,' ’_\u00a0\u2009\u202f])\d{2,3})(?:\3\d{2,3})*)(\.\d+)?$/;
/** Blanks of other scripts and signs that are not seen. */
const UNSEEN = /[\u00a0\u00ad\u1680\u2000-\u200f\u202f\u205f\u2060\u3000\ufeff]/g;

const REMOVE_UNSEEN = 'Remove the signs that are not seen';

/**
 * What may be written in place of a value that is no number.
 *
 * @param value without blanks at its ends
 * @param isWhole true for a column of whole numbers
 */
export function mendNumber(value: string, isWhole: boolean): ValueMending {
  if (NO_VALUE.test(value))
    return {
      fixes: [{ value: '', title: 'Empty the cell', certain: false }],
      reason: 'It stands for no value: choose in the editor, or leave the cell empty.',
    };
  const bare = value.replace(/^['’‘`]\s*/, '');
  if (bare !== value)
    return first([{ value: bare, title: 'Remove the apostrophe', certain: true }], mendBare(bare, isWhole));
  return mendBare(value, isWhole);
}

function mendBare(value: string, isWhole: boolean): ValueMending {
  const grouped = ungrouped(value, isWhole);
  if (grouped) return grouped;
  const seen = value.replace(UNSEEN, '');
  if (seen !== value)
    return first([{ value: seen, title: REMOVE_UNSEEN, certain: true }], mendBare(seen, isWhole));
  const wholeOf = /^([+-]?\d+)\.0*$/.exec(latinDigits(value));
  if (wholeOf && isWhole) return { fixes: [write(wholeOf[1]!, true)] };
  const percent = /^([+-]?\d[\d.,]*)\s*%$/.exec(value);
  if (percent)
    return offered(
      percent[1]!,
      'Remove the percent sign',
      isWhole,
      'Whether 45% is meant as 45 or as 0.45 is for a person to say.',
    );
  const money = /^(?:₹|\$|€|£|rs\.?|inr)\s*([\d.,]+)$/i.exec(value);
  if (money) return offered(money[1]!, 'Remove the sign of the currency', isWhole, undefined);
  const comma = /^([+-]?\d+),(\d+)$/.exec(value);
  if (comma) {
    const [, whole, rest] = comma as unknown as [string, string, string];
    if (!isWhole) return { fixes: [write(`${whole}.${rest}`, false)] };
    if (/^0+$/.test(rest)) return { fixes: [write(whole, false)] };
  }
  if (/\d/.test(value) && /^[\dOo]+$/.test(value) && /[Oo]/.test(value))
    return { fixes: [write(value.replace(/[Oo]/g, '0'), false)] };
  const reason = lost.find(([form]) => form.test(value))?.[1];
  return { fixes: [], ...(reason === undefined ? {} : { reason }) };
}

/** A number of which the digits stand in groups; undefined for another value. */
function ungrouped(value: string, isWhole: boolean): ValueMending | undefined {
  const match = GROUPS.exec(value);
  if (!match) return undefined;
  const [, start, rest, sign, fraction = ''] = match as unknown as [string, string, string, string, string?];
  const groups = rest.split(sign).slice(1);
  if (groups.at(-1)!.length !== 3) return undefined;
  if (isWhole && /[1-9]/.test(fraction)) return undefined;
  const number = `${start}${groups.join('')}${isWhole ? '' : fraction}`;
  // One comma with three digits behind it may be a decimal comma where numbers have decimals.
  const isClear = isWhole || sign !== ',' || groups.length > 1 || fraction !== '';
  return {
    fixes: isClear ? [write(number, true)] : [write(number, false), write(`${start}.${groups[0]!}`, false)],
  };
}

/** A number with a sign taken off it, which is for a person to choose; the number itself may need mending. */
function offered(value: string, title: string, isWhole: boolean, reason: string | undefined): ValueMending {
  const further = mendBare(value, isWhole).fixes.map((fix) => ({ ...fix, certain: false }));
  return {
    fixes: [{ value, title, certain: false }, ...further],
    ...(reason === undefined ? {} : { reason }),
  };
}

function first(fixes: readonly ValueFix[], further: ValueMending): ValueMending {
  return { ...further, fixes: [...fixes, ...further.fixes] };
}

/** What may be written in place of a value that is neither true nor false. */
export function mendBoolean(value: string): ValueMending {
  const unmarked = value.replace(/^['’‘`]\s*/, '');
  const bare = unmarked.replace(UNSEEN, '');
  const fixes: ValueFix[] = [];
  if (unmarked !== value) fixes.push({ value: unmarked, title: 'Remove the apostrophe', certain: true });
  if (bare !== unmarked) fixes.push({ value: bare, title: REMOVE_UNSEEN, certain: true });
  if (/^(yes|on|x|✓|✔|1\.0+)$/i.test(bare)) fixes.push(write('true', false));
  if (/^(no|off|0\.0+)$/i.test(bare)) fixes.push(write('false', false));
  if (NO_VALUE.test(value)) fixes.push({ value: '', title: 'Empty the cell', certain: false });
  return { fixes };
}

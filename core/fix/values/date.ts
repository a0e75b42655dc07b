/** Which days a value may mean that is not written in the format of its column. */
import { isCalendarDay, latinDigits } from '../../check/cells/processor.ts';
import { write, type ValueFix, type ValueMending } from './value-fix.ts';

interface Reading {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** What stands behind the date. */
  readonly rest: string;
  /** False where something else than the order of the parts is a guess, such as the century. */
  readonly sure: boolean;
}

const SIGN = '\\s*[-/. ,\\u2010-\\u2015]\\s*';
const YEAR_FIRST = new RegExp(`^(\\d{4})${SIGN}(\\d{1,2})${SIGN}(\\d{1,2})(?!\\d)(.*)$`, 's');
const YEAR_LAST = new RegExp(`^(\\d{1,2})${SIGN}(\\d{1,2})${SIGN}(\\d{4})(?!\\d)(.*)$`, 's');
const SHORT_YEAR = new RegExp(`^(\\d{1,2})${SIGN}(\\d{1,2})${SIGN}(\\d{2})(?!\\d)(.*)$`, 's');
const DAY_NAME = /^(\d{1,2})(?:st|nd|rd|th)?[-/. ,]*([a-z]{3,9})\.?[-/. ,]*(\d{4}|\d{2})(?!\d)(.*)$/is;
const NAME_DAY = /^([a-z]{3,9})\.?[-/. ]*(\d{1,2})(?:st|nd|rd|th)?[-/. ,]+(\d{4})(?!\d)(.*)$/is;
const COMPACT = /^(\d{8})$/;

const months = 'january february march april may june july august september october november december'.split(
  ' ',
);

const AMBIGUOUS = 'Which part is the day and which the month cannot be told: choose in the editor.';

/**
 * What may be written in place of a value that is no date in the format of its column.
 *
 * @param value without blanks at its ends
 * @param format `yyyy-MM-dd` or `dd/MM/yyyy`, perhaps with a time behind it
 */
export function mendDate(value: string, format: string): ValueMending {
  const bare = latinDigits(value).replace(/^['’‘`]\s*/, '');
  const yearFirst = format.startsWith('yyyy');
  const read = distinct(readings(bare, yearFirst));
  const fixes = read.flatMap((reading) => written(reading, yearFirst, read.length === 1));
  const certain = fixes.some((fix) => fix.certain);
  return { fixes, ...(!certain && read.length > 1 ? { reason: AMBIGUOUS } : {}) };
}

function readings(value: string, yearFirst: boolean): Reading[] {
  const ahead = YEAR_FIRST.exec(value);
  if (ahead) {
    const [year, second, third] = numbers(ahead);
    const rest = ahead[4]!;
    const usual = real({ year, month: second, day: third, rest, sure: true });
    return usual.length > 0 ? usual : real({ year, month: third, day: second, rest, sure: false });
  }
  const last = YEAR_LAST.exec(value);
  if (last) {
    const [first, second, year] = numbers(last);
    const rest = last[4]!;
    const dayFirst = real({ year, month: second, day: first, rest, sure: true });
    // Ingestion reads what has the column’s order and signs so.
    if (!yearFirst && dayFirst.length > 0 && /^\d+\/\d+\/\d/.test(value)) return dayFirst;
    return [...dayFirst, ...real({ year, month: first, day: second, rest, sure: true })];
  }
  const short = SHORT_YEAR.exec(value);
  if (short) {
    const [a, b, c] = numbers(short);
    const rest = short[4]!;
    return [
      { year: 2000 + c, month: b, day: a, rest, sure: false },
      { year: 2000 + c, month: a, day: b, rest, sure: false },
      { year: 2000 + a, month: b, day: c, rest, sure: false },
    ].flatMap(real);
  }
  return named(value) ?? compact(value);
}

function numbers(match: RegExpExecArray): [number, number, number] {
  return [Number(match[1]), Number(match[2]), Number(match[3])];
}

/** A date whose month is written as a name; undefined for another value. */
function named(value: string): Reading[] | undefined {
  const dayFirst = DAY_NAME.exec(value);
  const match = dayFirst ?? NAME_DAY.exec(value);
  if (!match) return undefined;
  const [day, name] = dayFirst ? [match[1]!, match[2]!] : [match[2]!, match[1]!];
  const month = monthNamed(name);
  if (month === 0) return [];
  const year = match[3]!;
  const isShort = year.length === 2;
  return real({
    year: Number(year) + (isShort ? 2000 : 0),
    month,
    day: Number(day),
    rest: match[4]!,
    sure: !isShort,
  });
}

/** 1 to 12; 0 for what is no name of a month. */
function monthNamed(name: string): number {
  const lower = name.toLowerCase();
  return (
    months.findIndex(
      (month) =>
        month === lower || month.slice(0, 3) === lower || (lower === 'sept' && month === 'september'),
    ) + 1
  );
}

/** Eight digits in a row, the year first or last, and a spreadsheet’s number of a day. */
function compact(value: string): Reading[] {
  if (/^\d{5}$/.test(value)) {
    // Day 1 is 1 January 1900, and 1900 counts as a leap year.
    const date = new Date(Date.UTC(1899, 11, 30 + Number(value)));
    return [
      {
        year: date.getUTCFullYear(),
        month: date.getUTCMonth() + 1,
        day: date.getUTCDate(),
        rest: '',
        sure: false,
      },
    ].filter(isLikely);
  }
  if (!COMPACT.test(value)) return [];
  const part = (from: number, to: number) => Number(value.slice(from, to));
  return [
    { year: part(0, 4), month: part(4, 6), day: part(6, 8), rest: '', sure: true },
    { year: part(4, 8), month: part(2, 4), day: part(0, 2), rest: '', sure: true },
    { year: part(4, 8), month: part(0, 2), day: part(2, 4), rest: '', sure: true },
  ]
    .flatMap(real)
    .filter(isLikely);
}

function isLikely({ year }: Reading): boolean {
  return year >= 1900 && year <= 2100;
}

function real(reading: Reading): Reading[] {
  return isCalendarDay(reading.year, reading.month, reading.day) ? [reading] : [];
}

function distinct(read: readonly Reading[]): Reading[] {
  const key = ({ year, month, day }: Reading) => `${year}-${month}-${day}`;
  return read.filter((each, index) => read.findIndex((other) => key(other) === key(each)) === index);
}

const TIME = /^[ T]\d{1,2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/;
const MIDNIGHT = /^[ T,]+(0?0:00(:00(\.0+)?)?Z?|12:00(:00)? ?am)$/i;

/** The ways to write a reading: with its time where there is one, and without. The column says which it takes. */
function written(reading: Reading, yearFirst: boolean, isOnly: boolean): ValueFix[] {
  const { year, month, day, rest, sure } = reading;
  const pad = (number: number, digits: number) => String(number).padStart(digits, '0');
  const parts = [pad(year, 4), pad(month, 2), pad(day, 2)];
  const date = yearFirst ? parts.join('-') : parts.reverse().join('/');
  const isSure = sure && isOnly;
  if (rest === '') return [write(date, isSure)];
  const isTime = TIME.test(rest);
  const bare = write(date, isSure && MIDNIGHT.test(rest));
  return isTime && yearFirst ? [write(`${date}${rest}`, isSure), { ...bare, certain: false }] : [bare];
}

/** What may be written in place of a value that is no time. */
export function mendTime(value: string): ValueMending {
  const match = /^(\d{1,2})[.\-h ](\d{2})$/i.exec(value);
  if (!match || Number(match[1]) > 23 || Number(match[2]) > 59) return { fixes: [] };
  return { fixes: [write(`${match[1]!.padStart(2, '0')}:${match[2]!}`, false)] };
}

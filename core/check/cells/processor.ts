/**
 * Which values the type checks of ingestion accept: Super CSV 2.4's processors as NiFi's ValidateCsv builds them
 * (ingestion-rules, section 7). `test/vectors/supercsv-values.json` holds the verdicts of the real library; these
 * functions give the same. The value is never empty here: an empty one is `Optional`'s business.
 */
import type { Processor } from '../../catalogue/spec.ts';
import { headText } from '../../csv/encoding.ts';
import { javaTrim } from './trim.ts';

const ZERO = 0x30;
const NINE = 0x39;
const PLUS = 0x2b;
const MINUS = 0x2d;

/** Smallest and largest value of an integer check, as decimal text without leading zeros. */
export type Limits = readonly [min: string, max: string];

export const INT32: Limits = ['-2147483648', '2147483647'];
export const INT64: Limits = ['-9223372036854775808', '9223372036854775807'];

/** What an integer check says of a value. */
export type IntegerVerdict = 'integer' | 'out-of-range' | 'not-an-integer';

/**
 * Java's `Integer.parseInt` and `Long.parseLong`: an optional sign and decimal digits of any script, nothing else.
 *
 * @param bytes UTF-8; the value is [start, end)
 */
export function integerVerdict(
  bytes: Uint8Array,
  start: number,
  end: number,
  limits: Limits,
): IntegerVerdict {
  let at = start;
  const first = bytes[at]!;
  const negative = first === MINUS;
  if (negative || first === PLUS) at++;
  if (at === end) return 'not-an-integer';
  const digits = at;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < ZERO || byte > NINE) {
      if (byte < 0x80) return 'not-an-integer';
      const latin = latinDigits(headText(bytes, start, end));
      const encoded = new TextEncoder().encode(latin);
      return /^[+-]?[0-9]+$/.test(latin)
        ? integerVerdict(encoded, 0, encoded.length, limits)
        : 'not-an-integer';
    }
  }
  // Fewer digits than any limit has: no need to look closer. Every database integer takes four digits.
  if (end - digits <= 4) return 'integer';
  return within(bytes, digits, end, negative ? limits[0].slice(1) : limits[1]) ? 'integer' : 'out-of-range';
}

/** True when the digits [start, end), leading zeros aside, are at most `limit`. */
function within(bytes: Uint8Array, start: number, end: number, limit: string): boolean {
  let at = start;
  while (at < end - 1 && bytes[at] === ZERO) at++;
  const length = end - at;
  if (length !== limit.length) return length < limit.length;
  for (let i = 0; i < length; i++) {
    const difference = bytes[at + i]! - limit.charCodeAt(i);
    if (difference !== 0) return difference < 0;
  }
  return true;
}

/** The whole number that a text is to Java's parsers, of any size; undefined when it is none. */
export function wholeNumber(text: string): bigint | undefined {
  const latin = latinDigits(text);
  return /^[+-]?[0-9]+$/.test(latin) ? BigInt(latin.replace('+', '')) : undefined;
}

/** The text with every decimal digit of the Basic Multilingual Plane in Latin form, as Character.digit reads them. */
export function latinDigits(text: string): string {
  return text.replace(/[^\p{ASCII}]/gu, (sign) => {
    const code = sign.charCodeAt(0);
    if (sign.length > 1 || !isDigit(code)) return sign;
    let zero = code;
    while (code - zero < 9 && isDigit(zero - 1)) zero--;
    return String(code - zero);
  });
}

function isDigit(code: number): boolean {
  return /^\p{Nd}$/u.test(String.fromCharCode(code));
}

/** Java's `Double.valueOf`: blanks round the number, `NaN`, `Infinity`, hexadecimal floats and a type suffix. */
export function isJavaDouble(text: string): boolean {
  const value = javaTrim(text);
  return /^[+-]?(NaN|Infinity|((\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|0[xX]([\da-fA-F]+(\.[\da-fA-F]*)?|\.[\da-fA-F]+)[pP][+-]?\d+)[fFdD]?)$/.test(
    value,
  );
}

/** Java's `new BigDecimal(text)`: digits of any script, a point, an exponent that fits an int; no blanks. */
export function isJavaBigDecimal(text: string): boolean {
  const match = /^[+-]?(?:\d+(?:\.(\d*))?|\.(\d+))(?:[eE]([+-]?)(\d+))?$/.exec(latinDigits(text));
  if (!match) return false;
  const exponent = match[4]?.replace(/^0+(?=\d)/, '');
  if (exponent === undefined) return true;
  if (exponent.length > 10) return false;
  const places = (match[1] ?? match[2] ?? '').length;
  const scale = places - Number(exponent) * (match[3] === '-' ? -1 : 1);
  return scale >= -2147483648 && scale <= 2147483647 && Number(exponent) <= 2147483647;
}

/** Super CSV's ParseBool with its default words, any case. */
export function isJavaBool(text: string): boolean {
  return /^(1|true|t|y|0|false|f|n)$/i.test(text);
}

/** What a text holds when it is read as `yyyy-MM-dd` by a SimpleDateFormat that is not lenient. */
export interface LooseDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  /** What follows the date; anything may. */
  readonly rest: string;
  /** True when the date is written as ten Latin signs, `2026-01-05`. */
  readonly plain: boolean;
}

/**
 * SimpleDateFormat("yyyy-MM-dd"), not lenient: impossible dates fail; blanks before a number, other scripts' digits,
 * missing zeros and any text after the date pass.
 *
 * @returns undefined when the text is refused
 */
export function parseJavaDate(text: string): LooseDate | undefined {
  const match = /^[ \t]*(\d+)-[ \t]*(\d+)-[ \t]*(\d+)/.exec(latinDigits(text));
  if (!match) return undefined;
  const [whole, year, month, day] = [match[0], Number(match[1]), Number(match[2]), Number(match[3])];
  if (!isCalendarDay(year, month, day)) return undefined;
  const plain = /^\d{4}-\d{2}-\d{2}$/.test(text.slice(0, whole.length));
  return { year, month, day, rest: text.slice(whole.length), plain };
}

/** True for a day of Java's GregorianCalendar: Julian leap years until 1582, ten days of October 1582 missing. */
export function isCalendarDay(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 292278994 || month < 1 || month > 12 || day < 1) return false;
  if (year === 1582 && month === 10 && day > 4 && day < 15) return false;
  const leap = year % 4 === 0 && (year <= 1582 || year % 100 !== 0 || year % 400 === 0);
  return day <= [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]!;
}

/**
 * Whether a processor accepts a value that is not empty.
 *
 * @param bytes UTF-8; the value is [start, end), as the reader hands it over
 */
export function accepts(processor: Processor, bytes: Uint8Array, start: number, end: number): boolean {
  switch (processor) {
    case 'ParseInt':
      return integerVerdict(bytes, start, end, INT32) === 'integer';
    case 'ParseLong':
      return integerVerdict(bytes, start, end, INT64) === 'integer';
    case 'ParseDouble':
      return isPlainNumber(bytes, start, end) || isJavaDouble(headText(bytes, start, end));
    case 'ParseBigDecimal':
      return isPlainNumber(bytes, start, end) || isJavaBigDecimal(headText(bytes, start, end));
    case 'ParseBool':
      return isJavaBool(headText(bytes, start, end));
    case 'ParseDate':
      return parseJavaDate(headText(bytes, start, end)) !== undefined;
    case 'StrNotNullOrEmpty':
      return true;
  }
}

/** Digits, at most one point among or after them, an optional minus: good for every number check that takes decimals. */
export function isPlainNumber(bytes: Uint8Array, start: number, end: number): boolean {
  let at = bytes[start] === MINUS ? start + 1 : start;
  let digits = 0;
  let points = 0;
  for (; at < end; at++) {
    const byte = bytes[at]!;
    if (byte >= ZERO && byte <= NINE) digits++;
    else if (byte === 0x2e && points === 0) points++;
    else return false;
  }
  return digits > 0;
}

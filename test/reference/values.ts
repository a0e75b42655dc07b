/**
 * What ingestion's type checks and the database say of one value (ingestion-rules, section 7, and the recorded
 * vectors), as regular expressions and big numbers over strings.
 */
import type { ColumnSpec, DatasetSpec, Processor } from '../../core/catalogue/spec.ts';
import type { RuleId, Severity } from '../../core/finding.ts';
import { javaTrim } from './text.ts';

/** Java's Character.digit for the Basic Multilingual Plane: scripts have their ten digits side by side. */
const digits = new Map<string, string>();
for (let code = 0, run = 0; code < 0x10000; code++) {
  const sign = String.fromCharCode(code);
  if (/^\p{Nd}$/u.test(sign)) digits.set(sign, String(run++ % 10));
  else run = 0;
}

/** The text with the digits of every script as 0 to 9. */
export function latin(text: string): string {
  return text.replace(/[^\0-\x7f]/g, (unit) => digits.get(unit) ?? unit);
}

/** The whole number that a text is to Java, in digits of any script; undefined when it is none. */
export function wholeNumber(text: string): bigint | undefined {
  const plain = latin(text);
  return /^[+-]?[0-9]+$/.test(plain) ? BigInt(plain.replace('+', '')) : undefined;
}

const decimal = '(?:[0-9]+(?:\\.[0-9]*)?|\\.[0-9]+)';

/** A number written in decimals, perhaps with Java's sign for its type; undefined for any other writing. */
export function plainNumber(text: string): number | undefined {
  const value = javaTrim(text).replace(/[dDfF]$/, '');
  return new RegExp(`^[+-]?${decimal}(?:[eE][+-]?[0-9]+)?$`).test(value) ? parseFloat(value) : undefined;
}

const integerTypes: Partial<Record<Processor, readonly [bigint, bigint]>> = {
  ParseInt: [-(2n ** 31n), 2n ** 31n - 1n],
  ParseLong: [-(2n ** 63n), 2n ** 63n - 1n],
};

/** True when a processor takes a value that is not empty. */
export function accepts(processor: Processor, value: string): boolean {
  switch (processor) {
    case 'ParseInt':
    case 'ParseLong':
      return isWithin(wholeNumber(value), integerTypes[processor]!);
    case 'ParseDouble':
      return isDouble(value);
    case 'ParseBigDecimal':
      return isBigDecimal(value);
    case 'ParseBool':
      return ['1', 'true', 't', 'y', '0', 'false', 'f', 'n'].includes(value.toLowerCase());
    case 'ParseDate':
      return looseDate(value) !== undefined;
    case 'StrNotNullOrEmpty':
      return true;
  }
}

function isWithin(number: bigint | undefined, [min, max]: readonly [bigint, bigint]): boolean {
  return number !== undefined && number >= min && number <= max;
}

const hexadecimal = '0[xX](?:[0-9a-fA-F]+\\.?|[0-9a-fA-F]*\\.[0-9a-fA-F]+)';
const javaDouble = new RegExp(
  `^[+-]?(?:NaN|Infinity|(?:${decimal}(?:[eE][+-]?[0-9]+)?|${hexadecimal}[pP][+-]?[0-9]+)[fFdD]?)$`,
);

function isDouble(value: string): boolean {
  return javaDouble.test(javaTrim(value));
}

function isBigDecimal(value: string): boolean {
  const [mantissa, exponent, ...more] = latin(value).split(/[eE]/);
  if (more.length > 0 || !new RegExp(`^[+-]?${decimal}$`).test(mantissa!)) return false;
  if (exponent === undefined) return true;
  if (!/^[+-]?[0-9]+$/.test(exponent)) return false;
  const power = BigInt(exponent.replace('+', ''));
  const places = BigInt(/\.([0-9]*)$/.exec(mantissa!)?.[1]!.length ?? 0);
  const int = integerTypes.ParseInt!;
  return isWithin(power < 0n ? -power : power, int) && isWithin(places - power, int);
}

interface LooseDate {
  readonly year: number;
  /** The date itself, and what follows it. */
  readonly text: string;
  readonly rest: string;
}

/** SimpleDateFormat("yyyy-MM-dd"), not lenient. */
export function looseDate(value: string): LooseDate | undefined {
  const found = /^([ \t]*[0-9]+-[ \t]*[0-9]+-[ \t]*[0-9]+)/.exec(latin(value));
  if (!found) return undefined;
  const [year, month, day] = found[1]!.split('-').map(Number) as [number, number, number];
  if (!isDay(year, month, day)) return undefined;
  const { length } = found[1]!;
  return { year, text: value.slice(0, length), rest: value.slice(length) };
}

/** A day of Java's calendar, Julian until 4 October 1582. */
export function isDay(year: number, month: number, day: number): boolean {
  if (year < 1 || year > 292278994 || month < 1 || month > 12) return false;
  const julian = year < 1582 || (year === 1582 && month < 10);
  const leap = julian ? year % 4 === 0 : new Date(Date.UTC(2000 + (year % 400), 1, 29)).getUTCMonth() === 1;
  const days = month === 2 ? (leap ? 29 : 28) : [4, 6, 9, 11].includes(month) ? 30 : 31;
  if (year === 1582 && month === 10 && day >= 5 && day <= 14) return false;
  return day >= 1 && day <= days;
}

export interface ValueFault {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** True when ingestion drops the row before it compares rows. */
  readonly dropsRow: boolean;
}

const fault = (rule: RuleId, severity: Severity = 'error', dropsRow = false): ValueFault => ({
  rule,
  severity,
  dropsRow,
});

/**
 * What is wrong with a value that is neither empty nor a word for null; the first fault counts.
 *
 * @param refused values that the null step takes for missing
 */
export function faultOf(
  value: string,
  column: ColumnSpec,
  spec: DatasetSpec,
  refused: readonly string[] = [],
): ValueFault | undefined {
  // infra_trans has no type check, and its query makes 0 and 1 of whatever it reads.
  if (spec.header.match === 'contains' && !spec.key.columns.includes(column.name)) return undefined;
  return (
    typeFault(value, column) ??
    databaseFault(value, column) ??
    (refused.includes(value) ? fault('cell/allowed-value', 'error', true) : undefined) ??
    lostFault(value, column) ??
    blanksFault(value, column, spec)
  );
}

function typeFault(value: string, column: ColumnSpec): ValueFault | undefined {
  const { processor } = column;
  if (processor === undefined || processor === 'StrNotNullOrEmpty') return undefined;
  if (processor !== 'ParseDate')
    return accepts(processor, value) ? undefined : fault('cell/type', 'error', true);
  if (column.format === 'dd/MM/yyyy') return dayFirstFault(value);
  const date = looseDate(value);
  if (!date) return fault('cell/format', 'error', true);
  const meant =
    /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(date.text) &&
    date.year >= 1900 &&
    /^($|[ T][0-9]{1,2}:[0-9]{2})/.test(date.rest);
  return meant ? undefined : fault('cell/format', 'warning');
}

function dayFirstFault(value: string): ValueFault | undefined {
  if (!/^[0-9]{1,2}\/[0-9]{1,2}\/[0-9]{4}$/.test(value)) return fault('cell/format', 'error', true);
  const [day, month, year] = value.split('/') as [string, string, string];
  if (!isDay(Number(year), Number(month), Number(day))) return fault('cell/format', 'error', true);
  return day.length === 2 && month.length === 2 ? undefined : fault('cell/format', 'warning');
}

/** What PostgreSQL refuses although the type check, if there is one, lets it pass. */
function databaseFault(value: string, column: ColumnSpec): ValueFault | undefined {
  if (column.storedAs === undefined) return undefined;
  if (column.dbMaxLength !== undefined)
    return Array.from(value).length > column.dbMaxLength ? fault('cell/length') : undefined;
  const unchecked = column.processor === undefined || column.processor === 'StrNotNullOrEmpty';
  switch (column.type) {
    case 'integer':
    case 'long': {
      if (!column.dbRange) return undefined;
      const number = wholeNumber(value);
      if (number === undefined) return fault('cell/type');
      return isWithin(number, [BigInt(column.dbRange[0]), BigInt(column.dbRange[1])])
        ? undefined
        : fault('cell/range');
    }
    case 'double':
    case 'decimal':
      return !unchecked || isDouble(column.name === 'total score' ? value.replaceAll('%', '') : value)
        ? undefined
        : fault('cell/type');
    case 'boolean':
      return !unchecked || !column.storedAs.endsWith('boolean') || isDatabaseBoolean(value)
        ? undefined
        : fault('cell/type');
    case 'date':
      return !unchecked || isDatabaseDate(value) ? undefined : fault('cell/format');
    case 'time':
      return isDatabaseTime(value) ? undefined : fault('cell/format');
    default:
      return undefined;
  }
}

/** PostgreSQL takes the beginnings of the words that mean only one of the two. */
function isDatabaseBoolean(value: string): boolean {
  const word = postgresTrim(value).toLowerCase();
  const beginning = (whole: string, least: number) => word.length >= least && whole.startsWith(word);
  return (
    word === '1' ||
    word === '0' ||
    ['true', 'false', 'yes', 'no'].some((whole) => beginning(whole, 1)) ||
    beginning('on', 2) ||
    beginning('off', 2)
  );
}

/** Year first: read alike whatever the server's DateStyle is. */
function isDatabaseDate(value: string): boolean {
  const [date, ...time] = value.split(/(?=[ T])/);
  if (!/^[0-9]{4}[-/][0-9]{1,2}[-/][0-9]{1,2}$/.test(date!)) return false;
  if (/[\n\r\u2028\u2029]/.test(time.join(''))) return false;
  const [year, month, day] = date!.split(/[-/]/).map(Number) as [number, number, number];
  return isDay(year, month, day);
}

function isDatabaseTime(value: string): boolean {
  const clock = /^([0-9]{1,2}):([0-9]{2})(:([0-9]{2})(\.[0-9]+)?)?/.exec(postgresTrim(value));
  if (!clock || Number(clock[1]) > 24 || Number(clock[2]) > 59 || Number(clock[4] ?? 0) > 60) return false;
  const behind = postgresTrim(value).slice(clock[0].length);
  return /^(\s*[ap]m)?(\s*(z|utc|[+-][0-9]{1,2}(:?[0-9]{2})?))?$/i.test(behind);
}

/** The blanks that PostgreSQL passes over. */
function postgresTrim(value: string): string {
  return value.replace(/^[ \t\n\v\f\r]+/, '').replace(/[ \t\n\v\f\r]+$/, '');
}

/** A word that begins with two question marks. */
function lostFault(value: string, column: ColumnSpec): ValueFault | undefined {
  const isLost = value.split(/[^\p{L}\p{N}?]+/u).some((word) => word.startsWith('??'));
  return column.type === 'string' && isLost ? fault('encoding/lost-letters', 'warning') : undefined;
}

function blanksFault(value: string, column: ColumnSpec, spec: DatasetSpec): ValueFault | undefined {
  return !spec.reading.trim && column.type === 'string' && javaTrim(value) !== value
    ? fault('cell/whitespace', 'warning')
    : undefined;
}

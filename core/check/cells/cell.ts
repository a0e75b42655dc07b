import type { ColumnSpec, DatasetSpec } from '../../catalogue/spec.ts';
import { counterpart, variantsOf } from '../../catalogue/catalogue.ts';
import { headText } from '../../csv/encoding.ts';
import {
  accepts,
  integerVerdict,
  isCalendarDay,
  isJavaDouble,
  isPlainNumber,
  parseJavaDate,
  INT32,
  INT64,
  type Limits,
} from './processor.ts';
import { hasLostLetters } from './lost-letters.ts';
import { mapIsOff, type CheckSettings } from '../settings.ts';
import { databaseTrim } from './trim.ts';

/** What can be wrong with a value. `db-…`: the type check lets it pass, the database does not. */
export type CellFault =
  | 'type'
  | 'db-type'
  | 'db-range'
  | 'db-length'
  | 'db-date'
  | 'db-time'
  | 'loose-date'
  | 'unpadded-date'
  | 'not-allowed'
  | 'lost-letters'
  | 'blanks';

/**
 * A check of one column's values.
 *
 * @param bytes UTF-8; the value is [start, end), never empty, already trimmed where ingestion trims
 */
export type CellCheck = (bytes: Uint8Array, start: number, end: number) => CellFault | undefined;

/**
 * Makes the check of a column: the processor of ingestion's type check, then what the database column takes
 * (ingestion-rules, section 7). A column that is neither checked nor stored accepts everything.
 */
export function compileCell(column: ColumnSpec, spec: DatasetSpec, settings: CheckSettings): CellCheck {
  // The query of infra_trans, which states write themselves, turns its columns into 0 and 1: no value is refused.
  if (spec.header.match === 'contains' && !spec.key.columns.includes(column.name)) return () => undefined;
  const checks = [processorCheck(column), databaseCheck(column), allowedCheck(column, spec, settings)].filter(
    (check) => check !== undefined,
  );
  if (column.type === 'string') checks.push(lostLettersCheck);
  if (!spec.reading.trim && column.type === 'string') checks.push(blanksCheck);
  const [first, second, third] = checks;
  if (!first) return () => undefined;
  if (!second) return first;
  if (!third) return (bytes, start, end) => first(bytes, start, end) ?? second(bytes, start, end);
  return (bytes, start, end) =>
    first(bytes, start, end) ?? second(bytes, start, end) ?? third(bytes, start, end);
}

/**
 * The fault that the check of a column (`compileCell`) finds in each value of ASCII signs that is no whole number, a sign
 * before it or not; undefined where it finds none in some (ingestion-rules, section 7).
 */
export function faultOfText(column: ColumnSpec, spec: DatasetSpec): CellFault | undefined {
  if (spec.header.match === 'contains' && !spec.key.columns.includes(column.name)) return undefined;
  const { processor, type } = column;
  if (processor === 'ParseInt' || processor === 'ParseLong') return 'type';
  const isWhole = (type === 'integer' || type === 'long') && column.dbMaxLength === undefined;
  return isWhole && column.dbRange && isStoredUnchecked(column) ? 'db-type' : undefined;
}

/** Values that the null step takes for missing: coordinates of 0 in the school master. */
function allowedCheck(column: ColumnSpec, spec: DatasetSpec, settings: CheckSettings): CellCheck | undefined {
  const range = spec.ranges.find((each) => each.stage === undefined && isColumn(spec, each.column, column));
  const refused = range?.notIn?.filter((value) => value !== '');
  if (!refused || refused.length === 0 || mapIsOff(settings)) return undefined;
  return (bytes, start, end) =>
    end - start <= 4 && refused.includes(headText(bytes, start, end)) ? 'not-allowed' : undefined;
}

/** True when a column of any variant holds what a column of the main header, named so, holds. */
function isColumn(spec: DatasetSpec, name: string, column: ColumnSpec): boolean {
  return variantsOf(spec).some((variant) => counterpart(spec, variant, name) === column);
}

function processorCheck(column: ColumnSpec): CellCheck | undefined {
  const { processor } = column;
  if (!processor || processor === 'StrNotNullOrEmpty') return undefined;
  if (processor === 'ParseDate') return column.format === 'dd/MM/yyyy' ? dayFirstDate : dateCheck;
  if (processor === 'ParseInt' || processor === 'ParseLong') {
    const limits = processor === 'ParseInt' ? INT32 : INT64;
    return (bytes, start, end) =>
      integerVerdict(bytes, start, end, limits) === 'integer' ? undefined : 'type';
  }
  return (bytes, start, end) => (accepts(processor, bytes, start, end) ? undefined : 'type');
}

/** True when the database column is the first to look at the value. */
export function isStoredUnchecked(column: ColumnSpec): boolean {
  const unchecked = column.processor === undefined || column.processor === 'StrNotNullOrEmpty';
  return unchecked && databaseCheck(column) !== undefined;
}

function databaseCheck(column: ColumnSpec): CellCheck | undefined {
  if (column.storedAs === undefined) return undefined;
  if (column.dbMaxLength !== undefined) return lengthCheck(column.dbMaxLength);
  const unchecked = column.processor === undefined || column.processor === 'StrNotNullOrEmpty';
  switch (column.type) {
    case 'integer':
    case 'long':
      return databaseInteger(column, unchecked);
    case 'double':
    case 'decimal':
      return unchecked ? databaseNumber(column) : undefined;
    case 'boolean':
      return unchecked && column.storedAs.endsWith('boolean') ? databaseBoolean : undefined;
    case 'date':
      return unchecked ? databaseDate : undefined;
    case 'time':
      return databaseTime;
    default:
      return undefined;
  }
}

function databaseInteger(column: ColumnSpec, unchecked: boolean): CellCheck | undefined {
  const limits: Limits | undefined = column.dbRange;
  if (!limits) return undefined;
  const processorLimits = column.processor === 'ParseInt' ? INT32 : INT64;
  if (!unchecked && BigInt(limits[1]) >= BigInt(processorLimits[1])) return undefined;
  return (bytes, start, end) => {
    const verdict = integerVerdict(bytes, start, end, limits);
    if (verdict === 'integer') return undefined;
    return verdict === 'out-of-range' ? 'db-range' : 'db-type';
  };
}

function databaseNumber(column: ColumnSpec): CellCheck {
  // The projection of DIKSHA TPD takes the percent sign out of this one column before it is stored.
  const percent = column.name === 'total score';
  return (bytes, start, end) => {
    if (isPlainNumber(bytes, start, end)) return undefined;
    const text = headText(bytes, start, end);
    return isJavaDouble(percent ? text.replaceAll('%', '') : text) ? undefined : 'db-type';
  };
}

/** The spellings that PostgreSQL reads as a boolean. */
const databaseBoolean: CellCheck = (bytes, start, end) =>
  /^(t|tr|tru|true|y|ye|yes|on|1|f|fa|fal|fals|false|n|no|of|off|0)$/i.test(
    databaseTrim(headText(bytes, start, end)),
  )
    ? undefined
    : 'db-type';

/** A day first date, as DIKSHA reports have it: rewritten to yyyy-MM-dd before the type check. */
const dayFirstDate: CellCheck = (bytes, start, end) => {
  const match = /^(\d{1,2})\/(\d{1,2})\/(\d{4})$/.exec(headText(bytes, start, end));
  if (!match || !isCalendarDay(Number(match[3]), Number(match[2]), Number(match[1]))) return 'type';
  return match[1]!.length === 2 && match[2]!.length === 2 ? undefined : 'unpadded-date';
};

/** ParseDate, and a warning where what passes is hardly meant: text behind the date, the year 26, other digits. */
const dateCheck: CellCheck = (bytes, start, end) => {
  const date = parseJavaDate(headText(bytes, start, end));
  if (!date) return 'type';
  if (!date.plain || date.year < 1900) return 'loose-date';
  return date.rest === '' || /^[ T]\d{1,2}:\d{2}/.test(date.rest) ? undefined : 'loose-date';
};

/** Year first, a real day, a time at most behind it: what PostgreSQL reads the same whatever its DateStyle is. */
const databaseDate: CellCheck = (bytes, start, end) => {
  const match = /^(\d{4})[-/](\d{1,2})[-/](\d{1,2})([ T].*)?$/.exec(headText(bytes, start, end));
  return match && isCalendarDay(Number(match[1]), Number(match[2]), Number(match[3])) ? undefined : 'db-date';
};

/** Hours and minutes, perhaps seconds, half of the day or a zone: what PostgreSQL reads as a time. */
const databaseTime: CellCheck = (bytes, start, end) => {
  const text = databaseTrim(headText(bytes, start, end));
  const match =
    /^(\d{1,2}):(\d{2})(?::(\d{2})(?:\.\d+)?)?(?:\s*[ap]m)?(?:\s*(?:z|utc|[+-]\d{1,2}(?::?\d{2})?))?$/i.exec(
      text,
    );
  const good = match && Number(match[1]) <= 24 && Number(match[2]) <= 59 && Number(match[3] ?? 0) <= 60;
  return good ? undefined : 'db-time';
};

function lengthCheck(max: number): CellCheck {
  return (bytes, start, end) => {
    if (end - start <= max) return undefined;
    let characters = 0;
    for (let at = start; at < end; at++) {
      if ((bytes[at]! & 0xc0) !== 0x80) characters++;
    }
    return characters > max ? 'db-length' : undefined;
  };
}

const lostLettersCheck: CellCheck = (bytes, start, end) =>
  hasLostLetters(bytes, start, end) ? 'lost-letters' : undefined;

const blanksCheck: CellCheck = (bytes, start, end) =>
  bytes[start]! <= 0x20 || bytes[end - 1]! <= 0x20 ? 'blanks' : undefined;

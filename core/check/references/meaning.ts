/**
 * Values that pass every check and are still not what they seem to the steps behind ingestion: dates inside codes,
 * months, retention, ranges of the reports (ingestion-rules, sections 5, 9 and 10).
 */
import { counterpart } from '../../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, RangeSpec, VariantSpec } from '../../catalogue/spec.ts';
import { limitReference, limitRule } from './limits.ts';
import { isCalendarDay, latinDigits, parseJavaDate, wholeNumber } from '../cells/processor.ts';
import { kindOf } from './reference-check.ts';
import { mapIsOff, type CheckSettings } from '../settings.ts';
import type { Masters } from '../identity/value-set.ts';
import type { ValueRule, ValueVerdict } from './value-rules.ts';

/** Days after which rows leave the staging tables, unless a data replay asks for them. */
const RETENTION_DAYS = 90;
const DAY = 24 * 60 * 60 * 1000;

/**
 * The rules on values that the steps behind ingestion read.
 *
 * @param columns what each cell of the file holds
 * @param settings rules that depend on today's date are left out without one
 * @param masters undefined when references are not to be checked
 */
export function meaningRules(
  spec: DatasetSpec,
  variant: VariantSpec,
  columns: readonly (ColumnSpec | undefined)[],
  settings: CheckSettings,
  masters: Masters | undefined,
): ValueRule[] {
  const cellOf = (name: string) =>
    columns.findIndex((column) => column !== undefined && column === counterpart(spec, variant, name));
  const rules: ValueRule[] = [];
  const add = (names: readonly string[], judge: ValueRule['judge'], passes?: ValueRule['passes']) => {
    const cells = names.map(cellOf);
    if (!cells.includes(-1)) rules.push({ cells, judge, ...(passes ? { passes } : {}) });
  };
  for (const range of spec.ranges) {
    if (range.stage !== undefined && hasLimit(range) && !isLeftOut(spec, range, settings)) {
      // A decimal that is proved is 1 at least.
      const onlyPositive = range.min === 0 && range.max === undefined && range.notIn === undefined;
      add(
        [range.column],
        (value) => outside(range, value),
        ({ kind }) => onlyPositive && kind === 'decimal',
      );
    }
    const names = [...(limitReference(spec, range)?.reference.columns ?? []), range.column];
    const cells = names.map(cellOf);
    if (!masters || cells.includes(-1)) continue;
    const kinds = cells.slice(0, -1).map((cell) => kindOf(columns[cell]));
    const limit = limitRule(spec, range, masters, cells, kinds);
    if (limit) rules.push(limit);
  }
  if (spec.columns.some((column) => column.name === 'exam_code')) {
    add(['exam_code'], impossibleExamDate);
    add(['exam_code', 'exam_date'], otherExamDate);
    if (spec.category === 'transaction')
      add(['exam_code'], (code) => expired(examDate(code), settings.today));
  }
  if (spec.id === 'inspection_master') add(['VisitDate'], (date) => expiredMonth(date, settings.today));
  if (spec.id === 'user_location_master') add(['CreatedOn'], (date) => expiredMonth(date, settings.today));
  const year = academicYearColumn(spec);
  if (year !== undefined) {
    add([year], notAcademicYear);
    add([year, 'Month'], (academicYear, month) => future(academicYear, month, settings.today));
  }
  if (spec.reading.reparsed) {
    columns.forEach((column, cell) => {
      if (column?.type === 'string')
        rules.push({ cells: [cell], judge: (value) => leadingZeros(column, value) });
    });
  }
  return rules;
}

/**
 * True for the range of the inspections of CRC locations, which `visits.ts` looks at together with the other rows, and for
 * coordinates where there is no map: the reports then ask for none (periodic_exam_result_trans, notes).
 */
function isLeftOut(spec: DatasetSpec, range: RangeSpec, settings: CheckSettings): boolean {
  if (spec.key.sameId === 'keep-earliest-inspection' && range.column === 'InspectionId') return true;
  const column = spec.columns.find(({ name }) => name === range.column);
  return column?.optionalWithoutMap === true && mapIsOff(settings);
}

function hasLimit({ min, max, notIn }: RangeSpec): boolean {
  return min !== undefined || max !== undefined || notIn !== undefined;
}

function outside(range: RangeSpec, value: string): ValueVerdict | undefined {
  const number = Number(latinDigits(value));
  const low =
    range.min !== undefined && (range.exclusiveMin === true ? number <= range.min : number < range.min);
  const high = range.max !== undefined && number > range.max;
  if (!low && !high && !range.notIn?.some((each) => each !== '' && Number(each) === number)) return undefined;
  return {
    rule: 'cell/not-counted',
    severity: 'warning',
    effect: range.stage === 'report' ? 'coordinates' : 'not-counted',
    message: `"${range.column}" has a value that a later step (${range.stage ?? ''}) leaves out: ${range.why}.`,
  };
}

/** The date in characters 8 to 15 of an exam code, ddmmyyyy; undefined when there is none. */
function examDate(code: string): Date | undefined {
  const match = /^.{7}(\d{2})(\d{2})(\d{4})/su.exec(code);
  if (!match) return undefined;
  const [day, month, year] = [Number(match[1]), Number(match[2]), Number(match[3])];
  return isCalendarDay(year, month, day) ? new Date(Date.UTC(year, month - 1, day)) : undefined;
}

function impossibleExamDate(code: string): ValueVerdict | undefined {
  if (examDate(code)) return undefined;
  return {
    rule: 'cell/format',
    severity: 'error',
    effect: 'exam-date',
    message:
      'Characters 8 to 15 of "exam_code" are not a date written as ddmmyyyy (as in PAT030112102026). The statement that loads the file fails.',
  };
}

/** The published page has one date in both; the retention of results goes by the code. */
function otherExamDate(code: string, text: string): ValueVerdict | undefined {
  const inCode = examDate(code);
  const date = parseJavaDate(text);
  // What is not written as a date is told by itself.
  if (!inCode || !date?.plain || date.year < 1900) return undefined;
  const [day, month, year] = [inCode.getUTCDate(), inCode.getUTCMonth() + 1, inCode.getUTCFullYear()];
  if (date.year === year && date.month === month && date.day === day) return undefined;
  const cause =
    date.year % 100 === day && date.month === month && date.day === year % 100
      ? ': day and year have changed places, as when 31-01-24 is read year first'
      : date.year === year && date.month === day && date.day === month
        ? ': day and month have changed places in one of them'
        : '';
  return {
    rule: 'cell/exam-date',
    severity: 'warning',
    message: `"exam_date" is another day than characters 8 to 15 of "exam_code" (ddmmyyyy)${cause}. Both are stored as they are; results are kept by the date in the code.`,
  };
}

function expired(date: Date | undefined, today: string | undefined): ValueVerdict | undefined {
  if (!date || today === undefined || Date.parse(today) - date.getTime() <= RETENTION_DAYS * DAY)
    return undefined;
  return retention(`The exam was more than ${RETENTION_DAYS} days ago`);
}

function expiredMonth(text: string, today: string | undefined): ValueVerdict | undefined {
  const date = parseJavaDate(text);
  if (!date || today === undefined) return undefined;
  const monthEnd = Date.UTC(date.year, date.month, 0);
  if (Date.parse(today) - monthEnd <= RETENTION_DAYS * DAY) return undefined;
  return retention(`The month of the visit ended more than ${RETENTION_DAYS} days ago`);
}

function retention(what: string): ValueVerdict {
  return {
    rule: 'row/retention',
    severity: 'warning',
    effect: 'expired',
    message: `${what}: with the default retention period the row is deleted before the reports, unless a data replay asks for it.`,
  };
}

/** The column of a dataset that holds an academic year, of which ingestion cuts the year; undefined where none does. */
export function academicYearColumn({ id }: DatasetSpec): string | undefined {
  return { student_attendance: 'AcademicYear', teacher_attendance: 'AC_YEAR' }[id];
}

function notAcademicYear(value: string): ValueVerdict | undefined {
  if (/^\d{4}-\d{2}$/.test(value.trim())) return undefined;
  return {
    rule: 'cell/format',
    severity: 'error',
    effect: 'academic-year',
    message:
      'The academic year is not written as 2026-27. Ingestion cuts the year out of this text, so the row gets a wrong year or the write of the file fails.',
  };
}

/** Months 1 to 5 belong to the second year of an academic year, all others to the first (student_attendance, notes). */
function future(academicYear: string, month: string, today: string | undefined): ValueVerdict | undefined {
  const number = Number(wholeNumber(month) ?? NaN);
  if (today === undefined || !/^\d{4}-\d{2}$/.test(academicYear) || Number.isNaN(number)) return undefined;
  const year =
    number >= 6 && number <= 12 ? academicYear.slice(0, 4) : academicYear.slice(0, 2) + academicYear.slice(5);
  const [thisYear, thisMonth] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  if (Number(year) < thisYear || (Number(year) === thisYear && number <= thisMonth)) return undefined;
  return {
    rule: 'row/future-month',
    severity: 'error',
    effect: 'future-month',
    message: `The month is in the future (${number}/${year}). Ingestion refuses the whole file ("Data emitted is future data").`,
  };
}

function leadingZeros(column: ColumnSpec, value: string): ValueVerdict | undefined {
  if (!/^0\d+$/.test(value)) return undefined;
  return {
    rule: 'cell/leading-zeros',
    severity: 'warning',
    message: `"${column.name}" looks like a number with leading zeros. Ingestion guesses the types of this file and writes it again, so the zeros may be lost.`,
  };
}

/** What the steps behind the type check make of values (ingestion-rules, sections 5 and 10; ranges of the catalogue). */
import type { ColumnSpec, DatasetSpec, RangeSpec } from '../../core/catalogue/spec.ts';
import type { RuleId, Severity } from '../../core/finding.ts';
import type { ReferenceSettings } from './types.ts';
import { isDay, latin, looseDate, wholeNumber } from './values.ts';

export interface Meaning {
  readonly column: ColumnSpec;
  readonly rule: RuleId;
  readonly severity: Severity;
}

/** A row that is kept: its values by the names of its columns. */
export interface MeaningRow {
  readonly columns: readonly ColumnSpec[];
  readonly values: Readonly<Record<string, string>>;
  /** The column that holds a column of the main header. */
  readonly named: (name: string) => ColumnSpec | undefined;
}

export function meaningOf(spec: DatasetSpec, settings: ReferenceSettings, row: MeaningRow): Meaning[] {
  const found: Meaning[] = [];
  const find = (name: string, rule: RuleId, severity: Severity) =>
    found.push({ column: row.named(name)!, rule, severity });
  const valueOf = (name: string) => row.values[row.named(name)?.name ?? ''] ?? '';
  for (const range of spec.ranges) {
    const value = valueOf(range.column);
    // Inspections of locations are looked at with the other rows; without a map nobody asks for coordinates.
    if (spec.id === 'user_location_master' && range.column === 'InspectionId') continue;
    const mapOff = settings.withoutMap && Number(settings.release) >= 3.5;
    if (mapOff && row.named(range.column)?.optionalWithoutMap) continue;
    if (range.stage && value !== '' && isOutside(range, value))
      find(range.column, 'cell/not-counted', 'warning');
  }
  const code = valueOf('exam_code');
  if (code !== '') {
    const date = examDay(code);
    if (!date) find('exam_code', 'cell/format', 'error');
    else if (spec.id.endsWith('_result_trans') && isBefore(date, settings.today, 90))
      find('exam_code', 'row/retention', 'warning');
    const written = looseDate(valueOf('exam_date'));
    const isPlain = written && /^[0-9]{4}-[0-9]{2}-[0-9]{2}$/.test(written.text) && written.year >= 1900;
    if (date && isPlain && date.toISOString().slice(0, 10) !== written.text)
      find('exam_date', 'cell/exam-date', 'warning');
  }
  const visit = { inspection_master: 'VisitDate', user_location_master: 'CreatedOn' }[spec.id];
  const monthEnd = visit === undefined ? undefined : endOfMonth(valueOf(visit));
  if (visit && monthEnd && isBefore(monthEnd, settings.today, 90)) find(visit, 'row/retention', 'warning');
  const year = { student_attendance: 'AcademicYear', teacher_attendance: 'AC_YEAR' }[spec.id];
  if (year && valueOf(year) !== '') {
    if (!/^[0-9]{4}-[0-9]{2}$/.test(valueOf(year).trim())) find(year, 'cell/format', 'error');
    else if (isFuture(valueOf(year), valueOf('Month'), settings.today))
      find('Month', 'row/future-month', 'error');
  }
  if (spec.reading.reparsed) {
    for (const column of row.columns)
      if (column.type === 'string' && /^0[0-9]+$/.test(row.values[column.name]!))
        found.push({ column, rule: 'cell/leading-zeros', severity: 'warning' });
  }
  return found;
}

function endOfMonth(text: string): Date | undefined {
  const date = looseDate(text);
  if (!date) return undefined;
  const [year, month] = latin(date.text).split('-').map(Number) as [number, number];
  return new Date(Date.UTC(year, month, 0));
}

function isOutside({ min, exclusiveMin, max, notIn }: RangeSpec, value: string): boolean {
  const number = Number(latin(value));
  const low = min !== undefined && (number < min || (exclusiveMin === true && number === min));
  const high = max !== undefined && number > max;
  return low || high || (notIn ?? []).some((each) => each !== '' && Number(each) === number);
}

/** The day in characters 8 to 15 of an exam code, ddmmyyyy. */
function examDay(code: string): Date | undefined {
  const [, day, month, year] = /^.{7}([0-9]{2})([0-9]{2})([0-9]{4})/su.exec(code) ?? [];
  return isDay(Number(year), Number(month), Number(day))
    ? new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
    : undefined;
}

function isBefore(date: Date, today: string | undefined, days: number): boolean {
  if (today === undefined) return false;
  const limit = new Date(`${today}T00:00:00Z`);
  limit.setUTCDate(limit.getUTCDate() - days);
  return date < limit;
}

/** Months 1 to 5 and those that are none belong to the second year of an academic year. */
function isFuture(academicYear: string, month: string, today: string | undefined): boolean {
  const number = wholeNumber(month);
  if (today === undefined || number === undefined || !/^[0-9]{4}-[0-9]{2}$/.test(academicYear)) return false;
  const [first, second] = academicYear.split('-') as [string, string];
  const year = number >= 6n && number <= 12n ? first : first.slice(0, 2) + second;
  const [thisYear, thisMonth] = today.split('-').map(Number) as [number, number];
  return Number(year) > thisYear || (Number(year) === thisYear && Number(number) > thisMonth);
}

/** Values that a column is known to take, apart from those that stand in a master. */
import { counterpart } from '../catalogue/catalogue.ts';
import type { ColumnSpec } from '../catalogue/spec.ts';
import { isDay } from './column-words.ts';
import type { Lines } from './lines.ts';
import { rowAt } from './row-at.ts';
import type { TableAt } from './table-at.ts';

export interface KnownValue {
  readonly value: string;
  /** What it means; empty where the value says it. */
  readonly meaning: string;
}

const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June'],
  ...['July', 'August', 'September', 'October', 'November', 'December'],
];
/** The first month of an academic year (student_attendance, notes). */
const FIRST_MONTH = 6;
/** So many lines before and behind a place are looked at for the values that a column has there. */
const BEFORE = 100;
const BEHIND = 20;
/** A column of more different values than these has no known ones. */
const MOST_VALUES = 30;

/**
 * The values that the specification gives a column.
 *
 * @param today as yyyy-MM-dd; no academic year is known without it
 */
export function specifiedValues(
  { spec }: TableAt,
  { name, type, processor }: ColumnSpec,
  today: string | undefined,
): KnownValue[] {
  if (type === 'boolean' || processor === 'ParseBool')
    return ['true', 'false'].map((value) => ({ value, meaning: '' }));
  if (isAcademicYear(name)) return academicYears(today);
  if (name === 'Month') return months.map((meaning, index) => ({ value: String(index + 1), meaning }));
  if (isDay(name) && spec.valueMeaning) {
    return Object.entries(spec.valueMeaning)
      .filter(([value]) => /^\d+$/.test(value))
      .map(([value, meaning]) => ({ value, meaning }));
  }
  return [];
}

function isAcademicYear(name: string): boolean {
  return /^(academic_?year|ac_?year|assessment_year)$/i.test(name);
}

/** This academic year and the two before it, written as 2026-27. */
function academicYears(today: string | undefined): KnownValue[] {
  if (today === undefined) return [];
  const [year, month] = [Number(today.slice(0, 4)), Number(today.slice(5, 7))];
  const current = month >= FIRST_MONTH ? year : year - 1;
  return [0, 1, 2].map((back) => {
    const start = current - back;
    const value = `${start}-${String(start + 1).slice(2)}`;
    return { value, meaning: back === 0 ? 'this academic year' : '' };
  });
}

/**
 * The values that a column has in more than one row around a place: those of a column that names media, sections or
 * kinds of exams. A column of many different values, and one of the key, has none.
 *
 * @param line 0-based; that line itself is left out
 */
export function valuesAround(lines: Lines, table: TableAt, cell: number, line: number): KnownValue[] {
  const column = table.columns[cell];
  const { spec, variant, dialect, columns, headerLine } = table;
  if (!column || spec.key.columns.some((name) => counterpart(spec, variant, name) === column)) return [];
  const from = Math.max(headerLine + 1, line - BEFORE);
  const around = lines.slice(from, Math.min(line + BEHIND, table.endLine));
  const near = { count: around.length, slice: (a: number, b: number) => around.slice(a, b) };
  const counts = new Map<string, number>();
  for (let index = 0; index < around.length; index++) {
    if (from + index === line) continue;
    const row = rowAt(near, index, dialect, columns.length);
    if (row?.width !== columns.length) continue;
    const value = row.value(cell);
    if (value !== '') counts.set(value, (counts.get(value) ?? 0) + 1);
  }
  const values = [...counts].filter(([, count]) => count > 1).map(([value]) => value);
  return values.length > MOST_VALUES ? [] : values.sort().map((value) => ({ value, meaning: '' }));
}

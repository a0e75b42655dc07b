/** Days of attendance rows whose values come to nothing (ingestion-rules, sections 9 and 10; datasets.json). */
import type { DatasetSpec } from '../../catalogue/spec.ts';
import { headText } from '../../csv/encoding.ts';
import type { RowIdentity } from '../identity/identity.ts';
import { wholeNumber } from '../cells/processor.ts';
import { isAttendance, lostDays, type LostDay } from '../findings/tally.ts';

const DAY = 24 * 60 * 60 * 1000;
/** So many different months are remembered: a file has few. */
const REMEMBERED = 256;

/** The year and the month, 1 to 12, that ingestion takes a row for; undefined when it has none. */
export function calendarMonth(
  academicYear: string,
  month: string,
): { year: number; month: number } | undefined {
  const number = Number(wholeNumber(month) ?? NaN);
  if (!/^\d{4}-\d{2}$/.test(academicYear) || !(number >= 1 && number <= 12)) return undefined;
  const year = number >= 6 ? academicYear.slice(0, 4) : academicYear.slice(0, 2) + academicYear.slice(5);
  return { year: Number(year), month: number };
}

/** The 0-based cells of an attendance row. */
export interface DayCells {
  readonly academicYear: number;
  readonly month: number;
  /** Those of the days 1 to 31. */
  readonly days: readonly number[];
}

/**
 * The cells of an attendance file; undefined for other files and where one is missing.
 *
 * @param cellOf the cell that holds a column, named as in the main header; -1 when the file has it not
 */
export function dayCellsOf(spec: DatasetSpec, cellOf: (name: string) => number): DayCells | undefined {
  if (!isAttendance(spec)) return undefined;
  const isDay = (name: string) => /^\d+$/.test(name);
  const days = spec.columns.filter(({ name }) => isDay(name)).map(({ name }) => cellOf(name));
  const academicYear = cellOf(spec.id === 'student_attendance' ? 'AcademicYear' : 'AC_YEAR');
  const cells = { academicYear, month: cellOf('Month'), days };
  return Days.cellsOf(cells).includes(-1) ? undefined : cells;
}

/** Counts for one row after the other the days whose values come to nothing. */
export class Days {
  readonly #cells: DayCells;
  readonly #today: string | undefined;
  /** By the id of year and month why each day is never taken; undefined for one that is. Null for no month. */
  readonly #known = new Map<number, readonly (LostDay | undefined)[] | null>();

  /** @param today yyyy-MM-dd; without it no day is one to come */
  constructor(cells: DayCells, today: string | undefined) {
    this.#cells = cells;
    this.#today = today;
  }

  /** The cells that it looks at. */
  static cellsOf({ academicYear, month, days }: DayCells): readonly number[] {
    return [academicYear, month, ...days];
  }

  /** @returns the numbers of a located row in the order of `lostDays`; undefined when all are 0 */
  count(identity: RowIdentity, bytes: Uint8Array, view: DataView): readonly number[] | undefined {
    const lost = this.#lostOf(identity, bytes, view);
    if (!lost) return undefined;
    let counts: number[] | undefined;
    for (const [index, cell] of this.#cells.days.entries()) {
      const start = identity.starts[cell]!;
      const end = identity.ends[cell]!;
      if (start >= end) continue;
      const why = lost[index] ?? (isCounted(bytes, start, end) ? undefined : 'other-code');
      if (why === undefined) continue;
      counts ??= lostDays.map(() => 0);
      counts[lostDays.indexOf(why)]!++;
    }
    return counts;
  }

  #lostOf(identity: RowIdentity, bytes: Uint8Array, view: DataView): readonly (LostDay | undefined)[] | null {
    const { academicYear, month } = this.#cells;
    const { id } = identity.values(bytes, view, [academicYear, month], ['text', 'text']);
    let lost = this.#known.get(id);
    if (lost === undefined) {
      const text = (cell: number) => headText(bytes, identity.starts[cell]!, identity.ends[cell]!);
      lost = this.#judge(text(academicYear), text(month));
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(id, lost);
    }
    return lost;
  }

  #judge(academicYear: string, monthText: string): readonly (LostDay | undefined)[] | null {
    const calendar = calendarMonth(academicYear, monthText);
    if (!calendar) return null;
    const { year, month } = calendar;
    const length = new Date(Date.UTC(2000, 0, 1)).setUTCFullYear(year, month, 0);
    const last = new Date(length).getUTCDate();
    const first = length - (last - 1) * DAY;
    return this.#cells.days.map((_, index) => {
      if (index >= last) return 'no-such-day';
      const date = first + index * DAY;
      if (new Date(date).getUTCDay() === 0) return 'sunday';
      return this.#today !== undefined && date > Date.parse(this.#today) ? 'day-to-come' : undefined;
    });
  }
}

/** True for the codes that count: 1 is present, 2 absent. */
function isCounted(bytes: Uint8Array, start: number, end: number): boolean {
  if (end - start === 1) return bytes[start] === 0x31 || bytes[start] === 0x32;
  const number = wholeNumber(headText(bytes, start, end));
  return number === 1n || number === 2n;
}

/**
 * What becomes of the rows of a file, in numbers, as the steps of ingestion meet them (ingestion-rules, sections 4 to
 * 11). Counted by the same pass that finds the findings; rows that are proved good have nothing to count.
 */
import type { DatasetSpec, ReferenceSpec } from '../../catalogue/spec.ts';
import type { RuleId } from '../../finding.ts';

/** What may be true of a row besides that a check drops it. */
export const effects = [
  /** The database refuses a value: the write of the whole file fails. */
  'value-not-stored',
  /** The exam code holds no date: the load statement fails. */
  'exam-date',
  /** The academic year is not written as one: a wrong year, or a failed write. */
  'academic-year',
  /** A month to come: the whole file is refused. */
  'future-month',
  /** Older than the retention period: deleted before the reports. */
  'expired',
  /** Coordinates that the report queries leave out. */
  'coordinates',
  /** Another value that a later step leaves out. */
  'not-counted',
  /** More than the master allows; what it is part of may be left out. */
  'above-limit',
  /** A school without its district, block or cluster: deleted from the hierarchy. */
  'hierarchy',
  /** A master row is missing, and reports leave the row out. */
  'no-master',
  /** A master row is missing, and the row is shown all the same. */
  'unlinked',
] as const;

export type Effect = (typeof effects)[number];

/** The bit of an effect in a set of them. */
export function bitOf(effect: Effect): number {
  return 1 << effects.indexOf(effect);
}

const EXPIRED = bitOf('expired');

/** Effects that keep a loaded row out of the reports. */
export const hiddenEffects: readonly Effect[] = [
  'expired',
  'coordinates',
  'not-counted',
  'hierarchy',
  'no-master',
];
const HIDDEN = hiddenEffects.reduce((bits, effect) => bits | bitOf(effect), 0);

/** Files of results: rows that are too old go before the null check, and repeats are logged in another way. */
export function isResult(spec: DatasetSpec): boolean {
  return spec.id === 'periodic_exam_result_trans' || spec.id === 'semester_exam_result_trans';
}

/** Files of attendance: the year rule comes before the null check, and days may never be taken. */
export function isAttendance(spec: DatasetSpec): boolean {
  return spec.id === 'student_attendance' || spec.id === 'teacher_attendance';
}

/** Files that a staging table takes before the null check: a value that it refuses counts in dropped rows too. */
function isStaged(spec: DatasetSpec): boolean {
  return (
    isResult(spec) ||
    isAttendance(spec) ||
    ['diksha_data_summary', 'diksha_tpd', 'diksha_tpd_mapping'].includes(spec.id)
  );
}

/** The effects that come before the null check (ingestion-rules, section 4), as a set. */
function earlyEffects(spec: DatasetSpec): number {
  const bits = isStaged(spec) ? bitOf('value-not-stored') : 0;
  if (isResult(spec)) return bits | bitOf('exam-date');
  return isAttendance(spec) ? bits | bitOf('academic-year') | bitOf('future-month') : bits;
}

/** What the missing master row of a reference means for the row (ingestion-rules, section 10). */
export function effectOfReference(spec: DatasetSpec, { dataset }: ReferenceSpec): Effect {
  const name = `${spec.id} ${dataset}`;
  if (hierarchyReferences.has(name)) return 'hierarchy';
  return shownWithout.has(name) || dataset.endsWith('grade_details') ? 'unlinked' : 'no-master';
}

const hierarchyReferences = new Set([
  'school_mst district_mst',
  'school_mst block_mst',
  'school_mst cluster_mst',
]);
const shownWithout = new Set([
  'school_mst school_management_master',
  'school_mst school_category_master',
  'semester_exam_result_trans semester_exam_mst',
  'diksha_tpd diksha_tpd_mapping',
  'periodic_exam_mst subject_details',
  'semester_exam_mst subject_details',
]);

/** Why a day's value of an attendance row comes to nothing. */
export const lostDays = ['no-such-day', 'sunday', 'day-to-come', 'other-code'] as const;

export type LostDay = (typeof lostDays)[number];

/** What is true of one row. */
export interface RowEffect {
  /** A set of effects. */
  readonly bits: number;
  /** Values of days that come to nothing, in the order of `lostDays`; undefined where days are not looked at. */
  readonly days: readonly number[] | undefined;
}

/** What the checks of its cells say of a row; the same object for each row. */
export class RowFaults {
  /** The row has another number of cells than the header, and loses cells or misses required ones. */
  otherWidth = false;
  /** The type check cuts the row out. */
  mismatch = false;
  /** Names of required columns whose value is null. */
  nulls: string[] = [];
  /** A part of the primary key is empty that the null check passes over. */
  emptyKey = false;
  /** The database refuses a value. */
  notStored = false;
  /** The reader behind the type check may stop at the row. */
  unclear = false;

  begin(otherWidth: boolean): void {
    this.otherWidth = otherWidth;
    this.mismatch = false;
    if (this.nulls.length > 0) this.nulls = [];
    this.emptyKey = false;
    this.notStored = false;
    this.unclear = false;
  }

  /** False when a check drops the row, or its key is not whole. */
  get kept(): boolean {
    return !this.mismatch && this.nulls.length === 0 && !this.emptyKey;
  }
}

/** The rows of a file, or of a part of it, in numbers: plain data. */
export interface RowTally {
  /** Rules by which the whole file is refused; each once. */
  readonly refusals: readonly RuleId[];
  /** True when the header alone makes the type check cut out every row: the other numbers say nothing then. */
  readonly losesAllRows: boolean;
  /** Columns that are loaded with the values of others, since a name of the header stands twice. */
  readonly movedColumns: readonly string[];
  /** Rows that the type check cuts out. */
  readonly mismatches: number;
  /** Result rows that are too old, deleted before the null check. */
  readonly expiredFirst: number;
  /** Rows with a null in a required column. */
  readonly nullRows: number;
  /** For each required column, named as in the file's header variant, the rows whose value is null. */
  readonly nulls: Readonly<Record<string, number>>;
  /** Rows whose primary key has an empty part that no check looks at. */
  readonly emptyKeys: number;
  /** Exact repeats of an earlier row. */
  readonly repeats: number;
  /** Rows that share a key with another row and differ elsewhere. */
  readonly conflicts: number;
  /** The sum of the squares of the sizes of their groups. */
  readonly squares: number;
  /** Rows that the same-id count of the log takes, where it has another key than the filter; absent elsewhere. */
  readonly loggedConflicts?: number;
  /**
   * Rows by what is true of them, in the order of `effects`: of those that reach the last table, but for effects that
   * come before the null check.
   */
  readonly effects: readonly number[];
  /** Rows that reach the last table and have an effect of `hiddenEffects`. */
  readonly hidden: number;
  /** Location rows that the rule of the earliest row drops. */
  readonly visitsDropped: number;
  /** Location rows of which it cannot be told whether the rule keeps them. */
  readonly visitsUnclear: number;
  /** Location rows that are kept and share a primary key with another one. */
  readonly sharedKeys: number;
  /** Rows at which the reader behind the type check may stop. */
  readonly unclearReadings: number;
  /** Values of days that come to nothing, in the order of `lostDays`; absent where days were not looked at. */
  readonly days?: readonly number[];
  /** Datasets that the file refers to and of which no file was there. */
  readonly absentMasters: readonly string[];
  /** False where references were not looked at. */
  readonly referencesChecked: boolean;
  /** False where the settings turn both rules off that compare rows. */
  readonly rowsCompared: boolean;
}

/** The tally of a whole file. */
export interface Tally extends RowTally {
  /** Lines of the file, the header's among them. */
  readonly lines: number;
  /** Lines without any sign that no value holds. */
  readonly blankLines: number;
}

/** Counts the rows of a file. */
export class TallyCounter {
  /** Effects that come before the null check. */
  readonly #early: number;
  readonly #expiresFirst: boolean;
  readonly #refusals = new Set<RuleId>();
  readonly #nulls = new Map<string, number>();
  readonly #effects = effects.map(() => 0);
  #hidden = 0;
  #days: number[] | undefined;
  #expiredFirst = 0;
  #nullRows = 0;
  #emptyKeys = 0;
  losesAllRows = false;
  movedColumns: readonly string[] = [];
  mismatches = 0;
  repeats = 0;
  conflicts = 0;
  squares = 0;
  loggedConflicts: number | undefined;
  visitsDropped = 0;
  visitsUnclear = 0;
  sharedKeys = 0;
  unclearReadings = 0;
  absentMasters: readonly string[] = [];
  referencesChecked = false;
  rowsCompared = true;

  constructor(spec: DatasetSpec) {
    this.#early = earlyEffects(spec);
    this.#expiresFirst = isResult(spec);
  }

  /** True where it matters what is true of rows that the null check drops. */
  get judgesDropped(): boolean {
    return this.#early !== 0;
  }

  /** Ingestion takes nothing of the file for this rule. */
  refuse(rule: RuleId): void {
    this.#refusals.add(rule);
  }

  /** Counts a row that a check drops, or whose key is not whole. @param bits what is true of it besides */
  drop(faults: RowFaults, bits: number): void {
    if (faults.mismatch) {
      this.mismatches++;
      return;
    }
    this.#count(bits & this.#early, 1);
    if (this.isGone(bits)) {
      this.#expiredFirst++;
      return;
    }
    if (faults.nulls.length === 0) this.#emptyKeys++;
    else this.#nullRows++;
    for (const name of faults.nulls) this.#nulls.set(name, (this.#nulls.get(name) ?? 0) + 1);
  }

  /** Counts what is true of a row that passes the checks. */
  keep(effect: RowEffect): void {
    this.#count(effect.bits & this.#early, 1);
    if (this.isGone(effect.bits)) this.#expiredFirst++;
    else this.#take(effect, 1);
  }

  /** Takes back what was counted of a row that passes the checks and is dropped as a repeat or for its key. */
  takeBack(effect: RowEffect): void {
    this.#take(effect, -1);
  }

  /** True for a row that is deleted as too old before rows are compared. */
  isGone(bits: number): boolean {
    return this.#expiresFirst && (bits & EXPIRED) !== 0;
  }

  taken(): RowTally {
    return {
      refusals: [...this.#refusals].sort(),
      losesAllRows: this.losesAllRows,
      movedColumns: this.movedColumns,
      mismatches: this.mismatches,
      expiredFirst: this.#expiredFirst,
      nullRows: this.#nullRows,
      nulls: Object.fromEntries([...this.#nulls].sort(([a], [b]) => (a < b ? -1 : 1))),
      emptyKeys: this.#emptyKeys,
      repeats: this.repeats,
      conflicts: this.conflicts,
      squares: this.squares,
      ...(this.loggedConflicts === undefined ? {} : { loggedConflicts: this.loggedConflicts }),
      effects: this.#effects,
      hidden: this.#hidden,
      visitsDropped: this.visitsDropped,
      visitsUnclear: this.visitsUnclear,
      sharedKeys: this.sharedKeys,
      unclearReadings: this.unclearReadings,
      ...(this.#days ? { days: this.#days } : {}),
      absentMasters: this.absentMasters,
      referencesChecked: this.referencesChecked,
      rowsCompared: this.rowsCompared,
    };
  }

  /** Counts days from now on. */
  beginDays(): void {
    this.#days = lostDays.map(() => 0);
  }

  #take({ bits, days }: RowEffect, step: number): void {
    const late = bits & ~this.#early;
    this.#count(late, step);
    if ((late & HIDDEN) !== 0) this.#hidden += step;
    days?.forEach((count, index) => {
      if (this.#days) this.#days[index]! += count * step;
    });
  }

  #count(bits: number, step: number): void {
    for (let index = 0, rest = bits; rest !== 0; index++, rest >>>= 1) {
      if ((rest & 1) !== 0) this.#effects[index]! += step;
    }
  }
}

/** The tally of rows that stand in several parts of a file. */
export function sumOfTallies(parts: readonly RowTally[]): RowTally {
  return parts.reduce((a, b) => ({
    refusals: [...new Set([...a.refusals, ...b.refusals])].sort(),
    losesAllRows: a.losesAllRows,
    movedColumns: a.movedColumns,
    mismatches: a.mismatches + b.mismatches,
    expiredFirst: a.expiredFirst + b.expiredFirst,
    nullRows: a.nullRows + b.nullRows,
    nulls: sumOfNulls(a.nulls, b.nulls),
    emptyKeys: a.emptyKeys + b.emptyKeys,
    repeats: a.repeats + b.repeats,
    conflicts: a.conflicts + b.conflicts,
    squares: a.squares + b.squares,
    ...(a.loggedConflicts === undefined
      ? {}
      : { loggedConflicts: a.loggedConflicts + (b.loggedConflicts ?? 0) }),
    effects: sumOf(a.effects, b.effects),
    hidden: a.hidden + b.hidden,
    visitsDropped: a.visitsDropped + b.visitsDropped,
    visitsUnclear: a.visitsUnclear + b.visitsUnclear,
    sharedKeys: a.sharedKeys + b.sharedKeys,
    unclearReadings: a.unclearReadings + b.unclearReadings,
    ...(a.days && b.days ? { days: sumOf(a.days, b.days) } : {}),
    absentMasters: a.absentMasters,
    referencesChecked: a.referencesChecked,
    rowsCompared: a.rowsCompared,
  }));
}

function sumOf(a: readonly number[], b: readonly number[]): number[] {
  return a.map((value, index) => value + b[index]!);
}

function sumOfNulls(a: RowTally['nulls'], b: RowTally['nulls']): Record<string, number> {
  const names = [...new Set([...Object.keys(a), ...Object.keys(b)])].sort();
  return Object.fromEntries(names.map((name) => [name, (a[name] ?? 0) + (b[name] ?? 0)]));
}

/** What ingestion will do with a file, in numbers and sentences: plain data. */
import type { FileReport } from '../check/file.ts';
import type { Effect, LostDay, Tally } from '../check/findings/tally.ts';
import type { RuleId } from '../finding.ts';

/** A report with its tally: that of a file, not of a document that an editor holds. */
export type TalliedReport = FileReport & { readonly tally: Tally };

/**
 * `stays`: the release has no route for the file. `refused`: a check refuses all of it. `fails`: the write to the
 * database fails. `lost`: a query of ingestion's own loses all of it. `split`: it becomes other files, which go the same
 * way again. `setting`: it is read as a setting, without rows. `nothing`: no row is left. `loads`: rows are loaded.
 */
export type Outcome = 'stays' | 'refused' | 'fails' | 'lost' | 'split' | 'setting' | 'nothing' | 'loads';

/** The row of `log_summary` that ingestion writes (ingestion-rules, section 11). */
export interface LogSummary {
  readonly total_records: number;
  readonly blank_lines: number;
  readonly duplicate_records: number;
  readonly datatype_mismatch: number;
  /** Each null-checked column by its name in the file's header. */
  readonly nulls: Readonly<Record<string, number>>;
  /** Absent before release 3.4. */
  readonly count_of_null_rows?: number;
  readonly processed_records: number;
}

/** What really becomes of the rows. They add up: `total` is all the others but `hidden` and `unclear`. */
export interface RowFates {
  /** Rows below the header; blank lines are none. */
  readonly total: number;
  readonly typeMismatch: number;
  /** Result rows older than the retention period, deleted before the null check. */
  readonly expired: number;
  readonly nullValue: number;
  readonly repeats: number;
  readonly conflicts: number;
  /** Location rows that the rule of the earliest row drops. */
  readonly notEarliest: number;
  /** Rows that come to the last step and go down with the file. */
  readonly lostWithFile: number;
  readonly loaded: number;
  /** Loaded rows that no report shows. */
  readonly hidden: number;
  /** Location rows among the loaded ones of which it cannot be told whether they are kept. */
  readonly unclear: number;
}

export interface Reason {
  /** The rule of a finding that says more; absent where there is none. */
  readonly rule?: RuleId;
  readonly message: string;
  /** The section of the ingestion rules. */
  readonly section: number;
}

export interface Forecast {
  readonly dataset: string;
  readonly file: string;
  readonly outcome: Outcome;
  /** Why the file as a whole does not load; none where it does. */
  readonly reasons: readonly Reason[];
  /** Undefined where ingestion writes no such row, or the four files that it becomes have rows of their own. */
  readonly log?: LogSummary;
  readonly rows: RowFates;
  /** Loaded rows by what keeps them out of reports, or may; one row may have several. */
  readonly effects: Readonly<Partial<Record<Effect, number>>>;
  /** Values of days that come to nothing in loaded rows; absent for other files and where days were not counted. */
  readonly days?: Readonly<Record<LostDay, number>>;
  /** Where log and truth differ, what may be otherwise, what was not looked at. */
  readonly notes: readonly string[];
}

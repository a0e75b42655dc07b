/** The row of `log_summary` that ingestion writes (ingestion-rules, section 11). */
import type { DatasetSpec } from '../catalogue/spec.ts';
import { dropsConflicts } from '../check/identity/key-tally.ts';
import type { CheckSettings } from '../check/settings.ts';
import { isAttendance, isResult, type Tally } from '../check/findings/tally.ts';
import type { LogSummary, Outcome, RowFates, TalliedReport } from './types.ts';

/**
 * What ingestion writes of a file. Files that no step looks at keep their line counts and zeros.
 *
 * @param settings those of the check: the release decides which counters there are
 * @param outcome what becomes of the file as a whole
 * @param fates what becomes of its rows
 * @returns undefined where ingestion writes no row, or writes those of the files that this one becomes
 */
export function logOf(
  spec: DatasetSpec,
  settings: CheckSettings,
  { tally }: TalliedReport,
  outcome: Outcome,
  fates: RowFates,
): LogSummary | undefined {
  if (outcome === 'stays' || outcome === 'split') return undefined;
  const hasNullRows = settings.release >= '3.4';
  const lines = { total_records: Math.max(0, tally.lines - 1), blank_lines: tally.blankLines };
  if (outcome === 'refused' || outcome === 'setting') {
    return {
      ...lines,
      ...{ duplicate_records: 0, datatype_mismatch: loggedMismatches(fates), nulls: {} },
      ...(hasNullRows ? { count_of_null_rows: 0 } : {}),
      processed_records: 0,
    };
  }
  const datatype_mismatch = loggedMismatches(fates);
  const duplicate_records = fates.repeats + loggedConflicts(spec, tally);
  const nullRows = hasNullRows ? fates.nullValue : 0;
  const { total_records, blank_lines } = lines;
  const left = total_records - (blank_lines + duplicate_records + datatype_mismatch) - nullRows;
  const processed = spec.id === 'teacher_attendance' ? fates.loaded + fates.lostWithFile : left;
  return {
    ...lines,
    duplicate_records,
    datatype_mismatch,
    nulls: tally.losesAllRows ? {} : tally.nulls,
    ...(hasNullRows ? { count_of_null_rows: fates.nullValue } : {}),
    processed_records: outcome === 'fails' || outcome === 'lost' ? 0 : processed,
  };
}

/** Section 7: the end of the file counts as well when no good row was read before it. */
function loggedMismatches({ total, typeMismatch }: RowFates): number {
  return typeMismatch + (total > 0 && typeMismatch === total ? 1 : 0);
}

/** How many rows the same-id step logs (section 9): results and attendance by the square of the group's size. */
export function loggedConflicts(spec: DatasetSpec, tally: Tally): number {
  if (tally.losesAllRows || !(dropsConflicts(spec) || spec.key.sameId === 'lose-file')) return 0;
  if (isResult(spec) || isAttendance(spec)) return tally.squares;
  return tally.loggedConflicts ?? tally.conflicts;
}

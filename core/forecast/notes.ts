import type { DatasetSpec } from '../catalogue/spec.ts';
import type { CheckSettings } from '../check/settings.ts';
import { isAttendance, isResult } from '../check/findings/tally.ts';
import { loggedConflicts } from './log.ts';
import { countsIn, rowsWith } from './outcome.ts';
import type { Forecast, TalliedReport } from './types.ts';

/** Sentences about where log and truth differ, what may be otherwise, and what was not looked at. */
export function notesOf(
  spec: DatasetSpec,
  settings: CheckSettings,
  { tally }: TalliedReport,
  forecast: Omit<Forecast, 'notes'>,
): string[] {
  const { outcome, rows, log } = forecast;
  const notes: string[] = [];
  if (outcome === 'split')
    return ['A script cuts the sections into four files. Each of them then goes the way of a static file.'];
  if (outcome === 'setting')
    return ['The values become a setting of ingestion. Nothing is checked or stored.'];
  if (outcome === 'stays') return notes;
  if (log && log.total_records !== rows.total + log.blank_lines)
    notes.push(
      `total_records counts lines: ${log.total_records} below the first. The file has ${rows.total} rows.`,
    );
  if (outcome === 'refused')
    return [...notes, 'The log gives no reason: counters of steps that are not reached stay 0.'];
  const count = countsIn(tally);
  if (log && log.datatype_mismatch !== rows.typeMismatch)
    notes.push(
      `When every row is bad datatype_mismatch is one too high: the log says ${log.datatype_mismatch}, true is ${rows.typeMismatch}.`,
    );
  const logged = loggedConflicts(spec, tally);
  if (logged !== rows.conflicts && outcome !== 'lost')
    notes.push(
      isResult(spec) || isAttendance(spec)
        ? `Rows of one key are logged as rows times group size: the log says ${logged}, true is ${rows.conflicts}.`
        : `Rows of one key are logged by exam_id and dropped by exam_id with assessment_year: the log says ${logged}, true is ${rows.conflicts}.`,
    );
  if (tally.movedColumns.length > 0) notes.push(movedNote(tally.movedColumns));
  if (outcome === 'fails' || outcome === 'lost')
    return [...notes, 'The log gives no reason. It may also keep zeros in all counters; status is KO.'];
  if (log && log.processed_records !== rows.loaded)
    notes.push(
      `processed_records is ${log.processed_records}, and ${rowsWith(rows.loaded, 'are', 'is')} loaded.`,
    );
  if (tally.losesAllRows)
    return [
      ...notes,
      'The header has surplus columns, so every row fails the type check for its width (section 5).',
    ];
  if (spec.header.match === 'contains' && rows.repeats + rows.conflicts > 0)
    notes.push(
      'A school_id stands twice: with the default query the file then loses its other columns (section 9).',
    );
  if (count('academic-year') > 0)
    notes.push(
      `${rowsWith(count('academic-year'), 'have', 'has')} an academic year that is not written as 2026-27: a wrong year is stored, or the write of the file fails (section 10).`,
    );
  if (rows.unclear > 0)
    notes.push(
      `Of ${rows.unclear} location rows it cannot be told which are the earliest of their inspection: loaded counts them all (section 9).`,
    );
  if (tally.unclearReadings > 0)
    notes.push(
      `At ${tally.unclearReadings === 1 ? '1 row' : `${tally.unclearReadings} rows`} the reader behind the type check may stop; the file is not loaded then (section 6).`,
    );
  if (count('above-limit') > 0)
    notes.push(
      `${rowsWith(count('above-limit'), 'have', 'has')} more marks than the question: the aggregate may leave out the school’s result (section 10).`,
    );
  if (isAttendance(spec))
    notes.push(
      'A day for which cQube has a value of any school is closed, and what stands here for it is not taken (section 9).',
    );
  if (settings.today === undefined && spec.category === 'transaction')
    notes.push('Months to come and retention are not looked at without today’s date.');
  if (!tally.rowsCompared)
    notes.push('The settings turn key/duplicate-record and key/duplicate-key off: rows are not compared.');
  if (spec.references.length > 0) notes.push(...masterNotes(tally.referencesChecked, tally.absentMasters));
  return notes;
}

function movedNote(moved: readonly string[]): string {
  const [first] = moved;
  const more = moved.length === 1 ? '' : ` and ${moved.length - 1} more`;
  return `Names of the header stand twice, so cells move to the left: column "${first!}"${more} ${moved.length === 1 ? 'gets' : 'get'} the values of another column (section 6).`;
}

function masterNotes(checked: boolean, absent: readonly string[]): string[] {
  if (!checked) return ['Master files are not looked at: rows without their master row are not counted.'];
  if (absent.length === 0) return [];
  return [`Not in this folder, so not compared: ${[...absent].sort().join(', ')}.`];
}

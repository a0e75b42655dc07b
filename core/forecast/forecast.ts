import type { DatasetSpec } from '../catalogue/spec.ts';
import { dropsConflicts } from '../check/identity/key-tally.ts';
import type { CheckSettings } from '../check/settings.ts';
import { effects, lostDays, type Effect, type LostDay, type Tally } from '../check/findings/tally.ts';
import { logOf } from './log.ts';
import { notesOf } from './notes.ts';
import { outcomeOf } from './outcome.ts';
import type { Forecast, Outcome, RowFates, TalliedReport } from './types.ts';

/**
 * Says what ingestion will do with a file (ingestion-rules, sections 4 to 11).
 *
 * @param settings those of the check; rules on months and retention are left out without `today`
 * @param report the check of the file, made with the same settings
 */
export function forecastOf(spec: DatasetSpec, settings: CheckSettings, report: TalliedReport): Forecast {
  const { dataset, file } = report;
  const reached = rowsThatReachTheEnd(spec, report);
  const { outcome, reasons, isTyped } = outcomeOf(spec, settings, report, reached.loaded);
  const rows = fatesOf(outcome, isTyped, reached);
  const log = logOf(spec, settings, report, outcome, rows);
  const counted = outcome === 'loads';
  const shown = counted ? effectsOf(report.tally) : {};
  const days = counted && report.tally.days ? daysOf(report.tally.days) : undefined;
  const forecast = {
    dataset,
    file,
    outcome,
    reasons,
    ...(log ? { log } : {}),
    rows,
    effects: shown,
    ...(days ? { days } : {}),
  };
  return { ...forecast, notes: notesOf(spec, settings, report, forecast) };
}

/** The fates of rows as if nothing happened to the file as a whole. */
function rowsThatReachTheEnd(spec: DatasetSpec, { rows: total, tally }: TalliedReport): RowFates {
  const none: RowFates = {
    ...{ total, typeMismatch: 0, expired: 0, nullValue: 0, repeats: 0, conflicts: 0, notEarliest: 0 },
    ...{ lostWithFile: 0, loaded: 0, hidden: 0, unclear: 0 },
  };
  if (tally.losesAllRows) return { ...none, typeMismatch: total };
  const dropped = {
    typeMismatch: tally.mismatches,
    expired: tally.expiredFirst,
    nullValue: tally.nullRows,
    repeats: tally.repeats,
    conflicts: dropsConflicts(spec) ? tally.conflicts : 0,
    notEarliest: tally.visitsDropped,
  };
  const loaded = Object.values(dropped).reduce((left, count) => left - count, total);
  return { ...none, ...dropped, loaded, hidden: tally.hidden, unclear: tally.visitsUnclear };
}

/** @param isTyped true when the type check comes before the step that stops the file */
function fatesOf(outcome: Outcome, isTyped: boolean, reached: RowFates): RowFates {
  if (outcome === 'loads' || outcome === 'nothing') return reached;
  const gone = { loaded: 0, hidden: 0, unclear: 0 };
  if (outcome === 'fails' || outcome === 'lost') return { ...reached, ...gone, lostWithFile: reached.loaded };
  const typeMismatch = isTyped ? reached.typeMismatch : 0;
  return {
    ...{ total: reached.total, typeMismatch, expired: 0, nullValue: 0, repeats: 0, conflicts: 0 },
    ...{ notEarliest: 0, ...gone, lostWithFile: reached.total - typeMismatch },
  };
}

function effectsOf({ effects: counts }: Tally): Partial<Record<Effect, number>> {
  return Object.fromEntries(
    effects.flatMap((effect, index) => (counts[index]! > 0 ? [[effect, counts[index]!]] : [])),
  );
}

function daysOf(counts: readonly number[]): Record<LostDay, number> {
  return Object.fromEntries(lostDays.map((day, index) => [day, counts[index]!])) as Record<LostDay, number>;
}

import type { DatasetSpec, DefectSpec } from '../catalogue/spec.ts';
import type { CheckSettings } from '../check/settings.ts';
import { effects, type Effect, type Tally } from '../check/findings/tally.ts';
import { rules, type RuleId } from '../finding.ts';
import type { Outcome, Reason, TalliedReport } from './types.ts';

export interface FileOutcome {
  /** True when the type check comes before the step that stops the file. */
  readonly isTyped: boolean;
  readonly outcome: Outcome;
  readonly reasons: readonly Reason[];
}

/**
 * What becomes of the file as a whole: the first step that stops it decides.
 *
 * @param left rows that reach the last step
 */
export function outcomeOf(
  spec: DatasetSpec,
  settings: CheckSettings,
  { tally }: TalliedReport,
  left: number,
): FileOutcome {
  if (spec.since > settings.release) {
    const message = `Release ${settings.release} has no route for this file, which release ${spec.since} brought: it stays in the emission bucket and nobody is told.`;
    return { outcome: 'stays', isTyped: false, reasons: [{ rule: 'layout/release', message, section: 2 }] };
  }
  const refusals = tally.refusals.map((rule) => ({
    rule,
    message: rules[rule].effect,
    section: sectionOf(rule),
  }));
  if (refusals.length > 0) return { outcome: 'refused', isTyped: false, reasons: refusals };
  if (spec.header.match === 'sections') return { outcome: 'split', isTyped: false, reasons: [] };
  if (spec.header.match === 'exact-key') return { outcome: 'setting', isTyped: false, reasons: [] };
  if (tally.losesAllRows) return { outcome: 'nothing', isTyped: true, reasons: [] };
  const count = countsIn(tally);
  if (count('future-month') > 0) {
    const message = `${rowsWith(count('future-month'), 'have', 'has')} a month in the future. ${rules['row/future-month'].effect}`;
    return {
      outcome: 'refused',
      isTyped: true,
      reasons: [{ rule: 'row/future-month', message, section: 10 }],
    };
  }
  if (spec.key.sameId === 'lose-file' && tally.conflicts > 0) {
    const message = `${rowsWith(tally.conflicts, 'share', 'shares')} a key and differ elsewhere. The query that should drop them is not valid SQL: the file disappears there.`;
    return { outcome: 'lost', isTyped: true, reasons: [{ rule: 'key/duplicate-key', message, section: 9 }] };
  }
  const reasons = failuresOf(spec, settings, tally, left);
  if (reasons.length > 0) return { outcome: 'fails', isTyped: true, reasons };
  return { outcome: left > 0 ? 'loads' : 'nothing', isTyped: true, reasons: [] };
}

/** Why the write to the database fails (sections 7 to 10). */
function failuresOf(spec: DatasetSpec, settings: CheckSettings, tally: Tally, left: number): Reason[] {
  const count = countsIn(tally);
  const reasons: Reason[] = [];
  const notStored = count('value-not-stored');
  if (notStored > 0) {
    const message = `${rowsWith(notStored, 'have', 'has')} a value that the type check lets pass and the database refuses.`;
    reasons.push({ message, section: 7 });
  }
  if (tally.emptyKeys > 0) {
    const message = `${rowsWith(tally.emptyKeys, 'have', 'has')} an empty part of the primary key that the null check does not look at.`;
    reasons.push({ rule: 'cell/required', message, section: 8 });
  }
  if (count('exam-date') > 0) {
    const message = `${rowsWith(count('exam-date'), 'have', 'has')} no date in characters 8 to 15 of the exam code, and the load statement reads one there.`;
    reasons.push({ rule: 'cell/format', message, section: 10 });
  }
  const shared = sharedKeys(spec, tally);
  if (shared > 0) {
    const message = `${rowsWith(shared, 'share', 'shares')} a primary key and differ elsewhere, and no step drops them before the database does.`;
    reasons.push({ rule: 'key/duplicate-key', message, section: 9 });
  }
  if (left > 0) {
    for (const { effect } of (spec.defects ?? []).filter((defect) => stopsWrite(defect, settings)))
      reasons.push({ rule: 'release/defect', message: `${effect}.`, section: 12 });
  }
  return reasons;
}

/** Rows that share the primary key of a table that no same-id step protects. */
function sharedKeys({ key }: DatasetSpec, tally: Tally): number {
  if (key.sameId === 'keep-earliest-inspection') return tally.sharedKeys;
  return key.sameId === 'fail-file' || key.sameId === 'upsert-fails-file' ? tally.conflicts : 0;
}

/** A fault of ingestion's own that concerns no column concerns the write of the whole file. */
function stopsWrite(
  { columns, since, until, staticDatasource }: DefectSpec,
  settings: CheckSettings,
): boolean {
  if (columns.length > 0 || settings.release < since || settings.release > until) return false;
  return staticDatasource === undefined || staticDatasource === settings.variant;
}

/** The section of the ingestion rules that says why a rule refuses a file. */
function sectionOf(rule: RuleId): number {
  if (rule.startsWith('header/')) return 5;
  return rule === 'row/none' || rule.startsWith('section/') ? 3 : 6;
}

export function countsIn(tally: Tally): (effect: Effect) => number {
  return (effect) => tally.effects[effects.indexOf(effect)] ?? 0;
}

/** "3 rows have", "1 row has". */
export function rowsWith(count: number, plural: string, singular: string): string {
  return count === 1 ? `1 row ${singular}` : `${count} rows ${plural}`;
}

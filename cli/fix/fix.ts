import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import type { Finding, RuleId } from '../../core/finding.ts';
import { backupOf } from '../../core/fix/backup.ts';
import { DiffWriter } from '../../core/fix/file/diff.ts';
import { ChangedWhileMendedError, mendFile, previewFile } from '../../core/fix/file/mend-file-node.ts';
import type { MendReport } from '../../core/fix/file/mender.ts';
import { EncodingError } from '../../core/fix/file/text-stream.ts';
import { withoutFix } from '../../core/fix/without-fix.ts';
import { makeProof } from '../../core/scan/job.ts';
import { count, number } from '../../core/wording.ts';
import type { Terminal } from '../command.ts';
import type { FixMode } from './options.ts';
import { size } from '../formats/text.ts';

import path from 'node:path';

/** A CSV to mend. */
export interface FixTarget {
  readonly spec: DatasetSpec;
  /** Path on the disk. */
  readonly path: string;
  /** Path to show, as findings have it. */
  readonly shown: string;
  readonly bytes: number;
}

/** What became of a CSV. */
export interface FixOutcome {
  readonly target: FixTarget;
  readonly report?: MendReport;
  /** Why nothing was done to it. */
  readonly failure?: string;
}

/** Mends files one after the other, repeated rows only where they are asked for: that takes further looks at the file. */
export async function fixFiles(
  targets: readonly FixTarget[],
  settings: CheckSettings,
  terminal: Terminal,
  { repeats, backup }: { readonly repeats: boolean; readonly backup: boolean },
): Promise<FixOutcome[]> {
  return eachOf(targets, terminal, 'Mending', (target, onBytes) =>
    mendFile(target.spec, settings, target.path, {
      ...{ repeats, backup, onBytes, signal: terminal.signal },
      makeProof: makeProof(target.bytes),
    }),
  );
}

/** Prints what `fixFiles` would do, as a unified diff. */
export async function previewFiles(
  targets: readonly FixTarget[],
  settings: CheckSettings,
  terminal: Terminal,
  showsPersonal: boolean,
): Promise<FixOutcome[]> {
  return eachOf(targets, terminal, 'Looking through', async (target, onBytes) => {
    const diff = new DiffWriter(target.shown, showsPersonal, (text) => terminal.print(text.slice(0, -1)));
    const report = await previewFile(
      target.spec,
      settings,
      target.path,
      { repeats: true, onBytes, signal: terminal.signal, makeProof: makeProof(target.bytes) },
      (line, before, after, columns) => diff.changed(line, before, after, columns),
    );
    diff.end();
    return report;
  });
}

async function eachOf(
  targets: readonly FixTarget[],
  terminal: Terminal,
  doing: string,
  mend: (target: FixTarget, onBytes: (bytes: number) => void) => Promise<MendReport>,
): Promise<FixOutcome[]> {
  const outcomes: FixOutcome[] = [];
  for (const target of targets) {
    const onBytes = (bytes: number) => terminal.progress(`${doing} ${target.shown}, ${size(bytes)} read …`);
    try {
      outcomes.push({ target, report: await mend(target, onBytes) });
    } catch (error) {
      if (!(error instanceof EncodingError || error instanceof ChangedWhileMendedError)) throw error;
      outcomes.push({ target, failure: error.message });
    }
  }
  terminal.progress('');
  return outcomes;
}

/** Removes what earlier runs have kept. @returns the paths to show */
export async function discardBackups(targets: readonly FixTarget[]): Promise<string[]> {
  const removed: string[] = [];
  for (const { path: file, shown } of targets) {
    const backup = backupOf(file);
    if (!existsSync(backup)) continue;
    await rm(backup);
    removed.push(path.posix.join(path.posix.dirname(shown), path.basename(backup)));
  }
  return removed;
}

/** The outcomes of two runs over the same files as one: the second found what the first was not asked to. */
export function together(first: readonly FixOutcome[], second: readonly FixOutcome[]): FixOutcome[] {
  return first.map((outcome) => {
    const later = second.find(({ target }) => target.path === outcome.target.path);
    if (!later?.report || !outcome.report) return later?.failure === undefined ? outcome : later;
    const mended = new Map(outcome.report.mended);
    for (const [rule, times] of later.report.mended) mended.set(rule, (mended.get(rule) ?? 0) + times);
    return { ...outcome, report: { ...later.report, mended, isChanged: true } };
  });
}

/**
 * Lines that say what was mended.
 *
 * @param backup whether files are kept as they were
 */
export function mendedLines(outcomes: readonly FixOutcome[], mode: FixMode, backup: boolean): string[] {
  const lines: string[] = [];
  let changed = 0;
  for (const { target, report, failure } of outcomes) {
    if (failure !== undefined) lines.push(`${target.shown}: not mended. ${failure}`);
    if (!report?.isChanged) continue;
    changed++;
    const all = [...report.mended].sort(([a], [b]) => a.localeCompare(b));
    lines.push(`${target.shown}: ${all.map(([rule, times]) => `${number(times)} × ${rule}`).join(', ')}`);
  }
  const files = count(changed, 'file');
  if (mode === 'dry-run')
    lines.push(
      changed === 0 ? 'Nothing to mend for certain.' : `${files} would be mended; nothing is written.`,
    );
  else if (changed === 0) lines.push('Nothing to mend for certain.');
  else
    lines.push(
      `${files} mended.${backup ? ' As they were they stay beside them, hidden: `check --fix --discard-backups` removes them.' : ''}`,
    );
  return lines;
}

/**
 * Lines that say of the rules of which something is left why it is.
 *
 * @param rules those of the findings that are left; undefined where nothing was checked, for those that mending has met
 */
export function leftLines(
  outcomes: readonly FixOutcome[],
  findings: readonly Finding[] | undefined,
): string[] {
  const reasons = new Map<RuleId, Set<string>>();
  const add = (rule: RuleId, reason: string) => {
    if (reason !== '') reasons.set(rule, (reasons.get(rule) ?? new Set()).add(reason));
  };
  const ofFiles = findings?.filter(
    ({ rule, severity }) => severity !== 'information' && !rule.startsWith('layout/'),
  );
  const there = ofFiles && new Set(ofFiles.map(({ rule }) => rule));
  for (const { report } of outcomes) {
    for (const [rule, why] of report?.left ?? [])
      for (const reason of why.keys()) if (!there || there.has(rule)) add(rule, reason);
  }
  for (const rule of there ?? []) {
    const why = reasons.has(rule) ? undefined : withoutFix[rule];
    if (why !== undefined) add(rule, why);
  }
  const lines = [...reasons]
    .sort(([a], [b]) => a.localeCompare(b))
    .flatMap(([rule, why]) => [...why].map((reason) => `  ${rule}: ${reason}`));
  return lines.length === 0 ? [] : ['Left as it is, and why:', ...lines];
}

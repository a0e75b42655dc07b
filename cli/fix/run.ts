/** What `check --fix` does before the check, and between two of them. */
import path from 'node:path';
import type { CheckSettings } from '../../core/check/settings.ts';
import { disk } from '../../core/layout/file-system-node.ts';
import { surveyTree } from '../../core/layout/tree.ts';
import { count } from '../../core/wording.ts';
import type { ExitCode, Invocation, Terminal } from '../command.ts';
import type { CheckResult } from '../formats/result.ts';
import { targetsNamed } from '../inputs/files.ts';
import { findRoot } from '../inputs/root.ts';
import {
  discardBackups,
  fixFiles,
  leftLines,
  mendedLines,
  previewFiles,
  together,
  type FixOutcome,
  type FixTarget,
} from './fix.ts';
import type { FixMode } from './options.ts';

/** What a run has mended, and what it has left. */
export interface FixRun {
  /** The check behind it; undefined where nothing is to be checked. */
  readonly result: CheckResult | undefined;
  readonly mended: readonly string[];
  readonly left: readonly string[];
  /** True when a file could not be mended. */
  readonly isFailed: boolean;
  /** Where nothing is to be checked. */
  readonly code: ExitCode;
}

/** @param checked checks the files as they are then */
export async function runFix(
  mode: Exclude<FixMode, 'none'>,
  named: readonly string[],
  invocation: Invocation,
  settings: CheckSettings,
  checked: () => Promise<CheckResult>,
): Promise<FixRun> {
  const { values, terminal } = invocation;
  const { isToBeChecked, outcomes: first, code } = await fix(mode, named, invocation, settings);
  if (!isToBeChecked) return { result: undefined, mended: [], left: [], isFailed: code === 2, code };
  let result = await checked();
  const backup = values['no-backup'] !== true;
  const isRepeated = (target: FixTarget) =>
    result.findings.some(
      ({ finding }) => finding.rule === 'key/duplicate-record' && finding.file === target.shown,
    );
  const targets = first.map(({ target }) => target).filter(isRepeated);
  const again = await fixFiles(targets, settings, terminal, { repeats: true, backup });
  if (again.some(({ report }) => report?.isChanged === true)) result = await checked();
  const outcomes = together(first, again);
  return {
    result,
    mended: mendedLines(outcomes, mode, backup),
    left: leftLines(
      outcomes,
      result.findings.map(({ finding }) => finding),
    ),
    isFailed: first.some(({ failure }) => failure !== undefined),
    code,
  };
}

interface Fixed {
  readonly isToBeChecked: boolean;
  readonly outcomes: readonly FixOutcome[];
  readonly code: ExitCode;
}

/** Does what is asked for beside the check. */
async function fix(
  mode: Exclude<FixMode, 'none'>,
  named: readonly string[],
  { values, positionals, terminal }: Invocation,
  settings: CheckSettings,
): Promise<Fixed> {
  const targets = await targetsOf(named, positionals[0], terminal);
  if (mode === 'discard') {
    const removed = await discardBackups(targets);
    removed.forEach(terminal.print);
    terminal.print(`${count(removed.length, 'backup')} removed.`);
    return { isToBeChecked: false, outcomes: [], code: 0 };
  }
  if (mode === 'fix') {
    const backup = values['no-backup'] !== true;
    const outcomes = await fixFiles(targets, settings, terminal, { repeats: false, backup });
    return { isToBeChecked: true, outcomes, code: 0 };
  }
  const outcomes = await previewFiles(targets, settings, terminal, values['show-personal'] === true);
  [...mendedLines(outcomes, mode, false), ...leftLines(outcomes, undefined)].forEach(terminal.tell);
  const isFailed = outcomes.some(({ failure }) => failure !== undefined);
  return { isToBeChecked: false, outcomes, code: isFailed ? 2 : 0 };
}

/** The CSVs that are to be mended: those named, or all of the folder. @throws UsageError for a zip */
async function targetsOf(
  named: readonly string[],
  folder: string | undefined,
  terminal: Terminal,
): Promise<FixTarget[]> {
  if (named.length > 0) return targetsNamed(named, terminal.directory);
  const root = findRoot(folder, terminal.directory, terminal.tell);
  const { datasets } = await surveyTree(disk, root);
  return datasets.flatMap(({ spec, csv }) =>
    csv ? [{ spec, path: path.join(root, csv.path), shown: csv.path, bytes: csv.bytes }] : [],
  );
}

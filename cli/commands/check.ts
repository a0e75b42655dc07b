import path from 'node:path';
import { byPlace } from '../../core/check/findings/shown.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import type { Finding } from '../../core/finding.ts';
import { disk } from '../../core/layout/file-system-node.ts';
import { surveyTree } from '../../core/layout/tree.ts';
import type { Examination } from '../../core/scan/examine.ts';
import { count } from '../../core/wording.ts';
import { cacheFolder } from '../inputs/cache.ts';
import { choiceOf, type Command, type ExitCode, type Invocation, type Terminal } from '../command.ts';
import { examineFiles, filesNamed, targetsNamed } from '../inputs/files.ts';
import {
  discardBackups,
  fixFiles,
  fixHelp,
  fixModeFrom,
  fixOptions,
  leftLines,
  mendedLines,
  previewFiles,
  together,
  type FixMode,
  type FixOutcome,
  type FixTarget,
} from '../fix.ts';
import { checkJson } from '../formats/json.ts';
import type { CheckResult } from '../formats/result.ts';
import { checkSarif } from '../formats/sarif.ts';
import { checkText } from '../formats/text.ts';
import { findRoot } from '../inputs/root.ts';
import {
  checkHelp,
  checkOptions,
  jobsFrom,
  load,
  settingsFrom,
  type LoadOptions,
} from '../inputs/workspace.ts';

export const check: Command = {
  parameters: '[folder | files…]',
  alone: 'file',
  options: { ...checkOptions, ...fixOptions, format: { type: 'string' } },
  help: [['--format F', 'text, json or sarif'], ...checkHelp, ...fixHelp],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json', 'sarif']);
    const settings = settingsFrom(values);
    const named = filesNamed(positionals, terminal.directory);
    const checked = () => resultFor(named, { values, positionals, terminal }, settings);
    const mode = fixModeFrom(values);
    const fixed =
      mode === 'none' ? undefined : await fix(mode, named, { values, positionals, terminal }, settings);
    if (fixed && !fixed.isToBeChecked) return fixed.code;
    let result = await checked();
    let lines: readonly string[] = [];
    if (fixed) {
      const backup = values['no-backup'] !== true;
      const isRepeated = (target: FixTarget) =>
        result.findings.some(
          ({ finding }) => finding.rule === 'key/duplicate-record' && finding.file === target.shown,
        );
      const targets = fixed.outcomes.map(({ target }) => target).filter(isRepeated);
      const again = await fixFiles(targets, settings, terminal, { repeats: true, backup });
      if (again.some(({ report }) => report?.isChanged === true)) result = await checked();
      const outcomes = together(fixed.outcomes, again);
      const mended = mendedLines(outcomes, mode, backup);
      lines = leftLines(
        outcomes,
        result.findings.map(({ finding }) => finding),
      );
      if (format === 'text') terminal.print([...mended, ''].join('\n'));
      else [...mended, ...lines].forEach(terminal.tell);
    }
    if (format === 'json') await terminal.printPieces(checkJson(result));
    else if (format === 'sarif') await terminal.printPieces(checkSarif(result));
    else {
      await terminal.printPieces(checkText(result, terminal.color));
      if (lines.length > 0) terminal.print(['', ...lines].join('\n'));
    }
    const isFailed = fixed?.outcomes.some(({ failure }) => failure !== undefined) === true;
    return isFailed ? 2 : result.summary.errors > 0 ? 1 : 0;
  },
};

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

async function resultFor(
  named: readonly string[],
  { values, positionals, terminal }: Invocation,
  settings: CheckSettings,
): Promise<CheckResult> {
  const options = { jobs: jobsFrom(values), cache: cacheFolder(values, terminal) };
  if (named.length === 0) return checkTree(positionals[0], settings, terminal, options);
  return resultOf(terminal.directory, await examineFiles(named, settings, terminal, options), []);
}

async function checkTree(
  root: string | undefined,
  settings: CheckSettings,
  terminal: Terminal,
  options: LoadOptions,
): Promise<CheckResult> {
  const { workspace, examiner } = await load(root, settings, terminal, options);
  const examined = workspace.datasets.map(({ examination }) => ({
    examination,
    seconds: examiner.secondsOf(examination.spec.id),
  }));
  return resultOf(workspace.root, examined, workspace.tree.findings);
}

function resultOf(
  root: string,
  examined: readonly { examination: Examination; seconds: number }[],
  treeFindings: readonly Finding[],
): CheckResult {
  const present = examined.filter(({ examination }) => examination.csv ?? examination.zip);
  const findings = [
    ...treeFindings.map((finding) => ({ finding, dataset: '' })),
    ...present.flatMap(({ examination }) =>
      [...examination.findings].sort(byPlace).map((finding) => ({ finding, dataset: examination.spec.id })),
    ),
  ];
  const total = (of: 'errors' | 'warnings' | 'information', severity: Finding['severity']) =>
    present.reduce((sum, { examination }) => sum + examination.totals[of], 0) +
    treeFindings.filter((finding) => finding.severity === severity).length;
  return {
    root,
    datasets: present.map(({ examination, seconds }) => ({
      dataset: examination.spec.id,
      file: examination.report?.file ?? (examination.zip ?? examination.csv)?.path ?? '',
      ...(examination.report?.variant ? { variant: examination.report.variant.id } : {}),
      bytes: examination.report?.bytes ?? 0,
      rows: examination.report?.rows ?? 0,
      errors: examination.totals.errors,
      warnings: examination.totals.warnings,
      seconds: Math.round(seconds * 1000) / 1000,
    })),
    findings,
    summary: {
      files: present.length,
      rows: present.reduce((sum, { examination }) => sum + (examination.report?.rows ?? 0), 0),
      errors: total('errors', 'error'),
      warnings: total('warnings', 'warning'),
      information: total('information', 'information'),
    },
  };
}

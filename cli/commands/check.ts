import type { CheckSettings } from '../../core/check/settings.ts';
import { byPlace } from '../../core/check/findings/shown.ts';
import type { Finding } from '../../core/finding.ts';
import type { Examination } from '../../core/scan/examine.ts';
import { choiceOf, type Command, type Invocation, type Terminal } from '../command.ts';
import { fixHelp, fixModeFrom, fixOptions } from '../fix/options.ts';
import { checkJson } from '../formats/json.ts';
import type { CheckResult } from '../formats/result.ts';
import { checkSarif } from '../formats/sarif.ts';
import { checkText } from '../formats/text.ts';
import { cacheFolder } from '../inputs/cache.ts';
import { examineFiles, filesNamed } from '../inputs/files.ts';
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
    const mode = fixModeFrom(values);
    const invocation = { values, positionals, terminal };
    const checked = () => resultFor(named, invocation, settings);
    // Most runs mend nothing, and start sooner without what mends.
    const fixed =
      mode === 'none'
        ? undefined
        : await (await import('../fix/run.ts')).runFix(mode, named, invocation, settings, checked);
    if (fixed && !fixed.result) return fixed.code;
    const result = fixed?.result ?? (await checked());
    const left = fixed?.left ?? [];
    if (fixed && format === 'text') terminal.print([...fixed.mended, ''].join('\n'));
    else if (fixed) [...fixed.mended, ...left].forEach(terminal.tell);
    if (format === 'json') await terminal.printPieces(checkJson(result));
    else if (format === 'sarif') await terminal.printPieces(checkSarif(result));
    else {
      await terminal.printPieces(checkText(result, terminal.color));
      if (left.length > 0) terminal.print(['', ...left].join('\n'));
    }
    return fixed?.isFailed === true ? 2 : result.summary.errors > 0 ? 1 : 0;
  },
};

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

import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetNamed, datasetOfCsv, datasetsOfFolder } from '../../core/catalogue/match.ts';
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import { byPlace } from '../../core/check/collector.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import type { Finding } from '../../core/finding.ts';
import { Examiner, type Examination } from '../../core/layout/examine.ts';
import { disk, stampOf } from '../../core/layout/file-system-node.ts';
import type { Checker } from '../../core/layout/job.ts';
import type { KeptAnswers } from '../../core/layout/kept-answers.ts';
import { ByteProgress } from '../byte-progress.ts';
import { cacheFolder } from '../cache.ts';
import { openFileChecker } from '../checker.ts';
import { choiceOf, UsageError, type Command, type Terminal } from '../command.ts';
import { checkJson } from '../formats/json.ts';
import type { CheckResult } from '../formats/result.ts';
import { checkSarif } from '../formats/sarif.ts';
import { checkText } from '../formats/text.ts';
import {
  checkHelp,
  checkOptions,
  jobsFrom,
  keptIn,
  load,
  settingsFrom,
  type LoadOptions,
} from '../workspace.ts';

export const check: Command = {
  parameters: '[folder | files…]',
  options: { ...checkOptions, format: { type: 'string' } },
  help: [['--format F', 'text, json or sarif'], ...checkHelp],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json', 'sarif']);
    const settings = settingsFrom(values);
    const named = positionals.filter((word) => isFile(path.resolve(terminal.directory, word)));
    if (named.length > 0 && named.length < positionals.length) {
      const missing = positionals.find((word) => !named.includes(word));
      throw new UsageError(`${missing ?? ''} is no file. Name either one folder or files.`);
    }
    if (positionals.length > 1 && named.length === 0)
      throw new UsageError('Name either one folder or files.');
    const cache = cacheFolder(values, terminal);
    const result =
      named.length > 0
        ? await checkFiles(named, settings, terminal, { jobs: jobsFrom(values), cache })
        : await checkTree(positionals[0], settings, terminal, { jobs: jobsFrom(values), cache });
    if (format === 'json') terminal.print(checkJson(result));
    else if (format === 'sarif') terminal.print(checkSarif(result));
    else terminal.print(checkText(result, terminal.color));
    return result.summary.errors > 0 ? 1 : 0;
  },
};

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
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

/** Files by themselves: the dataset is known by folder and name, or by the name alone. */
async function checkFiles(
  files: readonly string[],
  settings: CheckSettings,
  terminal: Terminal,
  { jobs, cache }: LoadOptions,
): Promise<CheckResult> {
  const sizes = files.map((file) => statSync(path.resolve(terminal.directory, file)).size);
  const checker = await openFileChecker(jobs, Math.max(...sizes));
  try {
    return await checkEach(files, settings, checker.check, terminal, cache);
  } finally {
    checker.close();
  }
}

async function checkEach(
  files: readonly string[],
  settings: CheckSettings,
  check: Checker,
  terminal: Terminal,
  cache: string | undefined,
): Promise<CheckResult> {
  const { signal } = terminal;
  const kept = new Map<string, KeptAnswers | undefined>();
  const examined: { examination: Examination; seconds: number }[] = [];
  for (const given of files) {
    const file = path.resolve(terminal.directory, given);
    const spec = datasetOfFile(file);
    const folder = path.dirname(file);
    const treeFile = { path: path.basename(file), ...stampOf(statSync(file)) };
    if (!kept.has(folder)) kept.set(folder, await keptIn(cache, folder, signal));
    const progress = new ByteProgress(terminal.progress);
    const checker = progress.follow(check);
    const examiner = new Examiner({
      ...{ files: disk, root: folder, settings, checker },
      kept: kept.get(folder),
      signal,
    });
    const since = Date.now();
    progress.expect(treeFile.path, treeFile.bytes);
    progress.tell(`Checking ${given}`);
    const pair = file.endsWith('.zip') ? { zip: treeFile } : { csv: treeFile };
    const examination = await examiner.examine({ spec, ...pair }, signal);
    const prefix = path.dirname(given) === '.' ? '' : `${path.dirname(given).split(path.sep).join('/')}/`;
    const findings = examination.findings
      .filter((finding) => finding.rule !== 'layout/missing-zip')
      .map((finding): Finding => ({ ...finding, file: prefix + finding.file }));
    const lone = examination.findings.length - findings.length;
    examined.push({
      examination: {
        ...examination,
        findings,
        totals: { ...examination.totals, information: examination.totals.information - lone },
        ...(examination.report
          ? { report: { ...examination.report, file: prefix + examination.report.file } }
          : {}),
      },
      seconds: (Date.now() - since) / 1000,
    });
  }
  terminal.progress('');
  for (const answers of kept.values()) void answers?.settle();
  return resultOf(terminal.directory, examined, []);
}

function datasetOfFile(file: string): DatasetSpec {
  const name = path.basename(file);
  const folder = path.basename(path.dirname(file));
  const spec =
    datasetOfCsv(folder, name) ??
    datasetsOfFolder(folder).find((each) => each.archive === name) ??
    datasetNamed(name);
  if (!spec)
    throw new UsageError(
      `${name} is not the name of a dataset’s CSV or zip. \`cqube-emission spec\` lists them.`,
    );
  return spec;
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

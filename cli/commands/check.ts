import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetNamed, datasetOfCsv, datasetsOfFolder } from '../../core/catalogue/match.ts';
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import { byPlace } from '../../core/check/collector.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import type { Finding } from '../../core/finding.ts';
import { Examiner, type Examination } from '../../core/layout/examine.ts';
import { disk } from '../../core/layout/file-system-node.ts';
import type { Checker } from '../../core/layout/job.ts';
import { RANGE_BYTES } from '../../core/layout/ranges-node.ts';
import { ByteProgress } from '../byte-progress.ts';
import { openChecker } from '../checker.ts';
import { choiceOf, UsageError, type Command, type Terminal } from '../command.ts';
import { checkJson } from '../formats/json.ts';
import type { CheckResult } from '../formats/result.ts';
import { checkSarif } from '../formats/sarif.ts';
import { checkText } from '../formats/text.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom } from '../workspace.ts';

export const check: Command = {
  name: 'check',
  parameters: '[folder | files…]',
  summary: 'Says what cQube’s ingestion would refuse, drop or change.',
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
    const result =
      named.length > 0
        ? await checkFiles(named, settings, jobsFrom(values), terminal)
        : await checkTree(positionals[0], settings, jobsFrom(values), terminal);
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
  jobs: number | undefined,
  terminal: Terminal,
): Promise<CheckResult> {
  const { workspace, examiner } = await load(root, settings, terminal, { jobs });
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
  jobs: number | undefined,
  terminal: Terminal,
): Promise<CheckResult> {
  // A file that is not split is checked before a thread could begin it.
  const checker = openChecker(jobs, { threadBytes: RANGE_BYTES * 2 });
  try {
    return await checkEach(files, settings, checker.check, terminal);
  } finally {
    checker.close();
  }
}

async function checkEach(
  files: readonly string[],
  settings: CheckSettings,
  check: Checker,
  terminal: Terminal,
): Promise<CheckResult> {
  const examined: { examination: Examination; seconds: number }[] = [];
  for (const given of files) {
    const file = path.resolve(terminal.directory, given);
    const spec = datasetOfFile(file);
    const folder = path.dirname(file);
    const { size, mtimeMs } = statSync(file);
    const treeFile = { path: path.basename(file), bytes: size, modified: mtimeMs };
    const progress = new ByteProgress(terminal.progress);
    const examiner = new Examiner({ files: disk, root: folder, settings, checker: progress.follow(check) });
    const since = performance.now();
    progress.expect(treeFile.path, size);
    progress.tell(`Checking ${given}`);
    const pair = file.endsWith('.zip') ? { zip: treeFile } : { csv: treeFile };
    const examination = await examiner.examine({ spec, ...pair }, terminal.signal);
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
      seconds: (performance.now() - since) / 1000,
    });
  }
  terminal.progress('');
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

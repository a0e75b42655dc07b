/** Files by themselves, outside an emission folder. */
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetNamed, datasetOfCsv, datasetsOfFolder } from '../../core/catalogue/match.ts';
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import type { CheckSettings } from '../../core/check/settings.ts';
import type { Finding } from '../../core/finding.ts';
import { Examiner, type Examination } from '../../core/scan/examine.ts';
import { disk, stampOf } from '../../core/layout/file-system-node.ts';
import type { Checker } from '../../core/scan/job.ts';
import type { KeptAnswers } from '../../core/cache/kept-answers.ts';
import { ByteProgress } from '../byte-progress.ts';
import { openFileChecker } from './checker.ts';
import { UsageError, type Terminal } from '../command.ts';
import type { FixTarget } from '../fix/fix.ts';
import { keptIn, type LoadOptions } from './workspace.ts';

export interface ExaminedFile {
  readonly examination: Examination;
  readonly seconds: number;
}

/** The words that name files: all of them or none. @throws UsageError for a mixture, or several folders */
export function filesNamed(words: readonly string[], directory: string): readonly string[] {
  const named = words.filter((word) => isFile(path.resolve(directory, word)));
  if (named.length > 0 && named.length < words.length) {
    const missing = words.find((word) => !named.includes(word));
    throw new UsageError(`${missing ?? ''} is no file. Name either one folder or files.`);
  }
  if (words.length > 1 && named.length === 0) throw new UsageError('Name either one folder or files.');
  return named;
}

function isFile(file: string): boolean {
  return existsSync(file) && statSync(file).isFile();
}

/** The files as those to mend. @throws UsageError for a zip, or a name that is no dataset's */
export function targetsNamed(files: readonly string[], directory: string): FixTarget[] {
  return files.map((given) => {
    const file = path.resolve(directory, given);
    if (file.endsWith('.zip'))
      throw new UsageError(`${given} is a zip: mend the CSV, and \`cqube-emission zip\` packs it again.`);
    const shown = path.normalize(given).split(path.sep).join('/');
    return { spec: datasetOfFile(file), path: file, shown, bytes: statSync(file).size };
  });
}

/** Files by themselves: the dataset is known by folder and name, or by the name alone. */
export async function examineFiles(
  files: readonly string[],
  settings: CheckSettings,
  terminal: Terminal,
  { jobs, cache }: LoadOptions,
): Promise<ExaminedFile[]> {
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
): Promise<ExaminedFile[]> {
  const { signal } = terminal;
  const kept = new Map<string, KeptAnswers | undefined>();
  const examined: ExaminedFile[] = [];
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
  return examined;
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

import { shown } from '../../core/bucket/shown.ts';
import {
  defaultSettings,
  delimiterChoices,
  releases,
  variantChoices,
  type CheckSettings,
} from '../../core/check/settings.ts';
import {
  ruleIds,
  severityChoices,
  type RuleId,
  type RuleSetting,
  type RuleSettings,
} from '../../core/finding.ts';
import { Examiner } from '../../core/scan/examine.ts';
import { disk } from '../../core/layout/file-system-node.ts';
import type { KeptAnswers } from '../../core/cache/kept-answers.ts';
import { surveyTree } from '../../core/layout/tree.ts';
import { type EmissionTree } from '../../core/layout/emission-tree.ts';
import { assess, type EmissionWorkspace } from '../../core/scan/workspace.ts';
import type { ZipCandidate } from '../../core/scan/zip-dataset.ts';
import { findDataset } from '../../core/catalogue/catalogue.ts';
import { cacheHelp, cacheOption } from './cache.ts';
import { ByteProgress } from '../byte-progress.ts';
import { openChecker } from './checker.ts';
import {
  choiceOf,
  textOf,
  textsOf,
  UsageError,
  type Command,
  type ExitCode,
  type OptionValues,
  type Terminal,
} from '../command.ts';
import { findRoot, unreadableFolder } from './root.ts';

/** The options of every command that checks. */
export const checkOptions: Command['options'] = {
  rule: { type: 'string', multiple: true },
  variant: { type: 'string' },
  'diksha-delimiter': { type: 'string' },
  release: { type: 'string' },
  'without-map': { type: 'boolean' },
  'large-entries': { type: 'boolean' },
  max: { type: 'string' },
  jobs: { type: 'string' },
  ...cacheOption,
};

export const checkHelp: Command['help'] = [
  ['--rule ID=SEVERITY', 'error, warning, information or off for a rule; may be repeated'],
  ['--variant V', 'header of the masters: auto (by the header), state, udise'],
  ['--diksha-delimiter D', 'what the four DIKSHA files must have: auto (either), pipe, comma'],
  ['--release R', 'release of cQube: 3.2 to 3.7, 3.6 if left out'],
  ['--without-map', 'the installation has map_name=none: coordinates may be missing'],
  ['--large-entries', 'check what is in a zip however large it unpacks'],
  ['--jobs N', 'threads that check; as many as there are processors if left out'],
  ['--max N', 'findings listed for each file, 1000 if left out; 0 lists all'],
  ...cacheHelp,
];

/** @throws UsageError for an unknown rule, severity, variant, delimiter or number */
export function settingsFrom(values: OptionValues): CheckSettings {
  const rules: Partial<Record<RuleId, RuleSetting>> = {};
  for (const text of textsOf(values, 'rule')) {
    const [name, word] = text.split('=');
    const rule = ruleIds.find((id) => id === name);
    const setting = severityChoices.find((choice) => choice === word);
    if (!rule)
      throw new UsageError(
        `There is no rule ${name ?? ''}. \`cqube-emission check --format json\` shows the ids of findings.`,
      );
    if (!setting) throw new UsageError(`--rule ${rule}=… takes ${severityChoices.join(', ')}.`);
    rules[rule] = setting;
  }
  const max = textOf(values, 'max') ?? '1000';
  if (!/^\d+$/.test(max)) throw new UsageError('--max takes a whole number; 0 lists all.');
  return {
    ...defaultSettings,
    rules,
    variant: choiceOf(values, 'variant', variantChoices),
    dikshaDelimiter: choiceOf(values, 'diksha-delimiter', delimiterChoices),
    release: choiceOf(values, 'release', ['3.6', ...releases]),
    withoutMap: values['without-map'] === true,
    largeEntries: values['large-entries'] === true,
    today: new Date().toISOString().slice(0, 10),
    maxFindings: Number(max) === 0 ? Number.MAX_SAFE_INTEGER : Number(max),
  };
}

/** Number of threads that check; undefined for as many as there are processors. @throws UsageError */
export function jobsFrom(values: OptionValues): number | undefined {
  const jobs = textOf(values, 'jobs');
  if (jobs === undefined) return undefined;
  if (!/^[1-9]\d{0,2}$/.test(jobs)) throw new UsageError('--jobs takes a whole number from 1 on.');
  return Number(jobs);
}

/** Words of the command line that are dataset ids, and the one that is a folder. @throws UsageError for two folders */
export function splitTargets(positionals: readonly string[]): {
  datasets: string[];
  root: string | undefined;
} {
  const datasets = positionals.filter((word) => findDataset(word) !== undefined);
  const [root, ...others] = positionals.filter((word) => findDataset(word) === undefined);
  if (others.length > 0) {
    throw new UsageError(
      `"${others[0]!}" is neither a dataset nor the only folder. \`cqube-emission spec\` lists the datasets.`,
    );
  }
  return { datasets, root };
}

export interface LoadOptions {
  /** Origin whose acknowledgements count; every one's when undefined. */
  readonly endpoint?: string | undefined;
  /** Number of threads that check. */
  readonly jobs?: number | undefined;
  /** Folder of answers that outlast a run; undefined for none. */
  readonly cache: string | undefined;
}

/** @throws UsageError when the emission folder itself cannot be read */
async function survey(folder: string, terminal: Terminal, rules?: RuleSettings): Promise<EmissionTree> {
  try {
    return await surveyTree(disk, folder, rules);
  } catch (error) {
    throw unreadableFolder(error, terminal.directory);
  }
}

/** Looks through an emission folder and says of each zip how it stands to its CSV; checks nothing. */
export async function loadZips(
  root: string | undefined,
  terminal: Terminal,
  cache: string | undefined,
): Promise<{
  readonly root: string;
  readonly tree: EmissionTree;
  readonly candidates: readonly ZipCandidate[];
}> {
  const folder = findRoot(root, terminal.directory, terminal.tell);
  const { signal } = terminal;
  const tree = await survey(folder, terminal);
  const kept = await keptIn(cache, folder, signal);
  const examiner = new Examiner({ files: disk, root: folder, settings: defaultSettings, kept, signal });
  const candidates: ZipCandidate[] = [];
  for (const files of tree.datasets) {
    const zipState = await examiner.zipStateOf(files, signal);
    candidates.push({ ...files, ...(zipState ? { zipState } : {}) });
  }
  void kept?.settle();
  return { root: folder, tree, candidates };
}

/** Looks through an emission folder and checks everything in it. */
export async function load(
  root: string | undefined,
  settings: CheckSettings,
  terminal: Terminal,
  { endpoint, jobs, cache }: LoadOptions,
): Promise<{ readonly workspace: EmissionWorkspace; readonly examiner: Examiner }> {
  const folder = findRoot(root, terminal.directory, terminal.tell);
  const tree = await survey(folder, terminal, settings.rules);
  // A file by itself does not need it, and is checked before it is loaded.
  const { lastAcknowledged } = await import('../../core/emit/journal/history.ts');
  const checker = await openChecker(jobs);
  const { signal } = terminal;
  const kept = await keptIn(cache, folder, signal);
  const progress = new ByteProgress(terminal.progress);
  const paths = new Map<string, string>();
  for (const { spec, csv } of tree.datasets) {
    if (!csv) continue;
    progress.expect(csv.path, csv.bytes);
    paths.set(spec.id, csv.path);
  }
  const examiner = new Examiner({
    ...{ files: disk, root: folder, settings, kept, signal },
    checker: progress.follow(checker.check),
  });
  const there = tree.datasets.filter(({ csv, zip }) => csv ?? zip).length;
  let done = 0;
  try {
    const workspace = await assess(folder, tree, examiner, {
      acknowledged: await lastAcknowledged(folder, endpoint),
      signal,
      onDataset: (id) => progress.tell(`Checked ${++done} of ${there} datasets`, paths.get(id)),
    });
    terminal.progress('');
    // The answer need not wait for what the next run wants to know.
    void kept?.settle();
    return { workspace, examiner };
  } finally {
    checker.close();
  }
}

/**
 * What stands in the place of a dataset and is none: misspelt, linked, or not to be read. A line for each, and the exit
 * code that it means at least: 1 as for a plan that holds it back, 2 where something could not be read.
 *
 * @param only ids of the datasets that are asked for; all when empty
 */
export function unusable(
  { leftOut }: EmissionTree,
  only: readonly string[] = [],
): { readonly lines: readonly string[]; readonly code: ExitCode } {
  const all = leftOut.filter(
    ({ kind, meant }) => kind !== 'stranger' && (only.length === 0 || meant.some((id) => only.includes(id))),
  );
  return {
    lines: all.map(({ path, message }) => shown(`${path}: ${message}`)),
    code: all.some(({ kind }) => kind === 'unreadable') ? 2 : all.length > 0 ? 1 : 0,
  };
}

/** The answers of earlier runs; undefined where the user wants none. @param folder path that the files' paths start from */
export async function keptIn(
  cache: string | undefined,
  folder: string,
  signal: AbortSignal,
): Promise<KeptAnswers | undefined> {
  if (cache === undefined) return undefined;
  const { keptAnswersIn } = await import('../../core/cache/kept-answers-node.ts');
  return keptAnswersIn(cache, folder, signal);
}

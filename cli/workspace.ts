import { defaultSettings, releases, type CheckSettings } from '../core/check/settings.ts';
import { ruleIds, type RuleId, type RuleSetting } from '../core/finding.ts';
import { Examiner } from '../core/layout/examine.ts';
import { disk } from '../core/layout/file-system-node.ts';
import { keptAnswersIn } from '../core/layout/kept-answers-node.ts';
import { surveyTree } from '../core/layout/tree.ts';
import { assess, type EmissionWorkspace } from '../core/layout/workspace.ts';
import type { ZipCandidate } from '../core/layout/zip.ts';
import { findDataset } from '../core/catalogue/catalogue.ts';
import { cacheHelp, cacheOption } from './cache.ts';
import {
  choiceOf,
  textOf,
  textsOf,
  UsageError,
  type Command,
  type OptionValues,
  type Terminal,
} from './command.ts';
import { findRoot } from './root.ts';

/** The options of every command that checks. */
export const checkOptions: Command['options'] = {
  rule: { type: 'string', multiple: true },
  variant: { type: 'string' },
  'diksha-delimiter': { type: 'string' },
  release: { type: 'string' },
  'without-map': { type: 'boolean' },
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
  ['--jobs N', 'files checked at once; as many as there are processors if left out'],
  ['--max N', 'findings listed for each file, 1000 if left out; 0 lists all'],
  ...cacheHelp,
];

const severities: readonly RuleSetting[] = ['error', 'warning', 'information', 'off'];

/** @throws UsageError for an unknown rule, severity, variant, delimiter or number */
export function settingsFrom(values: OptionValues): CheckSettings {
  const rules: Partial<Record<RuleId, RuleSetting>> = {};
  for (const text of textsOf(values, 'rule')) {
    const [name, word] = text.split('=');
    const rule = ruleIds.find((id) => id === name);
    const setting = severities.find((severity) => severity === word);
    if (!rule)
      throw new UsageError(
        `There is no rule ${name ?? ''}. \`cqube-emission check --format json\` shows the ids of findings.`,
      );
    if (!setting) throw new UsageError(`--rule ${rule}=… takes ${severities.join(', ')}.`);
    rules[rule] = setting;
  }
  const max = textOf(values, 'max') ?? '1000';
  if (!/^\d+$/.test(max)) throw new UsageError('--max takes a whole number; 0 lists all.');
  return {
    ...defaultSettings,
    rules,
    variant: choiceOf(values, 'variant', ['auto', 'state', 'udise']),
    dikshaDelimiter: choiceOf(values, 'diksha-delimiter', ['auto', 'pipe', 'comma']),
    release: choiceOf(values, 'release', ['3.6', ...releases]),
    withoutMap: values['without-map'] === true,
    today: new Date().toISOString().slice(0, 10),
    maxFindings: Number(max) === 0 ? Number.MAX_SAFE_INTEGER : Number(max),
  };
}

/** Number of files to check at once; undefined for as many as there are processors. @throws UsageError */
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
  /** Files checked at once. */
  readonly jobs?: number | undefined;
  /** Folder of answers that outlast a run; undefined for none. */
  readonly cache: string | undefined;
}

/** Looks through an emission folder and says of each zip how it stands to its CSV; checks nothing. */
export async function loadZips(
  root: string | undefined,
  terminal: Terminal,
  cache: string | undefined,
): Promise<{ readonly root: string; readonly candidates: readonly ZipCandidate[] }> {
  const folder = findRoot(root, terminal.directory);
  const { signal } = terminal;
  const tree = await surveyTree(disk, folder);
  const kept = cache === undefined ? undefined : keptAnswersIn(cache, folder, signal);
  const examiner = new Examiner({ files: disk, root: folder, settings: defaultSettings, kept, signal });
  const candidates: ZipCandidate[] = [];
  for (const files of tree.datasets) {
    const zipState = await examiner.zipStateOf(files, signal);
    candidates.push({ ...files, ...(zipState ? { zipState } : {}) });
  }
  void kept?.settle();
  return { root: folder, candidates };
}

/** Looks through an emission folder and checks everything in it. */
export async function load(
  root: string | undefined,
  settings: CheckSettings,
  terminal: Terminal,
  { endpoint, jobs, cache }: LoadOptions,
): Promise<{ readonly workspace: EmissionWorkspace; readonly examiner: Examiner }> {
  const folder = findRoot(root, terminal.directory);
  const tree = await surveyTree(disk, folder, settings.rules);
  // A file by itself needs neither, and is checked before they are loaded.
  const [{ CheckPool }, { lastAcknowledged }] = await Promise.all([
    import('../core/layout/pool-node.ts'),
    import('../core/emit/journal.ts'),
  ]);
  const pool = new CheckPool(__filename, jobs);
  const { signal } = terminal;
  const kept = cache === undefined ? undefined : keptAnswersIn(cache, folder, signal);
  const examiner = new Examiner({ files: disk, root: folder, settings, checker: pool.check, kept, signal });
  const there = tree.datasets.filter(({ csv, zip }) => csv ?? zip).length;
  let done = 0;
  try {
    const workspace = await assess(folder, tree, examiner, {
      acknowledged: await lastAcknowledged(folder, endpoint),
      signal,
      onDataset: (id) => terminal.progress(`Checked ${++done} of ${there} datasets (${id}) …`),
    });
    terminal.progress('');
    // The answer need not wait for what the next run wants to know.
    void kept?.settle();
    return { workspace, examiner };
  } finally {
    pool.close();
  }
}

import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { isDeepStrictEqual } from 'node:util';
import type { FileReport } from '../core/check/file.ts';
import { lastAcknowledged } from '../core/emit/journal/history.ts';
import { journalPath } from '../core/emit/journal/journal.ts';
import type { Finding } from '../core/finding.ts';
import type { DatasetSpec } from '../core/catalogue/spec.ts';
import type { MasterValues } from '../core/check/identity/value-set.ts';
import { Examiner, type Examination } from '../core/scan/examine.ts';
import { disk } from '../core/layout/file-system-node.ts';
import type { Checker } from '../core/scan/job.ts';
import type { KeptAnswers } from '../core/cache/kept-answers.ts';
import { reasonOf, type EmissionTree } from '../core/layout/emission-tree.ts';
import { surveyTree } from '../core/layout/tree.ts';
import { assess, stateOf, type DatasetStatus, type EmissionWorkspace } from '../core/scan/workspace.ts';
import type { ServerSettings } from './settings.ts';
import { SupersededError } from './superseded.ts';

const nothing: EmissionTree = { datasets: [], findings: [], leftOut: [], entries: 0 };
/** A folder of more files is looked at when the user does something, and when an event tells of it. */
const MANY_ENTRIES = 5000;

/** One emission folder: what is in it, checked, as of the last look. */
export class EmissionRoot {
  /** Path of the folder. */
  readonly path: string;
  /** Its file URI, as VS Code writes it. */
  readonly uri: string;
  readonly #openReport: (file: string) => FileReport | undefined;
  readonly #checker: Checker;
  readonly #kept: KeptAnswers | undefined;
  #settings: ServerSettings;
  #examiner: Examiner;
  /** Ends the work of the examiner. */
  #stop = new AbortController();
  #workspace: EmissionWorkspace;
  /** The journal as it was when the last look read it. */
  #journal = '';
  #running: AbortController | undefined;

  /**
   * @param openReport the check of an open document, by its path on disk
   * @param kept answers of earlier sessions; undefined where nothing is to outlast this one
   */
  constructor(
    folder: string,
    uri: string,
    settings: ServerSettings,
    checker: Checker,
    openReport: (file: string) => FileReport | undefined,
    kept?: KeptAnswers,
  ) {
    this.path = folder;
    this.uri = uri;
    this.#settings = settings;
    this.#checker = checker;
    this.#openReport = openReport;
    this.#kept = kept;
    this.#examiner = this.#newExaminer();
    this.#workspace = { root: folder, tree: nothing, datasets: [] };
  }

  get workspace(): EmissionWorkspace {
    return this.#workspace;
  }

  get settings(): ServerSettings {
    return this.#settings;
  }

  set settings(settings: ServerSettings) {
    const same = isDeepStrictEqual(settings.check, this.#settings.check);
    this.#settings = settings;
    // What is known of gigabytes does not end with the choice of another endpoint.
    if (same) return;
    this.#stop.abort(new SupersededError());
    this.#examiner = this.#newExaminer();
  }

  /** Only what this endpoint acknowledged counts as emitted; every endpoint's when undefined. */
  set endpointOrigin(origin: string | undefined) {
    this.#settings = { ...this.#settings, endpointOrigin: origin };
  }

  /**
   * Looks at the folder anew; a look that is under way is given up, but not the checks it has begun of files that are
   * still the same.
   *
   * @throws when this look is given up
   */
  async rescan(): Promise<void> {
    this.#running?.abort(new SupersededError());
    const running = new AbortController();
    this.#running = running;
    let tree: EmissionTree;
    try {
      tree = await surveyTree(disk, this.path, this.#settings.check.rules);
    } catch (error) {
      running.signal.throwIfAborted();
      // A folder that was deleted meanwhile is empty, not an error.
      const gone = (error as NodeJS.ErrnoException).code === 'ENOENT';
      const message = `The emission folder cannot be read: ${reasonOf(error)}.`;
      const place = { line: 0, column: 0, endLine: 0, endColumn: 0 };
      const finding: Finding = { rule: 'layout/unreadable', severity: 'error', file: '', ...place, message };
      tree = gone ? nothing : { ...nothing, findings: [finding] };
    }
    const journal = await this.#journalStamp();
    const workspace = await assess(this.path, tree, this.#examiner, {
      acknowledged: await lastAcknowledged(this.path, this.#settings.endpointOrigin),
      open: (file) => this.#openReport(path.join(this.path, file)),
      signal: running.signal,
    });
    running.signal.throwIfAborted();
    this.#workspace = workspace;
    this.#journal = journal;
    // In the background: nobody waits for what the next session wants to know.
    void this.#kept?.settle();
  }

  /**
   * The examinations of datasets with the tally of what is on the disk, unsaved edits left out.
   *
   * @param datasets ids; all that have files when undefined
   * @param countsDays true where days of attendance are wanted too, which takes a look of its own
   */
  async tallied(
    datasets: readonly string[] | undefined,
    countsDays: boolean,
    signal?: AbortSignal,
  ): Promise<Examination[]> {
    const wanted = this.#workspace.datasets
      .map(({ examination }) => examination)
      .filter(({ spec, csv, zip }) => (csv ?? zip) && (datasets?.includes(spec.id) ?? true));
    return Promise.all(
      wanted.map(async (examination) => {
        const report = await this.#examiner.talliedReport(examination, countsDays, signal);
        return report ? { ...examination, report } : examination;
      }),
    );
  }

  /** Keeps for the next session what is known by now. */
  async flush(): Promise<void> {
    await this.#kept?.flush();
  }

  #newExaminer(): Examiner {
    this.#stop = new AbortController();
    return new Examiner({
      files: disk,
      root: this.path,
      settings: this.#settings.check,
      checker: this.#checker,
      kept: this.#kept,
      signal: this.#stop.signal,
    });
  }

  /**
   * True when files have come, gone or changed since the last look: no watcher sees everything.
   *
   * @param thorough false to pass over a folder of many files, of which every few seconds is too often
   */
  async changedOnDisk(thorough: boolean): Promise<boolean> {
    if (!thorough && this.#workspace.tree.entries > MANY_ENTRIES) return false;
    const journal = await this.#journalStamp();
    try {
      const tree = await surveyTree(disk, this.path, this.#settings.check.rules);
      return stampOf(tree) !== stampOf(this.#workspace.tree) || journal !== this.#journal;
    } catch {
      return this.#workspace.tree !== nothing;
    }
  }

  /** Size and time of the journal; a run in a terminal writes to it. */
  async #journalStamp(): Promise<string> {
    const stamp = await disk.stat(journalPath(this.path)).catch(() => undefined);
    return stamp ? `${stamp.bytes} ${stamp.modified}` : '';
  }

  /** Path below the emission folder, with `/`; undefined for a file that is not inside. */
  relative(file: string): string | undefined {
    const inside = path.relative(this.path, file);
    if (inside === '' || inside.startsWith('..') || path.isAbsolute(inside)) return undefined;
    return inside.split(path.sep).join('/');
  }

  /** The dataset whose CSV stands at this path below the emission folder. */
  statusOfCsv(file: string): DatasetStatus | undefined {
    return this.#workspace.datasets.find(({ examination }) => examination.csv?.path === file);
  }

  /** The master files that a dataset's file refers to, as they are now. */
  mastersOf(spec: DatasetSpec): Promise<MasterValues | undefined> {
    return this.#examiner.mastersOf(spec);
  }

  /** Every finding of the folder. */
  findings(): Finding[] {
    const ofDatasets = this.#workspace.datasets.flatMap(({ examination }) => examination.findings);
    return [...this.#workspace.tree.findings, ...ofDatasets];
  }

  /** The findings on the CSV at this path below the emission folder. */
  findingsOf(file: string): Finding[] {
    const ofDataset = this.statusOfCsv(file)?.examination.findings ?? [];
    return [...this.#workspace.tree.findings, ...ofDataset].filter((finding) => finding.file === file);
  }

  /**
   * Takes a document's check, which `openReport` gives by now, in place of that of its CSV.
   *
   * @returns true when that changes what a tree shows of the dataset
   */
  async takeOpen(status: DatasetStatus, report: FileReport): Promise<boolean> {
    if (status.examination.report === report) return false;
    const examination = await this.#examiner.examine(status.examination);
    const state = await stateOf(examination, this.#examiner, status.acknowledged);
    const before = this.#workspace.datasets.find((each) => each.examination.spec === examination.spec);
    this.#workspace = {
      ...this.#workspace,
      datasets: this.#workspace.datasets.map((each) =>
        each === before ? { ...each, examination, state } : each,
      ),
    };
    return before?.state !== state || !sameTotals(before.examination, examination);
  }

  /** The URI of a path below the emission folder; a CSV inside a zip is shown on the zip. */
  uriOf(file: string): string {
    const onDisk = file.replace(/(\.zip)\/.*$/, '$1');
    return onDisk === '' ? this.uri : `${this.uri}/${onDisk.split('/').map(encodeURIComponent).join('/')}`;
  }
}

/** The URI of a folder as VS Code writes it: the drive letter of Windows in lower case, its colon encoded. */
export function uriOfFolder(folder: string): string {
  const uri = pathToFileURL(folder).toString();
  return uri.replace(/^file:\/\/\/([A-Za-z]):/, (_, drive: string) => `file:///${drive.toLowerCase()}%3A`);
}

/** Names, sizes and times of everything that a folder holds, and what was found of names alone. */
function stampOf({ datasets, leftOut, findings }: EmissionTree): string {
  return JSON.stringify([
    datasets.map(({ csv, zip }) => [csv, zip]),
    leftOut.map(({ path: file }) => file),
    findings.map(({ rule, file, message }) => [rule, file, message]),
  ]);
}

function sameTotals(a: Examination, b: Examination): boolean {
  return a.totals.errors === b.totals.errors && a.totals.warnings === b.totals.warnings;
}

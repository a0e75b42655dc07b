import type { EntryPlace } from '../archive/read/content.ts';
import { ArchiveError, shownName } from '../archive/refusal.ts';
import type { StreamedEntry } from '../archive/read/walk.ts';
import { findDataset, sharesTable } from '../catalogue/catalogue.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { fileStart } from '../check/findings/text-range.ts';
import { type FindingTotals } from '../check/findings/collector.ts';
import type { FileReport } from '../check/file.ts';
import type { CheckSettings } from '../check/settings.ts';
import { isAttendance } from '../check/findings/tally.ts';
import { severityOf, type Finding, type RuleId, type Severity } from '../finding.ts';
import type { FileSystem } from '../layout/file-system.ts';
import { boundsOf, checkBytes, checkEntry, type Checker, type CheckJob, type JobReport } from './job.ts';
import { asJson, type KeptAnswers, type Question } from '../cache/kept-answers.ts';
import { checkQuestion } from './kept-report.ts';
import { columnsKey, masterKey, MasterValues, ValueSet, type Masters } from '../check/identity/value-set.ts';
import { RememberedAnswers, stampOf } from '../cache/remembered.ts';
import { reasonOf, type DatasetFiles, type EmissionTree, type TreeFile } from '../layout/emission-tree.ts';
import { tellArchiveError, tellUnread, type TellZip } from './zip-findings.ts';
import { stateAfter, Zips, type ZipState } from './zips.ts';

/** What is known of one dataset's files. */
export interface Examination extends DatasetFiles {
  /** The check of the CSV, or of the CSV inside a zip that stands alone. */
  readonly report?: FileReport;
  readonly zipState?: ZipState;
  /** All findings of the dataset: those of the report, and those of its zip. */
  readonly findings: readonly Finding[];
  readonly totals: FindingTotals;
}

export interface ExaminerOptions {
  readonly files: FileSystem;
  /** Path of the emission folder. */
  readonly root: string;
  readonly settings: CheckSettings;
  /** Checks a file of the disk; in this thread and out of `files` when absent. */
  readonly checker?: Checker;
  /** Ends all work. A single examination that is given up leaves it to go on for whoever asks next. */
  readonly signal?: AbortSignal;
  /** Answers of earlier runs; none, and nothing is kept for later ones, when absent. */
  readonly kept?: KeptAnswers | undefined;
}

/** The check of a CSV that an editor holds open, by its path below the emission folder. */
export type OpenReports = (path: string) => FileReport | undefined;

/**
 * Checks the files of datasets, CSVs and zips, and remembers the answers until a file changes. A zip that holds the
 * same bytes as its CSV is not checked again.
 */
export class Examiner {
  readonly #files: FileSystem;
  readonly #root: string;
  readonly #settings: CheckSettings;
  readonly #checker: Checker;
  readonly #kept: KeptAnswers | undefined;
  readonly #remembered: RememberedAnswers;
  readonly #zips: Zips;
  readonly #seconds = new Map<string, number>();
  readonly #joined = new Map<string, { readonly sets: readonly ValueSet[]; readonly all: ValueSet }>();
  /** Undefined until a tree is known: files by themselves have no masters. */
  #tree: readonly DatasetFiles[] | undefined;
  #open: OpenReports = () => undefined;

  constructor(options: ExaminerOptions) {
    this.#files = options.files;
    this.#root = options.root;
    this.#settings = options.settings;
    this.#kept = options.kept;
    this.#remembered = new RememberedAnswers(options.signal);
    this.#zips = new Zips({ ...options, kept: options.kept, remembered: this.#remembered });
    this.#checker = options.checker ?? ((job, masters, signal) => this.#checkHere(job, masters, signal));
  }

  /**
   * Takes the files that there are now.
   *
   * @param open checks of CSVs as an editor holds them, unsaved edits included; they take the place of the files'
   */
  look(tree: EmissionTree, open: OpenReports = () => undefined): void {
    this.#tree = tree.datasets;
    this.#open = open;
  }

  /**
   * Examines one dataset, its masters first.
   *
   * @throws the signal's reason when it is cancelled; a file that cannot be read becomes a finding
   */
  async examine(dataset: DatasetFiles, signal?: AbortSignal): Promise<Examination> {
    const { spec, csv, zip } = dataset;
    const extra: Finding[] = [];
    const add = (rule: RuleId, given: Severity, path: string, message: string) => {
      const severity = severityOf(rule, given, this.#settings.rules);
      if (severity) extra.push({ rule, severity, file: path, ...fileStart, message });
    };
    const masters = (csv ?? zip) ? await this.mastersOf(spec, signal) : undefined;
    if ((csv ?? zip) && spec.since > this.#settings.release) {
      add(
        'layout/release',
        'error',
        (zip ?? csv)!.path,
        `cQube ${this.#settings.release} has no route for ${spec.folder}/${spec.archive}, which release ${spec.since} brought: it would stay in the emission bucket.`,
      );
    }
    let report = csv
      ? (this.#open(csv.path) ?? (await this.#checkCsv(spec, csv, masters, add, signal)))
      : undefined;
    let zipState: ZipState | undefined;
    if (zip) {
      const tell: TellZip = (rule, severity, message) => add(rule, severity, zip.path, message);
      const { state, entry } = await this.#zips.standing(spec, zip, csv, tell, signal);
      zipState = state;
      if (state === 'alone' && entry) {
        const checked = await this.#checkEntry(spec, zip, entry, masters, tell, signal);
        report = checked.report;
        zipState = checked.state;
      }
    } else if (csv) {
      add(
        'layout/missing-zip',
        'information',
        csv.path,
        `${spec.csv} has no ${spec.archive} beside it yet. Only zips are emitted.`,
      );
    }
    const findings = [...(report?.findings ?? []), ...extra];
    const count = (severity: Severity) => extra.filter((finding) => finding.severity === severity).length;
    return {
      ...dataset,
      ...(report ? { report } : {}),
      ...(zipState ? { zipState } : {}),
      findings,
      totals: {
        errors: (report?.totals.errors ?? 0) + count('error'),
        warnings: (report?.totals.warnings ?? 0) + count('warning'),
        information: (report?.totals.information ?? 0) + count('information'),
      },
    };
  }

  /**
   * The check of a dataset's file with its tally. It is that of the examination, unless an editor holds the file, of
   * which nothing is counted: then the file on the disk is checked.
   *
   * @param countsDays true where days of attendance are to be counted as well; such a file is checked once more for it
   * @returns undefined where there is no file that can be read
   * @throws the signal's reason when it is cancelled
   */
  async talliedReport(
    { spec, csv, zip, report }: Examination,
    countsDays: boolean,
    signal?: AbortSignal,
  ): Promise<FileReport | undefined> {
    const lacksDays = countsDays && isAttendance(spec) && this.#settings.countsDays !== true;
    if (!report || (report.tally && !lacksDays)) return report;
    const settings = { ...this.#settings, ...(lacksDays ? { countsDays } : {}) };
    const masters = await this.mastersOf(spec, signal);
    const untold = () => undefined;
    if (csv) return this.#checkCsv(spec, csv, masters, untold, signal, settings);
    const standing = zip && (await this.#zips.standing(spec, zip, undefined, untold, signal));
    if (!zip || !standing?.entry) return undefined;
    return (await this.#checkEntry(spec, zip, standing.entry, masters, untold, signal, settings)).report;
  }

  /**
   * How a dataset's zip stands to its CSV, without checking either.
   *
   * @returns undefined where there is no zip
   * @throws the signal's reason when it is cancelled; a zip that cannot be read is unusable
   */
  async zipStateOf({ spec, csv, zip }: DatasetFiles, signal?: AbortSignal): Promise<ZipState | undefined> {
    return zip && (await this.#zips.standing(spec, zip, csv, () => undefined, signal)).state;
  }

  /**
   * The values that a dataset's files refer to, out of the master files that are there.
   *
   * @returns undefined where references are not checked
   */
  async mastersOf(spec: DatasetSpec, signal?: AbortSignal): Promise<MasterValues | undefined> {
    if (!this.#tree) return undefined;
    const found = new Map<string, ValueSet>();
    for (const { dataset, toColumns } of spec.references) {
      const key = masterKey(dataset, toColumns);
      if (found.has(key)) continue;
      const sets: ValueSet[] = [];
      for (const master of this.#tree) {
        if (!(master.csv ?? master.zip) || !sharesTable(master.spec.id, dataset)) continue;
        const report = await this.#reportOf(master, signal);
        const values = report?.values.get(columnsKey(toColumns));
        if (values) sets.push(values);
      }
      const [only, ...others] = sets;
      if (only) found.set(key, others.length === 0 ? only : this.#join(key, sets));
    }
    return new MasterValues(found);
  }

  /** The check of a master, without what its zip takes: whoever refers to it need not wait for that. */
  async #reportOf(master: DatasetFiles, signal?: AbortSignal): Promise<FileReport | undefined> {
    const { spec, csv } = master;
    if (!csv) return (await this.examine(master, signal)).report;
    const open = this.#open(csv.path);
    return open ?? this.#checkCsv(spec, csv, await this.mastersOf(spec, signal), () => undefined, signal);
  }

  /** The values of several files in one set, made anew only when one of them has changed. */
  #join(key: string, sets: readonly ValueSet[]): ValueSet {
    const known = this.#joined.get(key);
    if (known?.sets.length === sets.length && known.sets.every((set, index) => set === sets[index]))
      return known.all;
    const all = joined(sets);
    this.#joined.set(key, { sets, all });
    return all;
  }

  /** Seconds that the check of a dataset's file took when it was made; 0 when it was not. */
  secondsOf(dataset: string): number {
    return this.#seconds.get(dataset) ?? 0;
  }

  /** SHA-256 of a file in hexadecimal, remembered like a check. */
  sha256(file: TreeFile, signal?: AbortSignal): Promise<string> {
    const find = async (stop: AbortSignal) => {
      // Loaded only where it is wanted: it takes longer than the check of a small file.
      const { createHash } = await import('node:crypto');
      const hash = createHash('sha256');
      for await (const chunk of this.#files.read(this.#pathOf(file), stop)) hash.update(chunk);
      return hash.digest('hex');
    };
    return this.#remembered.of(
      `sha256 ${file.path}`,
      stampOf(file),
      (stop) => this.#keep(file, sha256Question, () => find(stop)),
      signal,
    );
  }

  #pathOf(file: TreeFile): string {
    return `${this.#root}/${file.path}`;
  }

  /** A kept answer to a question about a file, or the one that is found now. */
  #keep<T>(file: TreeFile, question: Question<T>, find: () => Promise<T>): Promise<T> {
    return this.#kept ? this.#kept.answer(file, question, find) : find();
  }

  #checkHere(job: CheckJob, masters: Masters | undefined, signal?: AbortSignal): Promise<JobReport> {
    const spec = findDataset(job.dataset);
    if (!spec) throw new Error(`The catalogue has no dataset ${job.dataset}.`);
    if (job.entry) return checkEntry(spec, job, job.entry, masters, signal);
    return checkBytes(spec, job, () => this.#files.read(job.path, signal), masters);
  }

  #check(
    file: TreeFile,
    job: CheckJob,
    masters: MasterValues | undefined,
    signal?: AbortSignal,
  ): Promise<JobReport> {
    const find = async (stop: AbortSignal) => {
      stop.throwIfAborted();
      const since = Date.now();
      const report = await this.#checker(job, masters, stop);
      this.#seconds.set(job.dataset, (Date.now() - since) / 1000);
      return report;
    };
    return this.#remembered.of(
      `check ${file.path}${job.settings.countsDays ? ' with days' : ''}`,
      `${stampOf(file)} ${masters?.stamp ?? ''}`,
      (stop) => this.#keep(file, checkQuestion(job, masters), () => find(stop)),
      signal,
    );
  }

  async #checkCsv(
    spec: DatasetSpec,
    csv: TreeFile,
    masters: MasterValues | undefined,
    add: AddFinding,
    signal?: AbortSignal,
    settings = this.#settings,
  ): Promise<FileReport | undefined> {
    const job = { dataset: spec.id, file: csv.path, path: this.#pathOf(csv), bytes: csv.bytes, settings };
    try {
      return await this.#check(csv, job, masters, signal);
    } catch (error) {
      signal?.throwIfAborted();
      // Anything but the file system's word is a fault of this program, not of the file.
      if ((error as NodeJS.ErrnoException).code === undefined) throw error;
      add('layout/unreadable', 'error', csv.path, `${spec.csv} cannot be read: ${reasonOf(error)}.`);
      return undefined;
    }
  }

  /** Checks the only entry of a zip, and looks at what came out of it. */
  async #checkEntry(
    spec: DatasetSpec,
    zip: TreeFile,
    entry: StreamedEntry,
    masters: MasterValues | undefined,
    tell: TellZip,
    signal?: AbortSignal,
    settings = this.#settings,
  ): Promise<{ readonly state: ZipState; readonly report?: FileReport }> {
    if (!tellUnread(entry, boundsOf(settings), tell)) return { state: 'alone' };
    const { name, method, start, declared } = entry;
    const place: EntryPlace = { name, method, start, ...(declared ? { declared } : {}) };
    const bytes = declared?.bytes ?? entry.found?.bytes ?? zip.bytes;
    // Folders in the name are no folders of ours: only its last part is shown.
    const file = `${zip.path}/${shownName(name.slice(name.lastIndexOf('/') + 1))}`;
    const job = { dataset: spec.id, file, path: this.#pathOf(zip), entry: place, bytes, settings };
    try {
      const report = await this.#check(zip, job, masters, signal);
      const { unpacked } = report;
      const loads = !unpacked || (await this.#zips.confirm(spec, zip, entry, unpacked, tell, signal));
      return loads ? { state: 'alone', report } : { state: 'unusable' };
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ArchiveError)) throw error;
      tellArchiveError(error, tell);
      return { state: stateAfter(error.kind, undefined) };
    }
  }
}

const sha256Question: Question<string> = { name: 'sha256', ...asJson() };

function joined(sets: readonly ValueSet[]): ValueSet {
  const all = new ValueSet();
  for (const set of sets) all.addAll(set);
  return all;
}

type AddFinding = (rule: RuleId, severity: Severity, path: string, message: string) => void;

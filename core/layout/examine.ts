import { createHash } from 'node:crypto';
import { holdsSameBytes } from '../archive/compare.ts';
import { ArchiveError, inspectArchive, readEntry, type ArchiveEntry } from '../archive/inspect.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { fileStart, type FindingTotals } from '../check/collector.ts';
import { FileCheck, type FileReport } from '../check/file.ts';
import type { CheckSettings } from '../check/settings.ts';
import { severityOf, type Finding, type RuleId, type Severity } from '../finding.ts';
import type { FileSystem } from './file-system.ts';
import { ValueSet, type Masters } from '../check/value-set.ts';
import { sharesTable } from '../check/relations.ts';
import { reasonOf, type DatasetFiles, type EmissionTree, type TreeFile } from './tree.ts';

/** How a dataset's zip stands to its CSV. `alone`: there is no CSV beside it. */
export type ZipState = 'fresh' | 'stale' | 'alone' | 'unusable';

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
}

/** The check of a CSV that an editor holds open, by its path below the emission folder. */
export type OpenReports = (path: string) => FileReport | undefined;

export interface KnownMasters {
  /** Absent where references are not checked. */
  readonly masters?: Masters;
  readonly stamp: string;
}

/** One part of the answer, good as long as the files behind it have the same size and time. */
interface Remembered {
  readonly stamp: string;
  readonly value: unknown;
}

/**
 * Checks the files of datasets, CSVs and zips, and remembers the answers until a file changes. A zip that holds the
 * same bytes as its CSV is not checked again.
 */
export class Examiner {
  readonly #files: FileSystem;
  readonly #root: string;
  readonly #settings: CheckSettings;
  readonly #remembered = new Map<string, Remembered>();
  /** Undefined until a tree is known: files by themselves have no masters. */
  #tree: readonly DatasetFiles[] | undefined;
  #open: OpenReports = () => undefined;

  constructor(options: ExaminerOptions) {
    this.#files = options.files;
    this.#root = options.root;
    this.#settings = options.settings;
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
    const known = (csv ?? zip) ? await this.mastersOf(spec, signal) : { stamp: '' };
    if ((csv ?? zip) && spec.since > this.#settings.release) {
      add(
        'layout/release',
        'error',
        (zip ?? csv)!.path,
        `cQube ${this.#settings.release} has no route for ${spec.folder}/${spec.archive}, which release ${spec.since} brought: it would stay in the emission bucket.`,
      );
    }
    let report = csv
      ? (this.#open(csv.path) ?? (await this.#checkCsv(spec, csv, known, add, signal)))
      : undefined;
    let zipState: ZipState | undefined;
    if (zip) {
      const entry = await this.#readableEntry(spec, zip, add);
      if (!entry) zipState = 'unusable';
      else if (!csv) {
        zipState = 'alone';
        report = await this.#checkEntry(spec, zip, entry, known, add, signal);
        if (!report) zipState = 'unusable';
      } else {
        zipState = (await this.#isFresh(csv, zip, entry, signal)) ? 'fresh' : 'stale';
        if (zipState === 'stale') {
          add(
            'layout/stale-zip',
            'warning',
            zip.path,
            `${spec.archive} does not hold what ${spec.csv} holds now. The zip is what would be emitted: zip the dataset again.`,
          );
        }
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
   * The values that a dataset's files refer to, out of the master files that are there.
   *
   * @returns the masters, and a stamp that changes when one of their values does
   */
  async mastersOf(spec: DatasetSpec, signal?: AbortSignal): Promise<KnownMasters> {
    if (!this.#tree) return { stamp: '' };
    const found = new Map<string, ValueSet>();
    for (const { dataset, toColumns } of spec.references) {
      const key = masterKey(dataset, toColumns);
      if (found.has(key)) continue;
      const sets: ValueSet[] = [];
      for (const master of this.#tree) {
        if (!(master.csv ?? master.zip) || !sharesTable(master.spec.id, dataset)) continue;
        const values = (await this.examine(master, signal)).report?.valuesOf(toColumns);
        if (values) sets.push(values);
      }
      const [only, ...others] = sets;
      if (only) found.set(key, others.length === 0 ? only : joined(sets));
    }
    const stamp = [...found].map(([key, values]) => `${key}=${values.signature}`).join(' ');
    return { masters: { find: (dataset, columns) => found.get(masterKey(dataset, columns)) }, stamp };
  }

  /** SHA-256 of a file in hexadecimal, remembered like a check. */
  sha256(file: TreeFile, signal?: AbortSignal): Promise<string> {
    return this.#remember(`sha256 ${file.path}`, stampOf(file), async () => {
      const hash = createHash('sha256');
      for await (const chunk of this.#files.read(this.#pathOf(file), signal)) hash.update(chunk);
      return hash.digest('hex');
    });
  }

  #pathOf(file: TreeFile): string {
    return `${this.#root}/${file.path}`;
  }

  async #remember<T>(key: string, stamp: string, find: () => Promise<T>): Promise<T> {
    const known = this.#remembered.get(key);
    if (known?.stamp === stamp) return known.value as T;
    const value = await find();
    this.#remembered.set(key, { stamp, value });
    return value;
  }

  async #checkCsv(
    spec: DatasetSpec,
    csv: TreeFile,
    known: KnownMasters,
    add: AddFinding,
    signal?: AbortSignal,
  ): Promise<FileReport | undefined> {
    const open = () => this.#files.read(this.#pathOf(csv), signal);
    try {
      return await this.#remember(`check ${csv.path}`, `${stampOf(csv)} ${known.stamp}`, () =>
        checkBytes(spec, csv.path, open, this.#settings, known.masters),
      );
    } catch (error) {
      signal?.throwIfAborted();
      add('layout/unreadable', 'error', csv.path, `${spec.csv} cannot be read: ${reasonOf(error)}.`);
      return undefined;
    }
  }

  async #checkEntry(
    spec: DatasetSpec,
    zip: TreeFile,
    entry: ArchiveEntry,
    known: KnownMasters,
    add: AddFinding,
    signal?: AbortSignal,
  ): Promise<FileReport | undefined> {
    const open = () => readEntry(this.#pathOf(zip), entry.name, signal);
    try {
      return await this.#remember(`check ${zip.path}`, `${stampOf(zip)} ${known.stamp}`, () =>
        checkBytes(spec, `${zip.path}/${entry.name}`, open, this.#settings, known.masters),
      );
    } catch (error) {
      signal?.throwIfAborted();
      if (!(error instanceof ArchiveError)) throw error;
      add(
        'layout/zip-content',
        'error',
        zip.path,
        `${error.message} Ingestion cannot read it either: zip the CSV again.`,
      );
      return undefined;
    }
  }

  /** @returns the one entry that ingestion would read; undefined when the zip is of no use, which is then told */
  async #readableEntry(spec: DatasetSpec, zip: TreeFile, add: AddFinding): Promise<ArchiveEntry | undefined> {
    let entries: readonly ArchiveEntry[];
    try {
      entries = await this.#remember(`list ${zip.path}`, stampOf(zip), () =>
        inspectArchive(this.#pathOf(zip)),
      );
    } catch (error) {
      if (!(error instanceof ArchiveError)) throw error;
      add(
        'layout/zip-content',
        'error',
        zip.path,
        `${error.message} Ingestion cannot read it either: zip the CSV again.`,
      );
      return undefined;
    }
    const found = entries.filter((entry) => !entry.directory);
    const [entry, ...others] = found;
    if (!entry) {
      add('layout/zip-content', 'error', zip.path, `The zip is empty. Expected: ${spec.csv} alone.`);
      return undefined;
    }
    if (others.length > 0) {
      const names = found.slice(0, 5).map(({ name }) => name);
      add(
        'layout/zip-content',
        'error',
        zip.path,
        `The zip holds ${found.length} files (${names.join(', ')}${found.length > 5 ? ', …' : ''}). Ingestion reads every one of them as ${spec.id}. Expected: ${spec.csv} alone.`,
      );
      return undefined;
    }
    if (entry.encrypted) {
      add(
        'layout/zip-content',
        'error',
        zip.path,
        'The zip has a password. It cannot be checked here, and ingestion opens it only for diksha_tpd, and only where that is configured.',
      );
      return undefined;
    }
    if (entry.name !== spec.csv) {
      add(
        'layout/zip-content',
        'warning',
        zip.path,
        `The zip holds ${entry.name}; the published name is ${spec.csv}. Ingestion does not look at it and names the file after the zip.`,
      );
    }
    return entry;
  }

  #isFresh(csv: TreeFile, zip: TreeFile, entry: ArchiveEntry, signal?: AbortSignal): Promise<boolean> {
    return this.#remember(`fresh ${zip.path}`, `${stampOf(csv)} ${stampOf(zip)}`, async () => {
      try {
        return await holdsSameBytes(this.#pathOf(csv), entry, signal);
      } catch (error) {
        signal?.throwIfAborted();
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
        return false;
      }
    });
  }
}

function stampOf(file: TreeFile): string {
  return `${file.path}:${file.bytes}:${file.modified}`;
}

function masterKey(dataset: string, columns: readonly string[]): string {
  return `${dataset}(${columns.join(',')})`;
}

function joined(sets: readonly ValueSet[]): ValueSet {
  const all = new ValueSet();
  for (const set of sets) all.addAll(set);
  return all;
}

type AddFinding = (rule: RuleId, severity: Severity, path: string, message: string) => void;

/**
 * Checks bytes as the CSV of a dataset.
 *
 * @param file the name that findings carry
 * @param open gives the bytes; called a second time where rows may be repeated
 * @param masters the files that this one may refer to
 */
export async function checkBytes(
  spec: DatasetSpec,
  file: string,
  open: () => AsyncIterable<Uint8Array>,
  settings: CheckSettings,
  masters?: Masters,
): Promise<FileReport> {
  const check = new FileCheck(spec, file, settings, masters);
  for (;;) {
    for await (const chunk of open()) check.push(chunk);
    const report = check.end();
    if (report) return report;
  }
}

import { noBounds } from '../archive/read/bounds.ts';
import { holdsSameBytes } from '../archive/read/compare.ts';
import { DEFLATED } from '../archive/read/content.ts';
import {
  inspectArchive,
  measureEntry,
  type Inspection,
  type InspectOptions,
} from '../archive/read/inspect.ts';
import type { EntryFacts } from '../archive/records.ts';
import { ArchiveError, type ArchiveErrorKind } from '../archive/refusal.ts';
import type { StreamedEntry } from '../archive/read/walk.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { CheckSettings } from '../check/settings.ts';
import { boundsOf } from './job.ts';
import { asJson, type KeptAnswers, type Question } from '../cache/kept-answers.ts';
import { stampOf, type RememberedAnswers } from '../cache/remembered.ts';
import type { TreeFile } from '../layout/emission-tree.ts';
import { tellArchiveError, tellDamage, tellInspection, tellUnread, type TellZip } from './zip-findings.ts';

/**
 * How a dataset's zip stands to its CSV. `fresh`: it holds the CSV, and every reader finds that; `stale`: it does not;
 * `alone`: there is no CSV beside it; `unusable`: ingestion would refuse it, or load more than one file from it.
 */
export type ZipState = 'fresh' | 'stale' | 'alone' | 'unusable';

export interface Standing {
  readonly state: ZipState;
  /** The one entry that ingestion would load. */
  readonly entry?: StreamedEntry;
}

/** What an entry came to, or why it could not be read to its end. */
type Unpacked = EntryFacts | { readonly failure: ArchiveErrorKind; readonly message: string };

export interface ZipsOptions {
  /** Path of the emission folder. */
  readonly root: string;
  readonly settings: CheckSettings;
  readonly remembered: RememberedAnswers;
  readonly kept: KeptAnswers | undefined;
}

/** Looks into the zips of an emission folder, and remembers what it saw until a file changes. */
export class Zips {
  readonly #root: string;
  readonly #settings: CheckSettings;
  readonly #remembered: RememberedAnswers;
  readonly #kept: KeptAnswers | undefined;

  constructor({ root, settings, remembered, kept }: ZipsOptions) {
    this.#root = root;
    this.#settings = settings;
    this.#remembered = remembered;
    this.#kept = kept;
  }

  /**
   * How a zip stands to its CSV, by the entry that ingestion would load.
   *
   * @throws the signal's reason when it is cancelled; whatever is wrong with the zip is told
   */
  async standing(
    spec: DatasetSpec,
    zip: TreeFile,
    csv: TreeFile | undefined,
    tell: TellZip,
    signal?: AbortSignal,
  ): Promise<Standing> {
    let inspection: Inspection;
    try {
      inspection = await this.#inspect(zip, 'believe', signal);
    } catch (error) {
      return { state: stateAfter(tellFailure(error, tell, signal), csv) };
    }
    const entry = tellInspection(inspection, spec, tell);
    if (!entry) return { state: 'unusable' };
    if (!csv) return { state: 'alone', entry };
    return { state: await this.#compare(spec, zip, csv, inspection, entry, tell, signal), entry };
  }

  /**
   * Looks at a zip whose only entry has been read: whether it is what the zip says of it, and, where it took more bytes
   * of the archive than it should, what ingestion finds behind it.
   *
   * @returns false when ingestion would not load it after all
   */
  async confirm(
    spec: DatasetSpec,
    zip: TreeFile,
    entry: StreamedEntry,
    found: EntryFacts,
    tell: TellZip,
    signal?: AbortSignal,
  ): Promise<boolean> {
    tellDamage(entry, found, tell);
    if (endsWhereItSays(entry, found)) return true;
    try {
      return tellInspection(await this.#inspect(zip, 'read', signal), spec, tell) !== undefined;
    } catch (error) {
      return tellFailure(error, tell, signal) === 'beyond-bounds';
    }
  }

  async #compare(
    spec: DatasetSpec,
    zip: TreeFile,
    csv: TreeFile,
    { differences }: Inspection,
    entry: StreamedEntry,
    tell: TellZip,
    signal: AbortSignal | undefined,
  ): Promise<ZipState> {
    const tellStale = () =>
      tell(
        'layout/stale-zip',
        'warning',
        `${spec.archive} does not hold what ${spec.csv} holds now. The zip is what would be emitted: zip the dataset again.`,
      );
    // Content that comes to no more than the CSV costs no more than that.
    const readable = tellUnread(entry, noBounds, tell);
    const { declared } = entry;
    if (declared?.bytes !== csv.bytes || (!readable && !(await this.#holds(csv, zip, declared, signal)))) {
      tellStale();
      return 'stale';
    }
    if (!readable) return differences.length > 0 ? 'stale' : 'fresh';
    const found = await this.#unpacked(zip, entry, declared.bytes, signal);
    if ('failure' in found) {
      if (found.failure === 'beyond-bounds') tellStale();
      else tellArchiveError({ kind: found.failure, message: found.message }, tell);
      return found.failure === 'beyond-bounds' ? 'stale' : 'unusable';
    }
    const intact = tellDamage(entry, found, tell);
    if (!(await this.confirm(spec, zip, entry, found, () => undefined, signal))) {
      await this.confirm(spec, zip, entry, found, tell, signal);
      return 'unusable';
    }
    const same = await this.#holds(csv, zip, found, signal);
    if (same) return intact && differences.length === 0 ? 'fresh' : 'stale';
    if (intact) tellStale();
    return 'stale';
  }

  #inspect(
    zip: TreeFile,
    contents: NonNullable<InspectOptions['contents']>,
    signal: AbortSignal | undefined,
  ): Promise<Inspection> {
    const bounds = boundsOf(this.#settings);
    const large = this.#settings.largeEntries === true ? ' large entries too' : '';
    const question: Question<Inspection> = { name: `inspect: ${contents}${large}`, ...asJson() };
    return this.#remembered.of(
      `${question.name} ${zip.path}`,
      stampOf(zip),
      (stop) =>
        this.#keep(zip, question, () =>
          inspectArchive(this.#pathOf(zip), { contents, bounds, signal: stop }),
        ),
      signal,
    );
  }

  /** Unpacks an entry to know what it holds: its checksum in the zip may be wrong, which ingestion does not notice. */
  #unpacked(
    zip: TreeFile,
    entry: StreamedEntry,
    bytes: number,
    signal: AbortSignal | undefined,
  ): Promise<Unpacked> {
    const find = async (stop: AbortSignal): Promise<Unpacked> => {
      try {
        return await measureEntry(this.#pathOf(zip), entry, { signal: stop, bounds: { ...noBounds, bytes } });
      } catch (error) {
        if (!(error instanceof ArchiveError)) throw error;
        return { failure: error.kind, message: error.message };
      }
    };
    return this.#remembered.of(
      `unpack ${zip.path}`,
      stampOf(zip),
      (stop) => this.#keep(zip, unpackQuestion, () => find(stop)),
      signal,
    );
  }

  #holds(csv: TreeFile, zip: TreeFile, facts: EntryFacts, signal: AbortSignal | undefined): Promise<boolean> {
    const find = async (stop: AbortSignal) => {
      const content = csv.bytes === facts.bytes ? await this.#kept?.contentOf(csv) : undefined;
      stop.throwIfAborted();
      if (content) return content.crc32 === facts.crc32;
      try {
        return await holdsSameBytes(this.#pathOf(csv), facts, stop);
      } catch (error) {
        stop.throwIfAborted();
        if ((error as NodeJS.ErrnoException).code === undefined) throw error;
        return false;
      }
    };
    return this.#remembered.of(`holds ${zip.path}`, `${stampOf(csv)} ${stampOf(zip)}`, find, signal);
  }

  /** A kept answer to a question about a file, or the one that is found now. */
  #keep<T>(file: TreeFile, question: Question<T>, find: () => Promise<T>): Promise<T> {
    return this.#kept ? this.#kept.answer(file, question, find) : find();
  }

  #pathOf(file: TreeFile): string {
    return `${this.#root}/${file.path}`;
  }
}

const unpackQuestion: Question<Unpacked> = { name: 'unpack', ...asJson() };

/** True when an entry takes no more of the archive than the sizes say that were believed. */
function endsWhereItSays({ method, declared }: StreamedEntry, found: EntryFacts): boolean {
  return method !== DEFLATED || !declared || found.compressed <= declared.compressed;
}

/** Tells an archive's error; any other is thrown on. */
function tellFailure(error: unknown, tell: TellZip, signal: AbortSignal | undefined): ArchiveErrorKind {
  signal?.throwIfAborted();
  if (!(error instanceof ArchiveError)) throw error;
  tellArchiveError(error, tell);
  return error.kind;
}

/** The state of a zip that could not be read to its end. */
export function stateAfter(failure: ArchiveErrorKind, csv: TreeFile | undefined): ZipState {
  if (failure !== 'beyond-bounds') return 'unusable';
  return csv ? 'stale' : 'alone';
}

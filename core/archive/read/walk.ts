import type { EntryBounds } from './bounds.ts';
import type { ByteSource } from './byte-source.ts';
import {
  DEFLATED,
  DEFLATED64,
  isReadByIngestion,
  isReadHere,
  measureContent,
  STORED,
  type EntryPlace,
} from './content.ts';
import type { ListedEntry } from './directory.ts';
import {
  LOCAL_HEADER_BYTES,
  parseLocalHeader,
  variableLengths,
  viewOf,
  type LocalHeader,
} from './local-header.ts';
import { signatures, type EntryFacts } from '../records.ts';
import { RefusedError, type Refusal, type RefusalKind } from '../refusal.ts';

const CENTRAL_HEADER_BYTES = 46;
const END_BYTES = 22;
const SEARCH_BYTES = 64 << 10;
const BZIP2 = 12;

/** An entry that ingestion's reader meets. */
export interface StreamedEntry extends EntryPlace {
  readonly directory: boolean;
  /** Where the record before its content begins, in bytes. */
  readonly at: number;
  /** True when checksum and sizes stand behind the content. */
  readonly descriptor: boolean;
  /** What its content came to; undefined when it was not looked at. */
  readonly found?: EntryFacts;
}

/** What ingestion's reader makes of a zip. */
export interface Walk {
  /** The entries before the first obstacle, in order; at most as many as were asked for. */
  readonly entries: readonly StreamedEntry[];
  /** How many of the entries are files; where there are as many as entries are kept there may be more. */
  readonly files: number;
  /** Why the reader fails; nothing of the archive is then loaded. */
  readonly refusal?: Refusal;
  /** True when nothing depends on sizes that were believed instead of read. */
  readonly proven: boolean;
  /** True when some content can be read by ingestion alone, so that the verdict hangs on what is in it. */
  readonly unread: boolean;
}

export interface WalkOptions {
  /**
   * Whether content is inflated, or the sizes before it or in the list are believed. They are believed wrongly where
   * the reader finds the end of a deflate stream elsewhere.
   */
  readonly contents: 'read' | 'believe';
  /** The list at the end of the zip, for the sizes of entries that declare none before their content. */
  readonly listed?: readonly ListedEntry[] | undefined;
  /** Entries that are kept. Nothing is looked at behind so many files: two are too many for ingestion. */
  readonly most: number;
  readonly bounds?: EntryBounds | undefined;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Goes through a zip as ingestion does: NiFi 1.12.1's UnpackContent on Commons Compress' ZipArchiveInputStream reads
 * from one entry's record to the next and never looks at the list at the end, takes every entry that is no folder, and
 * loads nothing at all where it fails (ingestion-rules, section 3; verdicts recorded from Commons Compress 1.22 in
 * test/vectors/zip). Not followed is its look for the signing block of Android packages.
 *
 * @throws ArchiveError when the file cannot be read, or an entry is beyond the bounds; the signal's reason
 */
export async function walkArchive(source: ByteSource, options: WalkOptions): Promise<Walk> {
  const walker = new Walker(source, options);
  const refusal = await walker.walk();
  const { entries, files, believed, unread } = walker;
  return {
    entries,
    files,
    ...(refusal ? { refusal } : {}),
    proven: !believed,
    unread,
  };
}

class Walker {
  readonly entries: StreamedEntry[] = [];
  files = 0;
  believed = false;
  unread = false;
  readonly #source: ByteSource;
  readonly #options: WalkOptions;
  readonly #listed: ReadonlyMap<number, ListedEntry>;
  #count = 0;
  #last: string | undefined;
  #crc32: (bytes: Uint8Array) => number = () => 0;

  constructor(source: ByteSource, options: WalkOptions) {
    this.#source = source;
    this.#options = options;
    this.#listed = new Map(options.listed?.map((entry) => [entry.at, entry]));
  }

  async walk(): Promise<Refusal | undefined> {
    const { size } = this.#source;
    this.#crc32 = (await import('node:zlib')).crc32;
    if (size === 0) return { kind: 'no-bytes', at: 0 };
    let at = 0;
    for (;;) {
      this.#options.signal?.throwIfAborted();
      const signature = await this.#signature(at);
      if (at === 0 && signature === signatures.descriptor) return { kind: 'split', at };
      if (at === 0 && signature === signatures.singleSegment) {
        at = 4;
        continue;
      }
      // Too few bytes for another record: the reader takes that for the end.
      if (at + LOCAL_HEADER_BYTES > size) {
        if (this.#count === 0 && signature !== signatures.end) return { kind: 'no-zip', at };
        break;
      }
      if (signature === signatures.centralHeader || signature === signatures.archiveExtraData) {
        const refusal = await this.#directory(at);
        if (refusal) return refusal;
        break;
      }
      if (signature !== signatures.localHeader) {
        if (this.#count > 0) return this.#refuse('stray-bytes', at);
        return { kind: signature === signatures.end ? 'empty' : 'no-zip', at };
      }
      const next = await this.#entry(at);
      if (typeof next !== 'number') return next;
      if (this.files >= this.#options.most) return undefined;
      at = next;
    }
    return this.files === 0 ? { kind: 'empty', at } : undefined;
  }

  #refuse(kind: RefusalKind, at: number, method?: number): Refusal {
    const entry = this.#last;
    return {
      kind,
      at,
      ...(entry === undefined ? {} : { entry }),
      ...(method === undefined ? {} : { method }),
    };
  }

  async #signature(at: number): Promise<number | undefined> {
    const bytes = await this.#source.bytes(at, 4);
    return bytes.length < 4 ? undefined : viewOf(bytes).getUint32(0, true);
  }

  /** Takes one entry. @returns the place behind it, or why the reader fails at it */
  async #entry(at: number): Promise<number | Refusal> {
    const source = this.#source;
    this.#last = undefined;
    const lengths = variableLengths(viewOf(await source.bytes(at, LOCAL_HEADER_BYTES)));
    const length = LOCAL_HEADER_BYTES + lengths.name + lengths.extra;
    const record = await source.bytes(at, length);
    if (record.length < length) return this.#refuse('cut-header', source.size);
    const nameEnd = LOCAL_HEADER_BYTES + lengths.name;
    const [name, extra] = [record.subarray(LOCAL_HEADER_BYTES, nameEnd), record.subarray(nameEnd)];
    const header = parseLocalHeader(viewOf(record), name, extra, this.#crc32);
    this.#last = typeof header === 'string' ? undefined : header.name;
    if (typeof header === 'string') return this.#refuse(header, at);
    this.#count++;
    return this.#contentOf(header, at, at + length);
  }

  async #contentOf(header: LocalHeader, at: number, start: number): Promise<number | Refusal> {
    const { name, directory, method, descriptor, declared } = header;
    // A folder's content is not read, but where its end is to be found.
    const isRead = !directory || descriptor;
    const obstacle = isRead ? obstacleOf(header) : undefined;
    if (!directory && name.includes('\0')) return this.#refuse('bad-name', at);
    if (obstacle) return this.#refuse(obstacle, at, method);
    const place: EntryPlace = { name, method, start, ...(declared ? { declared } : {}) };
    // bzip2 alone is looked into before anything is asked of it.
    if ((isRead || method === BZIP2) && !isReadHere(method)) this.unread = true;
    const end = await this.#endOf(place, at, isRead && isReadHere(method));
    if (!('found' in end)) return end;
    this.#keep({
      ...place,
      ...(end.declared ? { declared: end.declared } : {}),
      directory,
      at,
      descriptor,
      ...(end.found ? { found: end.found } : {}),
    });
    return end.next;
  }

  #keep(entry: StreamedEntry): void {
    if (!entry.directory) this.files++;
    if (this.entries.length < this.#options.most) this.entries.push(entry);
  }

  /** Finds the end of an entry: behind its content or behind its declared size, whatever comes later. */
  async #endOf(place: EntryPlace, at: number, isRead: boolean): Promise<End | Refusal> {
    const { start, declared, method } = place;
    const { size } = this.#source;
    if (!declared) return this.#endByDescriptor(place, at);
    const isCut =
      start + Math.max(declared.compressed, method === STORED && isRead ? declared.bytes : 0) > size;
    if (this.#options.contents === 'believe' || !isRead) {
      if (isCut) return this.#refuse('cut-content', size);
      this.believed ||= isRead && method !== STORED;
      const taken =
        isRead && method === STORED ? Math.max(declared.bytes, declared.compressed) : declared.compressed;
      return { next: start + taken, found: undefined };
    }
    const found = await this.#read(place);
    if ('kind' in found) return found;
    const next = start + Math.max(found.compressed, declared.compressed);
    return next > size ? this.#refuse('cut-content', size) : { next, found };
  }

  async #endByDescriptor(place: EntryPlace, at: number): Promise<End | Refusal> {
    const { start } = place;
    const believed = this.#listed.get(at)?.declared;
    if (believed && this.#options.contents === 'believe') {
      const behind = await this.#descriptor(start + believed.compressed);
      const { crc32, compressed } = behind?.declared ?? {};
      if (behind && crc32 === believed.crc32 && compressed === believed.compressed) {
        this.believed = true;
        return { ...behind, found: undefined };
      }
    }
    const found = await this.#read(place);
    if ('kind' in found) return found;
    const behind = await this.#descriptor(start + found.compressed);
    if (!behind) return this.#refuse('cut-descriptor', this.#source.size);
    const { bytes, compressed } = behind.declared;
    return bytes < 0 || compressed < 0 ? this.#refuse('bad-sizes', at) : { ...behind, found };
  }

  async #read(place: EntryPlace): Promise<EntryFacts | Refusal> {
    const { signal, bounds } = this.#options;
    try {
      return await measureContent(this.#source, place, { signal, bounds });
    } catch (error) {
      if (error instanceof RefusedError) return error.refusal;
      throw error;
    }
  }

  /**
   * Reads the sizes behind an entry: with 32 bits where another record begins behind them, with 64 bits everywhere else.
   *
   * @returns undefined where the file ends before
   */
  async #descriptor(at: number): Promise<{ next: number; declared: EntryFacts } | undefined> {
    const signed = (await this.#signature(at)) === signatures.descriptor;
    const from = signed ? at + 4 : at;
    const bytes = await this.#source.bytes(from, 20);
    if (bytes.length < 20) return undefined;
    const view = viewOf(bytes);
    const crc32 = view.getUint32(0, true);
    const behind = view.getUint32(12, true);
    if (behind === signatures.centralHeader || behind === signatures.localHeader) {
      const declared = { crc32, compressed: view.getUint32(4, true), bytes: view.getUint32(8, true) };
      return { next: from + 12, declared };
    }
    const [compressed, content] = [view.getBigInt64(4, true), view.getBigInt64(12, true)];
    return { next: from + 20, declared: { crc32, compressed: Number(compressed), bytes: Number(content) } };
  }

  /**
   * The reader jumps over a list as long as one of so many entries without names would be, and looks for the end from
   * there on: in vain where the list is shorter.
   */
  async #directory(at: number): Promise<Refusal | undefined> {
    if (this.#count === 0) return { kind: 'empty', at };
    const from = at + this.#count * CENTRAL_HEADER_BYTES;
    const { size } = this.#source;
    const end = await this.#findEnd(from, size);
    if (end >= 0) return end + END_BYTES > size ? this.#refuse('cut-directory', size) : undefined;
    const jumped = (await this.#findEnd(at, Math.min(from + 3, size))) >= 0;
    return this.#refuse(jumped ? 'short-directory' : 'cut-directory', size);
  }

  /** The place of the first mark of an end between two places; -1 where there is none. */
  async #findEnd(from: number, to: number): Promise<number> {
    const sign = Buffer.alloc(4);
    sign.writeUInt32LE(signatures.end);
    for (let place = from; place < to; place += SEARCH_BYTES - 3) {
      const part = await this.#source.bytes(place, Math.min(SEARCH_BYTES, to - place));
      const found = Buffer.from(part).indexOf(sign);
      if (found >= 0) return place + found;
    }
    return -1;
  }
}

interface End {
  readonly next: number;
  readonly found: EntryFacts | undefined;
  /** What stands behind the content. */
  readonly declared?: EntryFacts;
}

/** Why the reader cannot read the content of an entry, whatever it is. */
function obstacleOf({ encrypted, method, descriptor }: LocalHeader): RefusalKind | undefined {
  if (encrypted) return 'encrypted';
  if (!isReadByIngestion(method)) return 'method';
  if (descriptor && method !== DEFLATED && method !== DEFLATED64) return 'stored-descriptor';
  return undefined;
}

import { isSettled, readContent, sameContent, sameStamp, type Content } from './content.ts';
import type { FileStamp, FileSystem } from '../layout/file-system.ts';
import type { ResultStore } from './result-store.ts';
import type { TreeFile } from '../layout/emission-tree.ts';

/** What may be asked about the content of a file. */
export interface Question<T> {
  /** Everything but the file's path and content that the answer depends on. */
  readonly name: string;
  /** @returns undefined for an answer that is not worth the room */
  readonly encode: (answer: T) => Uint8Array | undefined;
  readonly decode: (bytes: Uint8Array) => T;
}

/** Which content a file had when it was seen with this stamp. */
interface Sighting {
  readonly stamp: FileStamp;
  readonly content: Content;
  /** True when another content cannot have the same stamp: `isSettled`. */
  readonly settled: boolean;
}

export interface KeptAnswersOptions {
  readonly files: FileSystem;
  readonly store: ResultStore;
  /** Path of the folder that the files' paths start from. */
  readonly root: string;
  /** Milliseconds since 1970; tests bring their own. */
  readonly now?: () => number;
  /** Ends the reading of files for this purpose. */
  readonly signal?: AbortSignal;
}

/**
 * Answers about files that outlast a run. An answer belongs to a path and a content; a file whose size and times are
 * those of an earlier look is taken to hold what it held then, and read anew only in doubt: when it had just been
 * written then, or when its times have changed and its size has not, as by a copy, a checkout or `touch`.
 */
export class KeptAnswers {
  readonly #files: FileSystem;
  readonly #store: ResultStore;
  readonly #root: string;
  readonly #now: () => number;
  readonly #signal: AbortSignal | undefined;
  readonly #sightings = new Map<string, Sighting>();
  readonly #reading = new Map<string, { readonly stamp: FileStamp; readonly content: ReadContent }>();
  /** Files are read one after the other: side by side they would only be in each other's way. */
  #lastReading: Promise<unknown> = Promise.resolve();
  readonly #keeping = new Set<Promise<void>>();

  constructor({ files, store, root, now, signal }: KeptAnswersOptions) {
    this.#files = files;
    this.#store = store;
    this.#root = root;
    this.#now = now ?? Date.now;
    this.#signal = signal;
  }

  /**
   * The answer to a question about a file: a kept one, or the one that is found now, which is then kept in the
   * background.
   *
   * @param find finds the answer by reading the file
   * @throws what `find` throws; an error is never kept
   */
  async answer<T>(file: TreeFile, question: Question<T>, find: () => Promise<T>): Promise<T> {
    const known = await this.#recognise(file);
    const kept = known && (await this.#recall(keyOf(file, known, question), question));
    if (kept !== undefined) return kept;
    const settled = isSettled(file, this.#now());
    const before = settled ? undefined : (known ?? (await this.#read(file)));
    const answer = await find();
    // Whoever has just written the file may do so again and leave the stamp: what was read before and behind decides.
    if (settled || before) this.#inBackground(() => this.#keep(file, question, answer, before));
    return answer;
  }

  /**
   * What a file holds; it is read unless that is known.
   *
   * @returns undefined when it cannot be read, or changes meanwhile
   */
  async contentOf(file: TreeFile): Promise<Content | undefined> {
    return (await this.#recognise(file)) ?? this.#read(file);
  }

  /** Resolves when every answer so far is kept, or cannot be. */
  async settle(): Promise<void> {
    while (this.#keeping.size > 0) await Promise.all(this.#keeping);
    await this.#store.flush();
  }

  /** Keeps for later runs what is known by now, without waiting for what is still being read. */
  flush(): Promise<void> {
    return this.#store.flush();
  }

  #inBackground(work: () => Promise<void>): void {
    const running = work().finally(() => this.#keeping.delete(running));
    this.#keeping.add(running);
  }

  async #keep<T>(
    file: TreeFile,
    question: Question<T>,
    answer: T,
    before: Content | undefined,
  ): Promise<void> {
    const bytes = question.encode(answer);
    if (!bytes || !(await this.#unchanged(file))) return;
    const content = await this.contentOf(file);
    if (!content || (before && !sameContent(before, content))) return;
    await this.#store.put(keyOf(file, content, question), bytes);
  }

  /** What a file holds by an earlier look; undefined for a file that is new or has another size. */
  async #recognise(file: TreeFile): Promise<Content | undefined> {
    const seen = this.#sightings.get(file.path) ?? (await this.#storedSighting(file));
    if (seen?.stamp.bytes !== file.bytes) return undefined;
    return seen.settled && sameStamp(seen.stamp, file) ? seen.content : this.#read(file);
  }

  async #recall<T>(key: string, { decode }: Pick<Question<T>, 'decode'>): Promise<T | undefined> {
    const bytes = await this.#store.get(key);
    try {
      return bytes && decode(bytes);
    } catch {
      // Whatever a store holds, it keeps nobody from finding the answer anew.
      return undefined;
    }
  }

  async #storedSighting(file: TreeFile): Promise<Sighting | undefined> {
    const sighting = await this.#recall(sightingKey(file), sightingAsBytes);
    if (sighting) this.#sightings.set(file.path, sighting);
    return sighting;
  }

  /** @returns undefined when the file cannot be read, or is not any more what it was said to be */
  #read(file: TreeFile): ReadContent {
    const settled = isSettled(file, this.#now());
    const running = this.#reading.get(file.path);
    // Only of a settled file one reading tells what another one would.
    if (settled && running && sameStamp(running.stamp, file)) return running.content;
    const content = this.#lastReading.then(() => this.#readNow(file));
    this.#lastReading = content;
    if (!settled) return content;
    const entry = { stamp: file, content };
    this.#reading.set(file.path, entry);
    return content.finally(() => {
      if (this.#reading.get(file.path) === entry) this.#reading.delete(file.path);
    });
  }

  async #readNow(file: TreeFile): ReadContent {
    const settled = isSettled(file, this.#now());
    let content: Content;
    try {
      content = await readContent(this.#files, this.#pathOf(file), this.#signal);
    } catch {
      // Whoever checks the file meets the same error and tells it.
      return undefined;
    }
    if (content.bytes !== file.bytes || !(await this.#unchanged(file))) return undefined;
    const { bytes, modified, changed } = file;
    const stamp = { bytes, modified, ...(changed === undefined ? {} : { changed }) };
    const sighting: Sighting = { stamp, content, settled };
    this.#sightings.set(file.path, sighting);
    await this.#store.put(sightingKey(file), sightingAsBytes.encode(sighting));
    return content;
  }

  async #unchanged(file: TreeFile): Promise<boolean> {
    try {
      return sameStamp(await this.#files.stat(this.#pathOf(file)), file);
    } catch {
      return false;
    }
  }

  #pathOf(file: TreeFile): string {
    return `${this.#root}/${file.path}`;
  }
}

type ReadContent = Promise<Content | undefined>;

/** Anything that JSON can say, as bytes. */
export function asJson<T>() {
  return {
    encode: (value: T): Uint8Array => new TextEncoder().encode(JSON.stringify(value)),
    decode: (bytes: Uint8Array): T => JSON.parse(new TextDecoder().decode(bytes)) as T,
  };
}

const sightingAsBytes = asJson<Sighting>();

function sightingKey(file: TreeFile): string {
  return `content ${file.path}`;
}

function keyOf(
  file: TreeFile,
  { bytes, crc32, fingerprint }: Content,
  { name }: { readonly name: string },
): string {
  return `${name} of ${file.path} ${bytes}:${crc32}:${fingerprint}`;
}

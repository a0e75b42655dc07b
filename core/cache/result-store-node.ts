/** Answers of earlier runs in a folder of this machine's disk: one file for each emission folder. */
import { mkdir, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { crc32 } from 'node:zlib';
import { Fingerprint } from '../csv/fingerprint.ts';
import type { ResultStore } from './result-store.ts';

export interface StoreLimits {
  /** Bytes of one answer. */
  readonly record: number;
  /** Bytes of the answers on one emission folder. */
  readonly root: number;
  /** Bytes of all files of the store together. */
  readonly total: number;
}

const usual: StoreLimits = { record: 16 << 20, root: 32 << 20, total: 256 << 20 };

export interface StoreOptions {
  /** Folder of the store; made when something is to be kept. */
  readonly folder: string;
  /** What decides about answers besides what they are asked: those of another version are as if they were not there. */
  readonly version: string;
  /** Path of the folder that the answers are about. */
  readonly root: string;
  readonly limits?: StoreLimits;
}

interface Kept {
  readonly bytes: Uint8Array;
  /** Milliseconds since 1970. */
  used: number;
}

const MAGIC = 'cQubeKept1\n';
const EXTENSION = '.kept';
const DAY = 24 * 60 * 60 * 1000;
/** A temporary file that is older was left behind by a run that was cut short. */
const ABANDONED = 60 * 60 * 1000;
let writes = 0;

/** Length of key and answer, four bytes each; time of the last use, eight. */
const RECORD_HEAD = 16;

/**
 * Keeps answers in memory and, from `flush` on, on the disk. The file is read once, when something is first asked for.
 * It is never written in place, so another process reads all of it or the one before; one that is damaged, foreign or
 * of another version counts as none. When two processes write at the same time answers of one of them may be lost,
 * which costs finding them anew. The least recently used answers go first, and the least recently used files.
 */
export class DiskStore implements ResultStore {
  readonly #folder: string;
  readonly #file: string;
  readonly #about: string;
  readonly #limits: StoreLimits;
  #kept: Promise<Map<string, Kept>> | undefined;
  /** True when the file on disk should be written anew. */
  #changed = false;
  #flushing: Promise<void> = Promise.resolve();

  constructor({ folder, version, root, limits }: StoreOptions) {
    this.#folder = folder;
    this.#about = `${version}\n${root}`;
    this.#file = path.join(folder, `${nameOf(root)}${EXTENSION}`);
    this.#limits = limits ?? usual;
  }

  async get(key: string): Promise<Uint8Array | undefined> {
    const found = (await this.#all()).get(key);
    if (!found) return undefined;
    const now = Date.now();
    // What is used every day is written as such once a day.
    if (now - found.used > DAY) {
      found.used = now;
      this.#changed = true;
    }
    return found.bytes;
  }

  async put(key: string, bytes: Uint8Array): Promise<void> {
    if (bytes.length > this.#limits.record) return;
    (await this.#all()).set(key, { bytes, used: Date.now() });
    this.#changed = true;
  }

  flush(): Promise<void> {
    this.#flushing = this.#flushing.then(() => this.#flush());
    return this.#flushing;
  }

  #all(): Promise<Map<string, Kept>> {
    return (this.#kept ??= this.#load());
  }

  /** What is on disk; nothing when that is not whole, or about something else. */
  async #load(): Promise<Map<string, Kept>> {
    try {
      return parse(await readFile(this.#file), this.#about);
    } catch {
      return new Map();
    }
  }

  async #flush(): Promise<void> {
    if (!this.#changed) return;
    this.#changed = false;
    const kept = await this.#all();
    for (const [key, theirs] of await this.#load()) {
      if (!kept.has(key)) kept.set(key, theirs);
    }
    forgetOldest(kept, this.#limits.root);
    const temporary = `${this.#file}.${process.pid}-${++writes}.tmp`;
    try {
      await mkdir(this.#folder, { recursive: true, mode: 0o700 });
      await writeFile(temporary, format(kept, this.#about), { mode: 0o600 });
      await rename(temporary, this.#file);
      await this.#tidy();
    } catch {
      // A full disk, a folder that may not be written, a file that another process holds: it is only a cache.
      await rm(temporary, { force: true }).catch(() => undefined);
    }
  }

  /** Deletes what was left behind, and the files that were not written for the longest time when there are too many. */
  async #tidy(): Promise<void> {
    const now = Date.now();
    const files: { file: string; bytes: number; time: number }[] = [];
    for (const name of await readdir(this.#folder)) {
      const file = path.join(this.#folder, name);
      const { size, mtimeMs } = await stat(file);
      if (name.endsWith(EXTENSION)) files.push({ file, bytes: size, time: mtimeMs });
      else if (name.includes(`${EXTENSION}.`) && now - mtimeMs > ABANDONED) await rm(file, { force: true });
    }
    let total = 0;
    for (const { file, bytes } of files.sort((a, b) => b.time - a.time)) {
      total += bytes;
      if (total > this.#limits.total) await rm(file, { force: true });
    }
  }
}

/** A file name for a folder. Two folders that share it only take each other's place. */
function nameOf(root: string): string {
  const text = new TextEncoder().encode(root);
  const padded = new DataView(new ArrayBuffer(text.length + 3));
  new Uint8Array(padded.buffer).set(text);
  const { low, high } = new Fingerprint().begin(0).add(padded, 0, text.length).finish();
  return [high, low].map((half) => (half >>> 0).toString(16).padStart(8, '0')).join('');
}

function forgetOldest(kept: Map<string, Kept>, most: number): void {
  let total = 0;
  for (const [key, { bytes }] of [...kept].sort(([, a], [, b]) => b.used - a.used)) {
    total += RECORD_HEAD + key.length + bytes.length;
    if (total > most) kept.delete(key);
  }
}

/** Magic, CRC-32 of what follows, length of `about`, `about`, then each record: lengths, time, key, answer. */
function format(kept: ReadonlyMap<string, Kept>, about: string): Uint8Array {
  const encoder = new TextEncoder();
  const start = encoder.encode(MAGIC);
  const subject = encoder.encode(about);
  const records = [...kept].map(([key, { bytes, used }]) => ({ key: encoder.encode(key), bytes, used }));
  const from = start.length + 4;
  const length = records.reduce(
    (sum, { key, bytes }) => sum + RECORD_HEAD + key.length + bytes.length,
    from + 4 + subject.length,
  );
  const file = new Uint8Array(length);
  const view = new DataView(file.buffer);
  file.set(start);
  view.setUint32(from, subject.length, true);
  file.set(subject, from + 4);
  let at = from + 4 + subject.length;
  for (const { key, bytes, used } of records) {
    view.setUint32(at, key.length, true);
    view.setUint32(at + 4, bytes.length, true);
    view.setFloat64(at + 8, used, true);
    file.set(key, at + RECORD_HEAD);
    at += RECORD_HEAD + key.length;
    file.set(bytes, at);
    at += bytes.length;
  }
  view.setUint32(start.length, crc32(file.subarray(from)), true);
  return file;
}

/** @throws when it is not whole or not about that */
function parse(file: Uint8Array, about: string): Map<string, Kept> {
  const decoder = new TextDecoder();
  const view = new DataView(file.buffer, file.byteOffset, file.byteLength);
  const from = MAGIC.length + 4;
  const begins = decoder.decode(file.subarray(0, MAGIC.length)) === MAGIC;
  if (!begins || view.getUint32(MAGIC.length, true) !== crc32(file.subarray(from)))
    throw new Error('This is no file of kept answers, or not all of one.');
  let at = from + 4 + view.getUint32(from, true);
  if (decoder.decode(file.subarray(from + 4, at)) !== about)
    throw new Error('These answers are of another version, or about another folder.');
  const kept = new Map<string, Kept>();
  while (at < file.length) {
    const key = at + RECORD_HEAD;
    const answer = key + view.getUint32(at, true);
    const end = answer + view.getUint32(at + 4, true);
    const used = view.getFloat64(at + 8, true);
    kept.set(decoder.decode(file.subarray(key, answer)), { bytes: file.subarray(answer, end), used });
    at = end;
  }
  return kept;
}

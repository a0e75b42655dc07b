import type { BigIntStats } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { holdsSameBytes } from '../read/compare.ts';
import { CutShortError, deflateBlocks } from './deflate-blocks.ts';
import { inspectArchive } from '../read/inspect.ts';
import { ArchiveTooLargeError, isSurelyTooLarge, MAX_UPLOAD_BYTES } from './limit.ts';
import { locateEntries } from '../read/locate.ts';
import { ReadBack } from './read-back.ts';
import { centralDirectory, localHeader, type EntryFacts } from '../records.ts';
import { temporaryFor } from './temporary.ts';

/** Of all levels the one that is worth its time for a CSV: docs/performance.md. */
export const DEFAULT_LEVEL = 4;

/** FAT knows the time of a change to two seconds: a file this young may change and keep its time. */
const YOUNG_NS = 3_000_000_000n;

export interface WriteOptions {
  /** zlib level, 1 to 9; `DEFAULT_LEVEL` when absent. */
  readonly level?: number | undefined;
  /** Most bytes of an archive; those of an upload when absent. */
  readonly limit?: number | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Called with the bytes of the CSV that are deflated so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

export interface WrittenArchive {
  /** Size of the zip in bytes. */
  readonly bytes: number;
  /** CRC-32 of the CSV. */
  readonly crc32: number;
}

/** The CSV changed while it was being zipped; nothing was written. */
export class ChangedWhileReadError extends Error {
  override readonly name = 'ChangedWhileReadError';
}

/**
 * Zips one CSV into an archive of exactly that entry: written to a temporary file beside the target, read back and
 * compared, then renamed over the target, which stays as it was until then (emission-process, naming). The same CSV and
 * level give the same bytes. Memory does not grow with the file.
 *
 * @param csv path of the CSV
 * @param zip path of the archive to make or replace
 * @throws ChangedWhileReadError when the CSV was written to meanwhile; ArchiveTooLargeError as soon as the archive
 *   passes the limit; the file system's error when a file cannot be read or written; the signal's reason when it is
 *   cancelled. Nothing is left behind.
 */
export async function writeArchive(
  csv: string,
  zip: string,
  options: WriteOptions = {},
): Promise<WrittenArchive> {
  const name = path.basename(csv);
  const source = await open(csv, 'r');
  try {
    const before = await source.stat({ bigint: true });
    const bytes = Number(before.size);
    const limit = options.limit ?? MAX_UPLOAD_BYTES;
    if (isSurelyTooLarge(bytes, limit)) throw new ArchiveTooLargeError(name, limit);
    const temporary = temporaryFor(zip);
    try {
      const { facts, size } = await writeTo(temporary, source, { name, bytes, limit }, options);
      if (!(await isStill(csv, before, facts, options.signal))) throw changed(name);
      await rename(temporary, zip);
      return { bytes: size, crc32: facts.crc32 };
    } catch (error) {
      await rm(temporary, { force: true });
      throw error instanceof CutShortError ? changed(name) : error;
    }
  } finally {
    await source.close();
  }
}

interface Task {
  /** Name of the entry. */
  readonly name: string;
  /** Size of the CSV. */
  readonly bytes: number;
  /** Most bytes of the archive. */
  readonly limit: number;
}

/** Writes a whole archive, reads it back as it grows, and lays it safely on the disk. */
async function writeTo(
  file: string,
  source: FileHandle,
  { name, bytes, limit }: Task,
  { level = DEFAULT_LEVEL, signal, onProgress }: WriteOptions,
): Promise<{ readonly facts: EntryFacts; readonly size: number }> {
  const target = await open(file, 'wx+');
  try {
    const start = localHeader(name, { crc32: 0, bytes, compressed: 0 }).length;
    const readBack = new ReadBack(target, start, signal);
    let size = start;
    const append = async (piece: Uint8Array) => {
      if (size + piece.length > limit) throw new ArchiveTooLargeError(name, limit);
      await writeAll(target, piece, size);
      size += piece.length;
    };
    const appendContent = async (piece: Uint8Array) => {
      await append(piece);
      readBack.reach(size);
    };
    try {
      const crc32 = await deflateBlocks(source, bytes, appendContent, { level, signal, onProgress });
      const facts = { crc32, bytes, compressed: size - start };
      await writeAll(target, localHeader(name, facts), 0);
      await append(centralDirectory(name, facts, size));
      await target.sync();
      await compare(file, { name, start, ...facts }, await readBack.finish());
      return { facts, size };
    } finally {
      await readBack.abandon();
    }
  } finally {
    await target.close();
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < bytes.length;) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, position + done);
    done += bytesWritten;
  }
}

/**
 * Three readers that know nothing of this writer must find what was written: one the content, one the records as unzip
 * tools go through them, one as ingestion does.
 */
async function compare(
  file: string,
  written: EntryFacts & { readonly name: string; readonly start: number },
  content: EntryFacts,
): Promise<void> {
  const listed = await locateEntries(file);
  const { entries: streamed, refusal, differences } = await inspectArchive(file);
  const declared = [...listed, ...streamed.map((entry) => ({ ...entry, ...entry.declared! }))];
  const same =
    listed.length === 1 &&
    streamed.length === 1 &&
    !refusal &&
    differences.length === 0 &&
    declared.every(({ name, start }) => name === written.name && start === written.start) &&
    [...declared, content].every(
      (found) =>
        found.crc32 === written.crc32 &&
        found.bytes === written.bytes &&
        found.compressed === written.compressed,
    );
  if (same) return;
  throw new Error(
    `the archive of ${written.name} could not be read back as it was written; the disk may be full or failing`,
  );
}

/** True when a CSV surely holds what was zipped: nothing has touched it, or its bytes are the same once more. */
async function isStill(
  csv: string,
  before: BigIntStats,
  facts: EntryFacts,
  signal: AbortSignal | undefined,
): Promise<boolean> {
  const after = await stat(csv, { bigint: true });
  const touched = (['dev', 'ino', 'size', 'mtimeNs', 'ctimeNs'] as const).some(
    (key) => after[key] !== before[key],
  );
  const last = before.mtimeNs > before.ctimeNs ? before.mtimeNs : before.ctimeNs;
  const young = BigInt(Date.now()) * 1_000_000n - last < YOUNG_NS;
  return (!touched && !young) || (await holdsSameBytes(csv, facts, signal));
}

function changed(name: string): ChangedWhileReadError {
  return new ChangedWhileReadError(
    `${name} changed while it was being zipped. Zip it again when it is complete.`,
  );
}

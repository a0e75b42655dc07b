import { beyondBounds, describeBeyond, noBounds, type EntryBounds } from './bounds.ts';
import type { ByteSource } from './byte-source.ts';
import { InflateError } from './inflate-error.ts';
import { Inflation } from './inflate.ts';
import { Inflation64 } from './inflate64.ts';
import type { EntryFacts } from '../records.ts';
import { ArchiveError, RefusedError } from '../refusal.ts';

/** Where the content of an entry stands, and how it is to be read: plain data that can go to another thread. */
export interface EntryPlace {
  readonly name: string;
  readonly method: number;
  /** Where its content begins in the archive, in bytes. */
  readonly start: number;
  /** Size of its content as the archive declares it before it, in bytes; undefined when it does not. */
  readonly declared?: EntryFacts | undefined;
}

export const STORED = 0;
export const DEFLATED = 8;
export const DEFLATED64 = 9;

/** Methods that Commons Compress' stream reader can read; the others it refuses (ZipUtil.checkRequestedFeatures). */
const readByIngestion: ReadonlySet<number> = new Set([STORED, 1, 6, DEFLATED, DEFLATED64, 12]);

/** True for a compression method that ingestion reads. */
export function isReadByIngestion(method: number): boolean {
  return readByIngestion.has(method);
}

/** True for a compression method whose content can be looked at here. */
export function isReadHere(method: number): boolean {
  return method === STORED || method === DEFLATED || method === DEFLATED64;
}

export interface ContentOptions {
  readonly signal?: AbortSignal | undefined;
  readonly bounds?: EntryBounds | undefined;
}

/**
 * Reads the content of an entry as ingestion's reader does: a stored one by its declared size, a deflated one until the
 * deflate stream says that it ends, whatever size and checksum are declared.
 *
 * @returns pieces of the content, in order, each good only until the next one is asked for; and what it came to: its
 *   checksum, its size, and how many bytes of the archive it took
 * @throws ArchiveError where ingestion fails, too, where the file cannot be read, and beyond the bounds; the signal's
 *   reason
 */
export async function* readContent(
  source: ByteSource,
  place: EntryPlace,
  { signal, bounds = noBounds }: ContentOptions = {},
): AsyncGenerator<Uint8Array, EntryFacts> {
  const { crc32 } = await import('node:zlib');
  const inflation = inflationOf(place.method);
  const content = inflation
    ? inflation.content(source.pieces(place.start, endOfStream(source, place), signal))
    : stored(source, place, signal);
  let checksum = 0;
  let bytes = 0;
  try {
    for await (const chunk of content) {
      signal?.throwIfAborted();
      bytes += chunk.length;
      const beyond = beyondBounds(bounds, { bytes, compressed: inflation?.compressed ?? bytes });
      if (beyond) throw beyondError(place.name, bounds, beyond);
      checksum = crc32(chunk, checksum);
      yield chunk;
    }
  } catch (error) {
    if (signal?.aborted || error instanceof ArchiveError) throw error;
    throw refusalOf(error, source, place, inflation?.compressed ?? 0);
  }
  return { crc32: checksum, bytes, compressed: inflation ? inflation.compressed : bytes };
}

function inflationOf(method: number): Inflation | Inflation64 | undefined {
  return method === DEFLATED ? new Inflation() : method === DEFLATED64 ? new Inflation64() : undefined;
}

/** Where a compressed stream ends at the latest: a deflated one may be longer than its declared size, others not. */
function endOfStream({ size }: ByteSource, { method, start, declared }: EntryPlace): number {
  return method === DEFLATED || !declared ? size : Math.min(size, start + declared.compressed);
}

/** Reads the content of an entry for what it comes to alone. @throws as `readContent` */
export async function measureContent(
  source: ByteSource,
  place: EntryPlace,
  options?: ContentOptions,
): Promise<EntryFacts> {
  const content = readContent(source, place, options);
  for (;;) {
    const { done, value } = await content.next();
    if (done) return value;
  }
}

async function* stored(
  source: ByteSource,
  { name, start, declared }: EntryPlace,
  signal: AbortSignal | undefined,
): AsyncGenerator<Uint8Array> {
  const bytes = declared?.bytes ?? 0;
  yield* source.pieces(start, Math.min(start + bytes, source.size), signal);
  if (start + bytes > source.size)
    throw new RefusedError({ kind: 'cut-content', at: source.size, entry: name });
}

/** What is wrong with a compressed stream, in our own words; anything else as it is. */
function refusalOf(error: unknown, source: ByteSource, { name, start }: EntryPlace, taken: number): unknown {
  if (!(error instanceof InflateError)) return error;
  return error.kind === 'cut' && start + taken >= source.size
    ? new RefusedError({ kind: 'cut-content', at: source.size, entry: name })
    : new RefusedError({ kind: 'damaged', at: start + taken, entry: name });
}

function beyondError(name: string, bounds: EntryBounds, beyond: 'bytes' | 'ratio'): ArchiveError {
  return new ArchiveError(describeBeyond(name, bounds, beyond), 'beyond-bounds');
}

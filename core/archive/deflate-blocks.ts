import type { FileHandle } from 'node:fs/promises';
import os from 'node:os';
import { constants, crc32, createDeflateRaw } from 'node:zlib';
import { release } from './release.ts';

/** Bytes of a CSV that are deflated as one piece. The archive's bytes depend on it: not to be chosen by machine. */
const BLOCK_BYTES = 512 << 10;
/** How far back deflate looks: the end of the block before, so that a block compresses as if they were one. */
const WINDOW_BYTES = 32 << 10;
/** A little more than a block that does not compress takes: it always comes in one piece of memory. */
const OUTPUT_BYTES = BLOCK_BYTES + 1024;
/** Blocks beyond those at work, so that no thread waits for the next one to be read. */
const WAITING = 1;

export interface DeflateOptions {
  /** zlib level, 1 to 9. */
  readonly level: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that have been read so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** A file ended before its time: it was cut while it was read. */
export class CutShortError extends Error {
  override readonly name = 'CutShortError';
}

/**
 * Deflates a file into one raw deflate stream, as many blocks at once as Node's pool has threads and the machine has
 * processors. Each block is deflated by itself with the 32 KiB before it as dictionary and ends on a byte (sync flush),
 * so that the blocks, one behind the other, are a stream like any other; its bytes do not depend on how many were at
 * work at once. Memory does not grow with the file.
 *
 * @param file the file, open for reading
 * @param bytes how many of it to deflate
 * @param write takes the pieces of the stream, in order, one at a time; each is good only until it is done
 * @returns the CRC-32 of what was read
 * @throws CutShortError when the file has fewer bytes; what `write` throws; the signal's reason when it is cancelled
 */
export async function deflateBlocks(
  file: FileHandle,
  bytes: number,
  write: (piece: Uint8Array) => Promise<void>,
  { level, signal, onProgress }: DeflateOptions,
): Promise<number> {
  const atOnce = threads() + WAITING;
  // A block's bytes are wanted until it is deflated. The end of the block before is copied as its dictionary is set.
  const buffers = Array.from({ length: atOnce + 1 }, () => Buffer.allocUnsafeSlow(BLOCK_BYTES));
  const working: Promise<Uint8Array[]>[] = [];
  let checksum = 0;
  let before: Uint8Array | undefined;
  const handOver = async () => {
    const pieces = await working.shift()!;
    for (const piece of pieces) await write(piece);
    for (const piece of pieces) release(piece, OUTPUT_BYTES);
  };
  try {
    // An empty file has one block too: the stream has to end.
    for (let at = 0, index = 0; index === 0 || at < bytes; at += BLOCK_BYTES, index++) {
      signal?.throwIfAborted();
      const block = buffers[index % buffers.length]!.subarray(0, Math.min(BLOCK_BYTES, bytes - at));
      await readAll(file, block, at);
      checksum = crc32(block, checksum);
      const deflated = deflateBlock(
        block,
        before?.subarray(-WINDOW_BYTES),
        at + block.length >= bytes,
        level,
      );
      // An earlier block may fail first; this one's failure is then looked at, not left over.
      deflated.catch(() => undefined);
      working.push(deflated);
      before = block;
      onProgress?.(at + block.length);
      if (working.length > atOnce) await handOver();
    }
    while (working.length > 0) {
      signal?.throwIfAborted();
      await handOver();
    }
  } finally {
    // The pool's threads still read from the buffers.
    await Promise.allSettled(working);
  }
  return checksum;
}

/** Threads that deflate at once: Node's pool has four where the user has not asked for more. */
function threads(): number {
  const pool = Number(process.env.UV_THREADPOOL_SIZE ?? '4');
  return Math.max(1, Math.min(os.availableParallelism(), pool >= 1 ? pool : 4));
}

async function readAll(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new CutShortError('The file has become shorter.');
    done += bytesRead;
  }
}

/** @returns the pieces of the deflated block, all of one buffer */
function deflateBlock(
  block: Uint8Array,
  dictionary: Uint8Array | undefined,
  last: boolean,
  level: number,
): Promise<Uint8Array[]> {
  const deflate = createDeflateRaw({
    level,
    chunkSize: OUTPUT_BYTES,
    finishFlush: last ? constants.Z_FINISH : constants.Z_SYNC_FLUSH,
    ...(dictionary ? { dictionary } : {}),
  });
  const pieces: Uint8Array[] = [];
  return new Promise((resolve, reject) => {
    deflate.on('data', (piece: Uint8Array) => pieces.push(piece));
    deflate.once('end', () => resolve(pieces));
    deflate.once('error', reject);
    deflate.end(block);
  });
}

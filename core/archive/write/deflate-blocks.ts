import type { FileHandle } from 'node:fs/promises';
import os from 'node:os';
import { constants, crc32, createDeflateRaw, type DeflateRaw } from 'node:zlib';
import { release } from '../release.ts';

/** Bytes of a CSV that are deflated as one piece. The archive's bytes depend on it: not to be chosen by machine. */
const BLOCK_BYTES = 1 << 20;
/** Deflated data comes in pieces of memory of this size: a block of a CSV takes half of one. */
const OUTPUT_BYTES = 256 << 10;
/** The end of a stream whose content is all there: one last block of nothing. */
const END = Uint8Array.of(0x03, 0x00);

export interface DeflateOptions {
  /** zlib level, 1 to 9. */
  readonly level: number;
  readonly signal?: AbortSignal | undefined;
  /** Called with the number of bytes that are deflated so far. */
  readonly onProgress?: ((bytes: number) => void) | undefined;
}

/** A file ended before its time: it was cut while it was read. */
export class CutShortError extends Error {
  override readonly name = 'CutShortError';
}

/**
 * Deflates a file into one raw deflate stream (RFC 1951), as many blocks at once as Node's pool has threads and the
 * machine has processors. Each block is deflated by itself and ends on a byte (sync flush), so that the blocks, one
 * behind the other, are a stream like any other; its bytes do not depend on how many were at work at once. Memory does
 * not grow with the file.
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
  const blocks = Math.ceil(bytes / BLOCK_BYTES);
  const lanes = Array.from({ length: Math.min(blocks, atOnce()) }, () => new Lane(file, level));
  const working: Promise<Deflated>[] = [];
  const start = (index: number) => {
    const at = index * BLOCK_BYTES;
    const deflated = lanes[index % lanes.length]!.deflate(at, Math.min(BLOCK_BYTES, bytes - at));
    // An earlier block may fail first; this one's failure is then looked at, not left over.
    deflated.catch(() => undefined);
    working.push(deflated);
  };
  let checksum = 0;
  let done = 0;
  try {
    for (let index = 0; index < lanes.length; index++) start(index);
    for (let index = 0; index < blocks; index++) {
      signal?.throwIfAborted();
      const { block, pieces } = await working.shift()!;
      checksum = crc32(block, checksum);
      // The lane has nothing to wait for: what it has deflated is written meanwhile.
      if (index + lanes.length < blocks) start(index + lanes.length);
      for (const piece of pieces) {
        await write(piece);
        // Only when it has filled a buffer zlib takes a new one: the others it writes on.
        if (piece.byteOffset + piece.length === OUTPUT_BYTES) release(piece, OUTPUT_BYTES);
      }
      onProgress?.((done += block.length));
    }
    await write(END);
  } finally {
    // The pool's threads still read from the buffers.
    await Promise.allSettled(working);
    for (const lane of lanes) lane.close();
  }
  return checksum;
}

/**
 * Blocks at work: one more than there are processors, so that none rests while a block is read or written, but one less
 * than Node's pool has threads (four where the user has not asked for more). That one is for reading back, which would
 * otherwise wait behind every block and have all left to do at the end.
 */
function atOnce(): number {
  const pool = Number(process.env.UV_THREADPOOL_SIZE ?? '4');
  return Math.max(1, Math.min(os.availableParallelism() + 1, (pool >= 1 ? pool : 4) - 1));
}

interface Deflated {
  /** What was deflated; good until its lane takes the next block. */
  readonly block: Uint8Array;
  /** What has become of it. */
  readonly pieces: readonly Uint8Array[];
}

/**
 * Deflates one block after the other with one buffer and one deflater. A deflater for each block would be thousands of
 * them; they outlive the collector's small rounds, and its heap would grow with the file.
 */
class Lane {
  readonly #file: FileHandle;
  readonly #deflater: DeflateRaw;
  readonly #buffer = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  #pieces: Uint8Array[] = [];
  #fail: (error: Error) => void = () => undefined;

  constructor(file: FileHandle, level: number) {
    this.#file = file;
    this.#deflater = createDeflateRaw({
      level,
      memLevel: constants.Z_MAX_MEMLEVEL,
      chunkSize: OUTPUT_BYTES,
      flush: constants.Z_SYNC_FLUSH,
    });
    this.#deflater.on('data', (piece: Uint8Array) => this.#pieces.push(piece));
    this.#deflater.on('error', (error) => this.#fail(error));
  }

  async deflate(at: number, bytes: number): Promise<Deflated> {
    const block = this.#buffer.subarray(0, bytes);
    await readAll(this.#file, block, at);
    this.#pieces = [];
    // Forgets the block before: what comes of this one depends on nothing else.
    this.#deflater.reset();
    await new Promise<void>((resolve, reject) => {
      this.#fail = reject;
      this.#deflater.write(block, (error) => (error ? reject(error) : resolve()));
    });
    return { block, pieces: this.#pieces };
  }

  close(): void {
    this.#deflater.close();
  }
}

async function readAll(file: FileHandle, into: Uint8Array, position: number): Promise<void> {
  for (let done = 0; done < into.length;) {
    const { bytesRead } = await file.read(into, done, into.length - done, position + done);
    if (bytesRead === 0) throw new CutShortError('The file has become shorter.');
    done += bytesRead;
  }
}

import type { FileHandle } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { crc32, createInflateRaw } from 'node:zlib';
import type { EntryFacts } from '../records.ts';
import { release } from '../release.ts';

const READ_BYTES = 256 << 10;
const INFLATED_BYTES = 1 << 20;

/**
 * Reads a deflate stream back out of the file that it is written to, while it is being written: it takes the bytes from
 * the file and nothing from the writer but how far it has got, and inflates them as any reader would.
 */
export class ReadBack {
  readonly #file: FileHandle;
  readonly #start: number;
  readonly #signal: AbortSignal | undefined;
  readonly #facts: Promise<EntryFacts>;
  #written: number;
  #complete = false;
  #wake: () => void = () => undefined;

  /**
   * @param file the file, open for reading
   * @param start where the stream begins in it, in bytes
   */
  constructor(file: FileHandle, start: number, signal?: AbortSignal) {
    this.#file = file;
    this.#start = start;
    this.#written = start;
    this.#signal = signal;
    this.#facts = this.#inflate();
    // Whoever finishes hears of it.
    this.#facts.catch(() => undefined);
  }

  /** Tells that the file holds the stream up to this place. */
  reach(written: number): void {
    this.#written = written;
    this.#wake();
  }

  /**
   * Tells that the stream is complete.
   *
   * @returns what its reader found: size and checksum of the content, size of the stream
   * @throws zlib's error when it is none; the signal's reason when it is cancelled
   */
  finish(): Promise<EntryFacts> {
    this.#complete = true;
    this.#wake();
    return this.#facts;
  }

  /** Ends the reading, whatever it has found, and waits until the file is let go. */
  async abandon(): Promise<void> {
    await this.finish().catch(() => undefined);
  }

  async #inflate(): Promise<EntryFacts> {
    // The inflater takes a piece only when it is done with the one before: one buffer is enough for all.
    const options = { chunkSize: INFLATED_BYTES, highWaterMark: 1 };
    const inflate = createInflateRaw(options);
    let checksum = 0;
    let bytes = 0;
    await pipeline(
      this.#pieces(),
      inflate,
      async (content: AsyncIterable<Uint8Array>) => {
        for await (const chunk of content) {
          checksum = crc32(chunk, checksum);
          bytes += chunk.length;
          // Only when the inflater has filled a buffer it takes a new one: the others it writes on.
          if (chunk.byteOffset + chunk.length === INFLATED_BYTES) release(chunk, INFLATED_BYTES);
        }
      },
      this.#signal ? { signal: this.#signal } : {},
    );
    return { crc32: checksum, bytes, compressed: inflate.bytesWritten };
  }

  async *#pieces(): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    let position = this.#start;
    while (!this.#signal?.aborted) {
      const there = Math.min(this.#written - position, READ_BYTES);
      if (there === 0) {
        if (this.#complete) return;
        await new Promise<void>((resolve) => (this.#wake = resolve));
        continue;
      }
      const { bytesRead } = await this.#file.read(buffer, 0, there, position);
      if (bytesRead === 0) return;
      position += bytesRead;
      yield buffer.subarray(0, bytesRead);
    }
  }
}

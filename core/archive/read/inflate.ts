import type { InflateRaw } from 'node:zlib';
import { InflateError } from './inflate-error.ts';
import { release } from '../release.ts';

/** Bytes of content that are inflated at once: as many as a CSV is read in. */
const CONTENT_BYTES = 256 << 10;

/** Inflates one raw deflate stream (RFC 1951) and knows where it ends. */
export class Inflation {
  #inflate: InflateRaw | undefined;

  /** Bytes of the stream that are inflated so far; all of them once `content` has ended. */
  get compressed(): number {
    return this.#inflate?.bytesWritten ?? 0;
  }

  /**
   * @param pieces the stream and whatever stands behind it; each piece is used up before the next one is asked for
   * @returns pieces of the content, in order; each is good only until the next one is asked for
   * @throws InflateError when it is no such stream; what `pieces` throws
   */
  async *content(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const [{ createInflateRaw }, { pipeline }] = await Promise.all([
      import('node:zlib'),
      import('node:stream'),
    ]);
    // The inflater takes a piece only when it is done with the one before: one buffer is enough for all.
    const options = { chunkSize: CONTENT_BYTES, highWaterMark: 1 };
    const inflate = createInflateRaw(options);
    this.#inflate = inflate;
    // Whoever reads from the inflater hears of the failure of both.
    pipeline(pieces, inflate, () => undefined);
    try {
      for await (const chunk of inflate as AsyncIterable<Uint8Array>) {
        yield chunk;
        // The inflater has taken a new buffer only when this one is full.
        if (chunk.byteOffset + chunk.length === CONTENT_BYTES) release(chunk, CONTENT_BYTES);
      }
    } catch (error) {
      throw inflateError(error);
    } finally {
      inflate.destroy();
    }
  }
}

/** zlib's error in our own words; anything else as it is. */
function inflateError(error: unknown): unknown {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'Z_BUF_ERROR':
      return new InflateError('cut');
    case 'Z_DATA_ERROR':
    case 'Z_NEED_DICT':
      return new InflateError('damaged');
    default:
      return error;
  }
}

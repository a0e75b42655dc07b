import type { FileHandle } from 'node:fs/promises';
import { open } from 'node:fs/promises';
import { ArchiveError } from '../refusal.ts';

const WINDOW_BYTES = 64 << 10;
const PIECE_BYTES = 256 << 10;

/** An open file that is read at any place: small records out of a window, content in pieces. */
export class ByteSource {
  readonly size: number;
  readonly #file: FileHandle;
  #window: Uint8Array = new Uint8Array(0);
  #from = 0;

  private constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.size = size;
  }

  /** @throws ArchiveError when the file cannot be opened */
  static async open(file: string): Promise<ByteSource> {
    try {
      const handle = await open(file, 'r');
      try {
        return new ByteSource(handle, (await handle.stat()).size);
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      throw unreachable(error);
    }
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  /**
   * @param at 0-based place of the first byte
   * @returns so many bytes, or fewer where the file ends; good until the next call
   * @throws ArchiveError when the file cannot be read
   */
  async bytes(at: number, length: number): Promise<Uint8Array> {
    const end = Math.min(at + length, this.size);
    if (end <= at) return new Uint8Array(0);
    if (at < this.#from || end > this.#from + this.#window.length) {
      const buffer = new Uint8Array(Math.max(length, WINDOW_BYTES));
      this.#window = buffer.subarray(0, await this.#fill(buffer, at));
      this.#from = at;
      if (this.#window.length < end - at) throw cutWhileRead();
    }
    return this.#window.subarray(at - this.#from, end - this.#from);
  }

  /**
   * All bytes from a place on, in pieces; each is good until the next one is asked for.
   *
   * @param until place behind the last byte; the end of the file when absent
   * @throws ArchiveError when the file cannot be read; the signal's reason
   */
  async *pieces(at: number, until = this.size, signal?: AbortSignal): AsyncGenerator<Uint8Array> {
    const buffer = Buffer.allocUnsafeSlow(Math.min(PIECE_BYTES, Math.max(0, until - at)));
    for (let place = at; place < until;) {
      signal?.throwIfAborted();
      const piece = buffer.subarray(0, Math.min(buffer.length, until - place));
      const length = await this.#fill(piece, place);
      if (length === 0) throw cutWhileRead();
      place += length;
      yield piece.subarray(0, length);
    }
  }

  async #fill(buffer: Uint8Array, at: number): Promise<number> {
    try {
      let done = 0;
      while (done < buffer.length) {
        const { bytesRead } = await this.#file.read(buffer, done, buffer.length - done, at + done);
        if (bytesRead === 0) break;
        done += bytesRead;
      }
      return done;
    } catch (error) {
      throw unreachable(error);
    }
  }
}

/** The file is shorter than it was when it was opened. */
function cutWhileRead(): ArchiveError {
  return new ArchiveError(
    'The zip was cut off while it was read: another program writes to it.',
    'unreachable',
  );
}

function unreachable(error: unknown): ArchiveError {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'ENOENT':
      return new ArchiveError('The zip is not there any more.', 'unreachable');
    case 'EACCES':
    case 'EPERM':
      return new ArchiveError('The zip may not be read: access is denied.', 'unreachable');
    default:
      return new ArchiveError(
        `The zip cannot be read from the disk: ${(error as Error).message}.`,
        'unreachable',
      );
  }
}

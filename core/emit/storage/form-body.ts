/** The multipart body of a form post: its exact length beforehand, its bytes as they are read from disk. */
import { createHash, randomBytes } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { EmissionError } from '../error.ts';

/** What identifies the bytes that were sent. */
export interface Fingerprint {
  readonly bytes: number;
  /** Hexadecimal. */
  readonly md5: string;
  readonly sha256: string;
}

export interface FormBody {
  readonly contentType: string;
  /** Bytes of the whole body. */
  readonly contentLength: number;
  /**
   * The body's bytes. A chunk is overwritten after the next one was asked for: memory stays the same however large the
   * file is. Fails with EmissionError `file-changed` when the file ends early, because the promised length could not be
   * kept.
   */
  readonly chunks: AsyncGenerator<Buffer, void>;
  /** Of the file's bytes; undefined until all of them have been read. */
  readonly fingerprint: () => Fingerprint | undefined;
}

export interface FormBodyOptions {
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** Base name that the file part carries: never a path, which would tell S3 about this computer. */
  readonly fileName: string;
  readonly file: FileHandle;
  /** Bytes of the file that are sent; a file that grew meanwhile is not sent further. */
  readonly bytes: number;
  /** Told each time that bytes of the file were handed to the connection: their number so far. */
  readonly onBytes: (sent: number) => void;
  /** Awaited between the fields and the file; absent for no pause. */
  readonly pause?: (() => Promise<void>) | undefined;
  /** Awaited when all of the file has been read and the end of the body has yet to leave; what it throws ends the body. */
  readonly beforeEnd?: ((fingerprint: Fingerprint) => Promise<void>) | undefined;
}

const chunkBytes = 256 * 1024;

/** A name inside a part's header, escaped as browsers do. */
function quoted(name: string): string {
  return name.replaceAll('"', '%22').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

/** The body of a form post: the fields as returned, then `file` last (emission-protocol, section 5). */
export function formBody(options: FormBodyOptions): FormBody {
  const boundary = `cqube-emission-${randomBytes(16).toString('hex')}`;
  const parts = options.fields.map(
    ([name, value]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="${quoted(name)}"\r\n\r\n${value}\r\n`,
  );
  const head = Buffer.from(
    `${parts.join('')}--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${quoted(options.fileName)}"\r\nContent-Type: application/zip\r\n\r\n`,
  );
  const tail = Buffer.from(`\r\n--${boundary}--\r\n`);
  let fingerprint: Fingerprint | undefined;

  async function* bytes(): AsyncGenerator<Buffer, void> {
    const md5 = createHash('md5');
    const sha256 = createHash('sha256');
    yield head;
    await options.pause?.();
    // The next chunk is read while this one is hashed and sent.
    const buffers = [Buffer.allocUnsafeSlow(chunkBytes), Buffer.allocUnsafeSlow(chunkBytes)] as const;
    let sent = 0;
    let next = read(options.file, buffers[0], options.bytes, 0);
    for (let turn = 1; sent < options.bytes; turn++) {
      const chunk = await next;
      if (chunk.length === 0) throw shortened(options.fileName);
      const position = sent + chunk.length;
      next = read(options.file, buffers[turn % 2 === 0 ? 0 : 1], options.bytes - position, position);
      // It is looked at in the next turn, or not at all when the body ends before.
      next.catch(() => undefined);
      md5.update(chunk);
      sha256.update(chunk);
      yield chunk;
      sent = position;
      options.onBytes(sent);
    }
    fingerprint = { bytes: sent, md5: md5.digest('hex'), sha256: sha256.digest('hex') };
    await options.beforeEnd?.(fingerprint);
    yield tail;
  }

  return {
    contentType: `multipart/form-data; boundary=${boundary}`,
    contentLength: head.length + options.bytes + tail.length,
    chunks: bytes(),
    fingerprint: () => fingerprint,
  };
}

/** At most `length` bytes of a file, in `buffer`. */
async function read(file: FileHandle, buffer: Buffer, length: number, position: number): Promise<Buffer> {
  try {
    const { bytesRead } = await file.read(buffer, 0, Math.min(buffer.length, length), position);
    return buffer.subarray(0, bytesRead);
  } catch (error) {
    throw new EmissionError(
      'file-unreadable',
      'The file could not be read to its end. Check the disk or network share.',
      {
        consequence: 'fail-file',
        cause: error,
      },
    );
  }
}

function shortened(name: string): EmissionError {
  return new EmissionError(
    'file-changed',
    `${name} became shorter while it was being sent; nothing was stored. Zip the dataset again and emit it again.`,
    { consequence: 'fail-file' },
  );
}

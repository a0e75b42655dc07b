import { Fingerprint } from '../csv/fingerprint.ts';
import type { FileStamp, FileSystem } from '../layout/file-system.ts';

/** What a file holds, as far as it takes to tell it from what else it may have held. */
export interface Content {
  readonly bytes: number;
  /** CRC-32 of all bytes, as a zip has it of its entry. */
  readonly crc32: number;
  /** 64 further bits of another make, in hexadecimal. */
  readonly fingerprint: string;
}

/** Clocks of file systems go in steps of 16 ms or less … */
const FINE_STEP = 100;
/** … but FAT and old network shares know whole seconds only, and FAT the even ones. */
const COARSE_STEP = 2500;

/**
 * True when a file has been left alone for so long that whoever writes to it from now on gives it another stamp. A
 * younger stamp may be that of two different contents, one written after the other.
 *
 * @param now milliseconds since 1970, before the file is read
 */
export function isSettled({ modified, changed }: FileStamp, now: number): boolean {
  const last = Math.max(modified, changed ?? modified);
  return now - last > (last % 1000 === 0 ? COARSE_STEP : FINE_STEP);
}

/**
 * True when two looks at a file saw the same size and times. The time of the last change of attributes (ctime) is among
 * them because no program can set it back, as copying programs do with the other one; the inode is not: network shares
 * and USB sticks give new ones each time they are mounted.
 */
export function sameStamp(a: FileStamp, b: FileStamp): boolean {
  return a.bytes === b.bytes && a.modified === b.modified && a.changed === b.changed;
}

export function sameContent(a: Content, b: Content): boolean {
  return a.bytes === b.bytes && a.crc32 === b.crc32 && a.fingerprint === b.fingerprint;
}

/**
 * Reads a file to tell its content from another one of the same path, faster than it can be checked. Where the same
 * bytes come in chunks of other sizes they are taken for another content, which costs a check and no more.
 *
 * CRC-32 and the fingerprint are 96 bits together. That is enough: only two contents of one path and one size are ever
 * compared, so not even a thousand billion changed files would make one mistake likely; a CRC-32 alone, at one in four
 * billion, would not do. Neither is made against forgery, and need not be: whoever can write a file to the user's disk
 * so that both agree can write a bad file there as well.
 *
 * @throws the file system's error when the file cannot be read, or the signal's reason
 */
export async function readContent(files: FileSystem, path: string, signal?: AbortSignal): Promise<Content> {
  const { crc32 } = await import('node:zlib');
  let bytes = 0;
  let checksum = 0;
  const fingerprint = new Fingerprint().begin(0);
  for await (const chunk of files.read(path, signal)) {
    bytes += chunk.length;
    checksum = crc32(chunk, checksum);
    fingerprint.add(viewOf(chunk), 0, chunk.length);
  }
  const { low, high } = fingerprint.finish();
  return { bytes, crc32: checksum, fingerprint: hex(high) + hex(low) };
}

/** A view that may be read some bytes beyond the end of the chunk. */
function viewOf(chunk: Uint8Array): DataView {
  const { buffer, byteOffset, length } = chunk;
  if (buffer.byteLength - byteOffset >= length + 3 || length % 4 === 0) {
    return new DataView(buffer, byteOffset);
  }
  const copy = new Uint8Array(length + 3);
  copy.set(chunk);
  return new DataView(copy.buffer);
}

function hex(half: number): string {
  return (half >>> 0).toString(16).padStart(8, '0');
}

import { once } from 'node:events';
import { createReadStream } from 'node:fs';
import { open, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { crc32, createDeflateRaw } from 'node:zlib';
import { inspectArchive, readEntry } from './inspect.ts';

const LOCAL_HEADER = 0x04034b50;
const CENTRAL_HEADER = 0x02014b50;
const END_RECORD = 0x06054b50;
const ZIP64_END_RECORD = 0x06064b50;
const ZIP64_LOCATOR = 0x07064b50;
/** 1980-01-01, the first day of the format: archives of the same CSV are the same, whenever they are made. */
const DOS_DATE = 0x0021;
const MAX_32 = 0xffffffff;
/** Deflate can make a file a little larger; from here on sizes are written with 64 bits. */
const ZIP64_FROM = MAX_32 - (64 << 20);
const READ_BYTES = 1 << 20;

export interface WriteOptions {
  /** zlib level, 1 to 9. */
  readonly level?: number;
  readonly signal?: AbortSignal;
  /** Called with the bytes of the CSV that have been read so far. */
  readonly onProgress?: (bytes: number) => void;
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
 * compared, then renamed over the target, which stays as it was until then (emission-process, naming; the archive
 * obeys APPNOTE 6.3, zip64 where the size asks for it). Memory does not grow with the file.
 *
 * @param csv path of the CSV
 * @param zip path of the archive to make or replace
 * @throws ChangedWhileReadError when the CSV was written to meanwhile
 * @throws the file system's error when a file cannot be read or written; the signal's reason when it is cancelled
 */
export async function writeArchive(
  csv: string,
  zip: string,
  options: WriteOptions = {},
): Promise<WrittenArchive> {
  const before = await stat(csv);
  const name = path.basename(csv);
  const temporary = path.join(path.dirname(zip), `.${path.basename(zip)}.${process.pid}.part`);
  const handle = await open(temporary, 'w');
  try {
    let content: Content;
    let size: number;
    try {
      const zip64 = before.size >= ZIP64_FROM;
      const start = localHeader(name, { crc: 0, bytes: 0, compressed: 0 }, zip64).length;
      content = await deflateInto(handle, start, csv, options);
      await handle.write(localHeader(name, content, zip64), 0, start, 0);
      const directory = centralDirectory(name, content, start + content.compressed, zip64);
      await handle.write(directory, 0, directory.length, start + content.compressed);
      size = start + content.compressed + directory.length;
      await handle.sync();
    } finally {
      await handle.close();
    }
    const after = await stat(csv);
    if (after.size !== before.size || after.mtimeMs !== before.mtimeMs || content.bytes !== before.size) {
      throw new ChangedWhileReadError(
        `${name} changed while it was being zipped. Zip it again when it is complete.`,
      );
    }
    await verify(temporary, name, content, options.signal);
    await rename(temporary, zip);
    return { bytes: size, crc32: content.crc };
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
}

interface Content {
  readonly crc: number;
  readonly bytes: number;
  readonly compressed: number;
}

async function deflateInto(
  handle: FileHandle,
  start: number,
  csv: string,
  options: WriteOptions,
): Promise<Content> {
  const deflate = createDeflateRaw({ level: options.level ?? 6 });
  let position = start;
  const written = (async () => {
    for await (const chunk of deflate as AsyncIterable<Uint8Array>) {
      await handle.write(chunk, 0, chunk.length, position);
      position += chunk.length;
    }
  })();
  // The loop below may fail first; the rejection is then looked at, not left over.
  written.catch(() => undefined);
  let crc = 0;
  let bytes = 0;
  try {
    const source = createReadStream(csv, { highWaterMark: READ_BYTES }) as AsyncIterable<Uint8Array>;
    for await (const chunk of source) {
      options.signal?.throwIfAborted();
      crc = crc32(chunk, crc);
      bytes += chunk.length;
      if (!deflate.write(chunk)) await Promise.race([once(deflate, 'drain'), written]);
      options.onProgress?.(bytes);
    }
    deflate.end();
    await written;
  } finally {
    deflate.destroy();
  }
  return { crc, bytes, compressed: position - start };
}

/** Reads the archive back with another reader than this writer: name, size and checksum must be the CSV's. */
async function verify(zip: string, name: string, content: Content, signal?: AbortSignal): Promise<void> {
  const [entry, ...others] = await inspectArchive(zip);
  let bytes = 0;
  // readEntry compares the checksum at the end.
  for await (const chunk of readEntry(zip, name, signal)) bytes += chunk.length;
  if (!entry || others.length > 0 || entry.crc32 !== content.crc || bytes !== content.bytes) {
    throw new Error(
      `The zip of ${name} could not be read back as it was written. The disk may be full or failing.`,
    );
  }
}

function localHeader(name: string, content: Content, zip64: boolean): Buffer {
  const encoded = Buffer.from(name, 'utf8');
  const extra = zip64 ? zip64Extra([content.bytes, content.compressed]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(LOCAL_HEADER, 0);
  writeCommon(header, 4, content, zip64);
  header.writeUInt16LE(encoded.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, encoded, extra]);
}

/** From "version needed" to the two sizes: the same fields in both kinds of header. */
function writeCommon(header: Buffer, at: number, content: Content, zip64: boolean): void {
  header.writeUInt16LE(zip64 ? 45 : 20, at);
  // Bit 11: the name is UTF-8.
  header.writeUInt16LE(0x0800, at + 2);
  header.writeUInt16LE(8, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(DOS_DATE, at + 8);
  header.writeUInt32LE(content.crc, at + 10);
  header.writeUInt32LE(zip64 ? MAX_32 : content.compressed, at + 14);
  header.writeUInt32LE(zip64 ? MAX_32 : content.bytes, at + 18);
}

function zip64Extra(sizes: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + sizes.length * 8);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(sizes.length * 8, 2);
  sizes.forEach((size, index) => extra.writeBigUInt64LE(BigInt(size), 4 + index * 8));
  return extra;
}

function centralDirectory(name: string, content: Content, at: number, zip64: boolean): Buffer {
  const encoded = Buffer.from(name, 'utf8');
  const extra = zip64 ? zip64Extra([content.bytes, content.compressed]) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(CENTRAL_HEADER, 0);
  header.writeUInt16LE(zip64 ? 45 : 20, 4);
  writeCommon(header, 6, content, zip64);
  header.writeUInt16LE(encoded.length, 28);
  header.writeUInt16LE(extra.length, 30);
  const directory = Buffer.concat([header, encoded, extra]);
  const parts: Uint8Array[] = [directory];
  if (zip64) parts.push(zip64End(directory.length, at));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(END_RECORD, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(zip64 ? MAX_32 : at, 16);
  parts.push(end);
  return Buffer.concat(parts);
}

function zip64End(directoryBytes: number, at: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(ZIP64_END_RECORD, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  record.writeUInt32LE(ZIP64_LOCATOR, 56);
  record.writeBigUInt64LE(BigInt(at + directoryBytes), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

import type { Entry, ZipFile, ZipFileOptions } from 'yauzl';
import type { Readable } from 'node:stream';
import { release } from './release.ts';

/** Bytes of content that are inflated at once: as many as a CSV is read in. */
const CONTENT_BYTES = 256 << 10;
/** Compression method 8 of APPNOTE.TXT 6.3. */
const DEFLATED = 8;

// What reads zips is loaded where there is one: most checks are of a CSV.

/** One entry of an archive, as its central directory tells. */
export interface ArchiveEntry {
  readonly name: string;
  /** Size of the content in bytes. */
  readonly bytes: number;
  /** CRC-32 of the content. */
  readonly crc32: number;
  readonly encrypted: boolean;
  readonly directory: boolean;
}

/** An entry, and where its content stands in the archive. */
export interface LocatedEntry extends ArchiveEntry {
  /** Where its deflated content begins, in bytes. */
  readonly start: number;
  /** Size of its deflated content in bytes. */
  readonly compressed: number;
}

/** An archive that cannot be read; the message says why, for a person. */
export class ArchiveError extends Error {
  override readonly name = 'ArchiveError';
}

/**
 * Lists an archive's entries without unpacking it, whatever its size (zip64 included).
 *
 * @param file path of the archive
 * @throws ArchiveError when the file is no zip, is cut short or cannot be opened
 */
export async function inspectArchive(file: string): Promise<ArchiveEntry[]> {
  const zip = await open(file);
  try {
    return (await entriesOf(zip)).map(describe);
  } finally {
    zip.close();
  }
}

/**
 * Lists an archive's entries by both of their records, the one in the directory and the one before the content.
 *
 * @param file path of the archive
 * @throws ArchiveError when the file is no zip, or when the two records of an entry disagree
 */
export async function locateEntries(file: string): Promise<LocatedEntry[]> {
  const zip = await open(file);
  try {
    const located: LocatedEntry[] = [];
    for (const entry of await entriesOf(zip)) {
      const local = await zip.readLocalFileHeaderPromise(entry).catch((error: unknown) => {
        throw unreadable(error as Error);
      });
      if (!local.fileName.equals(entry.fileNameRaw) || local.crc32 !== entry.crc32)
        throw new ArchiveError(`The zip names ${entry.fileName} in two ways.`);
      located.push({ ...describe(entry), start: local.fileDataStart, compressed: entry.compressedSize });
    }
    return located;
  } finally {
    zip.close();
  }
}

/**
 * Opens the content of one entry as a stream; its CRC-32 and size are checked, so a damaged archive ends in an error
 * instead of in wrong data.
 *
 * @param file path of the archive
 * @param name the entry's name
 * @returns pieces of the content, in order; each is good only until the next one is asked for
 * @throws ArchiveError when there is no such entry or it cannot be read; the iteration throws it too
 */
export async function* readEntry(
  file: string,
  name: string,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { crc32 } = await import('node:zlib');
  const zip = await open(file);
  try {
    const entry = (await entriesOf(zip)).find((candidate) => candidate.fileName === name);
    if (!entry) throw new ArchiveError(`The zip has no entry ${name}.`);
    const stream = await openContent(zip, entry);
    let checksum = 0;
    let bytes = 0;
    try {
      for await (const chunk of stream as AsyncIterable<Uint8Array>) {
        signal?.throwIfAborted();
        checksum = crc32(chunk, checksum);
        bytes += chunk.length;
        if (bytes > entry.uncompressedSize) break;
        yield chunk;
        // The inflater has taken a new buffer only when this one is full.
        if (chunk.byteOffset + chunk.length === CONTENT_BYTES) release(chunk, CONTENT_BYTES);
      }
    } catch (error) {
      if (signal?.aborted) throw error;
      throw new ArchiveError(`${name} in the zip is damaged: ${(error as Error).message}.`);
    } finally {
      stream.destroy();
    }
    if (bytes !== entry.uncompressedSize)
      throw new ArchiveError(`${name} in the zip is damaged: its size does not match.`);
    if (checksum !== entry.crc32)
      throw new ArchiveError(`${name} in the zip is damaged: its checksum does not match.`);
  } finally {
    zip.close();
  }
}

async function open(file: string): Promise<ZipFile> {
  const { open: openZip } = await import('yauzl');
  return new Promise((resolve, reject) => {
    openZip(file, { lazyEntries: true, autoClose: false }, (error, zip) => {
      if (error) reject(unreadable(error));
      else resolve(zip);
    });
  });
}

function entriesOf(zip: ZipFile): Promise<Entry[]> {
  return new Promise((resolve, reject) => {
    const entries: Entry[] = [];
    zip.on('entry', (entry: Entry) => {
      entries.push(entry);
      zip.readEntry();
    });
    zip.on('end', () => resolve(entries));
    zip.on('error', (error: Error) => reject(unreadable(error)));
    zip.readEntry();
  });
}

/** The content of an entry; a deflated one in larger pieces, and so in fewer steps, than yauzl inflates. */
async function openContent(zip: ZipFile, entry: Entry): Promise<Readable> {
  const deflated = entry.canDecodeFileData() && entry.compressionMethod === DEFLATED;
  const stream = await openStream(zip, entry, deflated ? { decodeFileData: false } : {});
  if (!deflated) return stream;
  const [{ createInflateRaw }, { pipeline }] = await Promise.all([
    import('node:zlib'),
    import('node:stream'),
  ]);
  // Whoever reads from the last one hears of the failure of both.
  return pipeline(stream, createInflateRaw({ chunkSize: CONTENT_BYTES }), () => undefined);
}

function openStream(zip: ZipFile, entry: Entry, options: ZipFileOptions): Promise<Readable> {
  return new Promise((resolve, reject) => {
    zip.openReadStream(entry, options, (error, stream) => {
      if (error) reject(unreadable(error));
      else resolve(stream);
    });
  });
}

function unreadable(error: Error & { code?: string }): ArchiveError {
  switch (error.code) {
    case 'ENOENT':
      return new ArchiveError('The zip is not there any more.');
    case 'EACCES':
    case 'EPERM':
      return new ArchiveError('The zip may not be read: access is denied.');
    default:
      return new ArchiveError(`This is not a zip that can be read: ${error.message.replace(/\.$/, '')}.`);
  }
}

function describe(entry: Entry): ArchiveEntry {
  return {
    name: entry.fileName,
    bytes: entry.uncompressedSize,
    crc32: entry.crc32,
    encrypted: entry.isEncrypted(),
    directory: entry.fileName.endsWith('/'),
  };
}

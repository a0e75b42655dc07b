import type { Entry, ZipFile } from 'yauzl';
import type { EntryFacts } from '../records.ts';
import { ArchiveError } from '../refusal.ts';

/** An entry by both of its records, the one in the list at the end and the one before the content. */
export interface LocatedEntry extends EntryFacts {
  readonly name: string;
  /** Where its compressed content begins, in bytes. */
  readonly start: number;
}

/**
 * Lists an archive's entries by its list at the end, as unzip tools do, with a reader that knows nothing of ours.
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
        throw unreadable(error);
      });
      if (!local.fileName.equals(entry.fileNameRaw) || local.crc32 !== entry.crc32)
        throw new ArchiveError(`The zip names ${entry.fileName} in two ways.`, 'refused');
      located.push({
        name: entry.fileName,
        bytes: entry.uncompressedSize,
        compressed: entry.compressedSize,
        crc32: entry.crc32,
        start: local.fileDataStart,
      });
    }
    return located;
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

function unreadable(error: unknown): ArchiveError {
  return new ArchiveError(`The zip cannot be read back: ${(error as Error).message}.`, 'refused');
}

import type { Stats } from 'node:fs';
import { lstat, open, readdir, stat, type FileHandle } from 'node:fs/promises';
import path from 'node:path';
import type { DirectoryEntry, FileStamp, FileSystem } from './file-system.ts';

const READ_BYTES = 1 << 20;

/** The disk of this machine. */
export const disk: FileSystem = {
  async list(folder) {
    const entries = await readdir(folder, { withFileTypes: true });
    const described = await Promise.all(
      entries.map(async (entry): Promise<DirectoryEntry | undefined> => {
        if (entry.isDirectory()) return { name: entry.name, kind: 'directory', bytes: 0, modified: 0 };
        if (entry.isSymbolicLink()) return { name: entry.name, kind: 'link', bytes: 0, modified: 0 };
        if (!entry.isFile()) return { name: entry.name, kind: 'other', bytes: 0, modified: 0 };
        try {
          const stamp = stampOf(await lstat(path.join(folder, entry.name)));
          return { name: entry.name, kind: 'file', ...stamp };
        } catch (error) {
          // Deleted between the two calls: as good as never listed.
          if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
          throw error;
        }
      }),
    );
    return described
      .filter((entry) => entry !== undefined)
      .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  },
  async stat(file) {
    return stampOf(await stat(file));
  },
  async *read(file, signal) {
    const handle = await open(file, 'r');
    try {
      yield* readFrom(handle, 0, signal);
    } finally {
      await handle.close();
    }
  },
};

/** What the system says of a file, as the layout wants it. */
export function stampOf({ size, mtimeMs, ctimeMs }: Stats): FileStamp {
  return { bytes: size, modified: mtimeMs, changed: ctimeMs };
}

/**
 * The bytes of an open file from a place on, in chunks; each is good only until the next one is asked for.
 *
 * @param from 0-based index of the first byte
 */
export async function* readFrom(
  handle: FileHandle,
  from: number,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array> {
  let at = from;
  // While one chunk is looked at the next one is read.
  const buffers = [new Uint8Array(READ_BYTES), new Uint8Array(READ_BYTES)] as const;
  const readInto = (buffer: Uint8Array) => {
    const reading = handle.read(buffer, 0, READ_BYTES, at);
    // Nobody may be waiting yet when it fails; whoever asks for the next chunk hears of it.
    reading.catch(() => undefined);
    return reading;
  };
  let [current, other] = buffers;
  let reading = readInto(current);
  try {
    for (;;) {
      const { bytesRead } = await reading;
      signal?.throwIfAborted();
      if (bytesRead === 0) return;
      at += bytesRead;
      reading = readInto(other);
      yield current.subarray(0, bytesRead);
      [current, other] = [other, current];
    }
  } finally {
    await reading.catch(() => undefined);
  }
}

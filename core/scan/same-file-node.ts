import { open, type FileHandle } from 'node:fs/promises';

/** A state of a file on disk. */
export interface FileStamp {
  /** Bytes. */
  readonly size: number;
  /** Time of the last change in milliseconds. */
  readonly modified: number;
  readonly inode: number;
}

/** The file was written to while it was checked: what was found holds for none of its states. */
export class FileChangedError extends Error {
  override readonly name = 'FileChangedError';
  readonly code = 'ECHANGED';

  constructor() {
    super('it was changed while it was checked');
  }
}

/**
 * Opens a file for some work and makes sure that nobody writes to it meanwhile.
 *
 * @param stamp the state in which it must be; the one that it has now when absent
 * @throws FileChangedError when it is in another state before or after the work; the file system's error
 */
export async function withSameFile<T>(
  path: string,
  stamp: FileStamp | undefined,
  work: (file: FileHandle, stamp: FileStamp) => Promise<T>,
): Promise<T> {
  const file = await open(path, 'r');
  try {
    const before = await stampOf(file);
    if (stamp && !isSame(stamp, before)) throw new FileChangedError();
    const result = await work(file, before);
    if (!isSame(before, await stampOf(file))) throw new FileChangedError();
    return result;
  } finally {
    await file.close();
  }
}

async function stampOf(file: FileHandle): Promise<FileStamp> {
  const { size, mtimeMs, ino } = await file.stat();
  return { size, modified: mtimeMs, inode: ino };
}

function isSame(a: FileStamp, b: FileStamp): boolean {
  return a.size === b.size && a.modified === b.modified && a.inode === b.inode;
}

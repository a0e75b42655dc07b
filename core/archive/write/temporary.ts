import { randomBytes } from 'node:crypto';
import { readdir, rm, stat } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { crc32 } from 'node:zlib';

/** `.<file>.<machine>-<process>-<number>.part`; hidden, and no name that ingestion or an emission takes. */
const TEMPORARY = /^\..+\.(?:zip|csv)\.([0-9a-f]+)-(\d+)-[0-9a-f]+\.part$/;
/** Whether a process of another machine still runs cannot be asked; one that writes does so more often than daily. */
const FORGOTTEN = 24 * 60 * 60 * 1000;

/** Path of a new temporary file beside another, of this process alone. */
export function temporaryFor(zip: string): string {
  const mark = `${machine()}-${process.pid}-${randomBytes(4).toString('hex')}`;
  return path.join(path.dirname(zip), `.${path.basename(zip)}.${mark}.part`);
}

/**
 * Removes the temporary files in a folder whose process is gone: it was killed. Those of processes that run, here or
 * on another machine that shares the folder, stay. What cannot be removed is no harm: it is never sent.
 */
export async function removeLeftovers(folder: string): Promise<void> {
  const names = await readdir(folder).catch(() => []);
  for (const name of names) {
    const [, where, process] = TEMPORARY.exec(name) ?? [];
    if (where === undefined) continue;
    const file = path.join(folder, name);
    const left = where === machine() ? !isRunning(Number(process)) : await isForgotten(file);
    if (left) await rm(file, { force: true }).catch(() => undefined);
  }
}

function machine(): string {
  return crc32(os.hostname()).toString(16);
}

function isRunning(id: number): boolean {
  try {
    process.kill(id, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code !== 'ESRCH';
  }
}

async function isForgotten(file: string): Promise<boolean> {
  try {
    return Date.now() - (await stat(file)).mtimeMs > FORGOTTEN;
  } catch {
    return false;
  }
}

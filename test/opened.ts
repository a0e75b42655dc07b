import { readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';
import { isSettled } from '../core/cache/content.ts';
import { disk } from '../core/layout/file-system-node.ts';

/** Tells which CSVs and zips a program opens, in its threads too. */
export class OpenedFiles {
  readonly #notes: string;

  /** @param folder a folder for its notes, away from the data */
  constructor(folder: string) {
    this.#notes = path.join(folder, 'opened.txt');
  }

  /** The environment that the program must be given. */
  get environment(): Readonly<Record<string, string>> {
    const watch = pathToFileURL(path.join(import.meta.dirname, 'opened-watch.mjs')).toString();
    return { OPENED: this.#notes, NODE_OPTIONS: `--import ${watch}` };
  }

  /** The names of the files that were opened since the last call, each once, sorted. */
  async take(): Promise<string[]> {
    const notes = await readFile(this.#notes, 'utf8').catch(() => '');
    await rm(this.#notes, { force: true });
    const names = notes.split('\n').map((file) => path.basename(file));
    return [...new Set(names)].filter((name) => name !== '').sort();
  }
}

/** Waits until the clock of the file system has gone on since a file was written. */
export async function settled(file: string): Promise<void> {
  while (!isSettled(await disk.stat(file), Date.now())) await setTimeout(20);
}

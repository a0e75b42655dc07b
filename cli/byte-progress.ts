import type { Checker } from '../core/scan/job.ts';
import { size } from './formats/text.ts';

/** Milliseconds between two lines of progress. */
const INTERVAL = 100;

interface FileProgress {
  done: number;
  /** Grows when the file is looked at a second time. */
  total: number;
  readonly bytes: number;
}

/** How many bytes of all files have been checked, and how fast, as a line of progress. */
export class ByteProgress {
  readonly #progress: (text: string) => void;
  readonly #now: () => number;
  readonly #files = new Map<string, FileProgress>();
  readonly #since: number;
  #read = 0;
  #shown = -Infinity;
  /** What is said before the bytes. */
  #label = 'Checking';

  /** @param progress shows a line in the place of the one before @param now a clock in milliseconds */
  constructor(progress: (text: string) => void, now: () => number = () => performance.now()) {
    this.#progress = progress;
    this.#now = now;
    this.#since = now();
  }

  /** Says that a file of so many bytes is to be checked. */
  expect(file: string, bytes: number): void {
    if (!this.#files.has(file)) this.#files.set(file, { done: 0, total: bytes, bytes });
  }

  /** A checker whose bytes are counted. */
  follow(check: Checker): Checker {
    return (job, masters, signal, onBytes) => {
      this.expect(job.file, job.bytes);
      return check(job, masters, signal, (bytes) => {
        this.#take(job.file, bytes);
        onBytes?.(bytes);
      });
    };
  }

  /** Shows another text before the bytes. @param file one that is done, however much of it had to be read */
  tell(label: string, file?: string): void {
    this.#label = label;
    const known = file === undefined ? undefined : this.#files.get(file);
    if (known) known.done = known.total;
    this.#show();
  }

  #take(file: string, bytes: number): void {
    const known = this.#files.get(file)!;
    known.done += bytes;
    if (known.done > known.total) known.total += known.bytes;
    this.#read += bytes;
    if (this.#now() - this.#shown >= INTERVAL) this.#show();
  }

  #show(): void {
    this.#shown = this.#now();
    let done = 0;
    let total = 0;
    for (const file of this.#files.values()) {
      done += file.done;
      total += file.total;
    }
    const seconds = (this.#shown - this.#since) / 1000;
    const rate = seconds > 0 && this.#read > 0 ? `, ${size(Math.round(this.#read / seconds))}/s` : '';
    this.#progress(`${this.#label}: ${size(done)} of ${size(total)}${rate} …`);
  }
}

import type { Scanner } from './scanner.ts';

/** Takes a file's bytes chunk by chunk, of any size, and keeps the row that is not complete for the next chunk. */
export class Feed {
  readonly #scanner: Scanner;
  #kept: Uint8Array = new Uint8Array(0);
  #length = 0;
  /** The kept row is looked at again only from this many bytes on: a row of n bytes costs O(n), not O(n²). */
  #wanted = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  push(chunk: Uint8Array): void {
    if (this.#length === 0) {
      const taken = this.#scanner.scan(chunk, 0, chunk.length, false);
      this.#keep(chunk, taken);
      return;
    }
    this.#append(chunk);
    if (this.#length < this.#wanted) return;
    const taken = this.#scanner.scan(this.#kept, 0, this.#length, false);
    if (taken === 0) {
      this.#wanted = this.#length * 2;
      return;
    }
    this.#kept.copyWithin(0, taken, this.#length);
    this.#length -= taken;
    this.#wanted = this.#length;
  }

  /** No byte follows. */
  end(): void {
    this.#scanner.scan(this.#kept, 0, this.#length, true);
    this.#length = 0;
  }

  #keep(chunk: Uint8Array, from: number): void {
    this.#append(chunk.subarray(from));
    this.#wanted = from === 0 ? chunk.length * 2 : this.#length;
  }

  #append(part: Uint8Array): void {
    const needed = this.#length + part.length;
    if (needed > this.#kept.length) {
      const larger = new Uint8Array(Math.max(needed, this.#kept.length * 2));
      larger.set(this.#kept.subarray(0, this.#length));
      this.#kept = larger;
    }
    this.#kept.set(part, this.#length);
    this.#length = needed;
  }
}

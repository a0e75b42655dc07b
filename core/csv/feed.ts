import { LF } from './dialect.ts';
import type { ProvedRows, RowProof } from './proof.ts';
import type { Scanner } from './scanner.ts';

/** Proofs may read so many bytes beyond the last row. */
const SLACK = 64;
const FIRST_BYTES = (1 << 18) + SLACK;
/** After this many unproved rows in a row the proof is left out for a while: a file of bad rows gains nothing from it. */
const PATIENCE = 2;
const LONGEST_PAUSE = 64;

/**
 * Takes a file's bytes chunk by chunk, of any size, and keeps the row that is not complete for the next chunk. Rows
 * go to the proof where there is one, and to the scanner where it does not prove them.
 */
export class Feed {
  readonly #scanner: Scanner;
  #proof: RowProof | undefined;
  #listener: ProvedRows | undefined;
  #buffer = new Uint8Array(FIRST_BYTES);
  #length = 0;
  /** The kept row is looked at again only from this many bytes on: a row of n bytes costs O(n), not O(n²). */
  #wanted = 0;
  #unproved = 0;
  #pause = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
  }

  /** From the next row on rows are proved first. */
  prove(proof: RowProof, listener: ProvedRows): void {
    this.#proof = proof;
    this.#listener = listener;
  }

  push(chunk: Uint8Array): void {
    this.#append(chunk);
    if (this.#length < this.#wanted) return;
    const taken = this.#take(false);
    if (taken === 0) {
      this.#wanted = this.#length * 2;
      return;
    }
    this.#buffer.copyWithin(0, taken, this.#length);
    this.#length -= taken;
    this.#wanted = 0;
  }

  /** No byte follows. */
  end(): void {
    this.#take(true);
    this.#length = 0;
  }

  /** @returns the index of the first byte that is kept */
  #take(final: boolean): number {
    const bytes = this.#buffer;
    const to = this.#length;
    const lastLine = bytes.subarray(0, to).lastIndexOf(LF) + 1;
    let at = 0;
    while (at < to) {
      if (this.#proof && at < lastLine) at = this.#takeProved(bytes, at, lastLine);
      if (at >= to) break;
      const next = this.#scanner.next(bytes, at, to, final);
      if (next === at) break;
      at = next;
    }
    return at;
  }

  #takeProved(bytes: Uint8Array, from: number, to: number): number {
    const proof = this.#proof;
    if (!proof) return from;
    if (this.#pause > 0) {
      this.#pause--;
      return from;
    }
    const at = proof.prove(bytes, from, to);
    if (at === from) {
      this.#unproved++;
      if (this.#unproved > PATIENCE) this.#pause = Math.min(LONGEST_PAUSE, this.#unproved);
      return from;
    }
    this.#unproved = 0;
    const line = this.#scanner.line;
    this.#scanner.skip(proof.rows, proof.sawLf, proof.sawCrLf);
    this.#listener?.proved(bytes, from, proof.ends, proof.rows, line);
    return at;
  }

  #append(part: Uint8Array): void {
    const needed = this.#length + part.length + SLACK;
    if (needed > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
      larger.set(this.#buffer.subarray(0, this.#length));
      this.#buffer = larger;
    }
    this.#buffer.set(part, this.#length);
    this.#length += part.length;
  }
}

import type { ProvedRows, RowProof } from './proof.ts';
import { RowReader } from './row-reader.ts';
import type { Scanner } from './scanner.ts';

/** Proofs may read so many bytes beyond the last row. */
const SLACK = 64;
const FIRST_BYTES = (1 << 18) + SLACK;

/**
 * Takes a file's bytes chunk by chunk, of any size, and keeps the row that is not complete for the next chunk. Rows
 * go to the proof where there is one, and to the scanner where it does not prove them.
 */
export class Feed {
  readonly #scanner: Scanner;
  readonly #reader: RowReader;
  #buffer = new Uint8Array(FIRST_BYTES);
  #length = 0;
  /** The kept row is looked at again only from this many bytes on: a row of n bytes costs O(n), not O(n²). */
  #wanted = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#reader = new RowReader(scanner);
  }

  /** From the next row on rows are proved first. */
  prove(proof: RowProof, listener: ProvedRows): void {
    this.#reader.prove(proof, listener);
  }

  push(chunk: Uint8Array): void {
    this.#append(chunk);
    if (this.#length < this.#wanted) return;
    const taken = this.#reader.take(this.#buffer, 0, this.#length, false);
    if (taken === 0) this.#wanted = this.#length * 2;
    else this.#drop(taken);
  }

  /** Takes all rows that are complete. @returns bytes of the one that is not; 0 when there is none */
  settle(): number {
    this.#drop(this.#reader.take(this.#buffer, 0, this.#length, false));
    return this.#length;
  }

  /**
   * Takes the rest of the row that is not complete, and nothing behind it.
   *
   * @param final true when no byte follows the chunk
   * @returns bytes of the whole row with its line end; 0 when it needs more of them
   */
  completeRow(chunk: Uint8Array, final: boolean): number {
    this.#append(chunk);
    if (this.#length < this.#wanted && !final) return 0;
    this.#wanted = this.#length * 2;
    return this.#scanner.next(this.#buffer, 0, this.#length, final);
  }

  /** No byte follows. */
  end(): void {
    this.#reader.take(this.#buffer, 0, this.#length, true);
    this.#length = 0;
  }

  #drop(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#wanted = 0;
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

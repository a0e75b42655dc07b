import type { ProvedRows, RowProof } from './proof.ts';
import { RowReader } from './row-reader.ts';
import type { Scanner } from './scanner.ts';

/** Proofs may read so many bytes beyond the last row. */
const SLACK = 64;
/** So many bytes are asked for at a time: they are still in the processor's cache when they are looked at. */
const READ_BYTES = 1 << 18;
/** Most files are smaller than that. */
const FIRST_BYTES = (1 << 14) + SLACK;

/**
 * Takes a file's bytes chunk by chunk, of any size, and keeps the row that is not complete for the next chunk. Rows
 * go to the proof where there is one, and to the scanner where it does not prove them.
 */
export class Feed {
  readonly #scanner: Scanner;
  readonly #reader: RowReader;
  #proof: RowProof | undefined;
  #buffer: Uint8Array = new Uint8Array(FIRST_BYTES);
  #isLent = false;
  #length = 0;
  /** The kept row is looked at again only from this many bytes on: a row of n bytes costs O(n), not O(n²). */
  #wanted = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#reader = new RowReader(scanner);
  }

  /** From the next row on rows are proved first. */
  prove(proof: RowProof, listener: ProvedRows): void {
    this.#proof = proof;
    this.#reader.prove(proof, listener);
  }

  push(chunk: Uint8Array): void {
    this.#reserve(chunk.length);
    this.#buffer.set(chunk, this.#length);
    this.#take(chunk.length);
  }

  /**
   * Takes the next bytes from where they are.
   *
   * @param read writes them, as many as fit or fewer, and returns their number: 0 when none are left
   * @returns that number
   */
  fill(read: (into: Uint8Array) => number): number {
    this.#borrow();
    // A row that fills the buffer goes on in a larger one.
    if (this.#buffer.length - SLACK - this.#length < READ_BYTES / 4) this.#reserve(READ_BYTES);
    const room = Math.min(READ_BYTES, this.#buffer.length - SLACK - this.#length);
    const count = read(this.#buffer.subarray(this.#length, this.#length + room));
    if (count > 0) this.#take(count);
    return count;
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
    this.#reserve(chunk.length);
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
    if (this.#length < this.#wanted && !final) return 0;
    this.#wanted = this.#length * 2;
    return this.#scanner.next(this.#buffer, 0, this.#length, final);
  }

  /** No byte follows. */
  end(): void {
    this.#reader.take(this.#buffer, 0, this.#length, true);
    this.#length = 0;
    this.close();
  }

  /** Nothing more is looked at: what was borrowed is given back. */
  close(): void {
    if (this.#isLent) this.#proof?.takeBack?.();
    this.#isLent = false;
    this.#buffer = new Uint8Array(SLACK);
  }

  /** Looks at rows that have become complete by `count` more bytes. */
  #take(count: number): void {
    this.#length += count;
    if (this.#length < this.#wanted) return;
    const taken = this.#reader.take(this.#buffer, 0, this.#length, false);
    if (taken === 0) this.#wanted = this.#length * 2;
    else this.#drop(taken);
  }

  #drop(bytes: number): void {
    this.#buffer.copyWithin(0, bytes, this.#length);
    this.#length -= bytes;
    this.#wanted = 0;
  }

  /** Moves to the proof's own memory, from which it need not copy, where that is free and large enough. */
  #borrow(): void {
    if (this.#isLent || this.#length > READ_BYTES) return;
    const lent = this.#proof?.lend?.();
    if (!lent) return;
    lent.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = lent;
    this.#isLent = true;
  }

  #reserve(more: number): void {
    const needed = this.#length + more + SLACK;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(Math.max(needed, this.#buffer.length * 2));
    larger.set(this.#buffer.subarray(0, this.#length));
    if (this.#isLent) this.#proof?.takeBack?.();
    this.#isLent = false;
    this.#buffer = larger;
  }
}

import type { ProvedRows, RowProof } from './proof/proof.ts';
import { RowReader } from './row-reader.ts';
import type { Scanner } from './scanner.ts';

/** Proofs may read so many bytes beyond the last row. */
const SLACK = 64;
/** Hardly a row needs more than this. */
const USUAL_BYTES = 1 << 20;
/** So many bytes are asked for at a time: they are still in the processor's cache when they are looked at. */
const READ_BYTES = 1 << 18;
/** Most files are smaller than that. */
const FIRST_BYTES = (1 << 14) + SLACK;

/**
 * Takes a file's bytes chunk by chunk, of any size, and keeps the row that is not complete for the next chunk: no more
 * of it than the scanner's `rowBytes` and one portion. Rows go to the proof where there is one, and to the scanner where
 * it does not prove them.
 */
export class Feed {
  readonly #scanner: Scanner;
  readonly #reader: RowReader;
  #proof: RowProof | undefined;
  #buffer: Uint8Array = new Uint8Array(FIRST_BYTES);
  #isLent = false;
  #large: Uint8Array | undefined;
  #length = 0;
  /** The kept row is looked at again only from this many bytes on: a row of n bytes costs O(n), not O(n²). */
  #wanted = 0;
  /** Bytes that `completeRow` has been given. */
  #behind = 0;

  constructor(scanner: Scanner) {
    this.#scanner = scanner;
    this.#reader = new RowReader(scanner);
  }

  /** A feed for another look at the file, when this one has come to its end: it takes over the room for long rows. */
  next(scanner: Scanner): Feed {
    const feed = new Feed(scanner);
    feed.#large = this.#large;
    return feed;
  }

  /** From the next row on rows are proved first. */
  prove(proof: RowProof, listener: ProvedRows): void {
    this.#proof = proof;
    this.#reader.prove(proof, listener);
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += READ_BYTES) {
      const portion = chunk.subarray(at, at + READ_BYTES);
      this.#append(portion);
      if (this.#length >= this.#wanted) this.#take();
    }
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
    this.#length += count;
    if (count > 0 && this.#length >= this.#wanted) this.#take();
    return count;
  }

  /** Takes all rows that are complete. @returns true when one is left that is not */
  settle(): boolean {
    this.#take();
    return this.#length > 0 || this.#scanner.isInRest;
  }

  /**
   * Takes what follows of the row that `settle` has left, and nothing behind it.
   *
   * @param chunk at most 256 KiB
   * @param final true when no byte follows the chunk
   * @returns how many of the bytes given so far belong to the row, its line end included; -1 when it needs more of them
   */
  completeRow(chunk: Uint8Array, final: boolean): number {
    this.#behind += chunk.length;
    this.#append(chunk);
    while (this.#length > 0 && (this.#length >= this.#wanted || final)) {
      const next = this.#scanner.next(this.#buffer, 0, this.#length, final);
      if (next === 0) break;
      this.#drop(next);
      if (!this.#scanner.isInRest) return this.#behind - this.#length;
    }
    if (final) return this.#behind;
    if (this.#length > 0) this.#wait();
    return -1;
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

  /** Looks at the rows that are complete. */
  #take(): void {
    const taken = this.#reader.take(this.#buffer, 0, this.#length, false);
    if (taken === 0) this.#wait();
    else this.#drop(taken);
  }

  /** The kept row is not complete: it is looked at again once it is twice as long, or too long. */
  #wait(): void {
    this.#wanted = Math.min(this.#length * 2, this.#scanner.rowBytes + 1);
  }

  #append(chunk: Uint8Array): void {
    this.#reserve(chunk.length);
    this.#buffer.set(chunk, this.#length);
    this.#length += chunk.length;
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
    const larger = needed <= USUAL_BYTES ? new Uint8Array(needed * 2) : this.#largest(needed);
    larger.set(this.#buffer.subarray(0, this.#length));
    if (this.#isLent) this.#proof?.takeBack?.();
    this.#isLent = false;
    this.#buffer = larger;
  }

  /**
   * Room for the longest row, made once and kept: buffers that double would lie about, each half as large as the next.
   * The system gives memory for what is written to alone.
   */
  #largest(needed: number): Uint8Array {
    if ((this.#large?.length ?? 0) >= needed) return this.#large!;
    return (this.#large = new Uint8Array(Math.max(needed, this.#scanner.rowBytes + READ_BYTES + SLACK)));
  }
}

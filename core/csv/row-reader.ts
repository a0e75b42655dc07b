import { AlikeRows, endsWithCrLf } from './proof/alike-rows.ts';
import { LF } from './dialect.ts';
import type { ProvedRows, RowProof } from './proof/proof.ts';
import type { Scanner } from './scanner.ts';

/** After this many unproved rows in a row the proof is left out for a while: a file of bad rows gains nothing from it. */
const PATIENCE = 2;
const LONGEST_PAUSE = 64;

/** Takes the rows of a buffer: to the proof where there is one, and to the scanner where it does not prove them. */
export class RowReader {
  readonly #scanner: Scanner;
  readonly #alike = new AlikeRows();
  #proof: RowProof | undefined;
  #listener: ProvedRows | undefined;
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

  /**
   * Takes the rows from `from` on.
   *
   * @param bytes the buffer; 64 readable bytes must follow `to`
   * @param from first byte of a row or of a blank line, or of the rest of a row that is too long (`Scanner.isInRest`)
   * @param final true when no byte follows `to`; the last row then needs no line end
   * @returns the index of the first row that is not complete, `to` when all are or when the rest of one is passed over
   */
  take(bytes: Uint8Array, from: number, to: number, final: boolean): number {
    const lastLine = bytes.subarray(0, to).lastIndexOf(LF) + 1;
    let at = from;
    this.#alike.forget();
    while (at < to) {
      if (this.#proof && at < lastLine && !this.#scanner.isInRest) at = this.#takeProved(bytes, at, lastLine);
      if (at >= to) break;
      const { line } = this.#scanner;
      const next = this.#scanner.next(bytes, at, to, final);
      if (next === at) break;
      at = this.#listener?.alike ? this.#takeAlike(bytes, line, at, next, to) : next;
    }
    return at;
  }

  /** Takes the rows that are like the one from `from` to `next`. @returns the index behind them */
  #takeAlike(bytes: Uint8Array, line: number, from: number, next: number, to: number): number {
    const minded = this.#alike.isWanted() ? this.#listener?.mindedDigits?.(line) : undefined;
    const rows = minded ? this.#alike.behind(bytes, from, next, to, minded) : 0;
    if (rows === 0) return next;
    const isCrLf = endsWithCrLf(bytes, next);
    this.#scanner.skip(rows, !isCrLf, isCrLf);
    this.#listener?.alike?.(line, rows);
    return next + rows * (next - from);
  }

  #takeProved(bytes: Uint8Array, from: number, to: number): number {
    const proof = this.#proof;
    if (!proof) return from;
    if (this.#pause > 0) {
      this.#pause--;
      return from;
    }
    let at = from;
    do {
      const start = at;
      const end = this.#provable(bytes, start, to);
      at = start < end ? proof.prove(bytes, start, end) : start;
      if (at === start) break;
      this.#unproved = 0;
      const line = this.#scanner.line;
      this.#scanner.skip(proof.rows, proof.sawLf, proof.sawCrLf);
      this.#listener?.proved(bytes, start, line, proof);
    } while (at < to && !proof.refused);
    if (at === to) return at;
    this.#unproved++;
    if (this.#unproved > PATIENCE) this.#pause = Math.min(LONGEST_PAUSE, this.#unproved);
    return at;
  }

  /** Up to where whole lines may be proved: a row that is too long stands in none of them. */
  #provable(bytes: Uint8Array, from: number, to: number): number {
    const { rowBytes } = this.#scanner;
    if (to - from <= rowBytes) return to;
    return bytes.subarray(0, from + rowBytes).lastIndexOf(LF) + 1;
  }
}

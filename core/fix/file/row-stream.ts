import { isFatal } from '../../check/rows/bytes.ts';
import { headerScanner, rowBytesOf } from '../../check/rows/first-pass.ts';
import { CR, LF, type Dialect } from '../../csv/dialect.ts';
import type { ProvedRows, RowProof } from '../../csv/proof/proof.ts';
import { RowReader } from '../../csv/row-reader.ts';
import { isLongRow, type Row, type RowSink, type ScanFaultKind } from '../../csv/row.ts';
import type { Scanner } from '../../csv/scanner.ts';
import { lineEndAfter } from '../lines.ts';

/** Takes the bytes of a text in their order, each once. What it is given is good during the call alone. */
export interface RowHandler {
  /** A row, and its line end up to `next`. The first one is the header. */
  row(row: Row, next: number): void;
  /** Rows that a proof has found to be without fault, line ends included: bytes [from, to), each row one line. */
  proved(bytes: Uint8Array, from: number, to: number, line: number, proof: RowProof): void;
  /** Line ends of blank lines; `line` is the 0-based first. */
  blank(bytes: Uint8Array, from: number, to: number, line: number): void;
  /** What no reader reads: a row with a broken quote, or one that is too long. */
  unreadable(bytes: Uint8Array, from: number, to: number): void;
}

/** Proofs may read so many bytes beyond the last row. */
const SLACK = 64;
const PORTION = 1 << 18;

/** Splits a text into rows and hands over all of its bytes, those between rows as well, in constant memory. */
export class RowStream implements RowSink, ProvedRows {
  readonly #dialect: Dialect;
  readonly #handler: RowHandler;
  readonly #scanner: Scanner;
  readonly #reader: RowReader;
  #buffer = new Uint8Array(2 * PORTION + SLACK);
  #length = 0;
  /** Up to here the buffer's bytes have been handed over. */
  #handed = 0;
  /** The row that is not complete is looked at again from so many bytes on. */
  #wanted = 0;
  #headerSeen = false;
  #brokenLine = -1;
  #isLong = false;
  /** True while what is left of a long row goes by. */
  #inRest = false;
  /** Blank lines that were met and not handed over. */
  #blankLines = 0;

  constructor(dialect: Dialect, handler: RowHandler) {
    this.#dialect = dialect;
    this.#handler = handler;
    this.#scanner = headerScanner(dialect, this);
    this.#reader = new RowReader(this.#scanner);
  }

  /** From the next row on rows are proved first. */
  prove(proof: RowProof): void {
    this.#reader.prove(proof, this);
  }

  push(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length; at += PORTION) {
      const portion = chunk.subarray(at, at + PORTION);
      this.#reserve(portion.length);
      this.#buffer.set(portion, this.#length);
      this.#length += portion.length;
      if (this.#length >= this.#wanted) this.#take(false);
    }
  }

  /** No byte follows. */
  end(): void {
    this.#take(true);
  }

  #take(final: boolean): void {
    const taken = this.#reader.take(this.#buffer, 0, this.#length, final);
    this.#handOver(taken, this.#scanner.line);
    this.#buffer.copyWithin(0, taken, this.#length);
    this.#length -= taken;
    this.#handed = 0;
    this.#wanted = taken === 0 ? Math.min(this.#length * 2, this.#scanner.rowBytes + 1) : 0;
  }

  #reserve(more: number): void {
    const needed = this.#length + more + SLACK;
    if (needed <= this.#buffer.length) return;
    const larger = new Uint8Array(needed * 2);
    larger.set(this.#buffer.subarray(0, this.#length));
    this.#buffer = larger;
  }

  /** Hands over what stands before a row: the rest of a long one, blank lines. @param line of that row, 0-based */
  #handOver(to: number, line: number): void {
    const from = this.#handed;
    this.#handed = to;
    const blankFrom = this.#inRest ? this.#startOfBlank(from, to) : from;
    this.#blankLines = 0;
    if (from < blankFrom) this.#handler.unreadable(this.#buffer, from, blankFrom);
    if (blankFrom < to)
      this.#handler.blank(this.#buffer, blankFrom, to, line - linesIn(this.#buffer, blankFrom, to));
    this.#inRest = this.#inRest && this.#scanner.isInRest;
  }

  /** Where the blank lines begin that were met behind the rest of a long row, which ends with a line end as well. */
  #startOfBlank(from: number, to: number): number {
    let at = to;
    for (let line = 0; line < this.#blankLines; line++)
      at -= this.#buffer[at - 1] === LF && at - 2 >= from && this.#buffer[at - 2] === CR ? 2 : 1;
    return at;
  }

  row(row: Row): void {
    this.#handOver(row.start, row.line);
    this.#inRest = false;
    if (!this.#headerSeen) {
      this.#headerSeen = true;
      this.#scanner.rowBytes = rowBytesOf(this.#dialect);
    }
    const isBroken = row.line === this.#brokenLine;
    if (isBroken && this.#isLong) {
      this.#inRest = true;
      return;
    }
    const next = lineEndAfter(row.bytes, row.end, this.#length);
    this.#handed = next;
    if (isBroken) this.#handler.unreadable(row.bytes, row.start, next);
    else this.#handler.row(row, next);
  }

  blankLines(_line: number, count: number): void {
    this.#blankLines += count;
  }

  fault(kind: ScanFaultKind): void {
    if (!isFatal(kind, this.#dialect)) return;
    this.#brokenLine = this.#scanner.line;
    this.#isLong = isLongRow(kind);
  }

  proved(bytes: Uint8Array, from: number, line: number, proof: RowProof): void {
    this.#handOver(from, line);
    const to = proof.ends[proof.rows - 1]! + 1;
    this.#handed = to;
    this.#handler.proved(bytes, from, to, line, proof);
  }
}

/** The number of line ends in bytes [from, to) that are nothing else. */
function linesIn(bytes: Uint8Array, from: number, to: number): number {
  let lines = 0;
  for (let at = from; at < to; at = lineEndAfter(bytes, at, to)) lines++;
  return lines;
}

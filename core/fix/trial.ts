import { cellText } from '../csv/cell.ts';
import type { Dialect } from '../csv/dialect.ts';
import type { Row, RowSink } from '../csv/row.ts';
import { Scanner } from '../csv/scanner.ts';

/** Splits a row as it would stand after a fix, to see that it is one row of the same other cells. */
export class Trial implements RowSink {
  readonly #dialect: Dialect;
  readonly #scanner: Scanner;
  #row: Row | undefined;
  /** What was met: rows, blank lines, faults. */
  #rows = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
    this.#scanner = new Scanner(dialect, this);
  }

  /** The row, good until the next call; undefined when the bytes are not one whole row. @param bytes no line end */
  split(bytes: Uint8Array): Row | undefined {
    this.#rows = 0;
    this.#row = undefined;
    for (let at = 0; at < bytes.length;) at = this.#scanner.next(bytes, at, bytes.length, true);
    return this.#row;
  }

  /**
   * True when a row is now the given one but for the value of one cell.
   *
   * @param index 0-based cell
   * @param value what it holds now, as the reader hands it over
   */
  isOnlyOther(bytes: Uint8Array, before: Row, index: number, value: string): boolean {
    const row = this.split(bytes);
    if (row?.count !== before.count) return false;
    for (let cell = 0; cell < row.count; cell++) {
      const wanted = cell === index ? value : cellText(before, cell, this.#dialect);
      if (cellText(row, cell, this.#dialect) !== wanted) return false;
    }
    return true;
  }

  row(row: Row): void {
    this.#row = this.#rows === 0 ? row : undefined;
    this.#rows++;
  }

  blankLines(): void {
    this.#rows++;
  }

  fault(): void {
    this.#rows++;
  }
}

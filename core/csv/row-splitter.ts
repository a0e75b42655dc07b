import type { Dialect } from './dialect.ts';
import { Row, type RowSink } from './row.ts';
import { Scanner } from './scanner.ts';

/** Splits single rows that are known to have no fault, such as a proof has found. */
export class RowSplitter implements RowSink {
  readonly #scanner: Scanner;
  #row = new Row();

  constructor(dialect: Dialect) {
    this.#scanner = new Scanner(dialect, this);
  }

  /**
   * @param start first byte of the row
   * @param to the byte after its line end
   * @param line 0-based editor line; not below that of the row before
   * @returns the same object each time
   */
  split(bytes: Uint8Array, start: number, to: number, line: number): Row {
    this.#scanner.skip(line - this.#scanner.line, false, false);
    this.#scanner.next(bytes, start, to, true);
    return this.#row;
  }

  row(row: Row): void {
    this.#row = row;
  }

  blankLines(): void {
    // A row is none.
  }

  fault(): void {
    // It has none.
  }
}

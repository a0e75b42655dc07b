import { CellReader } from '../../csv/cell.ts';
import type { Dialect } from '../../csv/dialect.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';
import { ENCODED, type Row } from '../../csv/row.ts';
import { NormalRow } from '../identity/identity.ts';
import type { CompiledColumn } from './compiled-column.ts';

const encoder = new TextEncoder();
const zero = encoder.encode('0');

interface CellValue {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Reads the values of rows as ingestion does (ingestion-rules, sections 6 and 8). */
export class ValueReader {
  readonly #dialect: Dialect;
  readonly #trims: boolean;
  readonly #columns: readonly (CompiledColumn | undefined)[];
  /** The cells that ingestion reads, 0-based: a header may have thousands of others. */
  readonly #readCells: readonly number[];
  readonly #normal: NormalRow;
  readonly #cells = new CellReader();
  readonly #value: CellValue = { bytes: encoder.encode(''), start: 0, end: 0 };

  /**
   * @param trims true where ingestion trims values
   * @param columns what each cell of the file holds; undefined for one that ingestion does not read
   */
  constructor(dialect: Dialect, trims: boolean, columns: readonly (CompiledColumn | undefined)[]) {
    this.#dialect = dialect;
    this.#trims = trims;
    this.#columns = columns;
    this.#readCells = columns.flatMap((column, cell) => (column ? [cell] : []));
    this.#normal = new NormalRow(dialect.delimiter);
  }

  /**
   * The row's values as ingestion reads them, one for each cell that it reads, written like a row of plain cells. The
   * same object each time.
   */
  normal(row: Row): NormalRow {
    this.#normal.begin();
    for (const cell of this.#readCells) {
      if (cell < row.count) {
        const { bytes, start, end } = this.read(row, cell);
        this.#normal.append(bytes, start, end);
      } else this.#normal.append(zero, 0, 0);
    }
    return this.#normal;
  }

  /**
   * The bytes of a cell's value as ingestion reads it: decoded, trimmed where it trims, words for null replaced. The
   * same object each time.
   */
  read(row: Row, index: number): CellValue {
    const value = this.#value;
    const column = this.#columns[index];
    // Wrong bytes are U+FFFD to ingestion, so they go through the text too.
    if ((row.flags[index]! & ENCODED) === 0 && (!row.nonAscii || row.wrongAt < 0)) {
      value.bytes = row.bytes;
      value.start = row.starts[index]!;
      value.end = row.ends[index]!;
    } else {
      value.start = 0;
      value.end = this.#cells.read(row, index, this.#dialect);
      value.bytes = this.#cells.bytes;
    }
    if (this.#trims) {
      const { bytes } = value;
      while (value.start < value.end && bytes[value.start]! <= 0x20) value.start++;
      while (value.end > value.start && bytes[value.end - 1]! <= 0x20) value.end--;
    }
    if (column && value.end - value.start === 4) {
      const { bytes, start, end } = value;
      if (isNullWord(bytes, start, end, column)) value.end = start;
      else if (column.nullIsZero && isWordNull(bytes, start, end)) {
        value.bytes = zero;
        value.start = 0;
        value.end = 1;
      }
    }
    return value;
  }
}

/** True for a value [start, end) of four bytes that the column's null step takes for none. */
function isNullWord(bytes: Uint8Array, start: number, end: number, column: CompiledColumn): boolean {
  if (column.nullIsEmpty) return isWordNull(bytes, start, end);
  return column.anyNullIsEmpty && decodeUtf8(bytes, start, end).toUpperCase() === 'NULL';
}

function isWordNull(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    bytes[start] === 0x4e &&
    bytes[start + 1] === 0x55 &&
    bytes[start + 2] === 0x4c &&
    bytes[start + 3] === 0x4c
  );
}

import { BACKSLASH, QUOTE } from '../../csv/dialect.ts';
import { utf16Length } from '../../csv/encoding.ts';
import { QUOTED, type Row } from '../../csv/row.ts';
import type { TextRange } from './text-range.ts';

/** Where a row and its key stand, made only when a finding needs it. */
export interface RowPlaces {
  /** 0-based editor line. */
  readonly line: number;
  readonly row: () => TextRange;
  /** From the first of the cells (0-based) to the last. */
  readonly cells: (first: number, last: number) => TextRange;
}

/** The editor range of the bytes [start, end) of a row; line breaks inside quoted cells are editor lines. */
export function placeInRow(row: Row, start: number, end: number): TextRange {
  const from = row.placeOf(start);
  const to = row.placeOf(end);
  return { line: from.line, column: from.column, endLine: to.line, endColumn: to.column };
}

/** The editor range of a cell, its quotes included. */
export function placeOfCell(row: Row, index: number): TextRange {
  const { bytes } = row;
  let start = row.starts[index]!;
  let end = row.ends[index]!;
  const whole = (row.flags[index]! & QUOTED) !== 0 && bytes[start - 1] === QUOTE && start > row.start;
  if (!whole) return placeInRow(row, start, end);
  // Where `\"` stands for a quote the backslash is part of it: nothing else can stand before the first one.
  start -= start - 1 > row.start && bytes[start - 2] === BACKSLASH ? 2 : 1;
  end += bytes[end] === BACKSLASH ? 2 : 1;
  return placeInRow(row, start, Math.min(end, row.end));
}

/** The editor range from the first of some cells to the last; a cell that the row has not is its end. */
export function placeOfCells(row: Row, first: number, last: number): TextRange {
  const end = placeInRow(row, row.end, row.end);
  const from = first < row.count ? placeOfCell(row, first) : end;
  const to = last < row.count ? placeOfCell(row, last) : end;
  return { line: from.line, column: from.column, endLine: to.endLine, endColumn: to.endColumn };
}

/** The editor range of a whole row. */
export function placeOfRow(row: Row): TextRange {
  return placeInRow(row, row.start, row.end);
}

/** Where the cells of the row at hand stand in its bytes. */
interface CellBounds {
  readonly starts: ArrayLike<number>;
  readonly ends: ArrayLike<number>;
}

/** Where a proved row without quotes stands. It is one line. */
export class ProvedPlaces implements RowPlaces {
  line = 0;
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #end = 0;
  readonly #cells: CellBounds;

  constructor(cells: CellBounds) {
    this.#cells = cells;
  }

  move(bytes: Uint8Array, line: number, start: number, end: number): void {
    this.#bytes = bytes;
    this.line = line;
    this.#start = start;
    this.#end = end;
  }

  readonly row = (): TextRange => this.#range(this.#start, this.#end);
  readonly cells = (first: number, last: number): TextRange =>
    this.#range(this.#cells.starts[first]!, this.#cells.ends[last]!);

  #range(from: number, to: number): TextRange {
    const { line } = this;
    const column = utf16Length(this.#bytes, this.#start, from);
    return { line, column, endLine: line, endColumn: column + utf16Length(this.#bytes, from, to) };
  }
}

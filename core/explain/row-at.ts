import { cellText } from '../csv/cell.ts';
import type { Dialect } from '../csv/dialect.ts';
import { Row, type RowSink, type ScanFaultKind } from '../csv/row.ts';
import { Scanner } from '../csv/scanner.ts';
import { placeOfCell, placeOfRow } from '../check/findings/place.ts';
import type { TextRange } from '../check/findings/text-range.ts';
import type { Lines } from './lines.ts';

/** So many lines around a place are looked at for the ends of a row whose quotes hold line breaks. */
const AROUND = 50;

const encoder = new TextEncoder();

/** One row of a text, its cells as ranges. */
export class RowAt {
  readonly row: Row;
  readonly #dialect: Dialect;

  constructor(row: Row, dialect: Dialect) {
    this.row = row;
    this.#dialect = dialect;
  }

  /** Number of cells. */
  get width(): number {
    return this.row.count;
  }

  get range(): TextRange {
    return placeOfRow(this.row);
  }

  /** The range of a 0-based cell, its quotes included. */
  rangeOf(cell: number): TextRange {
    return placeOfCell(this.row, cell);
  }

  /** The value of a 0-based cell as ingestion's reader hands it over; empty for one that the row has not. */
  value(cell: number): string {
    if (cell < 0 || cell >= this.width) return '';
    const text = cellText(this.row, cell, this.#dialect);
    return this.#dialect.trims ? text.trim() : text;
  }

  /** The 0-based cell at a place; one between two cells belongs to the cell before the delimiter. */
  cellAt(line: number, character: number): number {
    let low = 0;
    let high = this.width - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      const { line: cellLine, column } = this.rangeOf(middle);
      if (cellLine < line || (cellLine === line && column <= character)) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

/**
 * The row that a line belongs to.
 *
 * @param line 0-based
 * @param width cells of a whole row: where the line by itself has others, lines above are looked at for a quote that is
 *   open there
 * @returns undefined for a blank line
 */
export function rowAt(lines: Lines, line: number, dialect: Dialect, width: number): RowAt | undefined {
  const own = readRow(lines, line, dialect);
  if (!own || own.width === width) return own;
  const first = Math.max(0, line - AROUND);
  const above = lines.slice(first, line);
  for (let start = line - 1; start >= first; start--) {
    if (above[start - first]?.includes('"') !== true) continue;
    const row = readRow(lines, start, dialect);
    if (row?.width === width && row.range.endLine >= line) return row;
  }
  return own;
}

/** The row that begins with a line. */
function readRow(lines: Lines, line: number, dialect: Dialect): RowAt | undefined {
  const [own = ''] = lines.slice(line, line + 1);
  if (own === '') return undefined;
  const alone = splitRow(own, line, dialect);
  if (!alone.isOpen) return new RowAt(alone.row, dialect);
  const [, ...below] = lines.slice(line, line + AROUND);
  let text = own;
  for (const next of below) {
    text += `\n${next}`;
    // Only a quote can close one.
    if (!next.includes('"')) continue;
    const whole = splitRow(text, line, dialect);
    if (whole.isOpen) continue;
    // A quote that was never closed ends at the next one that opens a value: what follows it there gives it away.
    return new RowAt(whole.isFaulty ? alone.row : whole.row, dialect);
  }
  return new RowAt(alone.row, dialect);
}

interface SplitRow {
  readonly row: Row;
  /** True when a quote is open where the text ends. */
  readonly isOpen: boolean;
  /** True when ingestion's reader would stop with an error. */
  readonly isFaulty: boolean;
}

/** @param text begins with a sign of a row */
function splitRow(text: string, line: number, dialect: Dialect): SplitRow {
  const bytes = encoder.encode(text);
  const sink = new FirstRow();
  const scanner = new Scanner(dialect, sink);
  scanner.skip(line, false, false);
  scanner.next(bytes, 0, bytes.length, true);
  return { row: sink.found, isOpen: sink.isOpen, isFaulty: sink.isFaulty };
}

class FirstRow implements RowSink {
  found = new Row();
  isOpen = false;
  isFaulty = false;

  row(row: Row): void {
    this.found = row;
  }

  blankLines(): void {
    // Whoever asks for a row has made sure that the text begins with one.
  }

  fault(kind: ScanFaultKind): void {
    this.isFaulty = true;
    if (kind === 'unterminated-quote') this.isOpen = true;
  }
}

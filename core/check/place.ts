import { BACKSLASH, QUOTE } from '../csv/dialect.ts';
import { utf16Length } from '../csv/encoding.ts';
import { QUOTED, type Row } from '../csv/row.ts';
import type { TextRange } from './collector.ts';

/** The editor range of the bytes [start, end) of a row; line breaks inside quoted cells are editor lines. */
export function placeInRow(row: Row, start: number, end: number): TextRange {
  const from = position(row, start);
  const to = position(row, end);
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

/** The editor range of a whole row. */
export function placeOfRow(row: Row): TextRange {
  return placeInRow(row, row.start, row.end);
}

function position(row: Row, at: number): { line: number; column: number } {
  let line = row.line;
  let lineStart = row.start;
  if (row.innerBreaks > 0) {
    for (let i = row.start; i < at; i++) {
      if (row.breaksLine(i)) {
        line++;
        lineStart = i + 1;
      }
    }
  }
  return { line, column: utf16Length(row.bytes, lineStart, at) };
}

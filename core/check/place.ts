import { CR, LF } from '../csv/dialect.ts';
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
  const start = row.starts[index]!;
  const end = row.ends[index]!;
  const whole = (row.flags[index]! & QUOTED) !== 0 && row.bytes[start - 1] === 0x22 && start > row.start;
  return whole ? placeInRow(row, start - 1, Math.min(end + 1, row.end)) : placeInRow(row, start, end);
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
      const byte = row.bytes[i];
      if (byte === LF || (byte === CR && row.bytes[i + 1] !== LF)) {
        line++;
        lineStart = i + 1;
      }
    }
  }
  return { line, column: utf16Length(row.bytes, lineStart, at) };
}

import { javaTrim } from '../check/cells/trim.ts';
import { cellText } from '../csv/cell.ts';
import { BACKSLASH, QUOTE, type Dialect } from '../csv/dialect.ts';
import { decodeUtf8 } from '../csv/encoding.ts';
import { QUOTED, type Row } from '../csv/row.ts';
import { smallestEdits, type ByteEdit } from './fix.ts';

const encoder = new TextEncoder();

/**
 * The edits that write another value into a cell and leave its quotes as they are.
 *
 * @param index 0-based cell of the row
 * @param value the value as the reader shall hand it over
 * @returns undefined where the cell holds escapes or bytes that are not UTF-8, so that no more is sure of it
 */
export function cellEdits(
  row: Row,
  index: number,
  dialect: Dialect,
  value: string,
): readonly ByteEdit[] | undefined {
  const start = row.starts[index]!;
  const end = row.ends[index]!;
  if (row.wrongAt >= start && row.wrongAt < end) return undefined;
  const raw = decodeUtf8(row.bytes, start, end);
  const wanted = rawOf(
    raw,
    (row.flags[index]! & QUOTED) !== 0,
    cellText(row, index, dialect),
    dialect,
    value,
  );
  return wanted === undefined ? undefined : smallestEdits(row.bytes, start, end, encoder.encode(wanted));
}

/** What stands for a value in the place of `raw`, which stands for `before`. */
function rawOf(
  raw: string,
  quoted: boolean,
  before: string,
  { reader }: Dialect,
  value: string,
): string | undefined {
  // Super CSV's cells hold their quotes; those of Commons CSV begin and end inside them.
  const around = quoted && reader === 'super-csv' ? '"' : '';
  const write = (text: string) => `${around}${quoted ? text.replaceAll('"', '""') : text}${around}`;
  if (write(before) === raw) return write(value);
  if (value === javaTrim(before) && around === '') return javaTrim(raw);
  return /^[\w .:/+-]*$/.test(value) ? write(value) : undefined;
}

/** Blanks that stand before the quote of a cell, which make the quote part of the value: how many bytes; 0 for none. */
export function blanksBeforeQuote(row: Row, index: number, { unescapeFirst }: Dialect): number {
  const { bytes } = row;
  let at = row.starts[index]!;
  while (at < row.ends[index]! && bytes[at]! <= 0x20) at++;
  const quote = unescapeFirst && bytes[at] === BACKSLASH ? at + 1 : at;
  return bytes[quote] === QUOTE && quote < row.ends[index]! ? at - row.starts[index]! : 0;
}

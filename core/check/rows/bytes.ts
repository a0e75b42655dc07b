/** Faults of the bytes and quotes of a row, which do not depend on the dataset's columns. */
import { CellReader } from '../../csv/cell.ts';
import { ROW_CELLS, type Dialect } from '../../csv/dialect.ts';
import { utf16Length } from '../../csv/encoding.ts';
import { isLongRow, type LongRowKind, type Row, type ScanFaultKind } from '../../csv/row.ts';
import type { RuleId } from '../../finding.ts';
import { number } from '../../wording.ts';
import type { FindingCollector } from '../findings/collector.ts';
import { placeInRow } from '../findings/place.ts';

/** The rule of a fault that the reader of ingestion would stop at. */
export function ruleOfScanFault(
  kind: ScanFaultKind,
): Extract<RuleId, 'dialect/quoting' | 'dialect/unterminated-quote' | 'row/too-long'> {
  if (isLongRow(kind)) return 'row/too-long';
  return kind === 'text-after-quote' ? 'dialect/quoting' : 'dialect/unterminated-quote';
}

/**
 * False for what the reader does not stop at: Python's csv.reader, which splits diksha_enrolment (its dialect alone has
 * Commons CSV's quotes and no escapes), takes text behind a closing quote for part of the value.
 */
export function isFatal(kind: ScanFaultKind, dialect: Dialect): boolean {
  return kind !== 'text-after-quote' || dialect.escapes || dialect.reader === 'super-csv';
}

/** Columns of places in rows, each row's from left to right: no byte is looked at twice. */
export class PlaceColumns {
  #line = -1;
  #at = 0;
  #column = 0;

  /**
   * The column of a byte, in UTF-16 units.
   *
   * @param lineStart first byte of its editor line, `line` its 0-based number
   * @param at behind an ASCII sign or a whole one, like those before of the same line
   */
  of(bytes: Uint8Array, lineStart: number, at: number, line: number): number {
    const goesOn = line === this.#line && at >= this.#at;
    this.#column = goesOn
      ? this.#column + utf16Length(bytes, this.#at, at)
      : utf16Length(bytes, lineStart, at);
    this.#line = line;
    this.#at = at;
    return this.#column;
  }
}

/**
 * Tells a fault that the reader of ingestion would stop at; places as in `RowSink.fault`.
 *
 * @param columns those of the faults told before
 */
export function addScanFault(
  collector: FindingCollector,
  columns: PlaceColumns,
  kind: Exclude<ScanFaultKind, LongRowKind>,
  dialect: Dialect,
  bytes: Uint8Array,
  lineStart: number,
  start: number,
  end: number,
  line: number,
): void {
  const place = () => {
    const column = columns.of(bytes, lineStart, start, line);
    const stop = kind === 'text-after-quote' ? end : Math.min(start + 1, end);
    return {
      line,
      column,
      endLine: line,
      endColumn: column + Math.max(1, utf16Length(bytes, start, stop)),
    };
  };
  if (!isFatal(kind, dialect)) {
    const message =
      'Text stands after the closing quote. The script that splits this file takes it for part of the value. Double each quote inside a quoted value ("").';
    collector.add(ruleOfScanFault(kind), 'warning', place, () => message);
    return;
  }
  if (kind === 'text-after-quote') {
    const message =
      'Text stands after the closing quote. Ingestion’s reader stops here with an error and the file is not loaded. Double each quote inside a quoted value ("").';
    collector.add(ruleOfScanFault(kind), 'error', place, () => message);
    return;
  }
  const effect =
    dialect.reader === 'super-csv'
      ? 'Ingestion’s reader takes everything from here to the end of the file for one row and ends with an error: none of it is loaded.'
      : 'Ingestion’s reader meets the end of the file inside the value and the file is not loaded.';
  const what = kind === 'escape-at-end' ? 'The file ends with a backslash.' : 'This quote is never closed.';
  collector.add(ruleOfScanFault(kind), 'error', place, () => `${what} ${effect}`);
}

/**
 * Tells a row that is too long to be read, on its first sign or on the quote that does not end; places as in
 * `RowSink.fault`.
 *
 * @param isHeader true for the first row of a file
 * @param most so many bytes it may have
 */
export function addLongRow(
  collector: FindingCollector,
  kind: LongRowKind,
  isHeader: boolean,
  most: number,
  bytes: Uint8Array,
  lineStart: number,
  start: number,
  line: number,
): void {
  collector.add(
    'row/too-long',
    'error',
    () => {
      const column = utf16Length(bytes, lineStart, start);
      return { line, column, endLine: line, endColumn: column + 1 };
    },
    () => `${describeLongRow(kind, isHeader, most)} ${isHeader ? LONG_HEADER_EFFECT : LONG_ROW_EFFECT}`,
  );
}

const MEBIBYTE = 1 << 20;
const LONG_HEADER_EFFECT =
  'Ingestion takes all of it for the header, does not find the columns and refuses the file. The rows below are not checked.';
const LONG_ROW_EFFECT =
  'Ingestion’s readers hold a row in memory as a whole and fail on one of this size: the file is not loaded. Here the check goes on at the next line end.';

function describeLongRow(kind: LongRowKind, isHeader: boolean, most: number): string {
  const size = most % MEBIBYTE === 0 ? `${most / MEBIBYTE} MiB` : `${number(most)} bytes`;
  const what = isHeader ? 'The header' : 'The row that starts here';
  switch (kind) {
    case 'long-quote':
      return `This quote is not closed within ${size}, counted from the start of its row: close it, or remove it.`;
    case 'many-cells':
      return `${what} has more than ${number(ROW_CELLS)} cells. Are its line ends missing?`;
    case 'long-row':
      return `${what} is longer than ${size}. Are its line ends missing?`;
  }
}

/** Tells the first byte of a row that is not UTF-8, or a character that was lost before. */
export function checkEncoding(collector: FindingCollector, row: Row): void {
  const at = row.wrongAt;
  if (at >= 0) {
    collector.add(
      'encoding/invalid-utf8',
      'error',
      () => placeInRow(row, at, at + 1),
      () =>
        `This is not UTF-8${guessOf(row.bytes, at, row.end)}. Ingestion puts a replacement character in its place. Save the file as UTF-8.`,
    );
    return;
  }
  const lost = indexOfReplacement(row);
  if (lost < 0) return;
  collector.add(
    'encoding/replacement-character',
    'warning',
    () => placeInRow(row, lost, lost + 3),
    () =>
      'A character was lost here when the file was written: U+FFFD stands in its place. Export the file again as UTF-8.',
  );
}

/** Windows-1252 has a letter or sign in one byte, with ASCII round it, where UTF-8 has several bytes. */
function guessOf(bytes: Uint8Array, at: number, end: number): string {
  const isAlone = at + 1 >= end || bytes[at + 1]! < 0x80;
  const isSign = ![0x81, 0x8d, 0x8f, 0x90, 0x9d].includes(bytes[at]!);
  return isAlone && isSign ? ', but looks like Windows-1252 (called ANSI, or Western European)' : '';
}

/**
 * Tells the first NUL byte of a row that becomes part of a value, of a stored one if there is any.
 *
 * @param isStored whether the value of a 0-based cell goes to the database as text
 */
export function checkNul(
  collector: FindingCollector,
  row: Row,
  dialect: Dialect,
  isStored: (cell: number) => boolean,
): void {
  for (const stored of [true, false]) {
    for (let cell = 0; cell < row.count; cell++) {
      if (isStored(cell) !== stored) continue;
      const at = indexOfNul(row, cell, dialect);
      if (at < 0) continue;
      collector.add(
        'encoding/nul-byte',
        stored ? 'error' : 'warning',
        () => placeInRow(row, at, at + 1),
        () =>
          stored
            ? 'A NUL byte. PostgreSQL stores none in text: the write of the whole file to the database fails.'
            : 'A NUL byte, in a value that is not stored as text. It is hardly meant: leave it out.',
      );
      return;
    }
  }
}

/** The first NUL byte of a cell that is not cut from its value with the blanks; -1 when there is none. */
function indexOfNul(row: Row, cell: number, dialect: Dialect): number {
  const { bytes, starts, ends } = row;
  const end = ends[cell]!;
  let at = indexOfByte(bytes, 0, starts[cell]!, end);
  if (at < 0 || !dialect.trims) return at;
  let to = cellReader.read(row, cell, dialect);
  const value = cellReader.bytes;
  let from = 0;
  while (from < to && value[from]! <= 0x20) from++;
  while (to > from && value[to - 1]! <= 0x20) to--;
  if (indexOfByte(value, 0, from, to) < 0) return -1;
  for (let i = 0; i < from; i++) {
    if (value[i] === 0) at = indexOfByte(bytes, 0, at + 1, end);
  }
  return at;
}

const cellReader = new CellReader();

function indexOfByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  for (let at = start; at < end; at++) {
    if (bytes[at] === byte) return at;
  }
  return -1;
}

function indexOfReplacement(row: Row): number {
  for (let at = row.start; at < row.end - 2; at++) {
    if (row.bytes[at] === 0xef && row.bytes[at + 1] === 0xbf && row.bytes[at + 2] === 0xbd) return at;
  }
  return -1;
}

import { BACKSLASH, CR, LF, QUOTE, ROW_BYTES, type Dialect } from './dialect.ts';
import { copyAsText, headText } from './encoding.ts';
import { ENCODED, QUOTED, type Row } from './row.ts';

/** For each byte behind a backslash the one that both stand for; -1 where they stay as they are. */
const ESCAPED_BYTES = new Int16Array(256).fill(-1);
for (const [sign, meant] of [
  ...['r\r', 'n\n', 't\t', 'b\b', 'f\f'],
  ...['\r\r', '\n\n', '\t\t', '\b\b', '\f\f', '""', '\\\\'],
].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)] as const))
  ESCAPED_BYTES[sign] = meant;
/** Buffers of more bytes are made for the longest row at once. */
const USUAL_BYTES = 1 << 20;

/** What a backslash before a byte makes of both in Commons CSV; -1 where they stay as they are. */
export function escapedByte(byte: number, { delimiter }: Dialect): number {
  return byte === delimiter ? byte : ESCAPED_BYTES[byte]!;
}

/**
 * The value of a cell as ingestion's reader hands it over, before any trimming; of one of more than 64 KiB its start
 * (`headText`).
 *
 * @param index 0-based cell of the row
 */
export function cellText(row: Row, index: number, dialect: Dialect): string {
  const length = reader.read(row, index, dialect);
  return headText(reader.bytes, 0, length);
}

/** Reads cells of any length into one buffer, which it uses again and again. */
export class CellReader {
  /** The bytes of the cell that was read last. */
  bytes = new Uint8Array(1024);

  /**
   * Reads the value of a cell as ingestion's reader hands it over, before any trimming; in UTF-8, with U+FFFD for wrong
   * bytes.
   *
   * @param index 0-based cell of the row
   * @returns the number of bytes, which stand in `bytes` from 0 on
   */
  read(row: Row, index: number, dialect: Dialect): number {
    const start = row.starts[index]!;
    const end = row.ends[index]!;
    const flags = row.flags[index]!;
    const length = this.#copy(row, start, end);
    if ((flags & ENCODED) === 0) return length;
    if (dialect.reader === 'super-csv') return superValue(this.bytes, length);
    const unescaped = dialect.unescapeFirst ? unescapeQuotes(this.bytes, length) : length;
    return commonsValue(this.bytes, unescaped, (flags & QUOTED) !== 0, dialect);
  }

  #copy(row: Row, start: number, end: number): number {
    const length = end - start;
    if (row.wrongAt < 0) {
      this.#reserve(length);
      this.bytes.set(row.bytes.subarray(start, end));
      return length;
    }
    // Each wrong byte becomes three.
    this.#reserve(length * 3);
    return copyAsText(row.bytes, start, end, this.bytes);
  }

  #reserve(length: number): void {
    if (length <= this.bytes.length) return;
    const size = length <= USUAL_BYTES ? length * 2 : Math.max(length, ROW_BYTES);
    this.bytes = new Uint8Array(size);
  }
}

const reader = new CellReader();

// The bytes [0, length) of a cell become those of its value, in place: no value is longer than what stands for it.

/** Where `\"` becomes `"` before the rows are split. @returns the new length */
function unescapeQuotes(bytes: Uint8Array, length: number): number {
  let to = 0;
  for (let at = 0; at < length; at++) {
    if (bytes[at] === BACKSLASH && at + 1 < length && bytes[at + 1] === QUOTE) at++;
    bytes[to++] = bytes[at]!;
  }
  return to;
}

/** Super CSV: quotes toggle, a doubled quote inside quotes is one quote, any line break inside them is LF. */
function superValue(bytes: Uint8Array, length: number): number {
  let to = 0;
  let inQuotes = false;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    if (byte === QUOTE) {
      if (inQuotes && at + 1 < length && bytes[at + 1] === QUOTE) {
        bytes[to++] = QUOTE;
        at++;
      } else inQuotes = !inQuotes;
    } else if (byte === CR) {
      bytes[to++] = LF;
      if (at + 1 < length && bytes[at + 1] === LF) at++;
    } else bytes[to++] = byte;
  }
  return to;
}

/** Commons CSV: doubled quotes inside quotes, and a backslash before a sign that it can escape. */
function commonsValue(bytes: Uint8Array, length: number, quoted: boolean, dialect: Dialect): number {
  let to = 0;
  for (let at = 0; at < length; at++) {
    const byte = bytes[at]!;
    if (at + 1 < length) {
      const next = bytes[at + 1]!;
      if (quoted && byte === QUOTE && next === QUOTE) at++;
      else if (dialect.escapes && byte === BACKSLASH) {
        at++;
        const meant = escapedByte(next, dialect);
        if (meant < 0) bytes[to++] = byte;
        bytes[to++] = meant < 0 ? next : meant;
        continue;
      }
    }
    bytes[to++] = byte;
  }
  return to;
}

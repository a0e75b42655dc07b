import { QUOTE } from './dialect.ts';

/**
 * What a delimiter inside a quoted value is written as in a row of plain values, so that it does not look like one
 * between cells: a byte that no UTF-8 has.
 */
export const HIDDEN_DELIMITER = 0xff;

/**
 * Writes the row [start, end) without the quotes around its cells, doubled ones once, and delimiters inside them hidden
 * (`HIDDEN_DELIMITER`). No quote may stand anywhere else.
 *
 * @param into has room for as many bytes as the row has
 * @param ends takes the byte after each of the first cells there, as many as it holds
 * @returns the number of bytes written, from index 0 on
 */
export function unquote(
  bytes: Uint8Array,
  start: number,
  end: number,
  delimiter: number,
  into: Uint8Array,
  ends: Int32Array,
): number {
  let out = 0;
  let cell = 0;
  let inQuotes = false;
  for (let at = start; at < end; at++) {
    let byte = bytes[at]!;
    if (byte === QUOTE) {
      if (inQuotes && at + 1 < end && bytes[at + 1] === QUOTE) at++;
      else {
        inQuotes = !inQuotes;
        continue;
      }
    } else if (byte === delimiter) {
      if (inQuotes) byte = HIDDEN_DELIMITER;
      else if (cell < ends.length) ends[cell++] = out;
    }
    into[out++] = byte;
  }
  if (cell < ends.length) ends[cell] = out;
  return out;
}

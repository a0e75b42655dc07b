import { BACKSLASH, CR, LF, QUOTE, type Dialect } from '../../csv/dialect.ts';
import { Scanner } from '../../csv/scanner.ts';

/** What rows of a file look like. */
export interface RowForm {
  readonly dialect: Dialect;
  /** Number of cells that a row should have. */
  readonly cells: number;
}

/** How bytes split into rows when it is assumed that they begin in a certain way. */
interface Guess {
  /** Where the second row starts. */
  readonly second: number;
  readonly rows: number;
  /** Rows that do not look like those of the file. */
  readonly odd: number;
}

/**
 * Finds a place in the middle of a file where a row starts. Whether a line is in a quoted value only the rows before
 * could tell, so both are tried, and the one is believed with which the rows look as they should (speculative splitting
 * as in Ge et al., "Speculative Distributed CSV Data Parsing"). A wrong answer costs time and nothing else.
 *
 * @param sample bytes that begin anywhere in a row
 * @returns the index in the sample of a line's first byte; undefined when it cannot be told
 */
export function likelyRowStart(sample: Uint8Array, form: RowForm): number | undefined {
  const line = lineStart(sample);
  if (line < 0) return undefined;
  const lines = sample.subarray(line);
  // A value as long as the sample is not worth a thought.
  if (!lines.includes(QUOTE)) return line;
  const outside = split(lines, form, false);
  const inside = split(Uint8Array.of(QUOTE, ...lines), form, true);
  if (outside.odd === inside.odd) return undefined;
  const likely = outside.odd < inside.odd ? outside : inside;
  if (likely.odd * 2 > likely.rows) return undefined;
  return likely === outside ? line : line + inside.second - 1;
}

/** The first byte of the first line that surely starts in the bytes and is not the rest of an escaped line end; -1. */
function lineStart(bytes: Uint8Array): number {
  for (let at = 1; at < bytes.length - 1; at++) {
    const byte = bytes[at];
    if (byte !== LF && (byte !== CR || bytes[at + 1] === LF)) continue;
    const before = byte === LF && bytes[at - 1] === CR ? at - 2 : at - 1;
    if (before >= 0 && bytes[before] !== BACKSLASH) return at + 1;
  }
  return -1;
}

/** @param torn true when the first row is the rest of one: its number of cells says nothing */
function split(bytes: Uint8Array, { dialect, cells }: RowForm, torn: boolean): Guess {
  let rows = 0;
  let odd = 0;
  let isFaulty = false;
  const scanner = new Scanner(dialect, {
    row({ count }) {
      if (isFaulty || (count !== cells && !(torn && rows === 0))) odd++;
      isFaulty = false;
      rows++;
    },
    blankLines: () => undefined,
    fault() {
      isFaulty = true;
    },
  });
  let second = 0;
  for (let at = 0; at < bytes.length;) {
    const next = scanner.next(bytes, at, bytes.length, false);
    if (next === at) break;
    at = next;
    if (second === 0 && rows === 1) second = at;
  }
  return { second, rows, odd: rows === 0 ? Infinity : odd };
}

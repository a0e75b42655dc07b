/**
 * The proof of plain rows in AssemblyScript, a TypeScript of WebAssembly's own types: `esbuild.mjs` compiles it, tsc and
 * eslint leave it out. `../proof-wasm.ts` writes bytes and steps into its memory and reads the answer there.
 *
 * A window of bytes is looked at twice. `classify` turns each 64 bytes into 64-bit masks with SIMD: a bit for each byte
 * that ends a cell, that is no digit, … The second pass walks the rows on those masks: a cell is the distance between
 * two bits, "all digits" is one AND. Most rows are not even walked: they have the form of the row before (`template`).
 */

import { isCell } from './cells';
import { classify } from './classify';
import {
  ANSWER,
  bitsFrom,
  blockFrom,
  byteAt,
  CELLS,
  CR,
  ENDS,
  lowest,
  NO_DIGITS,
  NOTES,
  SEPARATORS,
  STEPS,
  UNUSUAL,
} from './memory';
import { beginFingerprints, fingerprintRow } from './fingerprints';
import { behindForm, forgetForm, formMoved, takeForm } from './template';

const FAILED: usize = 0xffffffff;

// What may be met in a window.
/** Quotes: bytes inside them end no cell. */
const WITH_QUOTES: u32 = 1;
/** Well-formed UTF-8 beyond ASCII. */
const WITH_UTF8: u32 = 2;

/** The index of the next separator from `at` on. */
function nextSeparator(at: usize): usize {
  let base = at & ~63;
  let separators = load<u64>(base >>> 3, SEPARATORS) & (~(<u64>0) << ((<u64>at) & 63));
  while (separators === 0) {
    base += 64;
    separators = load<u64>(base >>> 3, SEPARATORS);
  }
  return base + <usize>ctz(separators);
}

/**
 * Looks at those cells of the rest of a row that are no number of up to four digits.
 *
 * @param start first byte of the rest
 * @param end the byte after its last cell
 * @param step that of its first cell
 */
function areCells(start: usize, end: usize, step: usize, delimiter: u32, wide: v128): bool {
  let cellStart = start;
  let cell = step;
  let at = start;
  while (at < end) {
    // The next unusual byte, and the cell that it is in.
    let base = at & ~63;
    const from = ~(<u64>0) << ((<u64>at) & 63);
    let unusual = load<u64>(base >>> 3, UNUSUAL) & from;
    let separators = load<u64>(base >>> 3, SEPARATORS) & from;
    while (unusual === 0) {
      if (separators !== 0) {
        cell += (<usize>popcnt(separators)) << 4;
        cellStart = base + 64 - <usize>clz(separators);
      }
      base += 64;
      if (base >= end) return true;
      unusual = load<u64>(base >>> 3, UNUSUAL);
      separators = load<u64>(base >>> 3, SEPARATORS);
    }
    const bit = ctz(unusual);
    if (base + <usize>bit >= end) return true;
    const before = separators & (((<u64>1) << bit) - 1);
    if (before !== 0) {
      cell += (<usize>popcnt(before)) << 4;
      cellStart = base + 64 - <usize>clz(before);
    }
    const separator = nextSeparator(base + <usize>bit);
    const cellEnd = separator < end ? separator : end;
    if (!isCell(cell, cellStart, cellEnd, delimiter, wide)) return false;
    at = separator + 1;
    cellStart = at;
    cell += 16;
  }
  return true;
}

/**
 * Looks at the cells of a row's lead. Digits are looked at here; what is no digits is noted and looked at behind the
 * loop, so that no call stands in it. Where each cell stands is written to `CELLS`.
 *
 * @param lastStep the step behind those of the lead
 * @returns the index after the separator behind the lead, or `FAILED`
 */
function proveLead(rowStart: usize, lastStep: usize, delimiter: u32, wide: v128): usize {
  let at = rowStart;
  let block = at;
  let separators = bitsFrom(SEPARATORS, at);
  let others = bitsFrom(NO_DIGITS, at);
  let noted: usize = NOTES;
  for (let step: usize = 0; step < lastStep; step += 16) {
    let odd: u64 = 0;
    while (separators === 0) {
      odd |= others;
      block = (block + 64) & ~7;
      separators = load<u64>(block >>> 3, SEPARATORS);
      others = load<u64>(block >>> 3, NO_DIGITS);
    }
    const end = block + <usize>ctz(separators);
    const cell = separators ^ (separators - 1);
    odd |= others & (cell >>> 1);
    others &= ~cell;
    separators &= separators - 1;
    store<u32>(step >>> 1, <u32>at, CELLS);
    store<u32>(step >>> 1, <u32>end, CELLS + 4);
    if (odd !== 0 || end - at - load<u32>(step, STEPS) > load<u32>(step, STEPS + 4)) {
      store<u32>(noted, <u32>step);
      store<u32>(noted, <u32>at, 4);
      store<u32>(noted, <u32>end, 8);
      noted += 12;
    }
    at = end + 1;
  }
  for (let note: usize = NOTES; note < noted; note += 12) {
    const step = load<u32>(note);
    const start = load<u32>(note, 4);
    const end = load<u32>(note, 8);
    if (!isCell(step, start, end, delimiter, wide)) return FAILED;
  }
  return at;
}

/**
 * Looks at the rest of a row: as many cells as it must have, and nothing but digits, four to a cell, unless a closer
 * look finds the cell good all the same.
 *
 * @param end the byte after its last cell
 */
function isRest(
  start: usize,
  end: usize,
  lineEnd: usize,
  count: u32,
  step: usize,
  delimiter: u32,
  wide: v128,
): bool {
  let block = start;
  let cells: u64 = 1;
  let seen: u64 = 0;
  for (; lineEnd - block >= 64; block += 64) {
    cells += popcnt(blockFrom(SEPARATORS, block));
    seen |= blockFrom(UNUSUAL, block);
  }
  const left = lowest(lineEnd - block);
  cells += popcnt(blockFrom(SEPARATORS, block) & left);
  if (cells !== <u64>count) return false;
  // A CR before the LF is not unusual; in the block before it is, and the closer look passes over it.
  seen |= blockFrom(UNUSUAL, block) & (left >>> (<u64>lineEnd - <u64>end));
  return seen === 0 || areCells(start, end, step, delimiter, wide);
}

/**
 * Proves rows of the window, and makes their fingerprints.
 *
 * @param from the window's first byte, that of a row
 * @param to the byte behind it; 64 more are read
 * @param base index of the first byte of the input for the caller, added to the row ends
 * @param lead cells that are looked at one by one
 * @param rest cells behind them that may all hold a number of up to four digits
 * @param may `WITH_QUOTES` and `WITH_UTF8`, or rows that have such bytes are not proved
 * @param specs how many fingerprints are wanted of each row
 * @param most rows that are proved at most
 * @returns rows proved; `ANSWER` holds how many were looked at, and how many of the proved ones end with CR LF
 */
export function prove(
  from: usize,
  to: usize,
  base: u32,
  delimiter: u32,
  lead: usize,
  rest: u32,
  may: u32,
  specs: u32,
  most: u32,
): u32 {
  const withQuotes = (may & WITH_QUOTES) !== 0;
  const hidden = withQuotes ? delimiter : 0;
  const wide = i8x16.splat((may & WITH_UTF8) !== 0 ? -1 : 0);
  const lines = min<u32>(classify(from, to, base, delimiter, withQuotes), most);
  // The last cell of a row without a rest ends at the line end: it is looked at by itself.
  const walked = lead - (rest === 0 ? 1 : 0);
  const step = walked << 4;
  // Where the last row has too few cells its lead ends here.
  const behind = ((to + 63) & ~63) >>> 3;
  for (let i: usize = 0; i <= lead; i += 64) store<u64>(behind + (i >>> 3), ~(<u64>0), SEPARATORS);
  forgetForm();
  beginFingerprints(specs, most, walked);
  let crLfs: u32 = 0;
  let rowStart = from;
  let row: u32 = 0;
  for (; row < lines; row++) {
    const lineEnd = <usize>(load<u32>(ENDS + ((<usize>row) << 2)) - base);
    let start = behindForm(rowStart);
    const isNew = start === 0;
    if (isNew) {
      start = proveLead(rowStart, step, hidden, wide);
      if (start > lineEnd) break;
    }
    const end = lineEnd > start && byteAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    if (rest !== 0) {
      if (!isRest(start, end, lineEnd, rest, step, hidden, wide)) break;
    } else if (nextSeparator(start) !== lineEnd || !isCell(step, start, end, hidden, wide)) break;
    const isNoted = isNew && takeForm(rowStart, start, walked, row);
    if (specs !== 0) {
      const moved: usize = isNew ? 0 : formMoved(rowStart);
      if (rest === 0) {
        store<u32>(step >>> 1, <u32>(start - moved), CELLS);
        store<u32>(step >>> 1, <u32>(end - moved), CELLS + 4);
      }
      fingerprintRow(specs, row, rowStart, end, moved, !isNew, isNoted, walked, hidden);
    }
    crLfs += <u32>(lineEnd - end);
    rowStart = lineEnd + 1;
  }
  store<u32>(0, lines, ANSWER);
  store<u32>(0, crLfs, ANSWER + 4);
  return row;
}

/**
 * The proof of plain rows in AssemblyScript, a TypeScript of WebAssembly's own types: `esbuild.mjs` compiles it, tsc and
 * eslint leave it out. `../proof-wasm.ts` writes bytes and steps into its memory and reads the answer there.
 *
 * A window of bytes is looked at twice. `classify` turns each 64 bytes into 64-bit masks with SIMD: a bit for each byte
 * that ends a cell, that is no digit, … The second look walks the rows on those masks: a cell is the distance between
 * two bits, "all digits" is one AND.
 */

import {
  ANSWER,
  bitsFrom,
  byteAt,
  CR,
  ENDS,
  INPUT,
  NO_DIGITS,
  NOTES,
  SEPARATORS,
  STEPS,
  UNUSUAL,
} from './memory';

export { fingerprint } from './prints';

const FAILED: usize = 0xffffffff;

// A step is four numbers. The first two are bounds for digits alone, which a cell of another kind never keeps: it has
// its kind in the place of the first. The last two are its own bounds.
const OTHER_KIND: u32 = 0x80000000;
const DECIMAL: u32 = OTHER_KIND + 1;
const TEXT: u32 = OTHER_KIND + 3;

const LF: u32 = 0x0a;
const SPACE: u32 = 0x20;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const COLON: u32 = 0x3a;

function mask(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (<u32>i8x16.bitmask(a)) | ((<u32>i8x16.bitmask(b)) << 16);
  const high = (<u32>i8x16.bitmask(c)) | ((<u32>i8x16.bitmask(d)) << 16);
  return (<u64>low) | ((<u64>high) << 32);
}

function equal(a: v128, b: v128, c: v128, d: v128, byte: u32): u64 {
  const each = i8x16.splat(<i8>byte);
  return mask(i8x16.eq(a, each), i8x16.eq(b, each), i8x16.eq(c, each), i8x16.eq(d, each));
}

function noDigit(a: v128): v128 {
  return i8x16.ge_u(i8x16.sub(a, i8x16.splat(0x30)), i8x16.splat(10));
}

/** Bytes that are no printable ASCII, and quotes and backslashes. */
function noText(a: v128): v128 {
  const unprintable = i8x16.ge_u(i8x16.sub(a, i8x16.splat(0x20)), i8x16.splat(0x5f));
  const quote = i8x16.eq(a, i8x16.splat(0x22));
  const backslash = i8x16.eq(a, i8x16.splat(0x5c));
  return v128.or(v128.or(quote, backslash), unprintable);
}

/**
 * Makes the masks of a window, and the list of its line ends.
 *
 * @returns the number of line ends
 */
function classify(length: usize, base: u32, delimiter: u32): u32 {
  let lines: usize = ENDS;
  // Digits of the block before, and runs of two of them.
  let ones: u64 = 0;
  let twos: u64 = 0;
  for (let at: usize = 0; at < length; at += 64) {
    const a = v128.load(at, INPUT);
    const b = v128.load(at, INPUT + 16);
    const c = v128.load(at, INPUT + 32);
    const d = v128.load(at, INPUT + 48);
    let lineEnds = equal(a, b, c, d, LF);
    const separators = equal(a, b, c, d, delimiter) | lineEnds;
    const others = mask(noDigit(a), noDigit(b), noDigit(c), noDigit(d));
    const digits = ~others;
    const two = digits & ((digits << 1) | (ones >>> 63));
    const four = two & ((two << 2) | (twos >>> 62));
    // The fifth digit of a run and those behind it.
    const long = four & ((digits << 4) | (ones >>> 60));
    ones = digits;
    twos = two;
    const word = at >>> 3;
    store<u64>(word, separators, SEPARATORS);
    store<u64>(word, others, NO_DIGITS);
    store<u64>(word, (others & ~separators) | long, UNUSUAL);
    const left = length - at;
    if (left < 64) lineEnds &= lowest(left);
    if (lineEnds !== 0) {
      store<u32>(lines, base + <u32>at + <u32>ctz(lineEnds));
      lines += 4;
      lineEnds &= lineEnds - 1;
      while (lineEnds !== 0) {
        store<u32>(lines, base + <u32>at + <u32>ctz(lineEnds));
        lines += 4;
        lineEnds &= lineEnds - 1;
      }
    }
  }
  return (<u32>(lines - ENDS)) >>> 2;
}

/** 64 bits of a mask from a byte on. */
function blockFrom(masks: usize, at: usize): u64 {
  const word = masks + (at >>> 3);
  const low = load<u64>(word);
  const shift = (<u64>at) & 7;
  return (low >>> shift) | (((<u64>load<u8>(word, 8)) << 1) << (63 - shift));
}

function lowest(count: usize): u64 {
  return ~(~(<u64>0) << (<u64>count));
}

/** The number of two digits, 255 when they are none. */
function pair(at: usize): u32 {
  const high = byteAt(at) - 0x30;
  const low = byteAt(at + 1) - 0x30;
  return high < 10 && low < 10 ? high * 10 + low : 255;
}

function isText(start: usize, end: usize): bool {
  const length = <i32>(end - start);
  let at = start;
  for (; end - at > 16; at += 16) {
    if (v128.any_true(noText(v128.load(at, INPUT)))) return false;
  }
  const bytes = v128.load(at, INPUT);
  const rest = <i32>(end - at);
  const left = ~(-1 << rest);
  if ((i8x16.bitmask(noText(bytes)) & left) !== 0) return false;
  if (length > 16) return byteAt(start) !== SPACE && byteAt(end - 1) !== SPACE;
  const edges = 1 | (1 << (length - 1));
  if ((i8x16.bitmask(i8x16.eq(bytes, i8x16.splat(0x20))) & left & edges) !== 0) return false;
  // The word NULL in any case, or something as near as that.
  return length !== 4 || (byteAt(start) | 0x20) !== 0x6e || (byteAt(start + 3) | 0x20) !== 0x6c;
}

function isDecimal(start: usize, end: usize): bool {
  const length = end - start;
  if (byteAt(start) - 0x31 > 8 || length > 40) return false;
  const others = bitsFrom(NO_DIGITS, start) & lowest(length);
  if (others === 0) return true;
  return (others & (others - 1)) === 0 && byteAt(start + <usize>ctz(others)) === POINT;
}

function isDate(start: usize, end: usize, time: bool): bool {
  const length = end - start;
  if (length < 10 || byteAt(start + 4) !== MINUS || byteAt(start + 7) !== MINUS) return false;
  const century = pair(start);
  const month = pair(start + 5);
  const day = pair(start + 8);
  if ((century !== 19 && century !== 20) || pair(start + 2) > 99) return false;
  if (month - 1 > 11 || day - 1 > 27) return false;
  if (length === 10) return true;
  if (!time || length < 16 || byteAt(start + 10) !== SPACE || byteAt(start + 13) !== COLON) return false;
  if (pair(start + 11) > 99 || pair(start + 14) > 99) return false;
  for (let at = start + 16; at < end; at++) {
    const byte = byteAt(at);
    if (byte - 0x30 > 9 && byte !== COLON && byte !== POINT) return false;
  }
  return true;
}

/** True when a cell has the shape of its step. */
function isCell(step: usize, start: usize, end: usize): bool {
  const kind = load<u32>(step, STEPS);
  const min = load<u32>(step, STEPS + 8);
  const more = load<u32>(step, STEPS + 12);
  const length = end - start;
  if (kind < OTHER_KIND) {
    return length - min <= more && (bitsFrom(NO_DIGITS, start) & lowest(length)) === 0;
  }
  if (kind === TEXT) return length - min <= more && isText(start, end);
  if (length === 0) return min === 0;
  return kind === DECIMAL ? isDecimal(start, end) : isDate(start, end, more === 1);
}

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
function areCells(start: usize, end: usize, step: usize): bool {
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
    if (!isCell(cell, cellStart, cellEnd)) return false;
    at = separator + 1;
    cellStart = at;
    cell += 16;
  }
  return true;
}

/**
 * Looks at the cells of a row's lead. Digits are looked at here; what is no digits is noted and looked at behind the
 * loop, so that no call stands in it.
 *
 * @param lastStep the step behind those of the lead
 * @returns the index after the separator behind the lead, or `FAILED`
 */
function proveLead(rowStart: usize, lastStep: usize): usize {
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
    if (load<u32>(step, STEPS) === TEXT) {
      if (end - start - load<u32>(step, STEPS + 8) > load<u32>(step, STEPS + 12)) return FAILED;
      if (!isText(start, end)) return FAILED;
    } else if (!isCell(step, start, end)) return FAILED;
  }
  return at;
}

/**
 * Looks at the rest of a row: as many cells as it must have, and nothing but digits, four to a cell, unless a closer
 * look finds the cell good all the same.
 *
 * @param end the byte after its last cell
 */
function isRest(start: usize, end: usize, lineEnd: usize, count: u32, step: usize): bool {
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
  return seen === 0 || areCells(start, end, step);
}

/**
 * Proves rows of the window.
 *
 * @param length bytes of the window; 64 more are read
 * @param base index of its first byte for the caller, added to the row ends
 * @param lead cells that are looked at one by one
 * @param rest cells behind them that may all hold a number of up to four digits
 * @returns rows proved; `ANSWER` holds how many the window has, and how many of the proved ones end with CR LF
 */
export function prove(length: usize, base: u32, delimiter: u32, lead: usize, rest: u32): u32 {
  const lines = classify(length, base, delimiter);
  const step = (lead - (rest === 0 ? 1 : 0)) << 4;
  // Where the last row has too few cells its lead ends here.
  const behind = ((length + 63) & ~63) >>> 3;
  for (let i: usize = 0; i <= lead; i += 64) store<u64>(behind + (i >>> 3), ~(<u64>0), SEPARATORS);
  const last = ENDS + ((<usize>lines) << 2);
  let crLfs: u32 = 0;
  let rowStart: usize = 0;
  let row: usize = ENDS;
  for (; row < last; row += 4) {
    const lineEnd = <usize>(load<u32>(row) - base);
    const start = proveLead(rowStart, step);
    if (start > lineEnd) break;
    const end = lineEnd > start && byteAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    if (rest !== 0) {
      if (!isRest(start, end, lineEnd, rest, step)) break;
    } else if (nextSeparator(start) !== lineEnd || !isCell(step, start, end)) break;
    crLfs += <u32>(lineEnd - end);
    rowStart = lineEnd + 1;
  }
  store<u32>(0, lines, ANSWER);
  store<u32>(0, crLfs, ANSWER + 4);
  return (<u32>(row - ENDS)) >>> 2;
}

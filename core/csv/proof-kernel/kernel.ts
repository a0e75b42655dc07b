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
  blockFrom,
  byteAt,
  CR,
  ENDS,
  INPUT,
  lowest,
  NO_DIGITS,
  NOTES,
  QUOTE,
  QUOTES,
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
/** In the second number of a text's step: a delimiter inside quotes is not taken. */
const NO_DELIMITER: u32 = 1;

// What may be met in a window.
/** Quotes: bytes inside them end no cell. */
const WITH_QUOTES: u32 = 1;
/** Well-formed UTF-8 beyond ASCII. */
const WITH_UTF8: u32 = 2;

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

/**
 * Bytes that a text may not have, quotes left out. Of UTF-8 the characters that begin with the byte EF are not taken: the
 * sign for a lost character is one of them.
 *
 * @param wide all bits where UTF-8 may be met, none where it may not
 */
function noText(a: v128, wide: v128): v128 {
  const unprintable = i8x16.ge_u(i8x16.sub(a, i8x16.splat(0x20)), i8x16.splat(0x5f));
  const lost = i8x16.eq(a, i8x16.splat(<i8>0xef));
  const allowed = v128.and(wide, i8x16.lt_s(a, i8x16.splat(0)));
  const backslash = i8x16.eq(a, i8x16.splat(0x5c));
  return v128.or(v128.or(v128.andnot(unprintable, allowed), lost), backslash);
}

/** A bit for each byte from an odd quote, that itself taken, to before the even one behind it. */
function insideOf(quotes: u64): u64 {
  let inside = quotes ^ (quotes << 1);
  inside ^= inside << 2;
  inside ^= inside << 4;
  inside ^= inside << 8;
  inside ^= inside << 16;
  return inside ^ (inside << 32);
}

/**
 * Makes the masks of a window, and the list of its line ends; those inside quotes are left out.
 *
 * @returns the number of line ends in the list
 */
function classify(length: usize, base: u32, delimiter: u32, withQuotes: bool): u32 {
  let lines: usize = ENDS;
  // All bits where the block before ends inside quotes.
  let inside: u64 = 0;
  // Digits of the block before, and runs of two of them.
  let ones: u64 = 0;
  let twos: u64 = 0;
  for (let at: usize = 0; at < length; at += 64) {
    const a = v128.load(at, INPUT);
    const b = v128.load(at, INPUT + 16);
    const c = v128.load(at, INPUT + 32);
    const d = v128.load(at, INPUT + 48);
    let lineEnds = equal(a, b, c, d, LF);
    let separators = equal(a, b, c, d, delimiter) | lineEnds;
    if (withQuotes) {
      const quotes = equal(a, b, c, d, QUOTE);
      store<u64>(at >>> 3, quotes, QUOTES);
      if (quotes !== 0) inside ^= insideOf(quotes);
      separators &= ~inside;
      lineEnds &= ~inside;
      inside = <u64>((<i64>inside) >> 63);
    }
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

/** The number of two digits, 255 when they are none. */
function pair(at: usize): u32 {
  const high = byteAt(at) - 0x30;
  const low = byteAt(at + 1) - 0x30;
  return high < 10 && low < 10 ? high * 10 + low : 255;
}

/** True where every quote of the text inside a cell's quotes is doubled. */
function areDoubled(start: usize, end: usize): bool {
  let at = start;
  while (at < end) {
    const quotes = blockFrom(QUOTES, at);
    if (quotes === 0) {
      at += 64;
      continue;
    }
    at += <usize>ctz(quotes);
    if (at >= end) return true;
    if (at + 1 >= end || byteAt(at + 1) !== QUOTE) return false;
    at += 2;
  }
  return true;
}

function hasByte(start: usize, end: usize, byte: u32): bool {
  for (let at = start; at < end; at++) {
    if (byteAt(at) === byte) return true;
  }
  return false;
}

/** @param quoted true for the text inside a cell's quotes */
function isText(start: usize, end: usize, quoted: bool, wide: v128): bool {
  const length = <i32>(end - start);
  const quote = i8x16.splat(quoted ? 0 : <i8>QUOTE);
  let at = start;
  for (; end - at > 16; at += 16) {
    const bytes = v128.load(at, INPUT);
    if (v128.any_true(v128.or(noText(bytes, wide), i8x16.eq(bytes, quote)))) return false;
  }
  const bytes = v128.load(at, INPUT);
  const rest = <i32>(end - at);
  const left = ~(-1 << rest);
  if ((i8x16.bitmask(v128.or(noText(bytes, wide), i8x16.eq(bytes, quote))) & left) !== 0) return false;
  if (length === 0) return true;
  if (byteAt(start) === SPACE || byteAt(end - 1) === SPACE) return false;
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

/**
 * True when a cell has the shape of its step, or the text inside its quotes has.
 *
 * @param delimiter 0 where quotes were not looked for: a cell in quotes has no shape then
 */
function isCell(step: usize, cellStart: usize, cellEnd: usize, delimiter: u32, wide: v128): bool {
  const kind = load<u32>(step, STEPS);
  const min = load<u32>(step, STEPS + 8);
  const more = load<u32>(step, STEPS + 12);
  const quoted =
    delimiter !== 0 &&
    cellEnd - cellStart > 1 &&
    byteAt(cellStart) === QUOTE &&
    byteAt(cellEnd - 1) === QUOTE;
  const start = quoted ? cellStart + 1 : cellStart;
  const end = quoted ? cellEnd - 1 : cellEnd;
  const length = end - start;
  if (kind === TEXT) {
    if (length - min > more || !isText(start, end, quoted, wide)) return false;
    if (!quoted) return true;
    if ((load<u32>(step, STEPS + 4) & NO_DELIMITER) !== 0 && hasByte(start, end, delimiter)) return false;
    return areDoubled(start, end);
  }
  if (kind < OTHER_KIND) {
    return length - min <= more && (bitsFrom(NO_DIGITS, start) & lowest(length)) === 0;
  }
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
 * loop, so that no call stands in it.
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
 * Proves rows of the window.
 *
 * @param length bytes of the window; 64 more are read
 * @param base index of its first byte for the caller, added to the row ends
 * @param lead cells that are looked at one by one
 * @param rest cells behind them that may all hold a number of up to four digits
 * @param may `WITH_QUOTES` and `WITH_UTF8`, or rows that have such bytes are not proved
 * @returns rows proved; `ANSWER` holds how many the window has, and how many of the proved ones end with CR LF
 */
export function prove(length: usize, base: u32, delimiter: u32, lead: usize, rest: u32, may: u32): u32 {
  const withQuotes = (may & WITH_QUOTES) !== 0;
  const hidden = withQuotes ? delimiter : 0;
  const wide = i8x16.splat((may & WITH_UTF8) !== 0 ? -1 : 0);
  const lines = classify(length, base, delimiter, withQuotes);
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
    const start = proveLead(rowStart, step, hidden, wide);
    if (start > lineEnd) break;
    const end = lineEnd > start && byteAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    if (rest !== 0) {
      if (!isRest(start, end, lineEnd, rest, step, hidden, wide)) break;
    } else if (nextSeparator(start) !== lineEnd || !isCell(step, start, end, hidden, wide)) break;
    crLfs += <u32>(lineEnd - end);
    rowStart = lineEnd + 1;
  }
  store<u32>(0, lines, ANSWER);
  store<u32>(0, crLfs, ANSWER + 4);
  return (<u32>(row - ENDS)) >>> 2;
}

/** What the cells of a row hold: digits, decimals, dates, texts, perhaps in quotes. */

import { bitsFrom, blockFrom, byteAt, INPUT, lowest, NO_DIGITS, QUOTE, QUOTES, STEPS } from './memory';
import { DECIMAL, NO_DELIMITER, OTHER_KIND, TEXT } from './steps';

const SPACE: u32 = 0x20;
const MINUS: u32 = 0x2d;
const POINT: u32 = 0x2e;
const COLON: u32 = 0x3a;

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
export function isCell(step: usize, cellStart: usize, cellEnd: usize, delimiter: u32, wide: v128): bool {
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

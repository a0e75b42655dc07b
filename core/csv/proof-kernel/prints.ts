/** Fingerprints of the rows that were proved: the same as those of `../fingerprint.ts`. */
import {
  bitsFrom,
  blockFrom,
  BOUNDS,
  byteAt,
  CR,
  ENDS,
  INPUT,
  lowest,
  PRINTS,
  QUOTE,
  QUOTES,
  SEPARATORS,
  SPECS,
  UNQUOTED,
  UNQUOTED_BYTES,
} from './memory';

const LOW_FACTOR: u32 = 0xcc9e2d51;
const HIGH_FACTOR: u32 = 0x9e3779b1;
const LONG: usize = 32;
const ZERO: u32 = 0x30;
const HIDDEN_DELIMITER: u32 = 0xff;

const WHOLE_ROW: u32 = 1;
const SKIPS_EMPTY: u32 = 2;

// A state is both halves in one number: kept in locals while bytes are added.
function stateOf(low: u32, high: u32): u64 {
  return (<u64>low) | ((<u64>high) << 32);
}

function join(one: u32, other: u32): u32 {
  return (one * 0x85ebca6b) ^ rotl<u32>(other, 13);
}

function joinAll(four: v128): u32 {
  const first = join(<u32>i32x4.extract_lane(four, 0), <u32>i32x4.extract_lane(four, 1));
  return join(join(first, <u32>i32x4.extract_lane(four, 2)), <u32>i32x4.extract_lane(four, 3));
}

/** A state, its complement, and each plus 1. */
function fourOf(half: u32): v128 {
  const two = i32x4.replace_lane(i32x4.splat(<i32>half), 1, <i32>~half);
  return i32x4.replace_lane(i32x4.replace_lane(two, 2, <i32>(half + 1)), 3, <i32>(~half + 1));
}

function add(state: u64, start: usize, end: usize): u64 {
  let low = (<u32>state) ^ (<u32>(end - start));
  let high = <u32>(state >>> 32);
  let at = start;
  if (end - start >= LONG) {
    let lows = fourOf(low);
    let highs = fourOf(high);
    for (; at + 16 <= end; at += 16) {
      const words = v128.load(at, INPUT);
      lows = i32x4.mul(v128.xor(lows, words), i32x4.splat(<i32>LOW_FACTOR));
      lows = v128.or(i32x4.shl(lows, 15), i32x4.shr_u(lows, 17));
      highs = i32x4.mul(i32x4.add(highs, words), i32x4.splat(<i32>HIGH_FACTOR));
      highs = v128.xor(highs, i32x4.shr_u(highs, 15));
    }
    low = joinAll(lows);
    high = joinAll(highs);
  }
  for (; at + 4 <= end; at += 4) {
    const word = load<u32>(at, INPUT);
    low = rotl<u32>((low ^ word) * LOW_FACTOR, 15);
    high = (high + word) * HIGH_FACTOR;
    high ^= high >>> 15;
  }
  if (at < end || start === end) {
    const left = (<u32>(end - at)) << 3;
    const word = load<u32>(at, INPUT) & ~(0xffffffff << left);
    low = rotl<u32>((low ^ word) * LOW_FACTOR, 15);
    high = (high + word) * HIGH_FACTOR;
    high ^= high >>> 15;
  }
  return stateOf(low, high);
}

function finish(state: u64): u64 {
  let low = <u32>state;
  let high = <u32>(state >>> 32);
  low ^= high >>> 16;
  low = (low ^ (low >>> 16)) * 0x85ebca6b;
  low = (low ^ (low >>> 13)) * 0xc2b2ae35;
  low ^= low >>> 16;
  high ^= low;
  high = (high ^ (high >>> 16)) * 0x7feb352d;
  high = (high ^ (high >>> 15)) * 0x846ca68b;
  return stateOf(low, high ^ (high >>> 16));
}

/** Writes where the first cells of a row start and end. */
function locate(rowStart: usize, rowEnd: usize, bounds: usize, cells: u32): void {
  let at = rowStart;
  let block = at;
  let separators = bitsFrom(SEPARATORS, at);
  const last = bounds + ((<usize>cells) << 3);
  for (let bound = bounds; bound < last; bound += 8) {
    while (separators === 0) {
      block = (block + 64) & ~7;
      separators = load<u64>(block >>> 3, SEPARATORS);
    }
    const end = block + <usize>ctz(separators);
    separators &= separators - 1;
    store<u32>(bound, <u32>at);
    store<u32>(bound, <u32>(end < rowEnd ? end : rowEnd), 4);
    at = end + 1;
  }
}

/** True when a quote is among the bytes [start, end). */
function hasQuote(start: usize, end: usize): bool {
  let at = start;
  for (; end - at >= 64; at += 64) {
    if (blockFrom(QUOTES, at) !== 0) return true;
  }
  return (blockFrom(QUOTES, at) & lowest(end - at)) !== 0;
}

/**
 * Writes a row without its quotes, as `../quotes.ts` does, and where its first cells start and end then.
 *
 * @param to where to write it
 * @returns the byte after it
 */
function unquote(
  rowStart: usize,
  rowEnd: usize,
  to: usize,
  delimiter: u32,
  bounds: usize,
  cells: u32,
): usize {
  let at = rowStart;
  let out = to;
  let cellStart = to;
  let inQuotes = false;
  let bound = bounds;
  const last = bounds + ((<usize>cells) << 3);
  while (at < rowEnd) {
    let byte = byteAt(at++);
    if (byte === QUOTE) {
      if (inQuotes && at < rowEnd && byteAt(at) === QUOTE) at++;
      else {
        inQuotes = !inQuotes;
        continue;
      }
    } else if (byte === delimiter) {
      if (inQuotes) byte = HIDDEN_DELIMITER;
      else {
        if (bound < last) {
          store<u32>(bound, <u32>cellStart);
          store<u32>(bound, <u32>out, 4);
          bound += 8;
        }
        cellStart = out + 1;
      }
    }
    store<u8>(out, <u8>byte, INPUT);
    out++;
  }
  if (bound < last) {
    store<u32>(bound, <u32>cellStart);
    store<u32>(bound, <u32>out, 4);
  }
  return out;
}

/** True when the parts of a spec are short and hold the same bytes in two rows: so have the rows of one school. */
function isAsBefore(parts: usize, end: usize, bounds: usize, before: usize): bool {
  for (let part = parts; part < end; part += 12) {
    const first = (<usize>load<u32>(part)) << 3;
    const last = (<usize>load<u32>(part, 4)) << 3;
    const start = <usize>load<u32>(bounds + first);
    const length = <usize>load<u32>(bounds + last, 4) - start;
    const other = <usize>load<u32>(before + first);
    if (length > 16 || <usize>load<u32>(before + last, 4) - other !== length) return false;
    const same = i8x16.bitmask(i8x16.eq(v128.load(start, INPUT), v128.load(other, INPUT)));
    if ((~same & ~(-1 << (<i32>length))) !== 0) return false;
  }
  return true;
}

/** @returns the fingerprint of the parts of a spec; 0 when one of them is empty and there is none therefore */
function printOf(begun: u64, parts: usize, end: usize, bounds: usize, skipsEmpty: bool): u64 {
  let state = begun;
  for (let part = parts; part < end; part += 12) {
    let from = <usize>load<u32>(bounds + ((<usize>load<u32>(part)) << 3));
    const to = <usize>load<u32>(bounds + ((<usize>load<u32>(part, 4)) << 3), 4);
    if (skipsEmpty && from === to) return 0;
    if (load<u32>(part, 8) !== 0) {
      while (from + 1 < to && byteAt(from) === ZERO) from++;
    }
    state = add(state, from, to);
  }
  return finish(state);
}

/**
 * Makes the fingerprints of rows of the window.
 *
 * @param first index of the first row in the window's list of line ends
 * @param from first byte of that row
 * @param base index of the window's first byte for the caller
 * @param cells so many first cells of a row are needed
 * @param specs how many fingerprints each row has
 * @param delimiter where quotes may be met; 0 where they were not looked for
 * @returns the first byte of the row behind them
 */
export function fingerprint(
  first: u32,
  from: usize,
  count: u32,
  base: u32,
  cells: u32,
  specs: u32,
  delimiter: u32,
): usize {
  let out = PRINTS;
  const stride = (<usize>specs) << 3;
  // Two rows are kept at a time: this one and the one before.
  let bounds: usize = BOUNDS;
  let before: usize = BOUNDS + 32 * 1024;
  let unquoted: usize = UNQUOTED - INPUT;
  let rowStart = from;
  let row = ENDS + ((<usize>first) << 2);
  for (let left = count; left > 0; left--) {
    const lineEnd = <usize>(load<u32>(row) - base);
    let valuesStart = rowStart;
    let valuesEnd = lineEnd > rowStart && byteAt(lineEnd - 1) === CR ? lineEnd - 1 : lineEnd;
    if (delimiter !== 0 && hasQuote(rowStart, valuesEnd)) {
      valuesStart = unquoted;
      valuesEnd = unquote(rowStart, valuesEnd, unquoted, delimiter, bounds, cells);
      // The row before may stand there too: two places take turns.
      unquoted = unquoted === UNQUOTED - INPUT ? unquoted + UNQUOTED_BYTES : UNQUOTED - INPUT;
    } else if (cells > 0) locate(rowStart, valuesEnd, bounds, cells);
    let spec = SPECS;
    for (let more = specs; more > 0; more--) {
      const seed = load<u32>(spec);
      const flags = load<u32>(spec, 4);
      const parts = spec + 12;
      spec = parts + <usize>load<u32>(spec, 8) * 12;
      if (left < count && (flags & WHOLE_ROW) === 0 && isAsBefore(parts, spec, bounds, before)) {
        store<u64>(out, load<u64>(out - stride));
        out += 8;
        continue;
      }
      const begun = stateOf(seed ^ 0x2545f491, (seed * 0x27d4eb2f) ^ 0x165667b1);
      const print =
        (flags & WHOLE_ROW) !== 0
          ? finish(add(begun, valuesStart, valuesEnd))
          : printOf(begun, parts, spec, bounds, (flags & SKIPS_EMPTY) !== 0);
      store<u64>(out, print);
      out += 8;
    }
    const located = bounds;
    bounds = before;
    before = located;
    row += 4;
    rowStart = lineEnd + 1;
  }
  return rowStart;
}

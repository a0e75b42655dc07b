/** The first look at a window: each 64 bytes become 64-bit masks, by SIMD. */

import { ENDS, INPUT, lowest, mask, NO_DIGITS, QUOTE, QUOTES, SEPARATORS, UNUSUAL } from './memory';

const LF: u32 = 0x0a;

function equal(a: v128, b: v128, c: v128, d: v128, byte: u32): u64 {
  const each = i8x16.splat(<i8>byte);
  return mask(i8x16.eq(a, each), i8x16.eq(b, each), i8x16.eq(c, each), i8x16.eq(d, each));
}

function noDigit(a: v128): v128 {
  return i8x16.ge_u(i8x16.sub(a, i8x16.splat(0x30)), i8x16.splat(10));
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
 * @param from the window's first byte, that of a row
 * @param to the byte behind it; 64 more are read
 * @param base added to the line ends
 * @returns the number of line ends in the list
 */
export function classify(from: usize, to: usize, base: u32, delimiter: u32, withQuotes: bool): u32 {
  let lines: usize = ENDS;
  // All bits where the block before ends inside quotes.
  let inside: u64 = 0;
  // Digits of the block before, and runs of two of them.
  let ones: u64 = 0;
  let twos: u64 = 0;
  // What stands in the first block before the window belongs to no row of it.
  let ours: u64 = ~(<u64>0) << ((<u64>from) & 63);
  for (let at = from & ~63; at < to; at += 64) {
    const a = v128.load(at, INPUT);
    const b = v128.load(at, INPUT + 16);
    const c = v128.load(at, INPUT + 32);
    const d = v128.load(at, INPUT + 48);
    let lineEnds = equal(a, b, c, d, LF) & ours;
    let separators = equal(a, b, c, d, delimiter) | lineEnds;
    if (withQuotes) {
      const quotes = equal(a, b, c, d, QUOTE) & ours;
      store<u64>(at >>> 3, quotes, QUOTES);
      if (quotes !== 0) inside ^= insideOf(quotes);
      separators &= ~inside;
      lineEnds &= ~inside;
      inside = <u64>((<i64>inside) >> 63);
    }
    ours = ~(<u64>0);
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
    const left = to - at;
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

/** The memory of the kernel: `../proof-wasm.ts` has the same addresses. A window has up to 64 KiB. */

/** Two numbers: see `prove`. */
export const ANSWER: usize = 1024;
/** Four numbers for each cell of a row. */
export const STEPS: usize = 2048;

/** Masks of 64 KiB, and of 64 bytes for each 64 steps that are met behind the last row. */
const MASK_BYTES: usize = 8192 + 65 * 8;
/** A bit for each byte that ends a cell. */
export const SEPARATORS: usize = STEPS + 4096 * 16;
/** A bit for each byte that is no digit. */
export const NO_DIGITS: usize = SEPARATORS + MASK_BYTES;
/** A bit for each byte inside a cell that is no digit, or the fifth of its digits or a later one. */
export const UNUSUAL: usize = NO_DIGITS + MASK_BYTES;
/** A bit for each quote; made only where quotes are looked for. */
export const QUOTES: usize = UNUSUAL + MASK_BYTES;

/** The caller's index of each LF. */
export const ENDS: usize = 128 * 1024;
/** Cells that are looked at behind a loop. */
export const NOTES: usize = 384 * 1024;
/** The window's bytes. */
export const INPUT: usize = 512 * 1024;
/** What the fingerprints are made of, and the bounds of a row's cells. */
export const SPECS: usize = 640 * 1024;
export const BOUNDS: usize = 704 * 1024;
/** Two numbers for each fingerprint. */
export const PRINTS: usize = 768 * 1024;
/** Two rows without their quotes. */
export const UNQUOTED: usize = 1280 * 1024;
export const UNQUOTED_BYTES: usize = 80 * 1024;

export const CR: u32 = 0x0d;
export const QUOTE: u32 = 0x22;

export function byteAt(at: usize): u32 {
  return <u32>load<u8>(at, INPUT);
}

/** Bits of a mask from a byte on, 57 of them at least. */
export function bitsFrom(masks: usize, at: usize): u64 {
  return load<u64>(masks + (at >>> 3)) >>> ((<u64>at) & 7);
}

/** 64 bits of a mask from a byte on. */
export function blockFrom(masks: usize, at: usize): u64 {
  const word = masks + (at >>> 3);
  const low = load<u64>(word);
  const shift = (<u64>at) & 7;
  return (low >>> shift) | (((<u64>load<u8>(word, 8)) << 1) << (63 - shift));
}

export function lowest(count: usize): u64 {
  return ~(~(<u64>0) << (<u64>count));
}

/**
 * The memory of the kernel: `../kernel.ts` has the same addresses. Places of bytes are counted from `INPUT`; a bit of a
 * mask belongs to the byte of the same number.
 */

/** Two numbers: see `prove`. */
export const ANSWER: usize = 1024;
/** Four numbers for each cell of a row. */
export const STEPS: usize = 2048;

/** Masks of the whole input, and of 64 bytes for each 64 steps that are met behind the last row. */
const MASK_BYTES: usize = (576 * 1024) / 8 + 65 * 8;
/** A bit for each byte that ends a cell. */
export const SEPARATORS: usize = STEPS + 4096 * 16;
/** A bit for each byte that is no digit. */
export const NO_DIGITS: usize = SEPARATORS + MASK_BYTES;
/** A bit for each byte inside a cell that is no digit, or the fifth of its digits or a later one. */
export const UNUSUAL: usize = NO_DIGITS + MASK_BYTES;
/** A bit for each quote; made only where quotes are looked for. */
export const QUOTES: usize = UNUSUAL + MASK_BYTES;

/** Where each of the first cells of a row starts and ends: two numbers each. */
export const CELLS: usize = 376 * 1024;
/** The same for a row without its quotes. */
export const BOUNDS: usize = 408 * 1024;
/** Cells that are looked at behind a loop: three numbers each. */
export const NOTES: usize = 440 * 1024;
/** Masks of the bytes that rows of one form have in common: see `template.ts`. */
export const TEMPLATE: usize = 504 * 1024;
/** What the fingerprints are made of. */
export const SPECS: usize = 512 * 1024;
/** Of each fingerprint: how many rows have one here, and that of the last row. */
export const TAKEN: usize = 576 * 1024;
/** The caller's index of each LF. */
export const ENDS: usize = 640 * 1024;
/** The bytes: 512 KiB that a caller may keep its own in, and 64 KiB for copies of others. */
export const INPUT: usize = 896 * 1024;
/** For each kind of fingerprint the rows that have one, then two numbers for each. */
export const PRINTS: usize = 1536 * 1024;
/** A row without its quotes. */
export const UNQUOTED: usize = 2304 * 1024;

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

/** A bit for each byte of four times 16 that is all ones. */
export function mask(a: v128, b: v128, c: v128, d: v128): u64 {
  const low = (<u32>i8x16.bitmask(a)) | ((<u32>i8x16.bitmask(b)) << 16);
  const high = (<u32>i8x16.bitmask(c)) | ((<u32>i8x16.bitmask(d)) << 16);
  return (<u64>low) | ((<u64>high) << 32);
}

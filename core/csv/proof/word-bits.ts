/** Four bytes at a time in one 32-bit number, the first one lowest; a flag of a byte is its top bit. */

/** Times a byte: that byte four times. */
export const EACH_BYTE = 0x01010101;
/** All bits but the top ones; the top ones; that of the last byte. */
export const LOW_BITS = 0x7f7f7f7f;
export const TOPS = 0x80808080 | 0;
export const ZEROS = 0x30303030;
/** Added to a byte below 0x80 it sets the top bit of those from 10 on. */
export const TEN_UP = 0x76767676;

/** Which byte of a word, from 0, a single top bit belongs to. */
export function placeOf(top: number): number {
  return (31 - Math.clz32(top)) >> 3;
}

/** The number of top bits. */
export function countOf(tops: number): number {
  return Math.imul(tops >>> 7, EACH_BYTE) >>> 24;
}

/**
 * Rows of one form: rows of one school, one after the other, differ in a few digits. Where the first bytes of a row are
 * those of the row before but for digits in the place of digits, its first cells are as good as that row's, and stand in
 * the same places.
 */

import { blockFrom, CELLS, INPUT, lowest, mask, NO_DIGITS, TEMPLATE } from './memory';
import { DATE, DECIMAL, kindOf } from './steps';

/** So many first bytes of a row are compared at most. */
const MOST_BYTES: usize = 128;
/** For each 64 bytes: those that are compared; where another digit may stand; where both rows are the same. */
const LIVE: usize = TEMPLATE;
const FREE: usize = TEMPLATE + 16;
const SAME: usize = TEMPLATE + 32;
/** The bytes that some fingerprint is made of. */
const WATCHED: usize = TEMPLATE + 48;
/** For each kind of fingerprint the bytes that it is made of, two times 64. */
const PRINTED: usize = TEMPLATE + 64;
/** Kinds of fingerprints whose bytes are noted; the others are made for each row. */
export const NOTED_SPECS: u32 = 32;

/** So many rows without the form of the row before until forms are looked for but now and then. */
const PATIENCE: i32 = 8;
const RARELY: u32 = 63;

/** Bytes of the form, up to its last separator; 0 when there is none. */
let length: usize = 0;
/** Where the row starts that the form was taken from. */
let origin: usize = 0;
/** The row before. */
let before: usize = 0;
let patience: i32 = PATIENCE;

/** The next row is the first one. */
export function forgetForm(): void {
  length = 0;
  patience = PATIENCE;
}

/** How far the cells of the row at hand are from those in `CELLS`, which are of the row that the form was taken from. */
export function formMoved(rowStart: usize): usize {
  return rowStart - origin;
}

/** @returns the index behind the cells that are as good as those of the row before; 0 when they are not */
export function behindForm(rowStart: usize): usize {
  if (length === 0) return 0;
  for (let block: usize = 0; block < length; block += 64) {
    const word = block >>> 3;
    const a = v128.load(rowStart + block, INPUT);
    const b = v128.load(rowStart + block, INPUT + 16);
    const c = v128.load(rowStart + block, INPUT + 32);
    const d = v128.load(rowStart + block, INPUT + 48);
    const same = mask(
      i8x16.eq(a, v128.load(before + block, INPUT)),
      i8x16.eq(b, v128.load(before + block, INPUT + 16)),
      i8x16.eq(c, v128.load(before + block, INPUT + 32)),
      i8x16.eq(d, v128.load(before + block, INPUT + 48)),
    );
    const digits = ~blockFrom(NO_DIGITS, rowStart + block);
    if ((~(same | (digits & load<u64>(FREE + word))) & load<u64>(LIVE + word)) !== 0) {
      patience--;
      length = 0;
      return 0;
    }
    store<u64>(SAME + word, same);
  }
  patience = PATIENCE;
  before = rowStart;
  return rowStart + length;
}

/**
 * Takes the form of a row that has been proved cell by cell.
 *
 * @param start the byte behind its first cells
 * @param cells so many of them stand in `CELLS` and end before `start`
 * @param row its number, counted from the first one of the window
 * @returns false where none is taken
 */
export function takeForm(rowStart: usize, start: usize, cells: usize, row: u32): bool {
  length = 0;
  if (start - rowStart > MOST_BYTES || start === rowStart) return false;
  if (patience <= 0 && (row & RARELY) !== 0) return false;
  length = start - rowStart;
  store<u64>(WATCHED, 0);
  store<u64>(WATCHED, 0, 8);
  origin = rowStart;
  before = rowStart;
  for (let block: usize = 0; block < length; block += 64) {
    const left = length - block;
    store<u64>(LIVE + (block >>> 3), left < 64 ? lowest(left) : ~(<u64>0));
    store<u64>(FREE + (block >>> 3), ~blockFrom(NO_DIGITS, rowStart + block));
  }
  for (let cell: usize = 0; cell < cells; cell++) {
    const kind = kindOf(cell << 4);
    if (kind !== DECIMAL && kind !== DATE) continue;
    const from = <usize>load<u32>(CELLS + (cell << 3)) - rowStart;
    // A decimal begins with no 0; a date is looked at again whenever it changes.
    fix(from, kind === DATE ? <usize>load<u32>(CELLS + (cell << 3), 4) - rowStart : from + 2);
  }
  return true;
}

/** No other digit may stand in the bytes [from, to) of the form. */
function fix(from: usize, to: usize): void {
  for (let at = from; at < to && at < MOST_BYTES; at++) {
    const word = FREE + ((at >>> 6) << 3);
    store<u64>(word, load<u64>(word) & ~((<u64>1) << ((<u64>at) & 63)));
  }
}

/** The next note of bytes begins with none. */
export function beginNote(spec: u32): void {
  const note = PRINTED + ((<usize>spec) << 4);
  store<u64>(note, 0);
  store<u64>(note, 0, 8);
}

/** Notes bytes that a fingerprint is made of, as places in the input. */
export function note(spec: u32, from: usize, to: usize): void {
  const place = PRINTED + ((<usize>spec) << 4);
  for (let at = from - origin; at < to - origin; at++) {
    const word = (at >>> 6) << 3;
    const bit = (<u64>1) << ((<u64>at) & 63);
    store<u64>(place + word, load<u64>(place + word) | bit);
    store<u64>(WATCHED + word, load<u64>(WATCHED + word) | bit);
  }
}

/** True when all noted bytes are those of the row before, which had the same form. */
export function isAllAsBefore(): bool {
  if ((load<u64>(WATCHED) & ~load<u64>(SAME)) !== 0) return false;
  return length <= 64 || (load<u64>(WATCHED, 8) & ~load<u64>(SAME, 8)) === 0;
}

/** True when the noted bytes are those of the row before, which had the same form. */
export function isAsBefore(spec: u32): bool {
  const note = PRINTED + ((<usize>spec) << 4);
  if ((load<u64>(note) & ~load<u64>(SAME)) !== 0) return false;
  return length <= 64 || (load<u64>(note, 8) & ~load<u64>(SAME, 8)) === 0;
}

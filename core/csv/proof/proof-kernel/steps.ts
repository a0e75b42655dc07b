/**
 * What a cell may hold. A step is four numbers: the first two are bounds for digits alone, which a cell of another kind
 * never keeps: it has its kind in the place of the first. The last two are its own bounds.
 */

import { STEPS } from './memory';

export const OTHER_KIND: u32 = 0x80000000;
export const DECIMAL: u32 = OTHER_KIND + 1;
export const DATE: u32 = OTHER_KIND + 2;
export const TEXT: u32 = OTHER_KIND + 3;
/** In the second number of a text's step: a delimiter inside quotes is not taken. */
export const NO_DELIMITER: u32 = 1;

/** @param step offset of the step */
export function kindOf(step: usize): u32 {
  return load<u32>(step, STEPS);
}

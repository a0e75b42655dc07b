import type { CellShape } from './proof.ts';

/** Stands in a run's table where four bytes are no part of any run. */
export const BAD_RUN = 0xffff;
/** A run may hold cells of so many digits; longer ones are proved cell by cell. */
const MAX_RUN_DIGITS = 9;
const MIN_RUN_CELLS = 3;

/** The cells at the end of a row that are all few digits; `cells` is 0 when they are too few to gain anything. */
export function trailingRun(cells: readonly CellShape[]): { cells: number; min: number; max: number } {
  const last = cells.at(-1);
  if (last?.kind !== 'digits' || last.max > MAX_RUN_DIGITS) return { cells: 0, min: 0, max: 0 };
  const { min, max } = last;
  let count = 0;
  for (let i = cells.length - 1; i >= 0; i--) {
    const cell = cells[i]!;
    if (cell.kind !== 'digits' || cell.min !== min || cell.max !== max) break;
    count++;
  }
  return count >= MIN_RUN_CELLS ? { cells: count, min, max } : { cells: 0, min: 0, max: 0 };
}

/**
 * What four bytes do to a run: by the digits since the last delimiter (0 to 9) and which of the bytes are delimiters
 * (bit 0 for the first), the digits since then, and in the higher bits how many delimiters were met.
 */
export function runTable(min: number, max: number): Uint16Array {
  const table = new Uint16Array(16 << 4).fill(BAD_RUN);
  for (let run = 0; run <= MAX_RUN_DIGITS; run++) {
    for (let mask = 0; mask < 16; mask++) {
      let digits = run;
      let met = 0;
      let good = true;
      for (let bit = 0; bit < 4; bit++) {
        if ((mask & (1 << bit)) === 0) {
          if (++digits > max) good = false;
        } else {
          if (digits < min) good = false;
          digits = 0;
          met++;
        }
      }
      if (good) table[(run << 4) | mask] = digits | (met << 4);
    }
  }
  return table;
}

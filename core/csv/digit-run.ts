import { CR } from './dialect.ts';
import type { CellShape } from './proof.ts';
import {
  countOf,
  EACH_BYTE,
  LAST_TOP,
  LINE_ENDS,
  LOW_BITS,
  placeOf,
  TEN_UP,
  TOPS,
  ZEROS,
} from './word-bits.ts';

/** Stands in a run's table where four bytes are no part of any run. */
const BAD_RUN = 0xffff;
/** A run may hold cells of so many digits; longer ones are proved cell by cell. */
const MAX_RUN_DIGITS = 9;
const MIN_RUN_CELLS = 3;
/** Delimiters are counted in a byte for every fourth one. */
const LONGEST_COUNTED = 1000;

/** The cells at the end of a row that are all few digits, proved four bytes at a time. */
export class DigitRun {
  readonly cells: number;
  readonly #delimiter: number;
  readonly #min: number;
  readonly #max: number;
  readonly #table: Uint16Array;

  private constructor(cells: number, min: number, max: number, delimiter: number) {
    this.cells = cells;
    this.#delimiter = delimiter;
    this.#min = min;
    this.#max = max;
    this.#table = runTable(min, max);
  }

  /** @returns undefined when the cells are too few to gain anything */
  static atEndOf(cells: readonly CellShape[], delimiter: number): DigitRun | undefined {
    const last = cells.at(-1);
    if (last?.kind !== 'digits' || last.max > MAX_RUN_DIGITS) return undefined;
    const { min, max } = last;
    let count = 0;
    for (let i = cells.length - 1; i >= 0; i--) {
      const cell = cells[i]!;
      if (cell.kind !== 'digits' || cell.min !== min || cell.max !== max) break;
      count++;
    }
    return count >= MIN_RUN_CELLS ? new DigitRun(count, min, max, delimiter) : undefined;
  }

  /**
   * Proves the run that starts at `start`.
   *
   * @param view of the same bytes; up to seven bytes behind the line end are read
   * @returns the index of the line end, or -1
   */
  prove(bytes: Uint8Array, view: DataView, start: number): number {
    return this.#min === 0 && this.#max === 4
      ? this.#shortRun(bytes, view, start)
      : this.#anyRun(bytes, view, start);
  }

  /**
   * Cells of up to four digits, perhaps none: no more than four bytes may stand between two delimiters. That surely
   * holds while a delimiter is in every word, and in the middle four of each eight bytes; a slower loop sees to the rest.
   */
  #shortRun(bytes: Uint8Array, view: DataView, start: number): number {
    const pattern = Math.imul(this.#delimiter, EACH_BYTE);
    let at = start;
    // Delimiters of the word before, as the top bits of its bytes; one stands before the first cell.
    let before = LAST_TOP;
    // Delimiters seen at each of the four places of a word.
    let counts = 0;
    for (const far = start + LONGEST_COUNTED; at < far; at += 8) {
      const one = view.getInt32(at, true);
      const two = view.getInt32(at + 4, true);
      const first = ~((one ^ pattern) + LOW_BITS) & TOPS;
      const second = ~((two ^ pattern) + LOW_BITS) & TOPS;
      const oddOne = (((one ^ ZEROS) + TEN_UP) ^ first) | one;
      const oddTwo = (((two ^ ZEROS) + TEN_UP) ^ second) | two;
      if (((oddOne | oddTwo) & TOPS) !== 0 || first === 0 || second === 0) break;
      if (((before >>> 16) | (first << 16)) === 0 || ((first >>> 16) | (second << 16)) === 0) break;
      counts = (counts + (first >>> 7) + (second >>> 7)) | 0;
      before = second;
    }
    const seen = (counts & 255) + ((counts >>> 8) & 255) + ((counts >>> 16) & 255) + (counts >>> 24);
    return this.#shortRunEnd(bytes, view, at, Math.clz32(before) >> 3, seen);
  }

  /**
   * @param at where the run goes on
   * @param tail digits since the last delimiter
   * @param seen delimiters so far
   */
  #shortRunEnd(bytes: Uint8Array, view: DataView, at: number, tail: number, seen: number): number {
    const delimiter = this.#delimiter;
    const pattern = Math.imul(delimiter, EACH_BYTE);
    for (;;) {
      const word = view.getInt32(at, true);
      const marks = ~((word ^ pattern) + LOW_BITS) & TOPS;
      const odd = ((((word ^ ZEROS) + TEN_UP) ^ marks) | word) & TOPS;
      if (odd !== 0) {
        const lineEnds = ~(((word ^ LINE_ENDS) + LOW_BITS) | word) & TOPS;
        if (lineEnds === 0) break;
        let line = lineEnds & -lineEnds;
        let end = at + placeOf(line);
        if (end > at && bytes[end - 1] === CR) {
          end--;
          line >>>= 8;
        }
        const left = marks & (line - 1);
        if ((odd & (line - 1)) !== 0 || tail + placeOf((left | line) & -(left | line)) > 4) return -1;
        return seen + countOf(left) === this.cells - 1 ? end : -1;
      }
      const head = marks === 0 ? 4 : placeOf(marks & -marks);
      if (tail + head > 4) return -1;
      tail = Math.clz32(marks) >> 3;
      seen += countOf(marks);
      at += 4;
    }
    // A CR is the word's last byte, or what stands here is no run.
    for (;;) {
      const byte = bytes[at]!;
      if (isDigit(byte)) {
        if (++tail > 4) return -1;
      } else if (byte === delimiter) {
        tail = 0;
        seen++;
      } else break;
      at++;
    }
    return seen === this.cells - 1 ? at : -1;
  }

  #anyRun(bytes: Uint8Array, view: DataView, start: number): number {
    const min = this.#min;
    const max = this.#max;
    const table = this.#table;
    const delimiter = this.#delimiter;
    const pattern = Math.imul(delimiter, EACH_BYTE);
    let at = start;
    let run = 0;
    let seen = 0;
    for (;;) {
      const word = view.getInt32(at, true);
      const other = (((word ^ ZEROS) + TEN_UP) | word) & TOPS;
      const separators = ~(((word ^ pattern) + LOW_BITS) | word) & TOPS;
      if (other !== separators) break;
      const bits = separators >>> 7;
      const next = table[(run << 4) | ((bits | (bits >>> 7) | (bits >>> 14) | (bits >>> 21)) & 15)]!;
      if (next === BAD_RUN) return -1;
      run = next & 15;
      seen += next >> 4;
      at += 4;
    }
    for (;;) {
      const byte = bytes[at]!;
      if (isDigit(byte)) {
        if (++run > max) return -1;
      } else if (byte === delimiter) {
        if (run < min) return -1;
        run = 0;
        seen++;
      } else break;
      at++;
    }
    return seen === this.cells - 1 && run >= min ? at : -1;
  }
}

/**
 * What four bytes do to a run: by the digits since the last delimiter (0 to 9) and which of the bytes are delimiters
 * (bit 0 for the first), the digits since then, and in the higher bits how many delimiters were met.
 */
function runTable(min: number, max: number): Uint16Array {
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

function isDigit(byte: number): boolean {
  return (byte - 0x30) >>> 0 < 10;
}

import type { CellShape } from './proof.ts';
import { countOf, EACH_BYTE } from './word-bits.ts';

/** Cells of so many digits are surely seen whole in eight bytes side by side. */
const SHORT_DIGITS = 4;
const MIN_RUN_CELLS = 3;
/** Delimiters are counted in a byte for every fourth one, so many bytes at a time. */
const COUNTED_BYTES = 1000;
/** Times the top bits of four bytes, moved to the lowest: those four bits at the top. */
const GATHER = 0x10204080;
/** 1 where five of eight bytes side by side are digits, by which of them are delimiters: bit 0 for the first. */
const LONG_CELLS = Uint8Array.from({ length: 256 }, (_, flags) =>
  flags.toString(2).padStart(8, '0').includes('00000') ? 1 : 0,
);

/** Cells at the end of a row that may all hold a number of up to four digits, passed over four bytes at a time. */
export class DigitRun {
  /** 0-based number of its first cell. */
  readonly first: number;
  /** Cells that the last `skip` has passed over. */
  passed = 0;
  readonly #delimiter: number;

  private constructor(first: number, delimiter: number) {
    this.first = first;
    this.#delimiter = delimiter;
  }

  /**
   * @param from no cell before this one is part of it
   * @returns undefined when the cells are too few to gain anything
   */
  static atEndOf(cells: readonly CellShape[], from: number, delimiter: number): DigitRun | undefined {
    let first = cells.length;
    while (first > from && takesShortNumbers(cells[first - 1]!)) first--;
    return cells.length - first >= MIN_RUN_CELLS ? new DigitRun(first, delimiter) : undefined;
  }

  /**
   * Passes over cells, the last of a row left out, until one holds anything else.
   *
   * @param view up to three bytes behind the line end are read
   * @param start first byte of a cell
   * @returns that of the first cell that was not passed
   */
  skip(view: DataView, start: number): number {
    const pattern = Math.imul(this.#delimiter, EACH_BYTE);
    // Those of `word-bits.ts`: read from there, they would cost as much as the rest of the loop.
    const lowBits = 0x7f7f7f7f;
    const tops = 0x80808080 | 0;
    const zeros = 0x30303030;
    const tenUp = 0x76767676;
    let at = start;
    // Delimiters of the word before, as the top bits of its bytes.
    let before = tops;
    let passed = 0;
    for (;;) {
      // Delimiters at each of the four places of a word.
      let counts = 0;
      const far = at + COUNTED_BYTES;
      // No call stands in this loop: it would be twice as slow.
      for (; at < far; at += 4) {
        const word = view.getInt32(at, true);
        const marks = ~((word ^ pattern) + lowBits) & tops;
        if ((((((word ^ zeros) + tenUp) ^ marks) | word) & tops) !== 0) break;
        // With a delimiter in each four bytes that begin at an even place no cell has five digits.
        if (before === 0 || marks === 0 || ((before >>> 16) | (marks << 16)) === 0) break;
        before = marks;
        counts = (counts + (marks >>> 7)) | 0;
      }
      passed += (counts & 255) + ((counts >>> 8) & 255) + ((counts >>> 16) & 255) + (counts >>> 24);
      if (at >= far) continue;
      const word = view.getInt32(at, true);
      const marks = ~((word ^ pattern) + lowBits) & tops;
      const isOdd = (((((word ^ zeros) + tenUp) ^ marks) | word) & tops) !== 0;
      if (isOdd || isFault(before, marks)) break;
      before = marks;
      passed += countOf(marks);
      at += 4;
    }
    this.passed = passed;
    // The cell that is not passed may have begun in the four bytes before.
    return Math.max(start, at - (Math.clz32(before) >> 3));
  }
}

/** True when a cell has more than four digits in two words, by the top bits of the delimiters in them. */
function isFault(before: number, marks: number): boolean {
  return (
    LONG_CELLS[(Math.imul(before >>> 7, GATHER) >>> 28) | ((Math.imul(marks >>> 7, GATHER) >>> 28) << 4)] !==
    0
  );
}

/** True when every number of up to four digits, and no byte at all, has this shape. */
function takesShortNumbers(cell: CellShape): boolean {
  return (cell.kind === 'digits' || cell.kind === 'text') && cell.min === 0 && cell.max >= SHORT_DIGITS;
}

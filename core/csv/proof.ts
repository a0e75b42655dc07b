import { BACKSLASH, CR, LF, QUOTE, SPACE } from './dialect.ts';
import { isUtf8 } from './encoding-node.ts';
import { mayHideDelimiter, type PrintSpec } from './prints.ts';
import { BAD_RUN, runTable, trailingRun } from './digit-run.ts';
import { RowPrinter } from './row-printer.ts';
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

/**
 * A fast "this row is good": rows of plain cells are proved without looking at one cell at a time. A proof never says
 * what is wrong; a row that it does not prove goes to the scanner, the only source of findings.
 */

/** What a plain cell may hold. Lengths are in bytes. */
export type CellShape =
  /** Digits 0 to 9 alone. */
  | { readonly kind: 'digits'; readonly min: number; readonly max: number }
  /** A positive number with a digit other than 0 first, at most one point inside. */
  | { readonly kind: 'decimal'; readonly empty: boolean }
  /** yyyy-MM-dd, months of 28 days; blank-separated time behind it where `time` is true. */
  | { readonly kind: 'date'; readonly empty: boolean; readonly time: boolean }
  /**
   * Printable text without quotes, backslashes and delimiters, no blank at either end, not the word NULL. In quotes:
   * with delimiters, and with doubled quotes. A proof may take quotes around cells of other kinds too.
   */
  | { readonly kind: 'text'; readonly min: number; readonly max: number };

export interface RowShape {
  readonly delimiter: number;
  readonly cells: readonly CellShape[];
  /** Fingerprints that are wanted of each row. Only cells of digits may be taken as numbers. */
  readonly prints?: readonly PrintSpec[];
}

/** Proves rows one after the other. */
export interface RowProof {
  /**
   * Proves as many rows as it can.
   *
   * @param bytes the buffer; 16 readable bytes must follow `to`
   * @param from first byte of a row
   * @param to the byte after the last LF
   * @returns the index of the first row that is not proved, `to` when all are
   */
  prove(bytes: Uint8Array, from: number, to: number): number;
  /** Rows proved by the last call. */
  readonly rows: number;
  /** Index of the LF of each of them. */
  readonly ends: Int32Array;
  /** True when a CR stood before one of those LFs. */
  readonly sawCrLf: boolean;
  /** True when none stood before another. */
  readonly sawLf: boolean;
  /** The two halves, low and high, of each fingerprint of each row (see `printOf`); undefined when none is wanted. */
  readonly prints: Int32Array | undefined;
}

/** Hears of rows that were proved, so that keys and references can be looked at. */
export interface ProvedRows {
  /**
   * @param from first byte of the first row
   * @param ends index of the LF of each row
   * @param line 0-based editor line of the first row; each row is one line
   * @param prints see `RowProof.prints`
   */
  proved(
    bytes: Uint8Array,
    from: number,
    ends: Int32Array,
    count: number,
    line: number,
    prints: Int32Array | undefined,
  ): void;
}

const DIGITS = 0;
const DECIMAL = 1;
const DATE = 2;
const TEXT = 3;
/** The rest of the row: cells of few digits, proved four bytes at a time. */
const DIGIT_RUN = 4;

const MINUS = 0x2d;
const POINT = 0x2e;
/** Characters that begin so are left to the scanner: the sign for a lost one is among them. */
const LEAD_OF_LOST = 0xef;
/** Of bytes beyond ASCII so many are looked at in one go. */
const UTF8_BYTES = 4096;
const NONE = new Int32Array(0);
/** Delimiters are counted in a byte for every fourth one. */
const LONGEST_COUNTED = 1000;

/** The proof in plain TypeScript: always there. */
export class WordProof implements RowProof {
  rows = 0;
  ends = new Int32Array(1024);
  sawCrLf = false;
  sawLf = false;
  readonly #delimiter: number;
  readonly #kinds: Uint8Array;
  readonly #mins: Int32Array;
  readonly #maxes: Int32Array;
  /** 1 for each byte that a text may have; `#beyondAscii` for one in well-formed UTF-8. */
  readonly #plain = new Uint8Array(256);
  readonly #beyondAscii = new Uint8Array(256);
  /** 1 for each cell in whose quotes a delimiter may stand. */
  readonly #mayHide: Uint8Array;
  /** The bytes before this one are known to be well-formed UTF-8. */
  #utf8To = 0;
  readonly #runCells: number;
  readonly #runTable: Uint16Array;
  readonly #printer: RowPrinter | undefined;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(shape: RowShape) {
    const { cells, delimiter, prints = [] } = shape;
    this.#delimiter = delimiter;
    this.#printer = prints.length > 0 ? new RowPrinter(prints) : undefined;
    const run = trailingRun(cells);
    this.#runCells = run.cells;
    this.#runTable = runTable(run.min, run.max);
    const steps = cells.length - run.cells + (run.cells > 0 ? 1 : 0);
    this.#kinds = new Uint8Array(steps).fill(DIGIT_RUN);
    this.#mins = new Int32Array(steps);
    this.#maxes = new Int32Array(steps);
    for (let i = 0; i < cells.length - run.cells; i++) {
      const cell = cells[i]!;
      this.#kinds[i] = { digits: DIGITS, decimal: DECIMAL, date: DATE, text: TEXT }[cell.kind];
      this.#mins[i] = 'min' in cell ? cell.min : cell.empty ? 0 : 1;
      this.#maxes[i] = 'max' in cell ? cell.max : cell.kind === 'date' && cell.time ? 1 : 0;
    }
    if (run.cells > 0) {
      this.#mins[steps - 1] = run.min;
      this.#maxes[steps - 1] = run.max;
    }
    this.#mayHide = Uint8Array.from(cells, (_, cell) => (mayHideDelimiter(prints, cell) ? 1 : 0));
    this.#plain.fill(1, SPACE, 0x7f);
    for (const byte of [delimiter, QUOTE, BACKSLASH]) this.#plain[byte] = 0;
    this.#beyondAscii.set(this.#plain);
    this.#beyondAscii.fill(1, 0x80);
    this.#beyondAscii[LEAD_OF_LOST] = 0;
  }

  get prints(): Int32Array | undefined {
    return this.#printer?.prints;
  }

  prove(bytes: Uint8Array, from: number, to: number): number {
    if (bytes !== this.#bytes) {
      this.#bytes = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    const view = this.#view;
    const kinds = this.#kinds;
    const mins = this.#mins;
    const maxes = this.#maxes;
    const plain = this.#plain;
    const delimiter = this.#delimiter;
    const last = kinds.length - 1;
    const printer = this.#printer;
    printer?.begin();
    // Cells of a run are not met one by one: where they are wanted they are looked for afterwards.
    const printed =
      printer && printer.cells <= kinds.length - (this.#runCells > 0 ? 1 : 0) ? printer.cells : 0;
    let cellEnds = printer?.ends ?? NONE;
    let ends: Int32Array = this.ends;
    let rows = 0;
    let crLf = false;
    let lf = false;
    let rowStart = from;
    let quoted = false;
    this.#utf8To = from;
    // The two commonest kinds stand in this loop itself: a call for each cell would cost more than the cell.
    proving: while (rowStart < to) {
      let at = rowStart;
      for (let step = 0; ; step++) {
        const kind = kinds[step]!;
        const start = at;
        if (kind === DIGITS) {
          for (;;) {
            const word = view.getInt32(at, true);
            const other = (((word ^ ZEROS) + TEN_UP) | word) & TOPS;
            if (other !== 0) {
              at += placeOf(other & -other);
              break;
            }
            at += 4;
            if (at - start > 32) break proving;
          }
          const length = at - start;
          if (length < mins[step]! || length > maxes[step]!) break proving;
        } else if (kind === TEXT) {
          while (plain[bytes[at]!] === 1) at++;
          if (bytes[at]! >= 0x80) at = this.#utf8Text(at, to);
          let end = at;
          let first = start;
          if (at === start && bytes[at] === QUOTE) {
            quoted = true;
            first++;
            end = this.#quotedText(first, to, this.#mayHide[step]!);
            if (end < 0) break proving;
            at = end + 1;
          }
          const length = end - first;
          if (length < mins[step]! || length > maxes[step]!) break proving;
          if (length > 0 && (bytes[first] === SPACE || bytes[end - 1] === SPACE)) break proving;
          if (length === 4 && isNull(bytes, first)) break proving;
        } else {
          if (kind === DIGIT_RUN) at = this.#digitRun(start, mins[step]!, maxes[step]!);
          else if (kind === DECIMAL) at = this.#decimal(start, mins[step]!);
          else at = this.#date(start, mins[step]!, maxes[step]!);
          if (at < 0) break proving;
        }
        if (step < printed) cellEnds[step] = at;
        if (step === last) break;
        if (bytes[at] !== delimiter) break proving;
        at++;
      }
      const end = at;
      if (bytes[at] === LF) lf = true;
      else if (bytes[at] === CR && bytes[at + 1] === LF) {
        at++;
        crLf = true;
      } else break;
      if (rows === ends.length) ends = this.#grow();
      ends[rows++] = at;
      if (printer && quoted) {
        printer.takeQuoted(bytes, rowStart, end, delimiter);
        cellEnds = printer.ends;
      } else if (printer) {
        if (printed < printer.cells) printer.locate(bytes, rowStart, end, delimiter);
        printer.take(view, rowStart, end);
        cellEnds = printer.ends;
      }
      quoted = false;
      rowStart = at + 1;
    }
    this.rows = rows;
    this.sawCrLf = crLf;
    this.sawLf = lf;
    return rowStart;
  }

  /**
   * Goes on with a text where it has a byte beyond ASCII.
   *
   * @returns the index of the first byte that it may not have; that of the byte where it is not UTF-8
   */
  #utf8Text(start: number, to: number): number {
    const bytes = this.#bytes;
    if (start >= this.#utf8To && !this.#isUtf8From(start, to)) return start;
    const plain = this.#beyondAscii;
    let at = start;
    while (plain[bytes[at]!] === 1) at++;
    return at;
  }

  /** Looks whether the row that `start` is in, where a character begins, is well-formed UTF-8, and rows behind it. */
  #isUtf8From(start: number, to: number): boolean {
    const bytes = this.#bytes;
    const some = bytes.subarray(start, Math.min(to, start + UTF8_BYTES)).lastIndexOf(LF) + 1;
    const end = start + some;
    if (some > 0 && isUtf8(bytes.subarray(start, end))) {
      this.#utf8To = end;
      return true;
    }
    const row = bytes.indexOf(LF, start) + 1;
    if (!isUtf8(bytes.subarray(start, row))) return false;
    this.#utf8To = row;
    return true;
  }

  /** @returns the index of the quote that ends a text which begins at `start`; -1 for a text that may not be */
  #quotedText(start: number, to: number, mayHide: number): number {
    const bytes = this.#bytes;
    const delimiter = this.#delimiter;
    let plain = this.#plain;
    let at = start;
    for (;;) {
      while (plain[bytes[at]!] === 1) at++;
      const byte = bytes[at]!;
      if (byte === QUOTE) {
        if (bytes[at + 1] !== QUOTE) return at;
        at += 2;
      } else if (byte === delimiter && mayHide === 1) at++;
      else if (byte >= 0x80 && (at < this.#utf8To || this.#isUtf8From(at, to))) {
        if (byte === LEAD_OF_LOST) return -1;
        plain = this.#beyondAscii;
      } else return -1;
    }
  }

  #decimal(start: number, min: number): number {
    const bytes = this.#bytes;
    const first = bytes[start]! - 0x30;
    // Whatever stands there instead is met where the delimiter is expected.
    if (first < 1 || first > 9) return min === 0 ? start : -1;
    let at = start + 1;
    while (isDigit(bytes[at]!)) at++;
    if (bytes[at] === POINT) {
      at++;
      while (isDigit(bytes[at]!)) at++;
    }
    return at - start <= 40 ? at : -1;
  }

  #date(start: number, min: number, time: number): number {
    const bytes = this.#bytes;
    if (!isDigit(bytes[start]!)) return min === 0 ? start : -1;
    if (bytes[start + 4] !== MINUS || bytes[start + 7] !== MINUS) return -1;
    const century = pair(bytes, start);
    const month = pair(bytes, start + 5);
    const day = pair(bytes, start + 8);
    if ((century !== 19 && century !== 20) || pair(bytes, start + 2) < 0) return -1;
    if (month < 1 || month > 12 || day < 1 || day > 28) return -1;
    let at = start + 10;
    if (time === 1 && bytes[at] === SPACE) {
      if (pair(bytes, at + 1) < 0 || bytes[at + 3] !== 0x3a || pair(bytes, at + 4) < 0) return -1;
      at += 6;
      while (isDigit(bytes[at]!) || bytes[at] === 0x3a || bytes[at] === POINT) at++;
    }
    return at;
  }

  /**
   * Cells of few digits to the end of the row, four bytes at a time.
   *
   * @returns the index of the line end, or -1
   */
  #digitRun(start: number, min: number, max: number): number {
    return min === 0 && max === 4 ? this.#shortRun(start) : this.#anyRun(start, min, max);
  }

  /**
   * Cells of up to four digits, perhaps none: no more than four bytes may stand between two delimiters. That surely
   * holds while a delimiter is in every word, and in the middle four of each eight bytes; a slower loop sees to the rest.
   */
  #shortRun(start: number): number {
    const view = this.#view;
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
    return this.#shortRunEnd(at, Math.clz32(before) >> 3, seen);
  }

  /**
   * @param at where the run goes on
   * @param tail digits since the last delimiter
   * @param seen delimiters so far
   */
  #shortRunEnd(at: number, tail: number, seen: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
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
        return seen + countOf(left) === this.#runCells - 1 ? end : -1;
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
    return seen === this.#runCells - 1 ? at : -1;
  }

  #anyRun(start: number, min: number, max: number): number {
    const bytes = this.#bytes;
    const view = this.#view;
    const table = this.#runTable;
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
    return seen === this.#runCells - 1 && run >= min ? at : -1;
  }

  #grow(): Int32Array {
    const larger = new Int32Array(this.ends.length * 2);
    larger.set(this.ends);
    this.ends = larger;
    return larger;
  }
}

/** The word NULL in any case, or something as near as that. */
function isNull(bytes: Uint8Array, at: number): boolean {
  return (bytes[at]! | 0x20) === 0x6e && (bytes[at + 3]! | 0x20) === 0x6c;
}

function isDigit(byte: number): boolean {
  return (byte - 0x30) >>> 0 < 10;
}

/** The number of two digits, -1 when they are none. */
function pair(bytes: Uint8Array, at: number): number {
  const high = bytes[at]! - 0x30;
  const low = bytes[at + 1]! - 0x30;
  return high >>> 0 < 10 && low >>> 0 < 10 ? high * 10 + low : -1;
}

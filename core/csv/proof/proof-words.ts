import { BACKSLASH, CR, LF, QUOTE, SPACE } from '../dialect.ts';
import { DigitRun } from './digit-run.ts';
import { isUtf8 } from '../encoding-node.ts';
import { mayHideDelimiter, type RowFingerprints } from './fingerprints.ts';
import type { RowProof, RowShape } from './proof.ts';
import { RowForm, type RowSpan } from './row-form.ts';
import { RowFingerprinter } from './row-fingerprinter.ts';
import { placeOf } from './word-bits.ts';

const DIGITS = 0;
const DECIMAL = 1;
const DATE = 2;
const TEXT = 3;

const MINUS = 0x2d;
const POINT = 0x2e;
/** Characters that begin so are left to the scanner: the sign for a lost one is among them. */
const LEAD_OF_LOST = 0xef;
/** Of bytes beyond ASCII so many are looked at in one go. */
const UTF8_BYTES = 4096;

/** The proof in plain TypeScript, four bytes at a time: always there. */
export class WordProof implements RowProof {
  rows = 0;
  refused = false;
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
  readonly #run: DigitRun | undefined;
  /** Cells before the run, or before the last one: they make the form of a row. */
  readonly #lead: number;
  readonly #fingerprinter: RowFingerprinter | undefined;
  readonly #form: RowForm;
  /** The byte after each of the first cells of the row at hand, and of the one that the form was taken from. */
  readonly #cellEnds: Int32Array;
  readonly #formEnds: Int32Array;
  #isFormQuoted = false;
  #bytes: Uint8Array = new Uint8Array(0);
  #view: DataView = new DataView(new ArrayBuffer(0));

  constructor(shape: RowShape) {
    const { cells, delimiter, fingerprints = [] } = shape;
    this.#delimiter = delimiter;
    const lasts = fingerprints.flatMap(({ parts = [] }) => parts.map(({ last }) => last));
    // Cells that fingerprints are made of are looked at one by one.
    this.#run = DigitRun.atEndOf(cells, Math.max(-1, ...lasts) + 1, delimiter);
    this.#lead = this.#run?.first ?? cells.length - 1;
    this.#kinds = Uint8Array.from(
      cells,
      ({ kind }) => ({ digits: DIGITS, decimal: DECIMAL, date: DATE, text: TEXT })[kind],
    );
    this.#mins = Int32Array.from(cells, (cell) => ('min' in cell ? cell.min : cell.empty ? 0 : 1));
    this.#maxes = Int32Array.from(cells, (cell) =>
      'max' in cell ? cell.max : cell.kind === 'date' && cell.time ? 1 : 0,
    );
    this.#cellEnds = new Int32Array(cells.length);
    this.#formEnds = new Int32Array(cells.length);
    this.#form = new RowForm(fingerprints.length);
    this.#fingerprinter =
      fingerprints.length > 0
        ? new RowFingerprinter(fingerprints, this.#cellEnds, this.#lead, delimiter)
        : undefined;
    this.#mayHide = Uint8Array.from(cells, (_, cell) => (mayHideDelimiter(fingerprints, cell) ? 1 : 0));
    this.#plain.fill(1, SPACE, 0x7f);
    for (const byte of [delimiter, QUOTE, BACKSLASH]) this.#plain[byte] = 0;
    this.#beyondAscii.set(this.#plain);
    this.#beyondAscii.fill(1, 0x80);
    this.#beyondAscii[LEAD_OF_LOST] = 0;
  }

  get fingerprints(): readonly RowFingerprints[] {
    return this.#fingerprinter?.lists ?? [];
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
    const run = this.#run;
    const lead = this.#lead;
    const fingerprinter = this.#fingerprinter;
    const form = this.#form;
    const cellEnds = this.#cellEnds;
    fingerprinter?.begin();
    form.forget();
    // Those of `word-bits.ts`: read from there, they would cost as much as the rest of the loop.
    const tops = 0x80808080 | 0;
    const zeros = 0x30303030;
    const tenUp = 0x76767676;
    let ends: Int32Array = this.ends;
    let rows = 0;
    let crLf = false;
    let lf = false;
    let rowStart = from;
    this.#utf8To = from;
    // The two commonest kinds stand in this loop itself: a call for each cell would cost more than the cell.
    proving: while (rowStart < to) {
      let at = form.behind(view, rowStart);
      const isLike = at >= 0;
      let quoted = isLike && this.#isFormQuoted;
      if (!isLike) at = rowStart;
      let leadEnd = at;
      for (let step = isLike ? lead : 0; ; step++) {
        if (step === lead) leadEnd = at;
        if (run && step >= lead) {
          at = run.skip(view, at);
          step += run.passed;
          if (step > last) break proving;
        }
        const kind = kinds[step]!;
        const start = at;
        if (kind === DIGITS) {
          for (;;) {
            const word = view.getInt32(at, true);
            const other = (((word ^ zeros) + tenUp) | word) & tops;
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
          if (kind === DECIMAL) at = this.#decimal(start, mins[step]!);
          else at = this.#date(start, mins[step]!, maxes[step]!);
          if (at < 0) break proving;
        }
        cellEnds[step] = at;
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
      if (isLike) {
        if (fingerprinter && (fingerprinter.takesAll || form.hasChanged)) {
          const moved = rowStart - form.origin;
          for (let cell = 0; cell < lead; cell++) cellEnds[cell] = this.#formEnds[cell]! + moved;
          fingerprinter.take(bytes, view, rows, rowStart, end, form, quoted);
        }
      } else {
        if (form.isWanted(rows)) this.#takeForm(rowStart, leadEnd, quoted);
        else form.drop();
        fingerprinter?.take(bytes, view, rows, rowStart, end, undefined, quoted);
      }
      ends[rows++] = at;
      rowStart = at + 1;
    }
    this.rows = rows;
    this.refused = rowStart < to;
    this.sawCrLf = crLf;
    this.sawLf = lf;
    return rowStart;
  }

  /** Takes the form of a row whose lead ends before `end`. */
  #takeForm(rowStart: number, end: number, quoted: boolean): void {
    const cellEnds = this.#cellEnds;
    const fixed: RowSpan[] = [];
    for (let cell = 0; cell < this.#lead; cell++) {
      const kind = this.#kinds[cell];
      if (kind !== DECIMAL && kind !== DATE) continue;
      const from = cell === 0 ? 0 : cellEnds[cell - 1]! + 1 - rowStart;
      // A decimal begins with no 0; a date is looked at again whenever it changes.
      fixed.push({ from, to: kind === DATE ? cellEnds[cell]! - rowStart : from + 1 });
    }
    const watches = this.#fingerprinter?.spansIn(rowStart) ?? [];
    if (!this.#form.take(this.#view, rowStart, end, fixed, watches)) return;
    this.#formEnds.set(cellEnds);
    this.#isFormQuoted = quoted;
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

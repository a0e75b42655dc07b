import { QUOTE } from '../dialect.ts';
import { Fingerprint } from '../fingerprint.ts';
import type { RowFingerprints, FingerprintSpec } from './fingerprints.ts';
import { unquote } from '../quotes.ts';
import type { RowForm, RowSpan } from './row-form.ts';

const ZERO = 0x30;

/** Makes the fingerprints of rows of plain cells, one row after the other: the same as `fingerprintOf`. */
export class RowFingerprinter {
  /** True when a fingerprint may be wanted of a row that has not changed in the form. */
  readonly takesAll: boolean;
  /** The byte after each of the first cells of the row at hand. */
  readonly #ends: Int32Array;
  readonly lists: readonly FingerprintList[];
  readonly #formed: number;
  readonly #fingerprint = new Fingerprint();
  /** A row without its quotes, and where its first cells end then. */
  #unquoted = new DataView(new ArrayBuffer(1024));
  #unquotedLength = 0;
  readonly #unquotedEnds: Int32Array;
  readonly #delimiter: number;

  /**
   * @param ends where whoever calls writes the byte after each of the cells that the fingerprints are made of
   * @param formed so many first cells are in a form
   */
  constructor(specs: readonly FingerprintSpec[], ends: Int32Array, formed: number, delimiter: number) {
    this.lists = specs.map((spec) => new FingerprintList(spec));
    this.takesAll = this.lists.some(({ lastCell }) => lastCell >= formed);
    this.#ends = ends;
    this.#formed = formed;
    this.#unquotedEnds = new Int32Array(ends.length);
    this.#delimiter = delimiter;
  }

  /** The next row is the first one. */
  begin(): void {
    for (const list of this.lists) list.begin();
  }

  /**
   * For each kind of fingerprint that is made of changes alone the bytes that it is made of; undefined for the others.
   *
   * @param start first byte of the row at hand
   */
  spansIn(start: number): readonly (readonly RowSpan[] | undefined)[] {
    return this.lists.map(({ spec: { changesOnly, parts } }) => {
      if (changesOnly !== true || !parts || parts.some(({ last }) => last >= this.#formed)) return undefined;
      return parts.map(({ first, last }) => ({
        from: first === 0 ? 0 : this.#ends[first - 1]! + 1 - start,
        to: this.#ends[last]! - start,
      }));
    });
  }

  /**
   * Takes the row [start, end).
   *
   * @param row its number among those that are proved together
   * @param form that of the row before, which this one has; undefined where it has none
   * @param quoted true when quotes stand around some of its cells
   */
  take(
    bytes: Uint8Array,
    view: DataView,
    row: number,
    start: number,
    end: number,
    form: RowForm | undefined,
    quoted: boolean,
  ): void {
    const { lists } = this;
    let isUnquoted = false;
    for (let index = 0; index < lists.length; index++) {
      const list = lists[index]!;
      if (form && list.lastCell < this.#formed && !form.hasChangedIn(index)) continue;
      let fingerprint: Fingerprint;
      if (quoted && this.#isQuoted(bytes, start, list)) {
        if (!isUnquoted) this.#unquote(bytes, start, end);
        isUnquoted = true;
        fingerprint = this.#fingerprintOf(this.#unquoted, 0, this.#unquotedLength, this.#unquotedEnds, list);
      } else fingerprint = this.#fingerprintOf(view, start, end, this.#ends, list);
      list.add(row, fingerprint.low, fingerprint.high);
    }
  }

  /** True when a quote stands in what a fingerprint is made of. */
  #isQuoted(bytes: Uint8Array, start: number, { parts, wholeRow }: FingerprintList): boolean {
    if (wholeRow) return true;
    const ends = this.#ends;
    for (let part = 0; part < parts.length; part += 3) {
      const first = parts[part]!;
      const to = ends[parts[part + 1]!]!;
      for (let at = first === 0 ? start : ends[first - 1]! + 1; at < to; at++) {
        if (bytes[at] === QUOTE) return true;
      }
    }
    return false;
  }

  #unquote(bytes: Uint8Array, start: number, end: number): void {
    // Bytes behind the row are read with it.
    const needed = end - start + 4;
    if (this.#unquoted.byteLength < needed) this.#unquoted = new DataView(new ArrayBuffer(needed * 2));
    const into = new Uint8Array(this.#unquoted.buffer);
    this.#unquotedLength = unquote(bytes, start, end, this.#delimiter, into, this.#unquotedEnds);
  }

  /** @param ends the byte after each of the first cells of the row [start, end) */
  #fingerprintOf(
    view: DataView,
    row: number,
    end: number,
    ends: Int32Array,
    { spec, parts, wholeRow }: FingerprintList,
  ): Fingerprint {
    const fingerprint = this.#fingerprint.begin(spec.seed);
    if (wholeRow) return fingerprint.add(view, row, end).finish();
    for (let part = 0; part < parts.length; part += 3) {
      const first = parts[part]!;
      let start = first === 0 ? row : ends[first - 1]! + 1;
      const to = ends[parts[part + 1]!]!;
      if (spec.skipsEmpty && start === to) {
        fingerprint.low = 0;
        fingerprint.high = 0;
        return fingerprint;
      }
      if (parts[part + 2] !== 0) {
        while (start < to - 1 && view.getUint8(start) === ZERO) start++;
      }
      fingerprint.add(view, start, to);
    }
    return fingerprint.finish();
  }
}

/** The fingerprints of one kind. */
class FingerprintList implements RowFingerprints {
  count = 0;
  rows: Int32Array;
  halves = new Int32Array(2048);
  readonly spec: FingerprintSpec;
  readonly wholeRow: boolean;
  /** Of those that are made of changes alone the last cell; beyond all cells for the others. */
  readonly lastCell: number;
  /** First cell, last cell and 1 for a number, one part after the other. */
  readonly parts: Int32Array;
  readonly #changesOnly: boolean;

  constructor(spec: FingerprintSpec) {
    const { parts = [], changesOnly = false } = spec;
    this.spec = spec;
    this.wholeRow = spec.parts === undefined;
    this.parts = Int32Array.from(parts.flatMap(({ first, last, number }) => [first, last, number ? 1 : 0]));
    this.#changesOnly = changesOnly;
    this.lastCell = changesOnly && spec.parts ? Math.max(...parts.map(({ last }) => last)) : Infinity;
    this.rows = new Int32Array(changesOnly ? 1024 : 0);
  }

  begin(): void {
    this.count = 0;
  }

  add(row: number, low: number, high: number): void {
    const at = this.count * 2;
    if (this.#changesOnly) {
      if (at > 0 && this.halves[at - 2] === low && this.halves[at - 1] === high) return;
      if (this.count === this.rows.length) this.rows = enlarged(this.rows);
      this.rows[this.count] = row;
    }
    if (at === this.halves.length) this.halves = enlarged(this.halves);
    this.halves[at] = low;
    this.halves[at + 1] = high;
    this.count++;
  }
}

function enlarged(numbers: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(numbers.length * 2);
  larger.set(numbers);
  return larger;
}

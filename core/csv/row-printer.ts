import { Fingerprint } from './fingerprint.ts';
import type { Prints, PrintSpec } from './prints.ts';
import { unquote } from './quotes.ts';
import type { RowForm, RowSpan } from './row-form.ts';

const ZERO = 0x30;

/** Makes the fingerprints of rows of plain cells, one row after the other: the same as `printOf`. */
export class RowPrinter {
  /** True when a fingerprint may be wanted of a row that has not changed in the form. */
  readonly takesAll: boolean;
  /** The byte after each of the first cells of the row at hand. */
  readonly #ends: Int32Array;
  readonly lists: readonly PrintList[];
  readonly #formed: number;
  readonly #print = new Fingerprint();
  #unquoted = new DataView(new ArrayBuffer(1024));

  /**
   * @param ends where whoever calls writes the byte after each of the cells that the fingerprints are made of
   * @param formed so many first cells are in a form
   */
  constructor(specs: readonly PrintSpec[], ends: Int32Array, formed: number) {
    this.lists = specs.map((spec) => new PrintList(spec));
    this.takesAll = this.lists.some(({ lastCell }) => lastCell >= formed);
    this.#ends = ends;
    this.#formed = formed;
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
   */
  take(view: DataView, row: number, start: number, end: number, form: RowForm | undefined): void {
    const { lists } = this;
    for (let index = 0; index < lists.length; index++) {
      const list = lists[index]!;
      if (form && list.lastCell < this.#formed && !form.hasChangedIn(index)) continue;
      const print = list.wholeRow
        ? this.#print.begin(list.spec.seed).add(view, start, end).finish()
        : this.#printOf(view, start, list);
      list.add(row, print.low, print.high);
    }
  }

  /** Takes a row [start, end) with quotes around cells. Its cells are located here. */
  takeQuoted(bytes: Uint8Array, row: number, start: number, end: number, delimiter: number): void {
    // Bytes behind the row are read with it.
    const needed = end - start + 4;
    if (this.#unquoted.byteLength < needed) this.#unquoted = new DataView(new ArrayBuffer(needed * 2));
    const view = this.#unquoted;
    const length = unquote(bytes, start, end, delimiter, new Uint8Array(view.buffer), this.#ends);
    this.take(view, row, 0, length, undefined);
  }

  #printOf(view: DataView, row: number, { spec, parts }: PrintList): Fingerprint {
    const ends = this.#ends;
    const print = this.#print.begin(spec.seed);
    for (let part = 0; part < parts.length; part += 3) {
      const first = parts[part]!;
      let start = first === 0 ? row : ends[first - 1]! + 1;
      const end = ends[parts[part + 1]!]!;
      if (spec.skipsEmpty && start === end) {
        print.low = 0;
        print.high = 0;
        return print;
      }
      if (parts[part + 2] !== 0) {
        while (start < end - 1 && view.getUint8(start) === ZERO) start++;
      }
      print.add(view, start, end);
    }
    return print.finish();
  }
}

/** The fingerprints of one kind. */
class PrintList implements Prints {
  count = 0;
  rows: Int32Array;
  halves = new Int32Array(2048);
  readonly spec: PrintSpec;
  readonly wholeRow: boolean;
  /** Of those that are made of changes alone the last cell; beyond all cells for the others. */
  readonly lastCell: number;
  /** First cell, last cell and 1 for a number, one part after the other. */
  readonly parts: Int32Array;
  readonly #changesOnly: boolean;

  constructor(spec: PrintSpec) {
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

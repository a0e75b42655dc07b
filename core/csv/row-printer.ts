import { Fingerprint } from './fingerprint.ts';
import type { PrintSpec } from './prints.ts';
import { unquote } from './quotes.ts';

const ZERO = 0x30;
/** Up to so many bytes a part is compared with that of the row before: rows of one school come one after the other. */
const SHORT = 16;

const WHOLE_ROW = 1;
const SKIPS_EMPTY = 2;
const NUMBER = 1;

/** Makes the fingerprints of rows of plain cells, one row after the other: the same as `printOf`. */
export class RowPrinter {
  /** So many cells must be located, from the first on. */
  readonly cells: number;
  /** The two halves of each fingerprint of each row since `begin`. */
  prints = new Int32Array(1024);
  /** The byte after each of the first cells of the row at hand. */
  ends: Int32Array;
  #endsBefore: Int32Array;
  #startBefore = -1;
  #used = 0;
  /** For each spec its seed, flags, and where its parts begin in `#parts`; for each part first, last and flags. */
  readonly #specs: Int32Array;
  readonly #parts: Int32Array;
  readonly #print = new Fingerprint();
  #unquoted = new DataView(new ArrayBuffer(1024));

  constructor(specs: readonly PrintSpec[]) {
    const parts = specs.flatMap((spec) => spec.parts ?? []);
    this.cells = Math.max(-1, ...parts.map(({ last }) => last)) + 1;
    this.ends = new Int32Array(this.cells);
    this.#endsBefore = new Int32Array(this.cells);
    let at = 0;
    const numbers = specs.flatMap((spec) => {
      const flags = (spec.parts ? 0 : WHOLE_ROW) | (spec.skipsEmpty ? SKIPS_EMPTY : 0);
      const from = at;
      at += (spec.parts?.length ?? 0) * 3;
      return [spec.seed, flags, from];
    });
    this.#specs = Int32Array.from([...numbers, 0, 0, at]);
    this.#parts = Int32Array.from(
      parts.flatMap(({ first, last, number }) => [first, last, number ? NUMBER : 0]),
    );
  }

  /** The next row is the first one. */
  begin(): void {
    this.#used = 0;
    this.#startBefore = -1;
  }

  /** Finds the cells of the row [start, end), where whoever calls has not found them. */
  locate(bytes: Uint8Array, start: number, end: number, delimiter: number): void {
    const { ends } = this;
    let at = start;
    for (let cell = 0; cell < ends.length; cell++) {
      while (at < end && bytes[at] !== delimiter) at++;
      ends[cell] = at++;
    }
  }

  /** Takes a row [start, end) with quotes around cells. */
  takeQuoted(bytes: Uint8Array, start: number, end: number, delimiter: number): void {
    // Bytes behind the row are read with it.
    const needed = end - start + 4;
    if (this.#unquoted.byteLength < needed) this.#unquoted = new DataView(new ArrayBuffer(needed * 2));
    const view = this.#unquoted;
    const length = unquote(bytes, start, end, delimiter, new Uint8Array(view.buffer), this.ends);
    this.#startBefore = -1;
    this.take(view, 0, length);
    // The next row stands in another buffer.
    this.#startBefore = -1;
  }

  /** Takes the row [start, end), whose first cells end at `ends`; the row before must be in the same buffer. */
  take(view: DataView, start: number, end: number): void {
    const specs = this.#specs;
    const last = specs.length - 3;
    if (this.#used + last > this.prints.length) this.#grow();
    const { prints } = this;
    let used = this.#used;
    for (let spec = 0; spec < last; spec += 3) {
      const flags = specs[spec + 1]!;
      const from = specs[spec + 2]!;
      const to = specs[spec + 5]!;
      const print = this.#print;
      if ((flags & WHOLE_ROW) !== 0) print.begin(specs[spec]!).add(view, start, end).finish();
      else if (this.#startBefore >= 0 && this.#isAsBefore(view, start, from, to)) {
        print.low = prints[used - (last / 3) * 2]!;
        print.high = prints[used - (last / 3) * 2 + 1]!;
      } else {
        this.#add(view, start, specs[spec]!, from, to, (flags & SKIPS_EMPTY) !== 0);
      }
      prints[used++] = print.low;
      prints[used++] = print.high;
    }
    this.#used = used;
    this.#startBefore = start;
    const before = this.#endsBefore;
    this.#endsBefore = this.ends;
    this.ends = before;
  }

  #add(view: DataView, row: number, seed: number, from: number, to: number, skipsEmpty: boolean): void {
    const parts = this.#parts;
    const { ends } = this;
    const print = this.#print.begin(seed);
    for (let part = from; part < to; part += 3) {
      const first = parts[part]!;
      let start = first === 0 ? row : ends[first - 1]! + 1;
      const end = ends[parts[part + 1]!]!;
      if (skipsEmpty && start === end) {
        print.low = 0;
        print.high = 0;
        return;
      }
      if (parts[part + 2] === NUMBER) {
        while (start < end - 1 && view.getUint8(start) === ZERO) start++;
      }
      print.add(view, start, end);
    }
    print.finish();
  }

  #isAsBefore(view: DataView, row: number, from: number, to: number): boolean {
    const parts = this.#parts;
    const { ends } = this;
    const before = this.#endsBefore;
    for (let part = from; part < to; part += 3) {
      const first = parts[part]!;
      const last = parts[part + 1]!;
      const start = first === 0 ? row : ends[first - 1]! + 1;
      const other = first === 0 ? this.#startBefore : before[first - 1]! + 1;
      const length = ends[last]! - start;
      if (length > SHORT || before[last]! - other !== length) return false;
      let at = 0;
      for (; at < length - 3; at += 4) {
        if (view.getInt32(start + at, true) !== view.getInt32(other + at, true)) return false;
      }
      for (; at < length; at++) {
        if (view.getUint8(start + at) !== view.getUint8(other + at)) return false;
      }
    }
    return true;
  }

  #grow(): void {
    const larger = new Int32Array(this.prints.length * 2 + this.#specs.length);
    larger.set(this.prints);
    this.prints = larger;
  }
}

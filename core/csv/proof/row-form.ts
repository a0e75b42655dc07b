import { TEN_UP, TOPS, ZEROS } from './word-bits.ts';

/** So many first bytes of a row are compared at most, where nothing else is said. */
const MOST_BYTES = 128;
/** So many rows without the form of the row before until forms are looked for but now and then. */
const PATIENCE = 8;
const RARELY = 63;

/** Bytes [from, to) of a row, counted from its start. */
export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/**
 * Rows of one form: rows of one school, one after the other, differ in a few digits. Where the first bytes of a row are
 * those of the row before but for digits in the place of digits, its first cells are as good as that row's, and stand
 * in the same places. `proof-kernel/template.ts` is the same for the kernel.
 */
export class RowForm {
  /** Bytes of the form, up to its last delimiter; 0 when there is none. */
  length = 0;
  /** Where the row starts that the form was taken from. */
  origin = 0;
  #words = 0;
  #before = 0;
  #patience = PATIENCE;
  /** For each word the bytes that no other digit may take the place of, and the tops of those where a digit must stand. */
  readonly #fixed: Int32Array;
  readonly #digits: Int32Array;
  /** For each word the bytes that are watched, of all spans and of each; and in which the row at hand differs. */
  readonly #watched: Int32Array;
  readonly #spans: readonly Int32Array[];
  readonly #differs: Int32Array;
  #change = 0;

  /**
   * @param watches so many lists of spans may be watched for changes
   * @param mostBytes so many first bytes of a row are compared at most
   */
  constructor(watches: number, mostBytes = MOST_BYTES) {
    const words = () => new Int32Array(mostBytes / 4);
    this.#fixed = words();
    this.#digits = words();
    this.#watched = words();
    this.#differs = words();
    this.#spans = Array.from({ length: watches }, words);
  }

  /** The next row is the first one. */
  forget(): void {
    this.length = 0;
    this.#patience = PATIENCE;
  }

  /**
   * Compares the first bytes of a row with those of the row before, which must be in the same buffer.
   *
   * @param view up to three bytes behind the form are read
   * @returns the index behind the cells that are as good as those of the row before; -1 when they are not
   */
  behind(view: DataView, rowStart: number): number {
    if (this.length === 0) return -1;
    const words = this.#words;
    const fixed = this.#fixed;
    const digits = this.#digits;
    const watched = this.#watched;
    const back = rowStart - this.#before;
    // Those of `word-bits.ts`: read from there, they would cost as much as the rest of the loop.
    const zeros = 0x30303030;
    const tenUp = 0x76767676;
    let bad = 0;
    let change = 0;
    for (let word = 0, at = rowStart; word < words; word++, at += 4) {
      const bytes = view.getInt32(at, true);
      const other = bytes ^ view.getInt32(at - back, true);
      // Most of the row is as in the row before.
      if (other === 0) continue;
      bad |= (other & fixed[word]!) | ((((bytes ^ zeros) + tenUp) | bytes) & digits[word]!);
      change |= other & watched[word]!;
    }
    if (bad !== 0) {
      this.#patience--;
      this.length = 0;
      return -1;
    }
    this.#change = change;
    this.#patience = PATIENCE;
    this.#before = rowStart;
    if (change !== 0) this.#compare(view, rowStart, back);
    return rowStart + this.length;
  }

  /** Notes in which bytes a row differs from the one that starts `back` bytes before it. */
  #compare(view: DataView, rowStart: number, back: number): void {
    for (let word = 0, at = rowStart; word < this.#words; word++, at += 4) {
      this.#differs[word] = view.getInt32(at, true) ^ view.getInt32(at - back, true);
    }
  }

  /** True when the last row that `behind` has taken differs from the one before it in the spans of some watch. */
  get hasChanged(): boolean {
    return this.#change !== 0;
  }

  /** The same for the spans of one watch. */
  hasChangedIn(watch: number): boolean {
    const spans = this.#spans[watch]!;
    const differs = this.#differs;
    for (let word = 0; word < this.#words; word++) {
      if ((differs[word]! & spans[word]!) !== 0) return true;
    }
    return false;
  }

  /**
   * Takes the form of a row that has been proved cell by cell.
   *
   * @param end the byte behind its first cells
   * @param fixed bytes in whose place no other digit may stand
   * @param watches for each watch its spans; undefined where they are not all in the form
   * @returns false where none is taken
   */
  take(
    view: DataView,
    rowStart: number,
    end: number,
    fixed: readonly RowSpan[],
    watches: readonly (readonly RowSpan[] | undefined)[],
  ): boolean {
    this.length = 0;
    const length = end - rowStart;
    if (length === 0 || length > this.#fixed.length * 4) return false;
    this.length = length;
    this.origin = rowStart;
    this.#before = rowStart;
    this.#words = (length + 3) >> 2;
    for (let word = 0; word < this.#words; word++) {
      const bytes = view.getInt32(rowStart + word * 4, true);
      const left = length - word * 4;
      const ours = left >= 4 ? -1 : ~(-1 << (left << 3));
      const tops = ~(((bytes ^ ZEROS) + TEN_UP) | bytes) & TOPS & ours;
      this.#digits[word] = tops;
      // Each top bit becomes a byte of ones.
      this.#fixed[word] = ours & ~(tops | (tops - (tops >>> 7)));
    }
    for (const { from, to } of fixed) {
      for (let at = from; at < to; at++) this.#fixed[at >> 2]! |= 0xff << ((at & 3) << 3);
    }
    this.#watched.fill(0);
    watches.forEach((spans, watch) => {
      const mask = this.#spans[watch]!.fill(0);
      for (const { from, to } of spans ?? []) {
        for (let at = from; at < to; at++) {
          mask[at >> 2]! |= 0xff << ((at & 3) << 3);
          this.#watched[at >> 2]! |= 0xff << ((at & 3) << 3);
        }
      }
    });
    return true;
  }

  /** The next row has no form to be compared with. */
  drop(): void {
    this.length = 0;
  }

  /**
   * False while forms are looked for but now and then.
   *
   * @param row the row's number among those that are proved together
   */
  isWanted(row: number): boolean {
    return this.#patience > 0 || (row & RARELY) === 0;
  }
}

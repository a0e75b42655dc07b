import { CR, LF } from '../dialect.ts';
import { RowForm, type RowSpan } from './row-form.ts';

/** Longest row, in bytes, of which others alike are looked for. */
const MOST_BYTES = 2048;

/**
 * Finds rows that differ from the one before in digits alone. What the exact checks have said of that row holds for
 * them as well, where no check minds which digits they are.
 */
export class AlikeRows {
  readonly #form = new RowForm(0, MOST_BYTES);
  #viewed: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #looks = 0;

  /** The next bytes are others. */
  forget(): void {
    this.#form.forget();
  }

  /** False while rows alike are looked for but now and then, since there were none. */
  isWanted(): boolean {
    return this.#form.isWanted(this.#looks++);
  }

  /**
   * Counts the rows behind a row that are like it and follow each other.
   *
   * @param bytes the buffer; three readable bytes must follow `to`
   * @param from first byte of the row
   * @param next the byte behind its line end
   * @param to the byte behind the last one that may be looked at
   * @param fixed bytes, counted from the row's start, in whose place no other digit may stand
   * @returns their number; each is as long as the row, line end included
   */
  behind(bytes: Uint8Array, from: number, next: number, to: number, fixed: readonly RowSpan[]): number {
    if (bytes[next - 1] !== LF) return 0;
    const view = this.#viewOf(bytes);
    if (!this.#form.take(view, from, next, fixed, [])) return 0;
    const length = next - from;
    let rows = 0;
    for (let at = next; at + length <= to && this.#form.behind(view, at) > 0; at += length) rows++;
    return rows;
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (this.#viewed !== bytes) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }
}

/** True when the row that ends there ends with CR LF. @param next the byte behind its LF */
export function endsWithCrLf(bytes: Uint8Array, next: number): boolean {
  return bytes[next - 2] === CR;
}

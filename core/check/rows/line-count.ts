import { CR, LF } from '../../csv/dialect.ts';

/** Counts the lines of bytes that nobody reads as rows, in chunks of any size. */
export class LineCount {
  #ends = 0;
  #blankLines = 0;
  /** The byte before. */
  #last = LF;
  /** True when no byte stands in the line so far. */
  #isBlank = true;

  take(bytes: Uint8Array): void {
    for (const byte of bytes) {
      if (byte === LF || byte === CR) {
        // CR and LF together end one line.
        if (byte !== LF || this.#last !== CR) {
          this.#ends++;
          if (this.#isBlank) this.#blankLines++;
        }
        this.#isBlank = true;
      } else this.#isBlank = false;
      this.#last = byte;
    }
  }

  /** One that the end of the file closes counts as well. */
  get lines(): number {
    return this.#ends + (this.#isBlank ? 0 : 1);
  }

  get blankLines(): number {
    return this.#blankLines;
  }
}

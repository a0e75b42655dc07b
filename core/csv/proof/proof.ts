import type { FingerprintSpec, RowFingerprints } from './fingerprints.ts';
import type { RowSpan } from './row-form.ts';

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
  readonly fingerprints?: readonly FingerprintSpec[];
}

/** Proves rows one after the other. What a call has found holds until the next one, of any proof of this thread. */
export interface RowProof {
  /**
   * Proves as many rows as it likes.
   *
   * @param bytes the buffer; 64 readable bytes must follow `to`
   * @param from first byte of a row
   * @param to the byte after the last LF
   * @returns the index of the first row that was not proved, `to` when all were
   */
  prove(bytes: Uint8Array, from: number, to: number): number;
  /**
   * Memory of the proof's own, from which it need not copy; undefined while somebody else has it. Whoever takes it gives
   * it back.
   */
  lend?(): Uint8Array | undefined;
  takeBack?(): void;
  /** True when the last call has looked at that row, and shall not be asked for it again. */
  readonly refused: boolean;
  /** Rows proved by the last call. */
  readonly rows: number;
  /** Index of the LF of each of them. */
  readonly ends: Int32Array;
  /** True when a CR stood before one of those LFs. */
  readonly sawCrLf: boolean;
  /** True when none stood before another. */
  readonly sawLf: boolean;
  /** The fingerprints of each kind that is wanted (see `fingerprintOf`). */
  readonly fingerprints: readonly RowFingerprints[];
}

/** Hears of rows that were not split, so that they are counted, and keys and references can be looked at. */
export interface ProvedRows {
  /**
   * @param from first byte of the first row
   * @param line 0-based editor line of the first row; each row is one line
   */
  proved(bytes: Uint8Array, from: number, line: number, proof: RowProof): void;
  /**
   * Tells where the row of a 0-based editor line, which was just split, holds digits that its checks mind: what they
   * have said is true of each row that differs in other digits alone.
   *
   * @returns bytes counted from the row's start; undefined when further rows may not be counted by `alike`
   */
  mindedDigits?(line: number): readonly RowSpan[] | undefined;
  /** Counts so many rows that follow the row of a 0-based editor line, and differ from it in digits alone. */
  alike?(line: number, rows: number): void;
}

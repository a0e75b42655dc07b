import { Fingerprint } from '../fingerprint.ts';

/** Cells side by side whose bytes are taken together, delimiters between them included. 0-based, both belong to it. */
export interface FingerprintPart {
  readonly first: number;
  readonly last: number;
  /** True for a cell of digits that is taken as a number: 007 is 7. `first` and `last` are the same then. */
  readonly number: boolean;
}

/** What of each row a fingerprint is made of. */
export interface FingerprintSpec {
  readonly seed: number;
  /** Undefined for the whole row as it stands, without its line end. */
  readonly parts?: readonly FingerprintPart[];
  /** True when there is none where a part is empty: both halves are 0 then. */
  readonly skipsEmpty?: boolean;
  /** True when it is compared with fingerprints of other files, whose delimiter may be another one. */
  readonly acrossFiles?: boolean;
  /** True when it is wanted only of rows in which it is another one than in the row before. */
  readonly changesOnly?: boolean;
}

/** The fingerprints of one kind of rows that were proved together. */
export interface RowFingerprints {
  /** Number of rows that have one: all, or with `changesOnly` the first one and some more. */
  readonly count: number;
  /** With `changesOnly` those rows, counted from 0, ascending; otherwise of no meaning. */
  readonly rows: Int32Array;
  /** The two halves of each, low and high. */
  readonly halves: Int32Array;
}

/**
 * False for a cell (0-based) of which a fingerprint is compared across files: a row that hides a delimiter in it, inside
 * quotes, has none.
 */
export function mayHideDelimiter(fingerprints: readonly FingerprintSpec[], cell: number): boolean {
  return !fingerprints.some(
    ({ acrossFiles, parts = [] }) =>
      acrossFiles === true && parts.some(({ first, last }) => first <= cell && cell <= last),
  );
}

const ZERO = 0x30;

/**
 * The fingerprint of a row whose cells are known, as a proof makes it for the rows that it proves.
 *
 * @param view up to three bytes beyond the row are read and left out
 * @param starts first byte of each cell, `ends` the byte after it
 * @returns the same object each time: `into`
 */
export function fingerprintOf(
  { seed, parts, skipsEmpty }: FingerprintSpec,
  view: DataView,
  row: { readonly start: number; readonly end: number },
  starts: Int32Array,
  ends: Int32Array,
  into: Fingerprint,
): Fingerprint {
  into.begin(seed);
  if (!parts) return into.add(view, row.start, row.end).finish();
  for (const { first, last, number } of parts) {
    let start = starts[first]!;
    const end = ends[last]!;
    if (skipsEmpty && start === end) {
      into.low = 0;
      into.high = 0;
      return into;
    }
    if (number) while (start < end - 1 && view.getUint8(start) === ZERO) start++;
    into.add(view, start, end);
  }
  return into.finish();
}

/**
 * Repeated rows and conflicting keys (ingestion-rules, section 9). A first look at every row remembers fingerprints;
 * only where two are equal a second look at the file compares the bytes and says where.
 */
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { FindingCollector, TextRange } from './collector.ts';
import { FingerprintLog, indexOfId } from './fingerprint-log.ts';
import type { RowIdentity } from './identity.ts';
import { describeConflict, describeRepeat } from './message.ts';

/**
 * Rows whose bytes and places are kept: far more than are shown. Beyond that many the 52 bits of a row's fingerprint
 * speak for it, and its line alone for its place.
 */
const REMEMBERED = 4096;

/** Where a row and its key stand, made only when a finding needs it. */
export interface RowPlaces {
  /** 0-based editor line. */
  readonly line: number;
  readonly row: () => TextRange;
  /** From the first of the cells (0-based) to the last. */
  readonly cells: (first: number, last: number) => TextRange;
}

/** What becomes of rows with one key and other values; undefined where ingestion does not look, or takes them all. */
function conflictMatters(spec: DatasetSpec): boolean {
  return spec.key.columns.length > 0 && spec.key.sameId !== 'none' && spec.key.sameId !== 'upsert';
}

/** The first look: one fingerprint for each row, and one for its key. */
export class KeyFirstLook {
  readonly #identity: RowIdentity;
  readonly #rows: FingerprintLog | undefined;
  readonly #keys: FingerprintLog | undefined;

  /** @param keyKnown false when the file has not all of the key's columns */
  constructor(spec: DatasetSpec, identity: RowIdentity, keyKnown: boolean) {
    this.#identity = identity;
    this.#rows = spec.key.repeatsRemoved ? new FingerprintLog() : undefined;
    this.#keys = keyKnown && conflictMatters(spec) ? new FingerprintLog() : undefined;
  }

  /** Takes a located row [start, end). */
  take(view: DataView, start: number, end: number): void {
    if (this.#rows) {
      const row = this.#identity.row(view, start, end);
      this.#rows.add(row.low, row.high);
    }
    if (this.#keys) {
      const key = this.#identity.key(view);
      this.#keys.add(key.low, key.high);
    }
  }

  /** What may be repeated; undefined when nothing is and no second look is needed. */
  suspects(): KeySuspects | undefined {
    const rows = this.#rows?.repeated() ?? new Float64Array(0);
    const keys = this.#keys?.repeated() ?? new Float64Array(0);
    return rows.length + keys.length > 0 ? { rows, keys } : undefined;
  }
}

/** Fingerprints that occur more than once, sorted. */
export interface KeySuspects {
  readonly rows: Float64Array;
  readonly keys: Float64Array;
}

/** The second look: finds the suspects again, compares them and tells. */
export class KeySecondLook {
  readonly #spec: DatasetSpec;
  readonly #identity: RowIdentity;
  readonly #firstKeyCell: number;
  readonly #lastKeyCell: number;
  readonly #suspects: KeySuspects;
  readonly #collector: FindingCollector;
  /** For each suspected row the line of the first one plus 1; 0 before it is met. */
  readonly #firstLines: Int32Array;
  readonly #firstBytes = new Map<number, Uint8Array>();
  /** For each suspected key the row that had it first: its fingerprint, its line plus 1, where its key stands. */
  readonly #keyRows: Float64Array;
  readonly #keyLines: Int32Array;
  readonly #keyPlaces = new Map<number, TextRange>();
  /** For each suspected key: 1 once its first row has been told to conflict. */
  readonly #told: Uint8Array;

  /** @param keyCells 0-based cells of the key */
  constructor(
    spec: DatasetSpec,
    identity: RowIdentity,
    keyCells: readonly number[],
    suspects: KeySuspects,
    collector: FindingCollector,
  ) {
    this.#spec = spec;
    this.#identity = identity;
    this.#firstKeyCell = Math.min(...keyCells);
    this.#lastKeyCell = Math.max(...keyCells);
    this.#suspects = suspects;
    this.#collector = collector;
    this.#firstLines = new Int32Array(suspects.rows.length);
    this.#keyRows = new Float64Array(suspects.keys.length);
    this.#keyLines = new Int32Array(suspects.keys.length);
    this.#told = new Uint8Array(suspects.keys.length);
  }

  /** Takes a located row [start, end) of `bytes`. */
  take(bytes: Uint8Array, view: DataView, start: number, end: number, places: RowPlaces): void {
    const row = this.#identity.row(view, start, end).id;
    if (this.#isRepeat(row, bytes, start, end, places)) return;
    if (this.#suspects.keys.length === 0) return;
    const index = indexOfId(this.#suspects.keys, this.#identity.key(view).id);
    if (index < 0) return;
    const keyPlace = () => places.cells(this.#firstKeyCell, this.#lastKeyCell);
    const firstLine = this.#keyLines[index]!;
    if (firstLine === 0) {
      this.#keyLines[index] = places.line + 1;
      this.#keyRows[index] = row;
      if (this.#keyPlaces.size < REMEMBERED) this.#keyPlaces.set(index, keyPlace());
      return;
    }
    if (this.#keyRows[index] === row) return;
    if (this.#told[index] === 0) {
      this.#told[index] = 1;
      const line = firstLine - 1;
      const place = this.#keyPlaces.get(index) ?? { line, column: 0, endLine: line, endColumn: 0 };
      this.#tellConflict(() => place, places.line + 1);
    }
    this.#tellConflict(keyPlace, firstLine);
  }

  #isRepeat(id: number, bytes: Uint8Array, start: number, end: number, places: RowPlaces): boolean {
    const index = indexOfId(this.#suspects.rows, id);
    if (index < 0) return false;
    const firstLine = this.#firstLines[index]!;
    if (firstLine === 0) {
      this.#firstLines[index] = places.line + 1;
      if (this.#identity.wholeRow && this.#firstBytes.size < REMEMBERED) {
        this.#firstBytes.set(index, bytes.slice(start, end));
      }
      return false;
    }
    const first = this.#firstBytes.get(index);
    if (first && !sameBytes(first, bytes, start, end)) return false;
    this.#collector.add('key/duplicate-record', 'warning', places.row, () => describeRepeat(firstLine));
    return true;
  }

  #tellConflict(place: () => TextRange, otherLine: number): void {
    this.#collector.add('key/duplicate-key', 'error', place, () => describeConflict(this.#spec, otherLine));
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array, start: number, end: number): boolean {
  if (a.length !== end - start) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[start + i]) return false;
  }
  return true;
}

/**
 * Repeated rows and conflicting keys (ingestion-rules, section 9). A first look at every row remembers fingerprints;
 * only where two are equal a second look at the file compares the bytes and says where.
 */
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { Fingerprint } from '../csv/fingerprint.ts';
import type { Severity } from '../finding.ts';
import type { FindingCollector, TextRange } from './collector.ts';
import { FingerprintLog, indexOfId } from './fingerprint-log.ts';
import type { RowIdentity } from './identity.ts';
import { describeConflict, describeRepeat } from './message.ts';
import { LogReader, SuspectReader, type PrintReader } from './print-readers.ts';
import type { VisitCells } from './visits.ts';

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

/** Takes located rows [start, end) that are compared with each other. */
export interface RowLook {
  take(bytes: Uint8Array, view: DataView, start: number, end: number, places: RowPlaces): void;
}

/** Takes values that other files refer to, and numbers that stand beside them. */
export interface ValueSink {
  add(value: Fingerprint, number?: number): void;
}

/** Keeps what a check learns of its rows, so that they can be compared again after an edit. */
export interface RowKeeper {
  /**
   * Called once the header is read.
   *
   * @param keyCells 0-based cells of the key; none when the file has not all of them
   * @param visits the cells of CRC location rows, which are compared by more than their key
   * @returns what takes the rows that are compared with each other, in place of `KeyFirstLook`
   */
  begin(identity: RowIdentity, keyCells: readonly number[], visits: VisitCells | undefined): RowLook;
  /** Called for columns that other files refer to; what it returns takes their values in place of `ValueSet`. */
  values(columns: readonly string[]): ValueSink;
}

/** False where ingestion does not look for rows with one key and other values, or takes them all. */
export function conflictMatters(spec: DatasetSpec): boolean {
  return spec.key.columns.length > 0 && spec.key.sameId !== 'none' && spec.key.sameId !== 'upsert';
}

/** How bad a repeated row is: the default query of infra_trans loses more than the row (ingestion-rules, section 9). */
export function repeatSeverity(spec: DatasetSpec): Severity {
  return spec.header.match === 'contains' ? 'error' : 'warning';
}

/** The first look: one fingerprint for each row, and one for its key. */
export class KeyFirstLook implements RowLook {
  readonly #identity: RowIdentity;
  readonly #rows: FingerprintLog | undefined;
  readonly #keys: FingerprintLog | undefined;

  /** @param keyKnown false when the file has not all of the key's columns */
  constructor(spec: DatasetSpec, identity: RowIdentity, keyKnown: boolean) {
    this.#identity = identity;
    this.#rows = spec.key.repeatsRemoved ? new FingerprintLog() : undefined;
    this.#keys = keyKnown && conflictMatters(spec) ? new FingerprintLog() : undefined;
  }

  take(_bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (this.#rows) {
      const row = this.#identity.row(view, start, end);
      this.#rows.add(row.low, row.high);
    }
    if (this.#keys) {
      const key = this.#identity.key(view);
      this.#keys.add(key.low, key.high);
    }
  }

  /** What takes the fingerprints of proved rows in place of `take`. */
  get readers(): readonly PrintReader[] {
    const { rowSpec, keySpec } = this.#identity;
    return [
      ...(this.#rows ? [new LogReader(rowSpec, this.#rows)] : []),
      ...(this.#keys ? [new LogReader(keySpec, this.#keys)] : []),
    ];
  }

  /** What may be repeated; undefined when nothing is and no second look is needed. */
  suspects(): KeySuspects | undefined {
    const rows = this.#rows?.repeated() ?? new Float64Array(0);
    const keys = this.#keys?.repeated() ?? new Float64Array(0);
    return rows.length + keys.length > 0 ? new SortedSuspects(rows, keys) : undefined;
  }
}

/** Rows and keys that may stand more than once, each with a number of its own. */
export interface KeySuspects {
  /** Numbers of rows, and of keys, are below these. */
  readonly rows: number;
  readonly keys: number;
  /** The number of a row by the id of its fingerprint, -1 when it stands once. */
  rowNumber(row: number): number;
  /** The number of the key of a row, -1 when no other row has it. */
  keyNumber(key: number, row: number): number;
}

/** For a second look that is not for rows and keys. */
export const noSuspects: KeySuspects = { rows: 0, keys: 0, rowNumber: () => -1, keyNumber: () => -1 };

class SortedSuspects implements KeySuspects {
  readonly #rows: Float64Array;
  readonly #keys: Float64Array;

  constructor(rows: Float64Array, keys: Float64Array) {
    this.#rows = rows;
    this.#keys = keys;
  }

  get rows(): number {
    return this.#rows.length;
  }

  get keys(): number {
    return this.#keys.length;
  }

  rowNumber(row: number): number {
    return indexOfId(this.#rows, row);
  }

  keyNumber(key: number): number {
    return indexOfId(this.#keys, key);
  }
}

/** The second look: finds the suspects again, compares them and tells. */
export class KeySecondLook implements RowLook {
  readonly #identity: RowIdentity;
  readonly #suspects: KeySuspects;
  readonly #verdicts: KeyVerdicts;

  /** @param keyCells 0-based cells of the key */
  constructor(
    spec: DatasetSpec,
    identity: RowIdentity,
    keyCells: readonly number[],
    suspects: KeySuspects,
    collector: FindingCollector,
  ) {
    this.#identity = identity;
    this.#suspects = suspects;
    this.#verdicts = new KeyVerdicts(spec, keyCells, suspects, collector);
  }

  /** What marks the proved rows that `take` must look at. */
  get readers(): readonly PrintReader[] {
    const { rowSpec, keySpec } = this.#identity;
    const suspects = this.#suspects;
    return [
      ...(suspects.rows > 0 ? [new SuspectReader(rowSpec, (id) => suspects.rowNumber(id) >= 0)] : []),
      ...(suspects.keys > 0 ? [new SuspectReader(keySpec, (id) => suspects.keyNumber(id, 0) >= 0)] : []),
    ];
  }

  take(bytes: Uint8Array, view: DataView, start: number, end: number, places: RowPlaces): void {
    const row = this.#identity.row(view, start, end).id;
    const number = this.#suspects.rowNumber(row);
    if (number >= 0) {
      const values = this.#identity.wholeRow ? () => bytes.slice(start, end) : undefined;
      if (this.#verdicts.isRepeat(number, values, places)) return;
    }
    if (this.#suspects.keys === 0) return;
    const key = this.#suspects.keyNumber(this.#identity.key(view).id, row);
    if (key >= 0) this.#verdicts.compareKey(key, row, places);
  }
}

/** Tells which rows are repeats and which keys conflict. Rows must come in the order of the file. */
export class KeyVerdicts {
  readonly #spec: DatasetSpec;
  readonly #firstKeyCell: number;
  readonly #lastKeyCell: number;
  readonly #collector: FindingCollector;
  /** For each suspected row the line of the first one plus 1; 0 before it is met. */
  readonly #firstLines: Int32Array;
  readonly #firstValues = new Map<number, () => Uint8Array>();
  /** For each suspected key the row that had it first: its fingerprint, its line plus 1, where its key stands. */
  readonly #keyRows: Float64Array;
  readonly #keyLines: Int32Array;
  readonly #keyPlaces = new Map<number, () => TextRange>();
  /** For each suspected key: 1 once its first row has been told to conflict. */
  readonly #told: Uint8Array;
  readonly #rowsLast: boolean;
  /** Findings told so far. */
  repeats = 0;
  conflicts = 0;

  /**
   * @param keyCells 0-based cells of the key
   * @param rowsLast true when values and places of a row may still be asked for after it was taken
   */
  constructor(
    spec: DatasetSpec,
    keyCells: readonly number[],
    suspects: KeySuspects,
    collector: FindingCollector,
    rowsLast = false,
  ) {
    this.#spec = spec;
    this.#firstKeyCell = Math.min(...keyCells);
    this.#lastKeyCell = Math.max(...keyCells);
    this.#collector = collector;
    this.#firstLines = new Int32Array(suspects.rows);
    this.#keyRows = new Float64Array(suspects.keys);
    this.#keyLines = new Int32Array(suspects.keys);
    this.#told = new Uint8Array(suspects.keys);
    this.#rowsLast = rowsLast;
  }

  /**
   * Looks whether a suspected row has stood before.
   *
   * @param number the row's number (`KeySuspects`)
   * @param values its bytes; undefined when the fingerprint shall speak for them
   */
  isRepeat(number: number, values: (() => Uint8Array) | undefined, places: RowPlaces): boolean {
    const firstLine = this.#firstLines[number]!;
    if (firstLine === 0) {
      this.#firstLines[number] = places.line + 1;
      if (values && this.#firstValues.size < REMEMBERED) this.#firstValues.set(number, this.#kept(values));
      return false;
    }
    const first = this.#firstValues.get(number);
    if (first && values && !sameBytes(first(), values())) return false;
    this.repeats++;
    const severity = repeatSeverity(this.#spec);
    this.#collector.add('key/duplicate-record', severity, places.row, () =>
      describeRepeat(this.#spec, firstLine),
    );
    return true;
  }

  /**
   * Compares a row with the first one of its key.
   *
   * @param number the key's number (`KeySuspects`)
   * @param row the id of the row's fingerprint
   */
  compareKey(number: number, row: number, places: RowPlaces): void {
    const keyPlace = () => places.cells(this.#firstKeyCell, this.#lastKeyCell);
    const firstLine = this.#keyLines[number]!;
    if (firstLine === 0) {
      this.#keyLines[number] = places.line + 1;
      this.#keyRows[number] = row;
      if (this.#keyPlaces.size < REMEMBERED) this.#keyPlaces.set(number, this.#kept(keyPlace));
      return;
    }
    if (this.#keyRows[number] === row) return;
    if (this.#told[number] === 0) {
      this.#told[number] = 1;
      const line = firstLine - 1;
      const lineStart = { line, column: 0, endLine: line, endColumn: 0 };
      this.#tellConflict(this.#keyPlaces.get(number) ?? (() => lineStart), places.line + 1);
    }
    this.#tellConflict(keyPlace, firstLine);
  }

  #kept<T>(ask: () => T): () => T {
    if (this.#rowsLast) return ask;
    const answer = ask();
    return () => answer;
  }

  #tellConflict(place: () => TextRange, otherLine: number): void {
    this.conflicts++;
    this.#collector.add('key/duplicate-key', 'error', place, () => describeConflict(this.#spec, otherLine));
  }
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

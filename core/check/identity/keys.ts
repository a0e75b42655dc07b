/**
 * Repeated rows and conflicting keys (ingestion-rules, section 9). A first look at every row remembers fingerprints;
 * only where two are equal a second look at the file compares the bytes and says where.
 */
import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { Fingerprint } from '../../csv/fingerprint.ts';
import type { FingerprintSpec } from '../../csv/proof/fingerprints.ts';
import type { Severity } from '../../finding.ts';
import type { FindingCollector } from '../findings/collector.ts';
import type { TextRange } from '../findings/text-range.ts';
import { FingerprintLog, type LogPages, type RepeatedFingerprints } from './fingerprint-log.ts';
import { IdLines } from './id-lines.ts';
import type { RowIdentity } from './identity.ts';
import { KeyTally } from './key-tally.ts';
import { describeConflict, describeRepeat } from '../findings/message.ts';
import type { RowPlaces } from '../findings/place.ts';
import { LogReader, SuspectReader, type FingerprintReader } from './fingerprint-readers.ts';
import type { RowEffect, TallyCounter } from '../findings/tally.ts';
import type { VisitCells } from './visits.ts';

/**
 * Rows whose bytes and places are kept: far more than are shown. Beyond that many the 52 bits of a row's fingerprint
 * speak for it, and its line alone for its place.
 */
const REMEMBERED = 4096;
/** And no more bytes of rows than these: rows may be long. */
const REMEMBERED_BYTES = 4 << 20;

/** Takes located rows [start, end) that are compared with each other. */
export interface RowPass {
  take(bytes: Uint8Array, view: DataView, start: number, end: number, places: RowPlaces): void;
  /** What takes the fingerprints of proved rows in place of `take`; undefined where each must be taken itself. */
  readonly readers: readonly FingerprintReader[] | undefined;
  /** Takes a proved row that one of the readers has marked. */
  takeMarked?(bytes: Uint8Array, start: number, end: number, places: RowPlaces): void;
}

/** Takes values that other files refer to, and numbers that stand beside them. */
export interface ValueSink {
  add(value: Fingerprint, number?: number): void;
  /** What takes the values of proved rows in place of `add`. @param spec with `changesOnly` */
  reader(spec: FingerprintSpec): FingerprintReader;
}

/** Keeps what a check learns of its rows, so that they can be compared again after an edit. */
export interface RowKeeper {
  /**
   * Called once the header is read.
   *
   * @param keyCells 0-based cells of the key; none when the file has not all of them
   * @param visits the cells of CRC location rows, which are compared by more than their key
   * @returns what takes the rows that are compared with each other, in place of `KeyFirstPass`
   */
  begin(identity: RowIdentity, keyCells: readonly number[], visits: VisitCells | undefined): RowPass;
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

/**
 * The first pass: one fingerprint for each row, that of its key where keys are compared. Equal rows have equal keys, so
 * that one tells both.
 */
export class KeyFirstPass implements RowPass {
  /** True when keys are compared. */
  readonly byKey: boolean;
  readonly #identity: RowIdentity;
  readonly #log: FingerprintLog | undefined;
  #others: readonly LogPages[] = [];

  /** @param keyKnown false when the file has not all of the key's columns */
  constructor(spec: DatasetSpec, identity: RowIdentity, keyKnown: boolean) {
    this.#identity = identity;
    this.byKey = keyKnown && conflictMatters(spec);
    this.#log = this.byKey || spec.key.repeatsRemoved ? new FingerprintLog() : undefined;
  }

  take(_bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (!this.#log) return;
    const { low, high } = this.byKey ? this.#identity.key(view) : this.#identity.row(view, start, end);
    this.#log.add(low, high);
  }

  get readers(): readonly FingerprintReader[] {
    const { rowSpec, keySpec } = this.#identity;
    return this.#log ? [new LogReader(this.byKey ? keySpec : rowSpec, this.#log)] : [];
  }

  /** What it remembers. */
  get pages(): LogPages | undefined {
    return this.#log?.pages;
  }

  /** Takes what first looks at other rows of the same file remember. */
  join(others: readonly LogPages[]): void {
    this.#others = others;
  }

  /** What may be repeated; undefined when nothing is and no second pass is needed. */
  suspects(): RepeatedFingerprints | undefined {
    const repeated = this.#log?.repeated(this.#others);
    this.#others = [];
    return repeated && repeated.size > 0 ? repeated : undefined;
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

/** The second pass: finds the suspects again, compares them, counts and tells. */
export class KeySecondPass {
  readonly #identity: RowIdentity;
  readonly #byKey: boolean;
  readonly #suspects: RepeatedFingerprints;
  readonly #verdicts: KeyVerdicts;
  readonly #tally: KeyTally;
  /** For each suspect the bits of its fingerprint that the log has not kept, plus 1; 0 before it is met. */
  readonly #further: Int32Array;
  /** Numbers of fingerprints that are like a suspect's but for those bits. */
  readonly #chance = new Map<number, number>();

  /**
   * @param keyCells 0-based cells of the key
   * @param byKey true when the suspects are keys, not rows
   */
  constructor(
    spec: DatasetSpec,
    identity: RowIdentity,
    keyCells: readonly number[],
    byKey: boolean,
    suspects: RepeatedFingerprints,
    collector: FindingCollector,
    tally: TallyCounter,
  ) {
    this.#identity = identity;
    this.#byKey = byKey;
    this.#suspects = suspects;
    const { size } = suspects;
    this.#further = new Int32Array(size);
    const numbers = { rows: byKey ? 0 : size, keys: byKey ? size : 0 };
    this.#verdicts = new KeyVerdicts(spec, keyCells, numbers, collector);
    this.#tally = new KeyTally(spec, tally, byKey, size);
  }

  /** What marks the proved rows that `take` must look at. */
  get readers(): readonly FingerprintReader[] {
    const { rowSpec, keySpec } = this.#identity;
    return [new SuspectReader(this.#byKey ? keySpec : rowSpec, this.#suspects)];
  }

  /**
   * Takes a located row [start, end).
   *
   * @param places undefined for a row of another width, which counts and is not told
   * @param effect asked when the row is a suspect
   */
  take(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    places: RowPlaces | undefined,
    effect: () => RowEffect,
  ): void {
    const fingerprint = this.#byKey ? this.#identity.key(view) : this.#identity.row(view, start, end);
    const number = this.#numberOf(fingerprint);
    if (number < 0) return;
    this.#tally.take(number, this.#identity.row(view, start, end).id, effect());
    if (!places) return;
    const values = this.#identity.wholeRow ? () => bytes.subarray(start, end) : undefined;
    if (this.#byKey) {
      this.#verdicts.takeOfKey(number, this.#identity.row(view, start, end).id, values, places);
    } else this.#verdicts.isRepeat(number, values, places);
  }

  /** The number of a fingerprint: another one for those that are alike by chance. */
  #numberOf({ low, high }: Fingerprint): number {
    const number = this.#suspects.numberOf(low, high);
    if (number < 0) return number;
    const further = (high & 0xfff) + 1;
    if (this.#further[number] === 0) this.#further[number] = further;
    if (this.#further[number] === further) return number;
    const rest = further * 0x10000000000 + number;
    let other = this.#chance.get(rest);
    if (other === undefined) this.#chance.set(rest, (other = this.#suspects.size + this.#chance.size));
    return other;
  }
}

/** Tells which rows are repeats and which keys conflict. Rows must come in the order of the file. */
export class KeyVerdicts {
  readonly #spec: DatasetSpec;
  readonly #firstKeyCell: number;
  readonly #lastKeyCell: number;
  readonly #collector: FindingCollector;
  /** For each suspected row the line of the first one plus 1; 0 before it is met. */
  #firstLines: Int32Array;
  readonly #firstValues = new Map<number, () => Uint8Array>();
  #firstBytes = 0;
  /** For each suspected key the row that had it first: its fingerprint, its line plus 1, where its key stands. */
  #keyRows: Float64Array;
  #keyLines: Int32Array;
  readonly #keyPlaces = new Map<number, () => TextRange>();
  /** For each suspected key: 1 once its first row has been told to conflict. */
  #told: Uint8Array;
  /** Rows of suspected keys that differ from the first one of their key. */
  readonly #others = new IdLines();
  readonly #rowsLast: boolean;
  /** Findings told so far. */
  repeats = 0;
  conflicts = 0;

  /**
   * @param keyCells 0-based cells of the key
   * @param suspects numbers of rows and keys are below these; a few may be above
   * @param rowsLast true when values and places of a row may still be asked for after it was taken
   */
  constructor(
    spec: DatasetSpec,
    keyCells: readonly number[],
    suspects: Pick<KeySuspects, 'rows' | 'keys'>,
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
   * @param values its bytes, good for the moment unless `rowsLast`; undefined when the fingerprint shall speak for them
   */
  isRepeat(number: number, values: (() => Uint8Array) | undefined, places: RowPlaces): boolean {
    if (number >= this.#firstLines.length) this.#firstLines = enlarged(this.#firstLines, number);
    const firstLine = this.#firstLines[number]!;
    if (firstLine === 0) {
      this.#firstLines[number] = places.line + 1;
      this.#rememberFirst(number, values);
      return false;
    }
    if (!this.#isSame(number, values)) return false;
    this.#tellRepeat(places, firstLine);
    return true;
  }

  /**
   * Compares a row of a suspected key with those of the same key before.
   *
   * @param number the key's number
   * @param row the id of the row's fingerprint
   * @param values the row's bytes; undefined when the fingerprint shall speak for them
   */
  takeOfKey(number: number, row: number, values: (() => Uint8Array) | undefined, places: RowPlaces): void {
    if (number >= this.#keyLines.length) this.#makeRoom(number);
    const isFirst = this.#keyLines[number] === 0;
    if (isFirst) this.#rememberFirst(number, values);
    const isSame = !isFirst && this.#keyRows[number] === row && this.#isSame(number, values);
    const line = isSame ? this.#keyLines[number]! : isFirst ? 0 : this.#others.lineOf(row);
    if (line > 0) {
      if (this.#spec.key.repeatsRemoved) this.#tellRepeat(places, line);
      return;
    }
    if (!isFirst) this.#others.add(row, places.line + 1);
    this.compareKey(number, row, places);
  }

  #rememberFirst(number: number, values: (() => Uint8Array) | undefined): void {
    if (!values || this.#firstValues.size >= REMEMBERED) return;
    if (this.#rowsLast) {
      this.#firstValues.set(number, values);
      return;
    }
    const seen = values();
    if (this.#firstBytes + seen.length > REMEMBERED_BYTES) return;
    this.#firstBytes += seen.length;
    const kept = seen.slice();
    this.#firstValues.set(number, () => kept);
  }

  #isSame(number: number, values: (() => Uint8Array) | undefined): boolean {
    const first = this.#firstValues.get(number);
    return !first || !values || sameBytes(first(), values());
  }

  #tellRepeat(places: RowPlaces, firstLine: number): void {
    this.repeats++;
    const severity = repeatSeverity(this.#spec);
    this.#collector.add('key/duplicate-record', severity, places.row, () =>
      describeRepeat(this.#spec, firstLine),
    );
  }

  #makeRoom(number: number): void {
    this.#keyRows = enlarged(this.#keyRows, number);
    this.#keyLines = enlarged(this.#keyLines, number);
    this.#told = enlarged(this.#told, number);
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

/** The same numbers, with room for one of this index. */
function enlarged<T extends Int32Array | Float64Array | Uint8Array>(numbers: T, index: number): T {
  const larger = new (numbers.constructor as new (length: number) => T)(index + 1024);
  larger.set(numbers);
  return larger;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return false;
  }
  return true;
}

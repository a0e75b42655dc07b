/**
 * What is done with the fingerprints of proved rows: they come many at a time, and only the rows that a reader marks are
 * looked at themselves.
 */
import type { RowFingerprints, FingerprintSpec } from '../../csv/proof/fingerprints.ts';
import type { FingerprintLog, RepeatedFingerprints } from './fingerprint-log.ts';
import type { ValueSet } from './value-set.ts';

/** Looks at fingerprints of one kind; see `RowProof.fingerprints`. */
export interface FingerprintReader {
  readonly spec: FingerprintSpec;
  /**
   * Takes the fingerprints of rows that were proved together.
   *
   * @param rows number of those rows
   * @param line 0-based editor line of the first one; each is one line
   * @param marks 1 for each row that must be looked at itself; others are left as they are
   * @returns true when it has marked some
   */
  read(fingerprints: RowFingerprints, rows: number, marks: Uint8Array, line: number): boolean;
}

/** `Fingerprint.id` of two halves. */
export function idOf(low: number, high: number): number {
  return (high & 0xfffff) * 0x100000000 + (low >>> 0);
}

/** Remembers each fingerprint. */
export class LogReader implements FingerprintReader {
  readonly spec: FingerprintSpec;
  readonly #log: FingerprintLog;

  constructor(spec: FingerprintSpec, log: FingerprintLog) {
    this.spec = spec;
    this.#log = log;
  }

  read({ halves }: RowFingerprints, rows: number): boolean {
    const log = this.#log;
    for (let at = 0, end = rows * 2; at < end; at += 2) log.add(halves[at]!, halves[at + 1]!);
    return false;
  }
}

/** Marks rows that may be repeated. */
export class SuspectReader implements FingerprintReader {
  readonly spec: FingerprintSpec;
  readonly #suspects: RepeatedFingerprints;

  constructor(spec: FingerprintSpec, suspects: RepeatedFingerprints) {
    this.spec = spec;
    this.#suspects = suspects;
  }

  read({ halves }: RowFingerprints, rows: number, marks: Uint8Array): boolean {
    let found = false;
    for (let row = 0; row < rows; row++) {
      if (this.#suspects.numberOf(halves[row * 2]!, halves[row * 2 + 1]!) < 0) continue;
      marks[row] = 1;
      found = true;
    }
    return found;
  }
}

/** Collects values. */
export class CollectionReader implements FingerprintReader {
  readonly spec: FingerprintSpec;
  readonly #values: ValueSet;
  #last = NaN;

  /** @param spec with `changesOnly` */
  constructor(spec: FingerprintSpec, values: ValueSet) {
    this.spec = spec;
    this.#values = values;
  }

  read({ count, halves }: RowFingerprints): boolean {
    for (let at = 0, end = count * 2; at < end; at += 2) {
      const id = idOf(halves[at]!, halves[at + 1]!);
      if (id !== this.#last) this.#values.addId(id);
      this.#last = id;
    }
    return false;
  }
}

/** Marks the rows from each that has a fingerprint to the one before the next, where the id is one to look at. */
function markRuns(
  { count, rows: first, halves }: RowFingerprints,
  rows: number,
  marks: Uint8Array,
  isSought: (id: number) => boolean,
): boolean {
  let found = false;
  for (let i = 0; i < count; i++) {
    const low = halves[i * 2]!;
    const high = halves[i * 2 + 1]!;
    // There is no fingerprint where a value is empty.
    if ((low | high) === 0 || !isSought(idOf(low, high))) continue;
    marks.fill(1, first[i], i + 1 < count ? first[i + 1] : rows);
    found = true;
  }
  return found;
}

/** Marks rows whose values are not in a set. */
export class ReferenceReader implements FingerprintReader {
  readonly spec: FingerprintSpec;
  readonly #values: ValueSet;
  #last = NaN;
  #lastSought = false;

  /** @param spec with `changesOnly`, and with `skipsEmpty`: an empty value refers to nothing */
  constructor(spec: FingerprintSpec, values: ValueSet) {
    this.spec = spec;
    this.#values = values;
  }

  read(fingerprints: RowFingerprints, rows: number, marks: Uint8Array): boolean {
    return markRuns(fingerprints, rows, marks, this.#isUnknown);
  }

  readonly #isUnknown = (id: number): boolean => {
    if (id !== this.#last) {
      this.#last = id;
      this.#lastSought = !this.#values.hasId(id);
    }
    return this.#lastSought;
  };
}

/** Marks rows whose values have a verdict, or have not been judged yet. */
export class VerdictReader implements FingerprintReader {
  readonly spec: FingerprintSpec;
  readonly #known: ReadonlyMap<number, object | null>;
  #lastGood = NaN;

  /**
   * @param spec with `changesOnly`, and with `skipsEmpty`: an empty value is not judged
   * @param known verdicts by id; null for values without fault
   */
  constructor(spec: FingerprintSpec, known: ReadonlyMap<number, object | null>) {
    this.spec = spec;
    this.#known = known;
  }

  read(fingerprints: RowFingerprints, rows: number, marks: Uint8Array): boolean {
    return markRuns(fingerprints, rows, marks, this.#isSought);
  }

  readonly #isSought = (id: number): boolean => {
    if (id === this.#lastGood) return false;
    if (this.#known.get(id) !== null) return true;
    this.#lastGood = id;
    return false;
  };
}

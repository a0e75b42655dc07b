/**
 * What is done with the fingerprints of proved rows: they come many at a time, and only the rows that a reader marks are
 * looked at themselves.
 */
import type { PrintSpec } from '../csv/prints.ts';
import type { FingerprintLog } from './fingerprint-log.ts';
import type { ValueSet } from './value-set.ts';

/** Looks at one fingerprint of each of many rows; see `RowProof.prints`. */
export interface PrintReader {
  readonly spec: PrintSpec;
  /**
   * Takes the fingerprints of rows, one after the other.
   *
   * @param at index of the low half of the first one; the next is `stride` numbers behind it
   * @param marks 1 for each row that must be looked at itself; others are left as they are
   */
  read(prints: Int32Array, at: number, stride: number, count: number, marks: Uint8Array): void;
}

/** `Fingerprint.id` of two halves. */
function idOf(low: number, high: number): number {
  return (high & 0xfffff) * 0x100000000 + (low >>> 0);
}

/** Remembers each fingerprint. */
export class LogReader implements PrintReader {
  readonly spec: PrintSpec;
  readonly #log: FingerprintLog;

  constructor(spec: PrintSpec, log: FingerprintLog) {
    this.spec = spec;
    this.#log = log;
  }

  read(prints: Int32Array, at: number, stride: number, count: number): void {
    const log = this.#log;
    for (let row = 0, from = at; row < count; row++, from += stride) {
      log.add(prints[from]!, prints[from + 1]!);
    }
  }
}

/** Marks rows with one of the ids that are looked for. */
export class SuspectReader implements PrintReader {
  readonly spec: PrintSpec;
  readonly #isSuspect: (id: number) => boolean;

  constructor(spec: PrintSpec, isSuspect: (id: number) => boolean) {
    this.spec = spec;
    this.#isSuspect = isSuspect;
  }

  read(prints: Int32Array, at: number, stride: number, count: number, marks: Uint8Array): void {
    for (let row = 0, from = at; row < count; row++, from += stride) {
      if (this.#isSuspect(idOf(prints[from]!, prints[from + 1]!))) marks[row] = 1;
    }
  }
}

/** Collects values. */
export class CollectionReader implements PrintReader {
  readonly spec: PrintSpec;
  readonly #values: ValueSet;
  #low = 0;
  #high = 0;

  constructor(spec: PrintSpec, values: ValueSet) {
    this.spec = spec;
    this.#values = values;
  }

  read(prints: Int32Array, at: number, stride: number, count: number): void {
    for (let row = 0, from = at; row < count; row++, from += stride) {
      const low = prints[from]!;
      const high = prints[from + 1]!;
      if (low === this.#low && high === this.#high) continue;
      this.#low = low;
      this.#high = high;
      this.#values.addId(idOf(low, high));
    }
  }
}

/** Marks rows whose values are not in a set. */
export class RelationReader implements PrintReader {
  readonly spec: PrintSpec;
  readonly #values: ValueSet;
  #low = 0;
  #high = 0;
  #unknown = false;

  /** @param spec with `skipsEmpty`: an empty value refers to nothing */
  constructor(spec: PrintSpec, values: ValueSet) {
    this.spec = spec;
    this.#values = values;
  }

  read(prints: Int32Array, at: number, stride: number, count: number, marks: Uint8Array): void {
    for (let row = 0, from = at; row < count; row++, from += stride) {
      const low = prints[from]!;
      const high = prints[from + 1]!;
      if (low !== this.#low || high !== this.#high) {
        this.#low = low;
        this.#high = high;
        this.#unknown = (low | high) !== 0 && !this.#values.hasId(idOf(low, high));
      }
      if (this.#unknown) marks[row] = 1;
    }
  }
}

/** Marks rows whose values have a verdict, or have not been judged yet. */
export class VerdictReader implements PrintReader {
  readonly spec: PrintSpec;
  readonly #known: ReadonlyMap<number, object | null>;
  #low = 0;
  #high = 0;
  #told = false;

  /**
   * @param spec with `skipsEmpty`: an empty value is not judged
   * @param known verdicts by id; null for values without fault
   */
  constructor(spec: PrintSpec, known: ReadonlyMap<number, object | null>) {
    this.spec = spec;
    this.#known = known;
  }

  read(prints: Int32Array, at: number, stride: number, count: number, marks: Uint8Array): void {
    for (let row = 0, from = at; row < count; row++, from += stride) {
      const low = prints[from]!;
      const high = prints[from + 1]!;
      if (low !== this.#low || high !== this.#high) {
        const verdict = (low | high) === 0 ? null : this.#known.get(idOf(low, high));
        if (verdict === undefined) {
          marks[row] = 1;
          continue;
        }
        this.#low = low;
        this.#high = high;
        this.#told = verdict !== null;
      }
      if (this.#told) marks[row] = 1;
    }
  }
}

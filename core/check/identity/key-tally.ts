import type { DatasetSpec } from '../../catalogue/spec.ts';
import { IdCounts } from './id-counts.ts';
import { lostDays, type RowEffect, type TallyCounter } from '../findings/tally.ts';

/** True where rows that share a key are dropped, not the whole file (ingestion-rules, section 9). */
export function dropsConflicts(spec: DatasetSpec): boolean {
  return spec.key.sameId === 'reject-all-conflicting';
}

/**
 * Counts repeats and conflicts among rows that may be some, those of another width too where ingestion reads them all
 * the same. What was counted of a row that is dropped is taken back. 28 bytes for each key, and 16 to 32 for each row.
 */
export class KeyTally {
  readonly #tally: TallyCounter;
  readonly #byKey: boolean;
  readonly #drops: boolean;
  readonly #rows = new IdCounts();
  /** For each key its different rows. */
  #sizes: Int32Array;
  /** For each key what was counted of its first row: its effects, its days. */
  #firsts: Int32Array;

  /** @param size numbers of keys, or of rows where keys are not compared, are below; a few may be above */
  constructor(spec: DatasetSpec, tally: TallyCounter, byKey: boolean, size: number) {
    this.#tally = tally;
    this.#byKey = byKey;
    this.#drops = dropsConflicts(spec);
    this.#sizes = new Int32Array(size);
    this.#firsts = new Int32Array(size * WIDTH);
  }

  /**
   * @param number of the key, or of the row where keys are not compared
   * @param row the id of the row's fingerprint
   */
  take(number: number, row: number, effect: RowEffect): void {
    if (this.#tally.isGone(effect.bits)) return;
    if (this.#rows.add(row) > 1) {
      this.#tally.repeats++;
      this.#tally.takeBack(effect);
      return;
    }
    if (!this.#byKey) return;
    this.#reserve(number);
    const size = ++this.#sizes[number]!;
    if (size === 1) {
      this.#keepFirst(number, effect);
      return;
    }
    this.#tally.conflicts += size === 2 ? 2 : 1;
    this.#tally.squares += size === 2 ? 4 : 2 * size - 1;
    if (!this.#drops) return;
    if (size === 2) this.#tally.takeBack(this.#firstOf(number));
    this.#tally.takeBack(effect);
  }

  #keepFirst(number: number, { bits, days }: RowEffect): void {
    const at = number * WIDTH;
    this.#firsts[at] = bits;
    days?.forEach((count, index) => (this.#firsts[at + 1 + index] = count));
  }

  #firstOf(number: number): RowEffect {
    const [bits = 0, ...days] = this.#firsts.subarray(number * WIDTH, (number + 1) * WIDTH);
    return { bits, days };
  }

  #reserve(number: number): void {
    if (number < this.#sizes.length) return;
    const sizes = new Int32Array(number + 1024);
    sizes.set(this.#sizes);
    const firsts = new Int32Array(sizes.length * WIDTH);
    firsts.set(this.#firsts);
    this.#sizes = sizes;
    this.#firsts = firsts;
  }
}

const WIDTH = 1 + lostDays.length;

/**
 * Counts the rows of keys that stand more than once, where the log has another key than the filter: 32 to 64 bytes a
 * row.
 */
export class LoggedKeyTally {
  readonly #tally: TallyCounter;
  readonly #rows = new IdCounts();
  readonly #keys = new IdCounts();

  constructor(tally: TallyCounter) {
    this.#tally = tally;
    tally.loggedConflicts = 0;
  }

  /** Takes the ids of the fingerprints of a row and its key. */
  take(row: number, key: number): void {
    if (this.#rows.add(row) > 1) return;
    const size = this.#keys.add(key);
    if (size > 1) this.#tally.loggedConflicts! += size === 2 ? 2 : 1;
  }
}

/** The columns by which the same-id count of the log groups rows, where that is another key; none elsewhere. */
export function loggedKey(spec: DatasetSpec): readonly string[] {
  return spec.id === 'periodic_exam_mst' ? ['exam_id'] : [];
}

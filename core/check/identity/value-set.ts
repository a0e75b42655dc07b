import type { Fingerprint } from '../../csv/fingerprint.ts';
import { placeOf } from './id-places.ts';

/** A set as it goes to another thread: its memory is shared, not copied. */
export interface SharedValues {
  readonly ids: Float64Array;
  readonly size: number;
  readonly sum: number;
  /** The number of each id, where they have one. */
  readonly numbers?: Float64Array;
}

/**
 * The values of one or more columns of a master file, as fingerprints (`RowIdentity.values`), each perhaps with a number
 * that stands beside it there.
 */
export class ValueSet {
  /** The set that another thread has shared; nothing may be added to it there or here. */
  static from({ ids, size, sum, numbers }: SharedValues): ValueSet {
    const set = new ValueSet();
    set.#ids = ids;
    set.size = size;
    set.#sum = sum;
    set.#numbers = numbers;
    return set;
  }

  /**
   * A set whose values are asked for only when somebody looks for one: its signature is known before.
   *
   * @param ids all of them, each once
   */
  static later(size: number, sum: number, ids: () => Iterable<number>): ValueSet {
    const set = new ValueSet();
    set.size = size;
    set.#sum = sum;
    set.#later = ids;
    return set;
  }

  size = 0;
  #sum = 0;
  /** Open addressing; 0 is a free place, so the id 0 counts as 1: one more id that hardly ever meets another. */
  #ids: Float64Array = sharedArray(256);
  /** The number of the id at each place; undefined while no id has one. */
  #numbers: Float64Array | undefined;
  #later: (() => Iterable<number>) | undefined;

  /** @param number what stands beside the value; of several the largest one counts */
  add(fingerprint: Fingerprint, number?: number): void {
    this.addId(fingerprint.id, number);
  }

  addId(id: number, number?: number): void {
    this.#fill();
    if (this.size * 2 >= this.#ids.length) this.#grow();
    const place = placeOf(this.#ids, id || 1);
    if (number !== undefined) this.#keepLargest(place, number);
    if (this.#ids[place] !== 0) return;
    this.#ids[place] = id || 1;
    this.size++;
    this.#sum = (this.#sum + id) % 0x10000000000000;
  }

  /** Differs, but for a chance of one in 2^52, when the values differ. */
  get signature(): string {
    return `${this.size}:${this.#sum}${this.#numbers ? `:${this.#sumOfNumbers()}` : ''}`;
  }

  /** The largest number that stands beside a value; undefined when none does. */
  numberOf(id: number): number | undefined {
    this.#fill();
    const number = this.#numbers?.[placeOf(this.#ids, id || 1)];
    return number === undefined || Number.isNaN(number) ? undefined : number;
  }

  has(fingerprint: Fingerprint): boolean {
    this.#fill();
    return this.hasId(fingerprint.id);
  }

  hasId(id: number): boolean {
    return this.#ids[placeOf(this.#ids, id || 1)] !== 0;
  }

  share(): SharedValues {
    this.#fill();
    const numbers = this.#numbers;
    return { ids: this.#ids, size: this.size, sum: this.#sum, ...(numbers ? { numbers } : {}) };
  }

  /** Adds every value of another set. */
  addAll(other: ValueSet): void {
    other.#fill();
    this.#addPlaces(other.#ids, other.#numbers);
  }

  #addPlaces(ids: Float64Array, numbers: Float64Array | undefined): void {
    for (let place = 0; place < ids.length; place++) {
      const number = numbers?.[place];
      if (ids[place] !== 0) this.addId(ids[place]!, Number.isNaN(number) ? undefined : number);
    }
  }

  #keepLargest(place: number, number: number): void {
    this.#numbers ??= sharedArray(this.#ids.length).fill(NaN);
    // Of NaN, which stands for none, nothing is smaller or larger.
    if (!(this.#numbers[place]! >= number)) this.#numbers[place] = number;
  }

  /** Differs, but for a chance of one in 2^32, when a value has another number. */
  #sumOfNumbers(): number {
    let sum = 0;
    this.#numbers?.forEach((number, place) => {
      if (Number.isNaN(number)) return;
      let hash = 0;
      for (const part of new Int32Array(Float64Array.of(this.#ids[place]!, number).buffer)) {
        hash = Math.imul(hash ^ part, 0x9e3779b1);
        hash ^= hash >>> 15;
      }
      sum = (sum + hash) | 0;
    });
    return sum >>> 0;
  }

  #grow(): void {
    const old = this.#ids;
    const numbers = this.#numbers;
    this.#ids = sharedArray(old.length * 2);
    this.#numbers = undefined;
    this.size = 0;
    this.#sum = 0;
    this.#addPlaces(old, numbers);
  }

  #fill(): void {
    const ids = this.#later;
    if (!ids) return;
    this.#later = undefined;
    let places = this.#ids.length;
    while (places < this.size * 2) places *= 2;
    this.#ids = sharedArray(places);
    this.size = 0;
    this.#sum = 0;
    for (const id of ids()) this.addId(id);
  }
}

/** The master files that a file may refer to. */
export interface Masters {
  /**
   * The values of columns of a dataset, named as in its main header.
   *
   * @returns undefined when no file of the dataset is there, or its columns cannot be read
   */
  find(dataset: string, columns: readonly string[]): ValueSet | undefined;
}

/** The key of columns in a map of values. */
export function columnsKey(columns: readonly string[]): string {
  return columns.join('|');
}

/** The values of master files, by dataset and columns. */
export class MasterValues implements Masters {
  readonly #sets: ReadonlyMap<string, ValueSet>;

  /** @param sets by `masterKey` */
  constructor(sets: ReadonlyMap<string, ValueSet>) {
    this.#sets = sets;
  }

  static from(shared: readonly (readonly [string, SharedValues])[]): MasterValues {
    return new MasterValues(new Map(shared.map(([key, values]) => [key, ValueSet.from(values)])));
  }

  find(dataset: string, columns: readonly string[]): ValueSet | undefined {
    return this.#sets.get(masterKey(dataset, columns));
  }

  share(): readonly (readonly [string, SharedValues])[] {
    return [...this.#sets].map(([key, set]) => [key, set.share()]);
  }

  /** Changes when a value does. */
  get stamp(): string {
    return [...this.#sets].map(([key, set]) => `${key}=${set.signature}`).join(' ');
  }
}

export function masterKey(dataset: string, columns: readonly string[]): string {
  return `${dataset}(${columnsKey(columns)})`;
}

function sharedArray(length: number): Float64Array {
  return new Float64Array(new SharedArrayBuffer(length * Float64Array.BYTES_PER_ELEMENT));
}

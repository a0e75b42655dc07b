import type { Fingerprint } from '../csv/fingerprint.ts';

/** A set as it goes to another thread: its memory is shared, not copied. */
export interface SharedValues {
  readonly ids: Float64Array;
  readonly size: number;
  readonly sum: number;
}

/** The values of one or more columns of a master file, as fingerprints (`RowIdentity.values`). */
export class ValueSet {
  /** The set that another thread has shared; nothing may be added to it there or here. */
  static from({ ids, size, sum }: SharedValues): ValueSet {
    const set = new ValueSet();
    set.#ids = ids;
    set.size = size;
    set.#sum = sum;
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
  #later: (() => Iterable<number>) | undefined;

  add(fingerprint: Fingerprint): void {
    this.addId(fingerprint.id);
  }

  addId(id: number): void {
    this.#fill();
    if (this.size * 2 >= this.#ids.length) this.#grow();
    const place = this.#place(id || 1);
    if (this.#ids[place] !== 0) return;
    this.#ids[place] = id || 1;
    this.size++;
    this.#sum = (this.#sum + id) % 0x10000000000000;
  }

  /** Differs, but for a chance of one in 2^52, when the values differ. */
  get signature(): string {
    return `${this.size}:${this.#sum}`;
  }

  has(fingerprint: Fingerprint): boolean {
    this.#fill();
    return this.hasId(fingerprint.id);
  }

  hasId(id: number): boolean {
    return this.#ids[this.#place(id || 1)] !== 0;
  }

  share(): SharedValues {
    this.#fill();
    return { ids: this.#ids, size: this.size, sum: this.#sum };
  }

  /** Adds every value of another set. */
  addAll(other: ValueSet): void {
    other.#fill();
    for (const id of other.#ids) {
      if (id !== 0) this.addId(id);
    }
  }

  /** The place of an id, or the free one where it would stand. */
  #place(id: number): number {
    const mask = this.#ids.length - 1;
    let place = (id ^ (id / 0x100000000)) & mask;
    while (this.#ids[place] !== 0 && this.#ids[place] !== id) place = (place + 1) & mask;
    return place;
  }

  #grow(): void {
    const old = this.#ids;
    this.#ids = sharedArray(old.length * 2);
    this.size = 0;
    this.#sum = 0;
    for (const id of old) {
      if (id !== 0) this.addId(id);
    }
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

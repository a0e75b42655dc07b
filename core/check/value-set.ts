import type { Fingerprint } from '../csv/fingerprint.ts';

/** The values of one or more columns of a master file, as fingerprints (`RowIdentity.values`). */
export class ValueSet {
  size = 0;
  #sum = 0;
  /** Open addressing; 0 is a free place, so the id 0 counts as 1: one more id that hardly ever meets another. */
  #ids = new Float64Array(256);

  add(fingerprint: Fingerprint): void {
    this.addId(fingerprint.id);
  }

  addId(id: number): void {
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
    return this.#ids[this.#place(fingerprint.id || 1)] !== 0;
  }

  /** Adds every value of another set. */
  addAll(other: ValueSet): void {
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
    this.#ids = new Float64Array(old.length * 2);
    this.size = 0;
    this.#sum = 0;
    for (const id of old) {
      if (id !== 0) this.addId(id);
    }
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

import { homeOf, placeOf } from './id-places.ts';

/**
 * How often each id (`Fingerprint.id`) stands in a document; ids may also be taken out. Open addressing in typed
 * arrays: 12 bytes a place, of which at most three quarters are taken, so 16 to 32 bytes for each different id.
 */
export class IdCounts {
  /** Number of different ids. */
  size = 0;
  /** 0 is a free place, so the id 0 counts as 1. */
  #ids: Float64Array;
  #counts: Uint32Array;
  #sum = 0;

  /** @param expected so many different ids cause no growth */
  constructor(expected = 0) {
    let places = 16;
    while (places * 3 < expected * 4) places *= 2;
    this.#ids = new Float64Array(places);
    this.#counts = new Uint32Array(places);
  }

  /** The sum of the different ids, modulo 2^52: with `size` a mark that hardly ever stays when the ids change. */
  get sum(): number {
    return this.#sum;
  }

  /** @returns how often the id stands there now */
  add(id: number): number {
    if ((this.size + 1) * 4 > this.#ids.length * 3) this.#grow();
    const place = placeOf(this.#ids, id || 1);
    if (this.#ids[place] === 0) {
      this.#ids[place] = id || 1;
      this.size++;
      this.#sum = (this.#sum + (id || 1)) % MODULUS;
    }
    return ++this.#counts[place]!;
  }

  /** Takes an id out once. @returns how often it stands there now */
  remove(id: number): number {
    const place = placeOf(this.#ids, id || 1);
    if (this.#ids[place] === 0) return 0;
    const left = --this.#counts[place]!;
    if (left > 0) return left;
    this.size--;
    this.#sum = (this.#sum - (id || 1) + MODULUS) % MODULUS;
    this.#free(place);
    return 0;
  }

  count(id: number): number {
    return this.#counts[placeOf(this.#ids, id || 1)]!;
  }

  /** The different ids, in no order. */
  *ids(): Generator<number> {
    for (const id of this.#ids) {
      if (id !== 0) yield id;
    }
  }

  /** Empties a place; ids that stand behind it because it was taken move up. */
  #free(place: number): void {
    const ids = this.#ids;
    const mask = ids.length - 1;
    let hole = place;
    for (let at = (hole + 1) & mask; ids[at] !== 0; at = (at + 1) & mask) {
      const wanted = homeOf(ids[at]!, mask);
      if (((at - wanted) & mask) < ((at - hole) & mask)) continue;
      ids[hole] = ids[at]!;
      this.#counts[hole] = this.#counts[at]!;
      hole = at;
    }
    ids[hole] = 0;
    this.#counts[hole] = 0;
  }

  #grow(): void {
    const ids = this.#ids;
    const counts = this.#counts;
    this.#ids = new Float64Array(ids.length * 2);
    this.#counts = new Uint32Array(ids.length * 2);
    for (let i = 0; i < ids.length; i++) {
      if (ids[i] === 0) continue;
      const place = placeOf(this.#ids, ids[i]!);
      this.#ids[place] = ids[i]!;
      this.#counts[place] = counts[i]!;
    }
  }
}

const MODULUS = 0x10000000000000;

/** Lists of ids one after the other. */
export function concat(arrays: readonly Float64Array[]): Float64Array {
  const all = new Float64Array(arrays.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const array of arrays) {
    all.set(array, at);
    at += array.length;
  }
  return all;
}

/** How many ids are the same at the start of two lists, and how many of the rest at their end. */
export function sameEnds(a: Float64Array, b: Float64Array): { head: number; tail: number } {
  const shorter = Math.min(a.length, b.length);
  let head = 0;
  while (head < shorter && a[head] === b[head]) head++;
  let tail = 0;
  while (tail < shorter - head && a[a.length - 1 - tail] === b[b.length - 1 - tail]) tail++;
  return { head, tail };
}

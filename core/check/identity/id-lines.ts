import { placeOf } from './id-places.ts';

/** For ids (`Fingerprint.id`) a line each. Open addressing in typed arrays: 16 to 32 bytes for each id. */
export class IdLines {
  /** 0 is a free place, so the id 0 counts as 1. */
  #ids = new Float64Array(256);
  #lines = new Int32Array(256);
  #size = 0;

  /** Takes an id that is not there yet, with a line from 1 on. */
  add(id: number, line: number): void {
    if (++this.#size * 2 > this.#ids.length) this.#grow();
    this.#put(id || 1, line);
  }

  /** The line of an id, 0 when it is not there. */
  lineOf(id: number): number {
    return this.#lines[placeOf(this.#ids, id || 1)]!;
  }

  #put(id: number, line: number): void {
    const place = placeOf(this.#ids, id);
    this.#ids[place] = id;
    this.#lines[place] = line;
  }

  #grow(): void {
    const ids = this.#ids;
    const lines = this.#lines;
    this.#ids = new Float64Array(ids.length * 2);
    this.#lines = new Int32Array(ids.length * 2);
    ids.forEach((id, place) => {
      if (id !== 0) this.#put(id, lines[place]!);
    });
  }
}

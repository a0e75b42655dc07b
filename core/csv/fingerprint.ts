/** From so many bytes on four words are taken at a time, each to a state of its own. */
const LONG = 64;

/**
 * A 64-bit fingerprint of bytes, in two 32-bit halves. Equal bytes always have equal fingerprints; different ones
 * hardly ever do, so what looks equal is compared byte by byte before anybody is told. `proof-kernel/prints.ts` makes
 * the same ones.
 */
export class Fingerprint {
  low = 0;
  high = 0;

  /** Begins a fingerprint of several parts; the same parts with another seed give another one. */
  begin(seed: number): this {
    this.low = seed ^ 0x2545f491;
    this.high = Math.imul(seed, 0x27d4eb2f) ^ 0x165667b1;
    return this;
  }

  /**
   * Adds the bytes [start, end).
   *
   * @param view up to three bytes beyond `end` are read and left out
   */
  add(view: DataView, start: number, end: number): this {
    this.low ^= end - start;
    const from = end - start < LONG ? start : this.#addLong(view, start, end);
    // As numbers of this function: read from the module, they would cost as much as the rest of the loop.
    const lowFactor = 0xcc9e2d51;
    const highFactor = 0x9e3779b1;
    let { low, high } = this;
    let at = from;
    for (const words = end - 3; at < words; at += 4) {
      const word = view.getInt32(at, true);
      low = Math.imul(low ^ word, lowFactor);
      low = (low << 15) | (low >>> 17);
      high = Math.imul((high + word) | 0, highFactor);
      high ^= high >>> 15;
    }
    // No byte is a part all the same: of two cells it matters which is empty.
    if (at < end || start === end) {
      const word = at < end ? view.getInt32(at, true) & ~(-1 << ((end - at) << 3)) : 0;
      low = Math.imul(low ^ word, lowFactor);
      low = (low << 15) | (low >>> 17);
      high = Math.imul((high + word) | 0, highFactor);
      high ^= high >>> 15;
    }
    this.low = low;
    this.high = high;
    return this;
  }

  /** @returns the index of the first byte that is left: 16 at a time are taken */
  #addLong(view: DataView, start: number, end: number): number {
    const lowFactor = 0xcc9e2d51;
    const highFactor = 0x9e3779b1;
    let lowA = this.low;
    let lowB = ~lowA;
    let lowC = (lowA + 1) | 0;
    let lowD = (lowB + 1) | 0;
    let highA = this.high;
    let highB = ~highA;
    let highC = (highA + 1) | 0;
    let highD = (highB + 1) | 0;
    let at = start;
    for (const blocks = end - 15; at < blocks; at += 16) {
      const a = view.getInt32(at, true);
      const b = view.getInt32(at + 4, true);
      const c = view.getInt32(at + 8, true);
      const d = view.getInt32(at + 12, true);
      lowA = Math.imul(lowA ^ a, lowFactor);
      lowB = Math.imul(lowB ^ b, lowFactor);
      lowC = Math.imul(lowC ^ c, lowFactor);
      lowD = Math.imul(lowD ^ d, lowFactor);
      lowA = (lowA << 15) | (lowA >>> 17);
      lowB = (lowB << 15) | (lowB >>> 17);
      lowC = (lowC << 15) | (lowC >>> 17);
      lowD = (lowD << 15) | (lowD >>> 17);
      highA = Math.imul((highA + a) | 0, highFactor);
      highB = Math.imul((highB + b) | 0, highFactor);
      highC = Math.imul((highC + c) | 0, highFactor);
      highD = Math.imul((highD + d) | 0, highFactor);
      highA ^= highA >>> 15;
      highB ^= highB >>> 15;
      highC ^= highC >>> 15;
      highD ^= highD >>> 15;
    }
    this.low = join(join(join(lowA, lowB), lowC), lowD);
    this.high = join(join(join(highA, highB), highC), highD);
    return at;
  }

  /** Spreads every bit over both halves; nothing may be added afterwards. */
  finish(): this {
    let low = this.low ^ (this.high >>> 16);
    low = Math.imul(low ^ (low >>> 16), 0x85ebca6b);
    low = Math.imul(low ^ (low >>> 13), 0xc2b2ae35);
    low ^= low >>> 16;
    let high = this.high ^ low;
    high = Math.imul(high ^ (high >>> 16), 0x7feb352d);
    high = Math.imul(high ^ (high >>> 15), 0x846ca68b);
    this.low = low;
    this.high = high ^ (high >>> 16);
    return this;
  }

  /** 52 of the bits as one number, exact in a double. */
  get id(): number {
    return (this.high & 0xfffff) * 0x100000000 + (this.low >>> 0);
  }
}

function join(one: number, other: number): number {
  return Math.imul(one, 0x85ebca6b) ^ ((other << 13) | (other >>> 19));
}

/**
 * A 64-bit fingerprint of bytes, in two 32-bit halves. Equal bytes always have equal fingerprints; different ones
 * hardly ever do, so what looks equal is compared byte by byte before anybody is told.
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
    let low = this.low ^ (end - start);
    let high = this.high;
    let at = start;
    for (const words = end - 3; at < words; at += 4) {
      const word = view.getInt32(at, true);
      low = Math.imul(low ^ word, 0xcc9e2d51);
      low = (low << 15) | (low >>> 17);
      high = Math.imul((high + word) | 0, 0x9e3779b1);
      high ^= high >>> 15;
    }
    if (at < end) {
      const word = view.getInt32(at, true) & ~(-1 << ((end - at) << 3));
      low = Math.imul(low ^ word, 0xcc9e2d51);
      low = (low << 15) | (low >>> 17);
      high = Math.imul((high + word) | 0, 0x9e3779b1);
      high ^= high >>> 15;
    }
    this.low = low;
    this.high = high;
    return this;
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

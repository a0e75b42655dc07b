/**
 * A 64-bit fingerprint of bytes, in two 32-bit halves. Equal bytes always have equal fingerprints; different ones
 * hardly ever do, so what looks equal is compared byte by byte before anybody is told. `proof-kernel/fingerprints.ts` makes
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
    // As numbers of this function: read from the module, they would cost as much as the rest of the loop.
    const lowFactor = 0xcc9e2d51;
    const highFactor = 0x9e3779b1;
    let low = this.low ^ (end - start);
    let { high } = this;
    let at = start;
    // Two words at a time, one for each half; each half goes into the other one with the next two.
    for (const pairs = end - 7; at < pairs; at += 8) {
      const next = Math.imul(low ^ view.getInt32(at, true), lowFactor);
      const other = Math.imul((high + view.getInt32(at + 4, true)) | 0, highFactor);
      const before = low;
      low = (((next << 15) | (next >>> 17)) + high) | 0;
      high = other ^ (other >>> 15) ^ before;
    }
    // No byte is a part all the same: of two cells it matters which is empty.
    const left = end - at;
    if (left > 0 || start === end) {
      const first = left === 0 ? 0 : view.getInt32(at, true) & (left < 4 ? ~(-1 << (left << 3)) : -1);
      const second = left > 4 ? view.getInt32(at + 4, true) & ~(-1 << ((left - 4) << 3)) : 0;
      const next = Math.imul(low ^ first, lowFactor);
      const other = Math.imul((high + second) | 0, highFactor);
      const before = low;
      low = (((next << 15) | (next >>> 17)) + high) | 0;
      high = other ^ (other >>> 15) ^ before;
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

/** Rows are spread over so many partitions by the first 12 bits of their fingerprint; each is small enough for the cache. */
const PARTITION_BITS = 12;
const PARTITIONS = 1 << PARTITION_BITS;
/** Entries of a page, and of a slab, which is the memory that is taken at once. */
const PAGE = 64;
const SLAB_BITS = 16;
/** Up to so many entries are kept as they come: small files would pay for the partitions alone. */
const FEW = 2048;
/** More than any 40 bits. */
const STORED = 0x10000000000;

/** What a log holds, so that another thread can take it over without a copy of the arrays. */
export interface LogPages {
  /** For each partition the place behind its last entry; 0 when it has none. */
  readonly ends: Int32Array<ArrayBuffer>;
  /** For each page the one before it of the same partition; 0 when it is the first. Page 0 is none. */
  readonly before: readonly number[];
  readonly slabs: readonly Slab[];
}

/** Entries of pages one after the other: the lower half of each, and eight bits of the higher one. */
interface Slab {
  readonly lows: Int32Array<ArrayBuffer>;
  readonly highs: Uint8Array<ArrayBuffer>;
}

/**
 * Remembers 52 bits of a fingerprint for each row in five bytes: twelve by the partition, forty stored. Written one
 * after the other, looked at once at the end (performance study, section 7, "Uniqueness").
 */
export class FingerprintLog {
  readonly #ends = new Int32Array(PARTITIONS);
  readonly #before: number[] = [0];
  readonly #slabs: Slab[] = [];
  /** The two halves of each of the first entries; undefined once they have been spread over the partitions. */
  #few: Int32Array | undefined = new Int32Array(FEW * 2);
  #count = 0;

  /** Takes the two halves of a finished fingerprint. */
  add(low: number, high: number): void {
    const few = this.#few;
    if (!few) this.#spread(low, high);
    else if (this.#count < FEW) {
      few[this.#count * 2] = low;
      few[this.#count * 2 + 1] = high;
      this.#count++;
    } else {
      this.#spreadFew(few);
      this.#spread(low, high);
    }
  }

  #spread(low: number, high: number): void {
    const ends = this.#ends;
    const partition = high >>> 20;
    let at = ends[partition]!;
    if ((at & 63) === 0) at = this.#newPage(at);
    const slab = this.#slabs[at >>> 16]!;
    slab.lows[at & 0xffff] = low;
    slab.highs[at & 0xffff] = high >>> 12;
    ends[partition] = at + 1;
  }

  get pages(): LogPages {
    if (this.#few) this.#spreadFew(this.#few);
    return { ends: this.#ends, before: this.#before, slabs: this.#slabs };
  }

  /**
   * What was added more than once.
   *
   * @param others what logs of other rows of the file hold: what stands there counts too
   */
  repeated(others: readonly LogPages[] = []): RepeatedFingerprints {
    if (this.#few && others.length === 0) return this.#repeatedFew(this.#few);
    const logs = [this.pages, ...others];
    let table = new RepeatTable(1 << 10);
    const starts = new Int32Array(PARTITIONS + 1);
    const found: number[] = [];
    for (let partition = 0; partition < PARTITIONS; partition++) {
      let count = 0;
      for (const log of logs) count += countOf(log, partition);
      if (count * 2 > table.size) table = new RepeatTable(count * 2);
      table.begin();
      for (const { ends, before, slabs } of count > 1 ? logs : []) {
        let end = ends[partition]!;
        while (end !== 0) {
          const page = (end - 1) >>> 6;
          table.take(slabs[page >>> (SLAB_BITS - 6)]!, (page * PAGE) & 0xffff, end - page * PAGE);
          const next = before[page]!;
          end = next === 0 ? 0 : (next + 1) * PAGE;
        }
      }
      found.push(...table.found.sort((a, b) => a - b));
      starts[partition + 1] = found.length;
    }
    return new RepeatedFingerprints(starts, Float64Array.from(found));
  }

  #spreadFew(few: Int32Array): void {
    this.#few = undefined;
    for (let at = 0; at < this.#count * 2; at += 2) this.#spread(few[at]!, few[at + 1]!);
  }

  #repeatedFew(few: Int32Array): RepeatedFingerprints {
    const seen = new Set<number>();
    const found = new Set<number>();
    for (let at = 0; at < this.#count * 2; at += 2) {
      const bits = (few[at + 1]! >>> 12) * 0x100000000 + (few[at]! >>> 0);
      if (seen.has(bits)) found.add(bits);
      seen.add(bits);
    }
    if (found.size === 0) return noRepeats;
    const sorted = Float64Array.from(found).sort();
    const starts = new Int32Array(PARTITIONS + 1);
    for (const bits of sorted) starts[Math.floor(bits / STORED) + 1]!++;
    for (let partition = 0; partition < PARTITIONS; partition++) starts[partition + 1]! += starts[partition]!;
    return new RepeatedFingerprints(
      starts,
      sorted.map((bits) => bits % STORED),
    );
  }

  #newPage(end: number): number {
    const page = this.#before.length;
    if (page >>> (SLAB_BITS - 6) >= this.#slabs.length) this.#slabs.push(newSlab());
    this.#before.push(end === 0 ? 0 : (end - 1) >>> 6);
    return page * PAGE;
  }
}

function countOf({ ends, before }: LogPages, partition: number): number {
  const end = ends[partition]!;
  if (end === 0) return 0;
  let count = ((end - 1) & (PAGE - 1)) + 1;
  for (let page = before[(end - 1) >>> 6]!; page !== 0; page = before[page]!) count += PAGE;
  return count;
}

function newSlab(): Slab {
  return { lows: new Int32Array(1 << SLAB_BITS), highs: new Uint8Array(1 << SLAB_BITS) };
}

/** Finds what stands twice in one partition after the other. */
class RepeatTable {
  /** What stood twice since `begin`: 40 bits, each once. */
  found: number[] = [];
  readonly #lows: Int32Array;
  /** For each place the stored bits of the higher half, and the turn in which it was taken; 1 more once it is found. */
  readonly #highs: Uint8Array;
  readonly #turns: Uint16Array;
  #turn = 0;

  /** @param size it has so many places at least */
  constructor(size: number) {
    let places = 1;
    while (places < size) places *= 2;
    this.#lows = new Int32Array(places);
    this.#highs = new Uint8Array(places);
    this.#turns = new Uint16Array(places);
  }

  get size(): number {
    return this.#lows.length;
  }

  /** The next partition begins. There are fewer of them than a turn can count. */
  begin(): void {
    this.#turn += 2;
    this.found = [];
  }

  /** Takes `count` entries of a slab. */
  take({ lows, highs }: Slab, from: number, count: number): void {
    const knownLows = this.#lows;
    const knownHighs = this.#highs;
    const turns = this.#turns;
    const turn = this.#turn;
    const mask = knownLows.length - 1;
    for (let at = from; at < from + count; at++) {
      const low = lows[at]!;
      const high = highs[at]!;
      let place = (low ^ (low >>> 15)) & mask;
      while (turns[place]! >= turn && (knownLows[place] !== low || knownHighs[place] !== high))
        place = (place + 1) & mask;
      if (turns[place]! < turn) {
        knownLows[place] = low;
        knownHighs[place] = high;
        turns[place] = turn;
      } else if (turns[place] === turn) {
        turns[place] = turn + 1;
        this.found.push(high * 0x100000000 + (low >>> 0));
      }
    }
  }
}

/** Fingerprints that may stand more than once, each with a number of its own. */
export class RepeatedFingerprints {
  /** Where those of each partition start. */
  readonly #starts: Int32Array;
  /** Their 40 stored bits, sorted within a partition. */
  readonly #stored: Float64Array;

  constructor(starts: Int32Array, stored: Float64Array) {
    this.#starts = starts;
    this.#stored = stored;
  }

  /** All numbers are below. */
  get size(): number {
    return this.#stored.length;
  }

  /** The number of a fingerprint by its two halves, -1 when it surely stands once. */
  numberOf(low: number, high: number): number {
    const partition = high >>> 20;
    let from = this.#starts[partition]!;
    let to = this.#starts[partition + 1]! - 1;
    if (from > to) return -1;
    const stored = this.#stored;
    const sought = ((high >>> 12) & 0xff) * 0x100000000 + (low >>> 0);
    while (from <= to) {
      const middle = (from + to) >> 1;
      const value = stored[middle]!;
      if (value === sought) return middle;
      if (value < sought) from = middle + 1;
      else to = middle - 1;
    }
    return -1;
  }
}

/** For a second pass that is not for repeats. */
export const noRepeats = new RepeatedFingerprints(new Int32Array(PARTITIONS + 1), new Float64Array(0));

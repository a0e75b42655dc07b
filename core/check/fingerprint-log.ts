/** Rows are spread over so many partitions by 12 bits of their fingerprint; each is small enough for the cache. */
const PARTITION_BITS = 12;
const PARTITIONS = 1 << PARTITION_BITS;
/** Entries of a page, and pages of a slab: the memory that is taken at once. */
const PAGE = 64;
const SLAB_PAGES = 1024;

/** What a log holds, so that another thread can take it over without a copy of the arrays. */
export interface LogPages {
  readonly counts: Uint32Array<ArrayBuffer>;
  /** The page that each partition writes to, and for each page the one before it. */
  readonly current: Int32Array<ArrayBuffer>;
  readonly before: readonly number[];
  readonly lows: readonly Int32Array<ArrayBuffer>[];
  readonly highs: readonly Uint8Array<ArrayBuffer>[];
}

/**
 * Remembers 52 bits of a fingerprint for each row in five bytes: twelve by the partition, forty stored. Written one
 * after the other, looked at once at the end (performance study, section 7, "Uniqueness").
 */
export class FingerprintLog {
  readonly #counts = new Uint32Array(PARTITIONS);
  /** The page that each partition writes to, and for each page the one before it. */
  readonly #current = new Int32Array(PARTITIONS).fill(-1);
  readonly #before: number[] = [];
  readonly #lows: Int32Array<ArrayBuffer>[] = [];
  readonly #highs: Uint8Array<ArrayBuffer>[] = [];

  /** Takes the two halves of a finished fingerprint. */
  add(low: number, high: number): void {
    const partition = (high >>> 8) & (PARTITIONS - 1);
    const place = this.#counts[partition]!++ & (PAGE - 1);
    if (place === 0) this.#newPage(partition);
    const page = this.#current[partition]!;
    const slab = page >> 10;
    const index = (page & (SLAB_PAGES - 1)) * PAGE + place;
    this.#lows[slab]![index] = low;
    this.#highs[slab]![index] = high & 0xff;
  }

  get pages(): LogPages {
    return {
      counts: this.#counts,
      current: this.#current,
      before: this.#before,
      lows: this.#lows,
      highs: this.#highs,
    };
  }

  /**
   * The ids (`Fingerprint.id`) that were added more than once, each once, sorted.
   *
   * @param others what logs of other rows of the file hold: ids that stand there count too
   */
  repeated(others: readonly LogPages[] = []): Float64Array {
    const found: number[] = [];
    const logs = [this.pages, ...others];
    const counts = sums(logs);
    const size = tableSize(counts);
    const table = new Float64Array(size);
    const seen = new Uint8Array(size);
    for (let partition = 0; partition < PARTITIONS; partition++) {
      if (counts[partition]! < 2) continue;
      seen.fill(0);
      for (const log of logs) {
        let page = log.current[partition]!;
        let entries = ((log.counts[partition]! - 1) & (PAGE - 1)) + 1;
        while (page >= 0) {
          const lows = log.lows[page >> 10]!;
          const highs = log.highs[page >> 10]!;
          const first = (page & (SLAB_PAGES - 1)) * PAGE;
          for (let index = first; index < first + entries; index++) {
            const low = lows[index]!;
            const stored = highs[index]! * 0x100000000 + (low >>> 0);
            let slot = (low ^ (low >>> 15)) & (size - 1);
            while (seen[slot] !== 0 && table[slot] !== stored) slot = (slot + 1) & (size - 1);
            if (seen[slot] === 0) {
              table[slot] = stored;
              seen[slot] = 1;
            } else if (seen[slot] === 1) {
              seen[slot] = 2;
              found.push(partition * 0x10000000000 + stored);
            }
          }
          page = log.before[page]!;
          entries = PAGE;
        }
      }
    }
    return Float64Array.from(found).sort();
  }

  #newPage(partition: number): void {
    const page = this.#before.length;
    if ((page & (SLAB_PAGES - 1)) === 0) {
      this.#lows.push(new Int32Array(SLAB_PAGES * PAGE));
      this.#highs.push(new Uint8Array(SLAB_PAGES * PAGE));
    }
    this.#before.push(this.#current[partition]!);
    this.#current[partition] = page;
  }
}

/** How many entries each partition has in all logs. */
function sums(logs: readonly LogPages[]): Uint32Array {
  const all = new Uint32Array(PARTITIONS);
  for (const { counts } of logs) {
    for (let partition = 0; partition < PARTITIONS; partition++) all[partition]! += counts[partition]!;
  }
  return all;
}

/** A power of two, at least twice the fullest partition. */
function tableSize(counts: Uint32Array): number {
  let size = 64;
  for (const count of counts) {
    while (size < count * 2) size *= 2;
  }
  return size;
}

/** The index of an id in a sorted list, -1 when it is not there. */
export function indexOfId(ids: Float64Array, id: number): number {
  let low = 0;
  let high = ids.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const value = ids[middle]!;
    if (value === id) return middle;
    if (value < id) low = middle + 1;
    else high = middle - 1;
  }
  return -1;
}

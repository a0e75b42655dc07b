import { huffmanTable, NO_SYMBOL, type HuffmanTable } from './huffman.ts';
import { InflateError } from './inflate-error.ts';

/** Deflate64 reaches back so far. */
const WINDOW_BYTES = 64 << 10;
/** Content comes in pieces of about this size. */
const CONTENT_BYTES = 256 << 10;
/** The longest copy, and the room that is kept for it. */
const MAX_COPY = 3 + 0xffff;
/** More bits than code, extra bits, code and extra bits of one copy take, in bytes. */
const STEP_BYTES = 16;
const END_OF_BLOCK = 256;
/** Order in which the lengths of the code for lengths stand. */
const lengthOrder = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];

/** First copy length and number of extra bits of the symbols from 257 on; the last is where Deflate64 differs. */
const copyBits = Uint8Array.from({ length: 29 }, (_, index) =>
  index < 8 ? 0 : index === 28 ? 16 : (index >> 2) - 1,
);
const copyFirst = Uint16Array.from({ length: 29 }, (_, index) =>
  index < 8 ? 3 + index : index === 28 ? 3 : 3 + ((4 + (index & 3)) << ((index >> 2) - 1)),
);
/** First distance and number of extra bits of each distance symbol: two more than deflate has. */
const distanceBits = Uint8Array.from({ length: 32 }, (_, index) => (index < 4 ? 0 : (index >> 1) - 1));
const distanceFirst = Uint32Array.from({ length: 32 }, (_, index) =>
  index < 4 ? 1 + index : 1 + ((2 + (index & 1)) << ((index >> 1) - 1)),
);

const fixedLiterals = huffmanTable(
  Uint8Array.from({ length: 288 }, (_, symbol) =>
    symbol < 144 ? 8 : symbol < 256 ? 9 : symbol < 280 ? 7 : 8,
  ),
)!;
const fixedDistances = huffmanTable(new Uint8Array(32).fill(5))!;

type Block =
  | { readonly kind: 'stored'; left: number }
  | { readonly kind: 'codes'; readonly literals: HuffmanTable; readonly distances: HuffmanTable };

/**
 * Inflates one Deflate64 stream: zip method 9, in which Windows' Explorer zips files of 2 GB and more. It is deflate
 * (RFC 1951) with a window of 64 KiB, two more distances and copies of up to 65,538 bytes. zlib cannot read it, and no
 * small library that is kept up does.
 */
export class Inflation64 {
  #input: Uint8Array = new Uint8Array(0);
  #at = 0;
  #taken = 0;
  #isLast = false;
  #bitBuffer = 0;
  #bitCount = 0;
  readonly #output = new Uint8Array(WINDOW_BYTES + CONTENT_BYTES + MAX_COPY);
  /** Where the next byte of content goes; what is before `#from` has been given. */
  #to = 0;
  #from = 0;

  /** Bytes of the stream that are inflated so far, the last one begun; all of them once `content` has ended. */
  get compressed(): number {
    return this.#taken + this.#at - (this.#bitCount >> 3);
  }

  /**
   * @param pieces the stream and whatever stands behind it; each piece is used up before the next one is asked for
   * @returns pieces of the content, in order; each is good only until the next one is asked for
   * @throws InflateError when it is no such stream; what `pieces` throws
   */
  async *content(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    const source = pieces[Symbol.asyncIterator]();
    try {
      for (let final = false; !final;) {
        // The header of a block with all its code lengths takes less than this.
        await this.#require(source, 1024);
        final = this.#bits(1) === 1;
        const block = this.#block();
        for (let done = false; !done;) {
          await this.#require(source, STEP_BYTES);
          done = block.kind === 'stored' ? this.#store(block) : this.#decode(block);
          if (this.#to - this.#from >= CONTENT_BYTES) yield* this.#give();
        }
      }
      yield* this.#give();
    } finally {
      await source.return?.();
    }
  }

  *#give(): Generator<Uint8Array> {
    if (this.#to > this.#from) yield this.#output.subarray(this.#from, this.#to);
    const kept = Math.min(this.#to, WINDOW_BYTES);
    this.#output.copyWithin(0, this.#to - kept, this.#to);
    this.#to = this.#from = kept;
  }

  /** Has so many bytes of the stream at hand, or all that there are. */
  async #require(source: AsyncIterator<Uint8Array>, bytes: number): Promise<void> {
    while (!this.#isLast && this.#input.length - this.#at < bytes) {
      const { done, value } = (await source.next()) as IteratorResult<Uint8Array, undefined>;
      if (done === true) {
        this.#isLast = true;
        return;
      }
      const left = this.#input.subarray(this.#at);
      const joined = new Uint8Array(left.length + value.length);
      joined.set(left);
      joined.set(value, left.length);
      this.#input = joined;
      this.#taken += this.#at;
      this.#at = 0;
    }
  }

  #fill(count: number): void {
    while (this.#bitCount < count && this.#at < this.#input.length) {
      this.#bitBuffer |= this.#input[this.#at++]! << this.#bitCount;
      this.#bitCount += 8;
    }
  }

  /** The next bits as a number, at most 16. */
  #bits(count: number): number {
    this.#fill(count);
    if (this.#bitCount < count) throw new InflateError('cut');
    const value = this.#bitBuffer & ((1 << count) - 1);
    this.#bitBuffer >>>= count;
    this.#bitCount -= count;
    return value;
  }

  #symbol({ entries, bits }: HuffmanTable): number {
    this.#fill(bits);
    const entry = entries[this.#bitBuffer & (entries.length - 1)]!;
    const length = entry & 15;
    if (length > this.#bitCount) throw new InflateError('cut');
    this.#bitBuffer >>>= length;
    this.#bitCount -= length;
    return entry >> 4;
  }

  /** Reads the head of a block. */
  #block(): Block {
    switch (this.#bits(2)) {
      case 0: {
        this.#bits(this.#bitCount & 7);
        const left = this.#bits(16);
        if ((this.#bits(16) ^ 0xffff) !== left) throw new InflateError('damaged');
        return { kind: 'stored', left };
      }
      case 1:
        return { kind: 'codes', literals: fixedLiterals, distances: fixedDistances };
      case 2:
        return this.#dynamicBlock();
      default:
        throw new InflateError('damaged');
    }
  }

  #dynamicBlock(): Block {
    const literals = this.#bits(5) + 257;
    const distances = this.#bits(5) + 1;
    const count = this.#bits(4) + 4;
    const ofLengths = new Uint8Array(19);
    for (const symbol of lengthOrder.slice(0, count)) ofLengths[symbol] = this.#bits(3);
    const code = tableOf(ofLengths);
    const lengths = new Uint8Array(literals + distances);
    for (let at = 0; at < lengths.length;) {
      const symbol = this.#symbol(code);
      if (symbol < 16) {
        lengths[at++] = symbol;
        continue;
      }
      if (symbol === NO_SYMBOL || (symbol === 16 && at === 0)) throw new InflateError('damaged');
      const value = symbol === 16 ? lengths[at - 1]! : 0;
      const times =
        symbol === 16 ? 3 + this.#bits(2) : symbol === 17 ? 3 + this.#bits(3) : 11 + this.#bits(7);
      // A run that is longer than what is left is cut short, as ingestion's reader does it.
      lengths.fill(value, at, at + times);
      at += times;
    }
    return {
      kind: 'codes',
      literals: tableOf(lengths.subarray(0, literals)),
      distances: tableOf(lengths.subarray(literals)),
    };
  }

  /** Copies stored bytes as far as they are at hand. @returns true at the end of the block */
  #store(block: Block & { kind: 'stored' }): boolean {
    // Whole bytes may stand among the bits.
    while (block.left > 0 && this.#bitCount > 0) {
      this.#output[this.#to++] = this.#bits(8);
      block.left--;
    }
    const count = Math.min(block.left, this.#input.length - this.#at);
    if (count === 0 && block.left > 0 && this.#isLast) throw new InflateError('cut');
    this.#output.set(this.#input.subarray(this.#at, this.#at + count), this.#to);
    this.#at += count;
    this.#to += count;
    block.left -= count;
    return block.left === 0;
  }

  /** Decodes as far as the stream at hand is surely enough, or a piece is full. @returns true at the end of the block */
  #decode({ literals, distances }: Block & { kind: 'codes' }): boolean {
    const output = this.#output;
    const enough = this.#isLast ? Infinity : this.#input.length - STEP_BYTES;
    const full = this.#from + CONTENT_BYTES;
    while (this.#to < full && this.#at <= enough) {
      const symbol = this.#symbol(literals);
      if (symbol < END_OF_BLOCK) {
        output[this.#to++] = symbol;
        continue;
      }
      if (symbol === END_OF_BLOCK) return true;
      if (symbol === NO_SYMBOL) {
        // Ingestion's reader takes that for a byte.
        output[this.#to++] = 0xff;
        continue;
      }
      const kind = symbol - END_OF_BLOCK - 1;
      if (kind >= copyFirst.length) throw new InflateError('damaged');
      const length = copyFirst[kind]! + this.#bits(copyBits[kind]!);
      const far = this.#symbol(distances);
      if (far === NO_SYMBOL) throw new InflateError('damaged');
      const distance = distanceFirst[far]! + this.#bits(distanceBits[far]!);
      this.#copy(distance, length);
    }
    return false;
  }

  #copy(distance: number, length: number): void {
    const output = this.#output;
    let to = this.#to;
    let from = to - distance;
    if (from < 0) throw new InflateError('damaged');
    for (const end = to + length; to < end;) output[to++] = output[from++]!;
    this.#to = to;
  }
}

function tableOf(lengths: Uint8Array): HuffmanTable {
  const table = huffmanTable(lengths);
  if (!table) throw new InflateError('damaged');
  return table;
}

/** The longest code of a deflate stream, in bits. */
const MAX_BITS = 15;

/** What is looked up where no code begins so, in a set of codes that leaves some out. */
export const NO_SYMBOL = 0xfff;

/**
 * A canonical Huffman code (RFC 1951, 3.2.2) as a table: the next bits of the stream, the first one lowest, lead to a
 * symbol, shifted left by four bits, and the length of its code in the lower four.
 */
export interface HuffmanTable {
  readonly entries: Uint16Array;
  /** So many bits are looked up at once. */
  readonly bits: number;
}

/**
 * Makes the table by way of a tree, as ingestion's reader does (Commons Compress, HuffmanDecoder), because a damaged set
 * of codes must mean the same: what is left out has no symbol, a code that comes twice is that of the later symbol.
 *
 * @param lengths the length in bits of each symbol's code, at most 15; 0 for one that has none
 * @returns undefined where one code is the beginning of another
 */
export function huffmanTable(lengths: Uint8Array): HuffmanTable | undefined {
  const counts = new Uint16Array(MAX_BITS + 1);
  for (const length of lengths) counts[length]!++;
  counts[0] = 0;
  let bits = MAX_BITS;
  while (bits > 1 && counts[bits] === 0) bits--;
  const next: number[] = [0];
  for (let length = 1; length <= bits; length++)
    next[length] = (next[length - 1]! + counts[length - 1]!) << 1;
  const tree = new CodeTree(lengths.length * bits);
  for (let symbol = 0; symbol < lengths.length; symbol++) {
    const length = lengths[symbol]!;
    if (length > 0 && !tree.add(next[length]!++, length, symbol)) return undefined;
  }
  const entries = new Uint16Array(1 << bits);
  tree.fill(entries);
  return { entries, bits };
}

const NONE = 0;

/** Codes bit by bit: a node has two others or a symbol. */
class CodeTree {
  readonly #children: Uint16Array;
  readonly #symbols: Int16Array;
  #size = 1;

  constructor(nodes: number) {
    this.#children = new Uint16Array(2 * (nodes + 1));
    this.#symbols = new Int16Array(nodes + 1).fill(-1);
  }

  /** @returns false where the code goes on behind another one */
  add(code: number, length: number, symbol: number): boolean {
    let node = 0;
    for (let place = length - 1; place >= 0; place--) {
      if (this.#symbols[node] !== -1) return false;
      const child = 2 * node + ((code >> place) & 1);
      if (this.#children[child] === NONE) this.#children[child] = this.#size++;
      node = this.#children[child]!;
    }
    this.#symbols[node] = symbol;
    this.#children[2 * node] = this.#children[2 * node + 1] = NONE;
    return true;
  }

  /** Writes every code to all places of a table that begin with it. */
  fill(entries: Uint16Array, node = 0, path = 0, depth = 0): void {
    const symbol = this.#symbols[node]!;
    if (symbol !== -1) {
      write(entries, path, depth, symbol);
      return;
    }
    for (const bit of [0, 1] as const) {
      const child = this.#children[2 * node + bit]!;
      const longer = path | (bit << depth);
      if (child === NONE) write(entries, longer, depth + 1, NO_SYMBOL);
      else this.fill(entries, child, longer, depth + 1);
    }
  }
}

function write(entries: Uint16Array, path: number, depth: number, symbol: number): void {
  for (let at = path; at < entries.length; at += 1 << depth) entries[at] = (symbol << 4) | depth;
}

import type { TextBlock } from '../../csv/text-blocks.ts';
import type { BlockFacts } from './rows.ts';

/** What proofs may read beyond the last row. */
const SLACK = 64;

const USUAL_BUFFER = 1 << 18;

const LARGE_BUFFER = 1 << 22;

const LOUD = /["\\\0\ufffd\ud800-\udfff]/;

const encoder = new TextEncoder();

/** The bytes of some blocks of a text, one after the other, in a buffer that is used again and again. */
export class BlockBytes {
  bytes = new Uint8Array(USUAL_BUFFER);
  length = 0;
  readonly #facts = new WeakMap<TextBlock, BlockFacts>();

  /** Begins anew. */
  clear(): void {
    this.length = 0;
    // A row that ran on to the end of the document has made it large.
    if (this.bytes.length > LARGE_BUFFER) this.bytes = new Uint8Array(USUAL_BUFFER);
  }

  append({ text }: TextBlock): void {
    const needed = this.length + text.length * 3 + SLACK;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Number of bytes of a block that is not in the buffer. */
  bytesOf(block: TextBlock): number {
    return this.#factsOf(block).bytes;
  }

  isQuiet(block: TextBlock): boolean {
    return this.#factsOf(block).quiet;
  }

  #factsOf(block: TextBlock): BlockFacts {
    let facts = this.#facts.get(block);
    if (!facts) {
      facts = { bytes: encoder.encode(block.text).length, quiet: !LOUD.test(block.text) };
      this.#facts.set(block, facts);
    }
    return facts;
  }
}

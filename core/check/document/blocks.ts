import type { TextBlock } from '../../csv/text-blocks.ts';
import type { BlockCheck } from './rows.ts';

/** The low bits of a block's flags say which line ends it has (`BlockCheck.lineEnds`). */
export const LINE_ENDS = 7;
export const BROKEN = 8;
/** It has findings or blank lines. */
export const SPEAKS = 16;
/** Its rows do not simply start and end with it, or it is the last one. */
const WINDS = 32;
/** Rows start in it, and are checked. */
const KNOWN = 64;

/**
 * What is known of the blocks of a document, in flat arrays: to go over thousands of them takes microseconds, and only
 * blocks that an edit has changed, or that have something to tell, are looked at themselves.
 */
export class BlockTable {
  texts: readonly TextBlock[] = [];
  /** Undefined for a block in which no row starts. */
  readonly checks: (BlockCheck | undefined)[] = [];
  flags = new Uint8Array(0);
  /** UTF-8 bytes of each block. */
  bytes = new Int32Array(0);
  rows = new Int32Array(0);
  lineEnds = new Int32Array(0);
  /** 0-based editor line where the first row of each starts. */
  lines = new Int32Array(0);

  get size(): number {
    return this.texts.length;
  }

  /** Begins with what another table knows of the blocks at the start and at the end that are the same. */
  begin(texts: readonly TextBlock[], before: BlockTable): void {
    const size = texts.length;
    const old = before.texts;
    const shorter = Math.min(size, old.length);
    let head = 0;
    while (head < shorter && texts[head] === old[head]) head++;
    let tail = 0;
    while (tail < shorter - head && texts[size - 1 - tail] === old[old.length - 1 - tail]) tail++;
    this.#reserve(size);
    this.texts = texts;
    this.flags.set(before.flags.subarray(0, head));
    this.flags.fill(0, head, size - tail);
    this.flags.set(before.flags.subarray(old.length - tail, old.length), size - tail);
    for (const column of ['bytes', 'rows', 'lineEnds'] as const) {
      this[column].set(before[column].subarray(0, head));
      this[column].set(before[column].subarray(old.length - tail, old.length), size - tail);
    }
    for (let i = head; i < size - tail; i++) this.lineEnds[i] = texts[i]!.lineEnds;
    // In place: two tables take turns, and an edit leaves next to nothing for the garbage collector.
    this.checks.length = size;
    for (let i = 0; i < head; i++) this.checks[i] = before.checks[i];
    this.checks.fill(undefined, head, size - tail);
    for (let i = 1; i <= tail; i++) this.checks[size - i] = before.checks[old.length - i];
  }

  /** True when what is known of a block surely holds, provided that its first row starts where it does. */
  isPlain(index: number): boolean {
    return (this.flags[index]! & (KNOWN | WINDS)) === KNOWN;
  }

  /** Takes the check of a block; undefined when no row starts in it. */
  set(index: number, check: BlockCheck | undefined, bytes: number): void {
    this.checks[index] = check;
    this.bytes[index] = bytes;
    this.rows[index] = check?.rows ?? 0;
    this.flags[index] = check ? flagsOf(check) : 0;
  }

  #reserve(size: number): void {
    if (size <= this.flags.length) return;
    const capacity = Math.max(64, size + (size >> 2));
    this.flags = new Uint8Array(capacity);
    this.bytes = new Int32Array(capacity);
    this.rows = new Int32Array(capacity);
    this.lineEnds = new Int32Array(capacity);
    this.lines = new Int32Array(capacity);
  }
}

function flagsOf(check: BlockCheck): number {
  const { start, tail, final, leadingBlankLines, trailingBlankLines, hasRows, part } = check;
  const winds = start.bytes > 0 || tail.length > 0 || final;
  const speaks = leadingBlankLines > 0 || trailingBlankLines !== undefined || !hasRows;
  return (
    KNOWN |
    check.lineEnds |
    (check.broken ? BROKEN : 0) |
    (winds ? WINDS : 0) |
    (speaks || part.rules.length > 0 ? SPEAKS : 0)
  );
}

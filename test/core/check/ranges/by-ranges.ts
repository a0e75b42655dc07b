import type { FileReport, MakeProof } from '../../../../core/check/file.ts';
import {
  buffersOf,
  mayHaveRanges,
  RangeCheck,
  RangeJoin,
  type FileRange,
  type RangePart,
} from '../../../../core/check/ranges/range.ts';
import { readTableHead, type CheckInput } from '../../../../core/check/ranges/table-head.ts';
import { WordProof } from '../../../../core/csv/proof/proof-words.ts';

const CR = 0x0d;
const LF = 0x0a;

export interface RangeOptions {
  /** Where the file is split: at the first line that starts there or behind, in quotes or not. */
  readonly splits: readonly number[];
  readonly chunkBytes?: number;
  readonly makeProof?: MakeProof;
}

/**
 * The check of bytes that are all at hand in ranges.
 *
 * @returns undefined for a file that has no ranges: no table could be read
 */
export function checkByRanges(
  input: CheckInput,
  bytes: Uint8Array,
  { splits, chunkBytes = Infinity, makeProof = (shape) => new WordProof(shape) }: RangeOptions,
): FileReport | undefined {
  if (!mayHaveRanges(input.spec)) return undefined;
  const head = readTableHead(bytes, true, input);
  if (head === undefined || head === 'more') return undefined;
  const header = bytes.subarray(0, head.bytes);
  const check = ({ from, to }: FileRange): RangePart => {
    const range = new RangeCheck(input, header, { from, to }, makeProof);
    for (let at = from; at < bytes.length; at += chunkBytes) {
      // The caller's buffer is used again.
      const chunk = Uint8Array.from(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
      const more = range.push(chunk);
      chunk.fill(0x22);
      if (!more) break;
    }
    return range.end();
  };
  const parts: RangePart[] = [];
  for (const range of rangesOf(bytes, header.length, splits)) {
    const at = parts.at(-1)?.next ?? range.from;
    const assumed = check(range);
    if (at === range.from) parts.push(assumed);
    else if (at < range.to) parts.push(check({ from: at, to: range.to }));
  }
  const sent = parts.map((part) => structuredClone(part, { transfer: buffersOf(part) }));
  const join = new RangeJoin(input, header, sent, bytes.length, makeProof);
  for (;;) {
    const report = join.end();
    if (report) return report;
    for (let at = 0; at < bytes.length; at += chunkBytes) {
      join.push(bytes.subarray(at, Math.min(bytes.length, at + chunkBytes)));
    }
  }
}

/** Ranges side by side below the header. */
export function rangesOf(bytes: Uint8Array, header: number, splits: readonly number[]): FileRange[] {
  const borders = [...splits]
    .sort((a, b) => a - b)
    .map((split) => lineStart(bytes, split))
    .filter((border) => border > header && border < bytes.length);
  const starts = [...new Set([header, ...borders])];
  return starts.map((from, index) => ({ from, to: starts[index + 1] ?? bytes.length }));
}

/** The first line start at or behind an index, the end of the bytes when there is none. */
function lineStart(bytes: Uint8Array, index: number): number {
  for (let at = Math.max(1, index); at < bytes.length; at++) {
    const before = bytes[at - 1];
    if (before === LF || (before === CR && bytes[at] !== LF)) return at;
  }
  return bytes.length;
}

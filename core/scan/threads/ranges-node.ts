/** Ranges of a large file on disk: where it is split, and what a thread does with one. */
import type { FileHandle } from 'node:fs/promises';
import { findDataset } from '../../catalogue/catalogue.ts';
import type { FileReport } from '../../check/file.ts';
import { HEAD_BYTES } from '../../check/header/head.ts';
import { likelyRowStart } from '../../check/ranges/range-borders.ts';
import {
  mayHaveRanges,
  RangeCheck,
  RangeJoin,
  type FileRange,
  type RangePart,
} from '../../check/ranges/range.ts';
import { readTableHead, type CheckInput } from '../../check/ranges/table-head.ts';
import type { Masters } from '../../check/identity/value-set.ts';
import { createProof } from '../../csv/proof/proof-wasm.ts';
import { readInto } from '../job-node.ts';
import type { CheckJob, OnBytes } from '../job.ts';
import { FileChangedError, withSameFile, type FileStamp } from '../same-file-node.ts';

/** A range is worth a thread from so many bytes on. */
export const RANGE_BYTES = 64 << 20;
/** So many bytes are looked at to find a place where a row starts. */
const SAMPLE_BYTES = 64 << 10;

/** How a file is split: plain data that goes to other threads. */
export interface RangePlan {
  /** The bytes of the file up to the end of its header row. */
  readonly head: Uint8Array;
  readonly ranges: readonly FileRange[];
  readonly stamp: FileStamp;
}

/**
 * Looks where a CSV may be split.
 *
 * @param most so many ranges at most
 * @param rangeBytes a range has at least about so many bytes
 * @returns undefined when one look at the whole is better: it is small, of sections, has no header that can be read, no
 *   place where surely a row starts, or no ranges at all (`mayHaveRanges`)
 * @throws the file system's error when it cannot be read
 */
export async function planRanges(
  job: CheckJob,
  most: number,
  rangeBytes: number = RANGE_BYTES,
): Promise<RangePlan | undefined> {
  if (job.entry !== undefined || job.bytes < rangeBytes * 2 || most < 2) return undefined;
  if (!mayHaveRanges(inputOf(job, undefined).spec)) return undefined;
  return withSameFile(job.path, undefined, async (file, stamp) => {
    const { size } = stamp;
    const count = Math.min(most, Math.floor(size / rangeBytes));
    const first = await readAt(file, 0, HEAD_BYTES);
    const head = readTableHead(first, first.length === size, inputOf(job, undefined));
    if (head === undefined || head === 'more' || head.broken) return undefined;
    const form = { dialect: head.start.dialect, cells: head.rows.width };
    const ranges: FileRange[] = [];
    let from = head.bytes;
    for (let i = 1; i < count; i++) {
      const wanted = head.bytes + Math.floor(((size - head.bytes) / count) * i);
      const start = likelyRowStart(await readAt(file, wanted, SAMPLE_BYTES), form);
      if (start === undefined || wanted + start <= from || wanted + start >= size) continue;
      ranges.push({ from, to: wanted + start });
      from = wanted + start;
    }
    ranges.push({ from, to: size });
    return ranges.length < 2 ? undefined : { head: first.slice(0, head.bytes), ranges, stamp };
  });
}

/**
 * Checks the rows that start in a range.
 *
 * @param onBytes hears of bytes that have been looked at
 * @throws FileChangedError; the signal's reason; the file system's error
 */
export async function checkRange(
  job: CheckJob,
  { head, stamp }: RangePlan,
  range: FileRange,
  masters: Masters | undefined,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<RangePart> {
  const check = new RangeCheck(inputOf(job, masters), head, range, createProof);
  try {
    return await withSameFile(job.path, stamp, async ({ fd }) => {
      let left = range.to - range.from;
      await readInto(check, fd, range.from, signal, (bytes) => {
        onBytes(Math.min(left, bytes));
        left -= Math.min(left, bytes);
      });
      if (left > 0) throw new FileChangedError();
      return check.end();
    });
  } finally {
    check.close();
  }
}

/**
 * Puts the parts of a file together; where rows may be repeated all of it is read once more.
 *
 * @param parts without a gap, in the order of the file
 * @param onBytes hears of bytes that have been looked at once more
 * @throws FileChangedError; the signal's reason; the file system's error
 */
export async function joinRanges(
  job: CheckJob,
  { head, stamp }: RangePlan,
  parts: readonly RangePart[],
  masters: Masters | undefined,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<FileReport> {
  const join = new RangeJoin(inputOf(job, masters), head, parts, stamp.size, createProof);
  try {
    return await withSameFile(job.path, stamp, async ({ fd }) => {
      for (;;) {
        const report = join.end();
        if (report) return report;
        await readInto(join, fd, 0, signal, onBytes);
      }
    });
  } finally {
    join.close();
  }
}

function inputOf({ dataset, file, settings }: CheckJob, masters: Masters | undefined): CheckInput {
  const spec = findDataset(dataset);
  if (!spec) throw new Error(`The catalogue has no dataset ${dataset}.`);
  return { spec, file, settings, masters };
}

/** So many bytes from a place on, fewer at the end of the file. */
async function readAt(file: FileHandle, from: number, bytes: number): Promise<Uint8Array> {
  const buffer = new Uint8Array(bytes);
  let length = 0;
  while (length < bytes) {
    const { bytesRead } = await file.read(buffer, length, bytes - length, from + length);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return buffer.subarray(0, length);
}

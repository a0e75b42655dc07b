import { readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { findDataset } from '../catalogue/catalogue.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { FileCheck, type FileReport } from '../check/file.ts';
import type { Masters } from '../check/identity/value-set.ts';
import { checkEntry, makeProof, type Checker, type CheckJob, type OnBytes } from './job.ts';
import { withSameFile } from './same-file-node.ts';

/** After so many bytes others get a turn: among them whoever gives the check up. */
const TURN_BYTES = 16 << 20;

/** Checks a file of this machine's disk in this thread. @throws FileChangedError */
export const checkHere: Checker = async (job, masters, signal, onBytes) => {
  const spec = findDataset(job.dataset);
  if (!spec) throw new Error(`The catalogue has no dataset ${job.dataset}.`);
  if (!job.entry) return checkCsv(spec, job, masters, signal, onBytes);
  return checkEntry(spec, job, job.entry, masters, signal, onBytes);
};

/** Checks a CSV, each part of which is looked at where it was read to. */
async function checkCsv(
  spec: DatasetSpec,
  job: CheckJob,
  masters: Masters | undefined,
  signal: AbortSignal | undefined,
  onBytes: OnBytes | undefined,
): Promise<FileReport> {
  const check = new FileCheck(spec, job.file, job.settings, masters, makeProof(job.bytes));
  try {
    return await withSameFile(job.path, undefined, async ({ fd }) => {
      for (;;) {
        await readInto(check, fd, 0, signal, onBytes);
        const report = check.end();
        if (report) return report;
      }
    });
  } finally {
    check.close();
  }
}

/**
 * Lets whoever checks take an open file from a place on, until no byte is left or wanted.
 *
 * @param from 0-based index of the first byte
 * @throws the signal's reason; the file system's error
 */
export async function readInto(
  taker: { fill(read: (into: Uint8Array) => number): number },
  file: number,
  from: number,
  signal: AbortSignal | undefined,
  onBytes: OnBytes | undefined,
): Promise<void> {
  let at = from;
  let turn = 0;
  for (;;) {
    signal?.throwIfAborted();
    const count = taker.fill((into) => readSync(file, into, 0, into.length, at));
    if (count === 0) return;
    at += count;
    turn += count;
    onBytes?.(count);
    if (turn < TURN_BYTES) continue;
    turn = 0;
    await setImmediate();
  }
}

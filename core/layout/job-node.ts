import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate } from 'node:timers/promises';
import { readEntry } from '../archive/inspect.ts';
import { findDataset } from '../catalogue/catalogue.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { FileCheck, type FileReport } from '../check/file.ts';
import type { Masters } from '../check/value-set.ts';
import { checkBytes, makeProof, type Checker, type CheckJob } from './job.ts';

/** After so many bytes others get a turn: among them whoever gives the check up. */
const TURN_BYTES = 16 << 20;

/** Checks a file of this machine's disk in this thread. */
export const checkHere: Checker = async (job, masters, signal) => {
  const spec = findDataset(job.dataset);
  if (!spec) throw new Error(`The catalogue has no dataset ${job.dataset}.`);
  const { path, entry } = job;
  if (entry === undefined) return checkCsv(spec, job, masters, signal);
  return checkBytes(spec, job, () => readEntry(path, entry, signal), masters);
};

/** Checks a CSV, each part of which is looked at where it was read to. */
async function checkCsv(
  spec: DatasetSpec,
  job: CheckJob,
  masters: Masters | undefined,
  signal: AbortSignal | undefined,
): Promise<FileReport> {
  const check = new FileCheck(spec, job.file, job.settings, masters, makeProof(job.bytes));
  try {
    for (;;) {
      await readInto(check, job.path, signal);
      const report = check.end();
      if (report) return report;
    }
  } finally {
    check.close();
  }
}

async function readInto(check: FileCheck, path: string, signal: AbortSignal | undefined): Promise<void> {
  const file = openSync(path, 'r');
  try {
    let turn = 0;
    for (;;) {
      signal?.throwIfAborted();
      const count = check.fill((into) => readSync(file, into, 0, into.length, null));
      if (count === 0) return;
      turn += count;
      if (turn < TURN_BYTES) continue;
      turn = 0;
      await setImmediate();
    }
  } finally {
    closeSync(file);
  }
}

import { noBounds, usualBounds, type EntryBounds } from '../archive/read/bounds.ts';
import type { EntryPlace } from '../archive/read/content.ts';
import { readEntry } from '../archive/read/inspect.ts';
import type { EntryFacts } from '../archive/records.ts';
import { FileCheck, type FileReport, type MakeProof } from '../check/file.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { Masters } from '../check/identity/value-set.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { createProof } from '../csv/proof/proof-wasm.ts';
import { WordProof } from '../csv/proof/proof-words.ts';

/** A file to check, as plain data that can go to another thread. */
export interface CheckJob {
  /** Dataset id. */
  readonly dataset: string;
  /** The name that findings carry, a path below the emission folder. */
  readonly file: string;
  /** Path on disk of the CSV, or of the zip that holds it. */
  readonly path: string;
  /** Where the CSV stands inside the zip; absent for a CSV by itself. */
  readonly entry?: EntryPlace;
  /** Size of the CSV in bytes. */
  readonly bytes: number;
  readonly settings: CheckSettings;
}

/** The check of a file, and what it was found to be where it stood in a zip. */
export interface JobReport extends FileReport {
  /** Size and checksum of what came out of the zip; absent for a CSV by itself. */
  readonly unpacked?: EntryFacts;
}

/** Hears of bytes of a file that have been looked at; those of a second pass come once more. */
export type OnBytes = (bytes: number) => void;

/** Checks a file; where and on which thread is its own business. */
export type Checker = (
  job: CheckJob,
  masters: Masters | undefined,
  signal: AbortSignal | undefined,
  onBytes?: OnBytes,
) => Promise<JobReport>;

/** Below so many bytes the fastest proof takes longer to be made than it saves. */
const WORTH_A_KERNEL = 1 << 19;

/** Makes the proof for a file of so many bytes. */
export function makeProof(bytes: number): MakeProof {
  return bytes < WORTH_A_KERNEL ? (shape) => new WordProof(shape) : createProof;
}

/** A checker that begins a file only when the one before is done. */
export function oneAtATime(check: Checker): Checker {
  let last: Promise<unknown> = Promise.resolve();
  return (job, masters, signal, onBytes) => {
    const turn = last.then(() => {
      signal?.throwIfAborted();
      return check(job, masters, signal, onBytes);
    });
    last = turn.catch(() => undefined);
    return turn;
  };
}

/**
 * Checks bytes as the CSV of a dataset.
 *
 * @param open gives the bytes; called a second time where rows may be repeated
 * @param masters the files that this one may refer to
 * @param onBytes hears of every byte, also when it is looked at for the second time
 */
export async function checkBytes(
  spec: DatasetSpec,
  { file, bytes, settings }: Pick<CheckJob, 'file' | 'bytes' | 'settings'>,
  open: () => AsyncIterable<Uint8Array>,
  masters?: Masters,
  onBytes?: OnBytes,
): Promise<FileReport> {
  const check = new FileCheck(spec, file, settings, masters, makeProof(bytes));
  try {
    for (;;) {
      for await (const chunk of open()) {
        check.push(chunk);
        onBytes?.(chunk.length);
      }
      const report = check.end();
      if (report) return report;
    }
  } finally {
    check.close();
  }
}

/** How large an entry of a zip may be to be checked without being asked. */
export function boundsOf({ largeEntries }: CheckSettings): EntryBounds {
  return largeEntries === true ? noBounds : usualBounds;
}

/**
 * Checks an entry of a zip as the CSV of a dataset.
 *
 * @param path the zip
 * @throws ArchiveError when the entry cannot be read, or is beyond the bounds; the signal's reason
 */
export async function checkEntry(
  spec: DatasetSpec,
  job: CheckJob,
  entry: EntryPlace,
  masters?: Masters,
  signal?: AbortSignal,
  onBytes?: OnBytes,
): Promise<JobReport> {
  let unpacked: EntryFacts | undefined;
  const options = {
    signal,
    bounds: boundsOf(job.settings),
    onEnd: (facts: EntryFacts) => (unpacked = facts),
  };
  const report = await checkBytes(spec, job, () => readEntry(job.path, entry, options), masters, onBytes);
  return { ...report, ...(unpacked ? { unpacked } : {}) };
}

import type { FileReport } from '../check/file.ts';
import { FileCheck } from '../check/file.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { Masters } from '../check/value-set.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';
import { createProof } from '../csv/proof-wasm.ts';

/** A file to check, as plain data that can go to another thread. */
export interface CheckJob {
  /** Dataset id. */
  readonly dataset: string;
  /** The name that findings carry, a path below the emission folder. */
  readonly file: string;
  /** Path on disk of the CSV, or of the zip that holds it. */
  readonly path: string;
  /** Name of the CSV inside the zip; absent for a CSV by itself. */
  readonly entry?: string;
  /** Size of the CSV in bytes. */
  readonly bytes: number;
  readonly settings: CheckSettings;
}

/** Hears of bytes of a file that have been looked at; those of a second look come once more. */
export type OnBytes = (bytes: number) => void;

/** Checks a file; where and on which thread is its own business. */
export type Checker = (
  job: CheckJob,
  masters: Masters | undefined,
  signal: AbortSignal | undefined,
  onBytes?: OnBytes,
) => Promise<FileReport>;

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
 * @param file the name that findings carry
 * @param open gives the bytes; called a second time where rows may be repeated
 * @param masters the files that this one may refer to
 * @param onBytes hears of every byte, also when it is looked at for the second time
 */
export async function checkBytes(
  spec: DatasetSpec,
  file: string,
  open: () => AsyncIterable<Uint8Array>,
  settings: CheckSettings,
  masters?: Masters,
  onBytes?: OnBytes,
): Promise<FileReport> {
  const check = new FileCheck(spec, file, settings, masters, createProof);
  for (;;) {
    for await (const chunk of open()) {
      check.push(chunk);
      onBytes?.(chunk.length);
    }
    const report = check.end();
    if (report) return report;
  }
}

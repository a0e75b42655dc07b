import { ArchiveTooLargeError } from '../archive/write/limit.ts';
import { removeLeftovers } from '../archive/write/temporary.ts';
import { ChangedWhileReadError, writeArchive } from '../archive/write/write.ts';
import type { Examination } from './examine.ts';
import { reasonOf } from '../layout/emission-tree.ts';

export interface ZipResult {
  /** Path below the emission folder and size in bytes of each zip that was made. */
  readonly written: readonly { readonly path: string; readonly bytes: number }[];
  /** Datasets whose zip already holds their CSV. */
  readonly unchanged: readonly string[];
  readonly failed: readonly { readonly path: string; readonly message: string }[];
}

/** A dataset that may want a zip: as much of its examination as it takes to know. */
export type ZipCandidate = Pick<Examination, 'spec' | 'csv' | 'zipState'>;

export interface ZipOptions {
  /** zlib level, 1 to 9; the one that suits CSVs when absent. */
  readonly level?: number | undefined;
  readonly signal?: AbortSignal;
  /** Bytes of all CSVs read so far, and the dataset at hand. */
  readonly onProgress?: (bytes: number, dataset: string) => void;
}

/** The datasets that have a CSV whose zip is missing, stale or unusable. */
export function needingZip(candidates: readonly ZipCandidate[]): ZipCandidate[] {
  return candidates.filter(({ csv, zipState }) => csv !== undefined && zipState !== 'fresh');
}

/**
 * Zips the CSVs of datasets, each into its own archive beside it. A zip that already holds its CSV is left alone; a
 * failed one leaves the old archive in place and the others go on. What a killed run has left behind is removed first.
 *
 * @param root path of the emission folder
 * @throws the signal's reason when it is cancelled; what is written by then stays
 */
export async function zipDatasets(
  root: string,
  candidates: readonly ZipCandidate[],
  options: ZipOptions = {},
): Promise<ZipResult> {
  const written: { path: string; bytes: number }[] = [];
  const failed: { path: string; message: string }[] = [];
  const unchanged = candidates.filter((each) => each.zipState === 'fresh').map(({ spec }) => spec.id);
  let done = 0;
  const folders = new Set(candidates.filter(({ csv }) => csv).map(({ spec }) => spec.folder));
  for (const folder of folders) await removeLeftovers(`${root}/${folder}`);
  for (const { spec, csv } of needingZip(candidates)) {
    if (!csv) continue;
    const path = `${spec.folder}/${spec.archive}`;
    try {
      const before = done;
      const archive = await writeArchive(`${root}/${csv.path}`, `${root}/${path}`, {
        level: options.level,
        signal: options.signal,
        onProgress: (bytes) => options.onProgress?.(before + bytes, spec.id),
      });
      written.push({ path, bytes: archive.bytes });
    } catch (error) {
      options.signal?.throwIfAborted();
      const explained = error instanceof ChangedWhileReadError || error instanceof ArchiveTooLargeError;
      const message = explained ? error.message : `${path} was not written: ${reasonOf(error)}.`;
      failed.push({ path, message });
    }
    done += csv.bytes;
  }
  return { written, unchanged, failed };
}

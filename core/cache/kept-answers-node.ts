import engineVersion from './engine-version.ts';
import { disk } from '../layout/file-system-node.ts';
import { KeptAnswers } from './kept-answers.ts';
import { DiskStore } from './result-store-node.ts';

/**
 * The answers about the files below a folder of this machine's disk that earlier runs of this version have kept.
 *
 * @param folder where they are kept
 * @param root path that the files' paths start from
 * @param signal ends the reading of files that are read for the sake of later runs alone
 * @returns undefined for a program that runs from source: it has no version
 */
export function keptAnswersIn(folder: string, root: string, signal?: AbortSignal): KeptAnswers | undefined {
  if (engineVersion === undefined) return undefined;
  const store = new DiskStore({ folder, version: engineVersion, root });
  return new KeptAnswers({ files: disk, store, root, ...(signal ? { signal } : {}) });
}

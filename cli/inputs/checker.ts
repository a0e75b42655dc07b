import { availableParallelism } from 'node:os';
import { checkHere } from '../../core/scan/job-node.ts';
import { oneAtATime, type Checker } from '../../core/scan/job.ts';

/** What checks files, and must be closed when nothing more is to be checked. */
export interface OpenChecker {
  readonly check: Checker;
  readonly close: () => void;
}

/** Files by themselves are begun one after the other: only one that is split is worth other threads. */
const WORTH_THREADS = 128 << 20;

/**
 * Checks on as many threads as the user wants, in this one alone when that is one.
 *
 * @param jobs number of threads; as many as there are processors when undefined
 */
export async function openChecker(jobs: number = availableParallelism()): Promise<OpenChecker> {
  if (jobs === 1) return { check: oneAtATime(checkHere), close: () => undefined };
  return openPool(jobs);
}

/**
 * Checks files one after the other.
 *
 * @param jobs as for `openChecker`
 * @param bytes size of the largest file
 */
export async function openFileChecker(
  jobs: number = availableParallelism(),
  bytes: number,
): Promise<OpenChecker> {
  if (jobs === 1 || bytes < WORTH_THREADS) return { check: checkHere, close: () => undefined };
  return openPool(jobs, WORTH_THREADS);
}

async function openPool(size: number, threadBytes?: number): Promise<OpenChecker> {
  const { CheckPool } = await import('../../core/scan/threads/pool-node.ts');
  const limit = threadBytes === undefined ? {} : { threadBytes };
  const pool = new CheckPool(__filename, { ...limit, size, withThis: true });
  return { check: pool.check, close: () => pool.close() };
}

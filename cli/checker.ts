import { availableParallelism } from 'node:os';
import { checkHere } from '../core/layout/job-node.ts';
import { oneAtATime, type Checker } from '../core/layout/job.ts';
import { CheckPool, type PoolOptions } from '../core/layout/pool-node.ts';

/** What checks files, and must be closed when nothing more is to be checked. */
export interface OpenChecker {
  readonly check: Checker;
  readonly close: () => void;
}

/**
 * Checks on as many threads as the user wants, in this one alone when that is one.
 *
 * @param jobs number of threads; as many as there are processors when undefined
 */
export function openChecker(
  jobs: number = availableParallelism(),
  options: Pick<PoolOptions, 'threadBytes'> = {},
): OpenChecker {
  if (jobs === 1) return { check: oneAtATime(checkHere), close: () => undefined };
  const pool = new CheckPool(__filename, { ...options, size: jobs, withThis: true });
  return { check: pool.check, close: () => pool.close() };
}

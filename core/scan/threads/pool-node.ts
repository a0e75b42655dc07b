/** Checks of large files on other threads, so that several run at once and an editor's keystrokes never wait for one. */
import { availableParallelism } from 'node:os';
import { checkRanges } from '../../check/ranges/range-parts.ts';
import { MasterValues, ValueSet } from '../../check/identity/value-set.ts';
import type { Outcome } from './check-thread-node.ts';
import { checkHere } from '../job-node.ts';
import type { Checker, CheckJob, JobReport, OnBytes } from '../job.ts';
import { planRanges, RANGE_BYTES, type RangePlan } from './ranges-node.ts';
import { Threads, type TaskOptions } from './threads-node.ts';

/** Below so many bytes a check is done before a thread could begin it. */
const WORTH_A_THREAD = 4 << 20;

export interface PoolOptions {
  /** Number of threads; as many as the machine has processors when absent. */
  readonly size?: number | undefined;
  /** True when this thread is one of them: where nobody waits for what else it does. */
  readonly withThis?: boolean;
  /** Files of fewer bytes are checked in this thread. */
  readonly threadBytes?: number;
  /** A file is split into ranges of at least about so many bytes. */
  readonly rangeBytes?: number;
}

/**
 * A few threads that check large files, the largest first; small ones are checked at once in this thread. A file that is
 * large enough is split, so that all threads work on it.
 */
export class CheckPool {
  readonly #threads: Threads;
  readonly #threadBytes: number;
  readonly #rangeBytes: number;

  /** @param program path of the program that calls `serveChecks` when `isCheckThread()` */
  constructor(
    program: string,
    {
      size = availableParallelism(),
      withThis = false,
      threadBytes = WORTH_A_THREAD,
      rangeBytes = RANGE_BYTES,
    }: PoolOptions = {},
  ) {
    this.#threads = new Threads(program, size, withThis);
    this.#threadBytes = threadBytes;
    this.#rangeBytes = rangeBytes;
  }

  readonly check: Checker = async (job, masters, signal, onBytes = () => undefined) => {
    if (job.bytes < this.#threadBytes) return checkHere(job, masters, signal, onBytes);
    signal?.throwIfAborted();
    const plan = await planRanges(job, this.#threads.size, this.#rangeBytes);
    const known = masters instanceof MasterValues ? masters : undefined;
    if (plan) return this.#checkInRanges(job, plan, known, signal, onBytes);
    const options = { masters: known, weight: job.bytes, signal, onBytes };
    return reportOf(await this.#threads.run({ kind: 'file', job }, options));
  };

  /** Ends the threads. */
  close(): void {
    this.#threads.close();
  }

  async #checkInRanges(
    job: CheckJob,
    plan: RangePlan,
    masters: MasterValues | undefined,
    signal: AbortSignal | undefined,
    onBytes: OnBytes,
  ): Promise<JobReport> {
    const options: TaskOptions = { masters, weight: job.bytes, signal, onBytes };
    onBytes(plan.head.length);
    const parts = await checkRanges(
      plan.ranges,
      async (range, stop) => {
        const task = { kind: 'range', job, plan, range } as const;
        const outcome = await this.#threads.run(task, { ...options, signal: stop });
        if (!('part' in outcome)) throw new Error('The answer to a range is no part.');
        return outcome.part;
      },
      signal,
    );
    // What the parts remember is not to be kept waiting.
    const join = { kind: 'join', job, plan, parts } as const;
    return reportOf(await this.#threads.run(join, { ...options, weight: Infinity }));
  }
}

function reportOf(outcome: Outcome): JobReport {
  if (!('report' in outcome)) throw new Error('The answer to a file is no report.');
  const { report } = outcome;
  return { ...report, values: new Map(report.values.map(([key, values]) => [key, ValueSet.from(values)])) };
}

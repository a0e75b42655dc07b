/** What a thread of a pool does: it checks files and ranges of files when it is asked to. */
import { parentPort } from 'node:worker_threads';
import { ArchiveError, type ArchiveErrorKind } from '../../archive/refusal.ts';
import { buffersOf, type FileRange, type RangePart } from '../../check/ranges/range.ts';
import { MasterValues, type SharedValues } from '../../check/identity/value-set.ts';
import { checkHere } from '../job-node.ts';
import type { CheckJob, JobReport, OnBytes } from '../job.ts';
import { checkRange, joinRanges, type RangePlan } from './ranges-node.ts';

/** So many bytes are looked at before the pool hears of them. */
const TOLD_BYTES = 8 << 20;

export type SharedMasters = readonly (readonly [string, SharedValues])[];

export type Task =
  | { readonly kind: 'file'; readonly job: CheckJob }
  | { readonly kind: 'range'; readonly job: CheckJob; readonly plan: RangePlan; readonly range: FileRange }
  | {
      readonly kind: 'join';
      readonly job: CheckJob;
      readonly plan: RangePlan;
      readonly parts: readonly RangePart[];
    };

export interface Request {
  readonly id: number;
  /** Absent when the task of this id is to be given up. */
  readonly task?: Task;
  readonly masters?: SharedMasters;
}

/** A report as it goes between threads. */
export interface PlainReport extends Omit<JobReport, 'values'> {
  readonly values: SharedMasters;
}

/** Message, code and kind of the error that ended a task; `archive` is that of an archive's. */
export interface Failure {
  readonly message: string;
  readonly code?: string;
  readonly archive?: ArchiveErrorKind;
}

export type Outcome =
  { readonly report: PlainReport } | { readonly part: RangePart } | { readonly failure: Failure };

/** `bytes`: so many more have been looked at; the outcome ends the task. */
export type Answer = { readonly id: number } & ({ readonly bytes: number } | Outcome);

/** Answers the tasks that the pool sends to this thread: what a program does that `isCheckThread()`, and nothing else. */
export function serveChecks(): void {
  const running = new Map<number, AbortController>();
  const answer = (message: Answer, buffers: ArrayBuffer[] = []) => parentPort?.postMessage(message, buffers);
  parentPort?.on('message', ({ id, task, masters }: Request) => {
    if (!task) {
      running.get(id)?.abort(new Error('The check was given up.'));
      return;
    }
    const stop = new AbortController();
    running.set(id, stop);
    let untold = 0;
    const onBytes = (bytes: number) => {
      untold += bytes;
      if (untold < TOLD_BYTES) return;
      answer({ id, bytes: untold });
      untold = 0;
    };
    void outcomeOf(task, masters && MasterValues.from(masters), stop.signal, onBytes).then((outcome) => {
      running.delete(id);
      if (untold > 0) answer({ id, bytes: untold });
      answer({ id, ...outcome }, 'part' in outcome ? buffersOf(outcome.part) : []);
    });
  });
}

/** Does a task in this thread. */
export async function outcomeOf(
  task: Task,
  masters: MasterValues | undefined,
  signal: AbortSignal,
  onBytes: OnBytes,
): Promise<Outcome> {
  const { job } = task;
  try {
    switch (task.kind) {
      case 'file':
        return { report: plain(await checkHere(job, masters, signal, onBytes)) };
      case 'range':
        return { part: await checkRange(job, task.plan, task.range, masters, signal, onBytes) };
      case 'join':
        return { report: plain(await joinRanges(job, task.plan, task.parts, masters, signal, onBytes)) };
    }
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

function plain(report: JobReport): PlainReport {
  return { ...report, values: [...report.values].map(([key, set]) => [key, set.share()]) };
}

function failureOf(error: unknown): Failure {
  const { message, code } = error as NodeJS.ErrnoException;
  return {
    message,
    ...(code === undefined ? {} : { code }),
    ...(error instanceof ArchiveError ? { archive: error.kind } : {}),
  };
}

/** Checks of large files on other threads, so that several run at once and an editor's keystrokes never wait for one. */
import { availableParallelism } from 'node:os';
import { parentPort, Worker } from 'node:worker_threads';
import { ArchiveError } from '../archive/inspect.ts';
import type { FileReport } from '../check/file.ts';
import { MasterValues, ValueSet, type SharedValues } from '../check/value-set.ts';
import { checkHere } from './job-node.ts';
import { CHECK_THREAD } from './pool-thread.ts';
import type { Checker, CheckJob } from './job.ts';

/** Below so many bytes a check is done before a thread could begin it. */
const WORTH_A_THREAD = 4 << 20;
/** A thread without work ends after so many milliseconds. */
const IDLE = 20_000;

type SharedMasters = readonly (readonly [string, SharedValues])[];

interface Request {
  readonly id: number;
  /** Absent when the check of this id is to be given up. */
  readonly job?: CheckJob;
  readonly masters?: SharedMasters;
}

/** A report as it goes between threads. */
interface PlainReport extends Omit<FileReport, 'values'> {
  readonly values: SharedMasters;
}

interface Answer {
  readonly id: number;
  readonly report?: PlainReport;
  /** Message, code and kind of the error that ended the check. */
  readonly failure?: { readonly message: string; readonly code?: string; readonly archive: boolean };
}

/** Answers the checks that the pool sends to this thread: what a program does that `isCheckThread()`, and nothing else. */
export function serveChecks(): void {
  const running = new Map<number, AbortController>();
  parentPort?.on('message', ({ id, job, masters }: Request) => {
    if (!job) {
      running.get(id)?.abort(new Error('The check was given up.'));
      return;
    }
    const stop = new AbortController();
    running.set(id, stop);
    const known = masters && MasterValues.from(masters);
    void checkHere(job, known, stop.signal)
      .then(plain, failure)
      .then((answer) => {
        running.delete(id);
        parentPort?.postMessage({ id, ...answer });
      });
  });
}

function plain(report: FileReport): Omit<Answer, 'id'> {
  return { report: { ...report, values: [...report.values].map(([key, set]) => [key, set.share()]) } };
}

function failure(error: unknown): Omit<Answer, 'id'> {
  const { message, code } = error as NodeJS.ErrnoException;
  return {
    failure: { message, ...(code === undefined ? {} : { code }), archive: error instanceof ArchiveError },
  };
}

interface Thread {
  readonly worker: Worker;
  /** True from the moment that a check has it. */
  busy: boolean;
  /** Checks under way: their ids and what awaits them. */
  readonly waiting: Map<number, (answer: Answer) => void>;
  idle: NodeJS.Timeout | undefined;
}

/** A few threads that check large files; small ones are checked at once in this thread. */
export class CheckPool {
  readonly #program: string;
  readonly #size: number;
  readonly #threads: Thread[] = [];
  readonly #queue: (() => void)[] = [];
  #next = 0;

  /**
   * @param program path of the program that calls `serveChecks` when `isCheckThread()`
   * @param size number of threads; as many as the machine has processors when absent
   */
  constructor(program: string, size: number = availableParallelism()) {
    this.#program = program;
    this.#size = Math.max(1, size);
  }

  readonly check: Checker = async (job, masters, signal) => {
    if (job.bytes < WORTH_A_THREAD) return checkHere(job, masters, signal);
    signal?.throwIfAborted();
    const thread = await this.#freeThread();
    try {
      signal?.throwIfAborted();
      const answer = await this.#ask(
        thread,
        job,
        masters instanceof MasterValues ? masters : undefined,
        signal,
      );
      signal?.throwIfAborted();
      return reportOf(answer);
    } finally {
      this.#release(thread);
    }
  };

  /** Ends the threads that have nothing to do. */
  close(): void {
    for (const thread of this.#threads.splice(0)) {
      clearTimeout(thread.idle);
      void thread.worker.terminate();
    }
  }

  async #freeThread(): Promise<Thread> {
    for (;;) {
      const free = this.#threads.find((thread) => !thread.busy);
      if (free) {
        clearTimeout(free.idle);
        free.busy = true;
        return free;
      }
      if (this.#threads.length < this.#size) return this.#start();
      await new Promise<void>((resolve) => this.#queue.push(resolve));
    }
  }

  #start(): Thread {
    const worker = new Worker(this.#program, { argv: [CHECK_THREAD] });
    const thread: Thread = { worker, busy: true, waiting: new Map(), idle: undefined };
    worker.on('message', (answer: Answer) => {
      const done = thread.waiting.get(answer.id);
      thread.waiting.delete(answer.id);
      done?.(answer);
    });
    worker.on('error', (error) => {
      this.#drop(thread);
      for (const [id, done] of thread.waiting)
        done({ id, failure: { message: error.message, archive: false } });
    });
    worker.unref();
    this.#threads.push(thread);
    return thread;
  }

  #ask(
    thread: Thread,
    job: CheckJob,
    masters: MasterValues | undefined,
    signal?: AbortSignal,
  ): Promise<Answer> {
    const id = this.#next++;
    const request: Request = { id, job, ...(masters ? { masters: masters.share() } : {}) };
    return new Promise((resolve) => {
      const giveUp = () => thread.worker.postMessage({ id } satisfies Request);
      signal?.addEventListener('abort', giveUp, { once: true });
      // While an answer is awaited the thread keeps the program alive.
      thread.worker.ref();
      thread.waiting.set(id, (answer) => {
        signal?.removeEventListener('abort', giveUp);
        thread.worker.unref();
        resolve(answer);
      });
      thread.worker.postMessage(request);
    });
  }

  #release(thread: Thread): void {
    thread.busy = false;
    thread.idle = setTimeout(() => {
      this.#drop(thread);
      void thread.worker.terminate();
    }, IDLE).unref();
    this.#queue.shift()?.();
  }

  #drop(thread: Thread): void {
    const index = this.#threads.indexOf(thread);
    if (index >= 0) this.#threads.splice(index, 1);
  }
}

function reportOf({ report, failure: why }: Answer): FileReport {
  if (report) {
    return { ...report, values: new Map(report.values.map(([key, values]) => [key, ValueSet.from(values)])) };
  }
  if (why?.archive) throw new ArchiveError(why.message);
  throw Object.assign(
    new Error(why?.message ?? 'The check ended without an answer.'),
    why?.code === undefined ? {} : { code: why.code },
  );
}

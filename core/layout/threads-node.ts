import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../archive/inspect.ts';
import { buffersOf } from '../check/range.ts';
import type { MasterValues } from '../check/value-set.ts';
import {
  ROLE,
  type Answer,
  type Failure,
  type Outcome,
  type Request,
  type Task,
} from './check-thread-node.ts';
import type { OnBytes } from './job.ts';

/** A thread without work ends after so many milliseconds. */
const IDLE = 20_000;
const CLOSED = 'No more checks are done: the threads have ended.';

interface Thread {
  readonly worker: Worker;
  /** The task that it has, undefined while it has none. */
  current:
    { readonly id: number; readonly onBytes: OnBytes; readonly end: (outcome: Outcome) => void } | undefined;
  isAlive: boolean;
  idle: NodeJS.Timeout | undefined;
}

interface Waiting {
  readonly weight: number;
  readonly begin: (thread: Thread) => void;
  readonly fail: (error: Error) => void;
}

export interface TaskOptions {
  readonly masters: MasterValues | undefined;
  /** Tasks of more weight are begun first. */
  readonly weight: number;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: OnBytes;
}

/** A few threads of this program, each with one task at a time; they begin when there is work and end without it. */
export class Threads {
  readonly size: number;
  readonly #program: string;
  readonly #threads = new Set<Thread>();
  /** Those without a task. */
  readonly #free: Thread[] = [];
  /** By weight. */
  readonly #queue: Waiting[] = [];
  #next = 0;
  #isClosed = false;

  /**
   * @param program path of the program that calls `serveChecks` when `isCheckThread()`
   * @param size number of threads
   */
  constructor(program: string, size: number) {
    this.#program = program;
    this.size = Math.max(1, size);
  }

  /**
   * Does a task on the next free thread.
   *
   * @throws the signal's reason once the thread has given the task up; the task's error; an error when the thread dies
   */
  async run(task: Task, options: TaskOptions): Promise<Exclude<Outcome, { failure: Failure }>> {
    const { weight, signal } = options;
    const thread = await this.#freeThread(weight, signal);
    try {
      signal?.throwIfAborted();
      const outcome = await this.#ask(thread, task, options);
      signal?.throwIfAborted();
      if ('failure' in outcome) throw errorOf(outcome.failure);
      return outcome;
    } finally {
      this.#release(thread);
    }
  }

  /** Ends all threads; tasks that are under way or wait for a thread fail. */
  close(): void {
    this.#isClosed = true;
    for (const { fail } of this.#queue.splice(0)) fail(new Error(CLOSED));
    for (const thread of this.#threads) {
      clearTimeout(thread.idle);
      void thread.worker.terminate();
    }
  }

  async #freeThread(weight: number, signal: AbortSignal | undefined): Promise<Thread> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new Error(CLOSED);
    const free = this.#free.pop();
    if (free) {
      clearTimeout(free.idle);
      return free;
    }
    if (this.#threads.size < this.size) return this.#start();
    return new Promise((resolve, reject) => {
      const waiting: Waiting = {
        weight,
        begin: (thread) => {
          signal?.removeEventListener('abort', leave);
          resolve(thread);
        },
        fail: (error) => {
          signal?.removeEventListener('abort', leave);
          reject(error);
        },
      };
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(signal?.reason as Error);
      };
      signal?.addEventListener('abort', leave, { once: true });
      const place = this.#queue.findIndex((other) => other.weight < weight);
      this.#queue.splice(place < 0 ? this.#queue.length : place, 0, waiting);
    });
  }

  #start(): Thread {
    const worker = new Worker(this.#program, { workerData: { role: ROLE } });
    const thread: Thread = { worker, current: undefined, isAlive: true, idle: undefined };
    worker.on('message', (answer: Answer) => {
      const { current } = thread;
      if (current?.id !== answer.id) return;
      if ('bytes' in answer) current.onBytes(answer.bytes);
      else current.end(answer);
    });
    const die = (message: string) => {
      this.#drop(thread);
      thread.current?.end({ failure: { message, archive: false } });
    };
    worker.on('error', ({ message }) => die(message));
    worker.on('exit', () => die('A thread of the check ended before its work was done.'));
    worker.unref();
    this.#threads.add(thread);
    return thread;
  }

  #ask(thread: Thread, task: Task, { masters, signal, onBytes }: TaskOptions): Promise<Outcome> {
    const { worker } = thread;
    const id = this.#next++;
    const request: Request = { id, task, ...(masters ? { masters: masters.share() } : {}) };
    return new Promise((resolve) => {
      const giveUp = () => worker.postMessage({ id } satisfies Request);
      signal?.addEventListener('abort', giveUp, { once: true });
      // While an outcome is awaited the thread keeps the program alive.
      worker.ref();
      const end = (outcome: Outcome) => {
        thread.current = undefined;
        signal?.removeEventListener('abort', giveUp);
        worker.unref();
        resolve(outcome);
      };
      thread.current = { id, onBytes, end };
      worker.postMessage(request, task.kind === 'join' ? task.parts.flatMap(buffersOf) : []);
      if (!thread.isAlive) end({ failure: { message: 'A thread of the check has ended.', archive: false } });
    });
  }

  #release(thread: Thread): void {
    const next = this.#queue.shift();
    if (next) next.begin(thread.isAlive ? thread : this.#start());
    else if (thread.isAlive) {
      this.#free.push(thread);
      thread.idle = setTimeout(() => {
        this.#drop(thread);
        void thread.worker.terminate();
      }, IDLE).unref();
    }
  }

  #drop(thread: Thread): void {
    thread.isAlive = false;
    clearTimeout(thread.idle);
    this.#threads.delete(thread);
    const index = this.#free.indexOf(thread);
    if (index >= 0) this.#free.splice(index, 1);
  }
}

function errorOf({ message, code, archive }: Failure): Error {
  if (archive) return new ArchiveError(message);
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

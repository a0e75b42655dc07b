import { Worker } from 'node:worker_threads';
import { ArchiveError } from '../../archive/refusal.ts';
import { buffersOf } from '../../check/ranges/range.ts';
import type { MasterValues } from '../../check/identity/value-set.ts';
import {
  outcomeOf,
  type Answer,
  type Failure,
  type Outcome,
  type Request,
  type Task,
} from './check-thread-node.ts';
import type { OnBytes } from '../job.ts';
import { CHECK_THREAD } from './pool-thread.ts';

/** A thread without work ends after so many milliseconds. */
const IDLE = 20_000;
const CLOSED = 'No more checks are done: the threads have ended.';

export interface TaskOptions {
  readonly masters: MasterValues | undefined;
  /** Tasks of more weight are begun first. */
  readonly weight: number;
  readonly signal: AbortSignal | undefined;
  readonly onBytes: OnBytes;
}

/** Does one task at a time. */
interface Thread {
  readonly isAlive: boolean;
  /** Never rejects: whatever goes wrong is an outcome. */
  do(task: Task, options: TaskOptions): Promise<Outcome>;
  /** Called when it has nothing to do for now. */
  rest(): void;
  end(): void;
}

/** A thread of its own, with a copy of this program. */
class OtherThread implements Thread {
  readonly #worker: Worker;
  readonly #onEnd: (thread: OtherThread) => void;
  #current:
    { readonly id: number; readonly onBytes: OnBytes; readonly end: (outcome: Outcome) => void } | undefined;
  #idle: NodeJS.Timeout | undefined;
  #next = 0;
  isAlive = true;

  /** @param onEnd called once it can do no more */
  constructor(program: string, onEnd: (thread: OtherThread) => void) {
    this.#onEnd = onEnd;
    const worker = new Worker(program, { argv: [CHECK_THREAD] });
    worker.on('message', (answer: Answer) => {
      const current = this.#current;
      if (current?.id !== answer.id) return;
      if ('bytes' in answer) current.onBytes(answer.bytes);
      else current.end(answer);
    });
    worker.on('error', ({ message }) => this.#die(message));
    worker.on('exit', () => this.#die('A thread of the check ended before its work was done.'));
    worker.unref();
    this.#worker = worker;
  }

  do(task: Task, { masters, signal, onBytes }: TaskOptions): Promise<Outcome> {
    const worker = this.#worker;
    const id = this.#next++;
    clearTimeout(this.#idle);
    const request: Request = { id, task, ...(masters ? { masters: masters.share() } : {}) };
    return new Promise((resolve) => {
      const giveUp = () => worker.postMessage({ id } satisfies Request);
      signal?.addEventListener('abort', giveUp, { once: true });
      // While an outcome is awaited the thread keeps the program alive.
      worker.ref();
      const end = (outcome: Outcome) => {
        this.#current = undefined;
        signal?.removeEventListener('abort', giveUp);
        worker.unref();
        resolve(outcome);
      };
      this.#current = { id, onBytes, end };
      worker.postMessage(request, task.kind === 'join' ? task.parts.flatMap(buffersOf) : []);
    });
  }

  rest(): void {
    clearTimeout(this.#idle);
    this.#idle = setTimeout(() => this.end(), IDLE).unref();
  }

  end(): void {
    this.#die(CLOSED);
    void this.#worker.terminate();
  }

  #die(message: string): void {
    if (!this.isAlive) return;
    this.isAlive = false;
    clearTimeout(this.#idle);
    this.#onEnd(this);
    this.#current?.end({ failure: { message } });
  }
}

/** The thread of whoever asks. */
const thisThread: Thread = {
  isAlive: true,
  do: (task, { masters, signal, onBytes }) =>
    outcomeOf(task, masters, signal ?? new AbortController().signal, onBytes),
  rest: () => undefined,
  end: () => undefined,
};

interface Waiting {
  readonly weight: number;
  readonly begin: (thread: Thread) => void;
  readonly fail: (error: Error) => void;
}

/** A few threads, each with one task at a time; they begin when there is work and end without it. */
export class Threads {
  /** Tasks that are done at once. */
  readonly size: number;
  readonly #program: string;
  readonly #others = new Set<Thread>();
  readonly #most: number;
  /** Those without a task. */
  readonly #free: Thread[];
  /** By weight. */
  readonly #queue: Waiting[] = [];
  #isClosed = false;

  /**
   * @param program path of the program that calls `serveChecks` when `isCheckThread()`
   * @param size number of threads
   * @param withThis true when this thread is one of them: it has nothing to do but to wait for the others
   */
  constructor(program: string, size: number, withThis = false) {
    this.#program = program;
    this.size = Math.max(1, size);
    this.#most = this.size - (withThis ? 1 : 0);
    this.#free = withThis ? [thisThread] : [];
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
      const outcome = await thread.do(task, options);
      signal?.throwIfAborted();
      if ('failure' in outcome) throw errorOf(outcome.failure);
      return outcome;
    } finally {
      this.#release(thread);
    }
  }

  /** Ends the other threads; their tasks fail, and those that wait for a thread. */
  close(): void {
    this.#isClosed = true;
    for (const { fail } of this.#queue.splice(0)) fail(new Error(CLOSED));
    for (const thread of this.#others) thread.end();
  }

  async #freeThread(weight: number, signal: AbortSignal | undefined): Promise<Thread> {
    signal?.throwIfAborted();
    if (this.#isClosed) throw new Error(CLOSED);
    const free = this.#free.pop();
    if (free) return free;
    if (this.#others.size < this.#most) return this.#start();
    return new Promise((resolve, reject) => {
      const leave = () => {
        this.#queue.splice(this.#queue.indexOf(waiting), 1);
        reject(signal?.reason as Error);
      };
      const stay = () => signal?.removeEventListener('abort', leave);
      const waiting: Waiting = {
        weight,
        begin: (thread) => {
          stay();
          resolve(thread);
        },
        fail: (error) => {
          stay();
          reject(error);
        },
      };
      signal?.addEventListener('abort', leave, { once: true });
      const place = this.#queue.findIndex((other) => other.weight < weight);
      this.#queue.splice(place < 0 ? this.#queue.length : place, 0, waiting);
    });
  }

  #start(): Thread {
    const thread = new OtherThread(this.#program, (ended) => {
      this.#others.delete(ended);
      const index = this.#free.indexOf(ended);
      if (index >= 0) this.#free.splice(index, 1);
    });
    this.#others.add(thread);
    return thread;
  }

  #release(thread: Thread): void {
    const next = this.#queue.shift();
    if (next) next.begin(thread.isAlive ? thread : this.#start());
    else if (thread.isAlive) {
      this.#free.push(thread);
      thread.rest();
    }
  }
}

function errorOf({ message, code, archive }: Failure): Error {
  if (archive) return new ArchiveError(message, archive);
  return Object.assign(new Error(message), code === undefined ? {} : { code });
}

import { setMaxListeners } from 'node:events';
import type { TreeFile } from '../layout/emission-tree.ts';

/** One answer, good as long as the files behind it have the same size and times. */
interface Remembered {
  readonly stamp: string;
  readonly value: Promise<unknown>;
  /** Ends the work for it. */
  readonly stop: AbortController;
  /** How many wait for it now. */
  waiting: number;
}

/** Answers of this run, each found once for all who ask: the last one for each key. */
export class RememberedAnswers {
  readonly #answers = new Map<string, Remembered>();
  readonly #signal: AbortSignal | undefined;

  /** @param signal ends all work */
  constructor(signal?: AbortSignal) {
    this.#signal = signal;
    signal?.addEventListener('abort', () => {
      for (const { stop } of this.#answers.values()) stop.abort(signal.reason);
    });
  }

  /**
   * The answer of this key and stamp. Who gives up waiting does not end the work: the next one who looks at the same
   * files goes on with it. It ends when another stamp is asked for and nobody waits any more.
   *
   * @param find finds the answer unless it is known or being found
   * @throws what `find` throws, to all who wait for it: the next who asks tries again; or the reason of a signal
   */
  async of<T>(
    key: string,
    stamp: string,
    find: (stop: AbortSignal) => Promise<T>,
    signal?: AbortSignal,
  ): Promise<T> {
    this.#signal?.throwIfAborted();
    signal?.throwIfAborted();
    const known = this.#answers.get(key);
    if (known?.stamp === stamp) return (await wait(known, signal)) as T;
    if (known?.waiting === 0) known.stop.abort(new Error('The file has changed.'));
    const stop = new AbortController();
    const remembered: Remembered = { stamp, value: find(stop.signal), stop, waiting: 0 };
    this.#answers.set(key, remembered);
    remembered.value.catch(() => {
      if (this.#answers.get(key) === remembered) this.#answers.delete(key);
    });
    return (await wait(remembered, signal)) as T;
  }
}

/** Waits for an answer, or until the signal aborts; the work goes on all the same. */
async function wait(remembered: Remembered, signal?: AbortSignal): Promise<unknown> {
  remembered.waiting++;
  try {
    if (!signal) return await remembered.value;
    // All datasets are waited for at once; Node takes more than ten for a leak and says so on standard error.
    setMaxListeners(0, signal);
    return await new Promise((resolve, reject) => {
      const giveUp = () => reject(signal.reason as Error);
      signal.addEventListener('abort', giveUp, { once: true });
      void remembered.value.then(resolve, reject).finally(() => signal.removeEventListener('abort', giveUp));
    });
  } finally {
    remembered.waiting--;
  }
}

/** Tells a file from what else its path may have led to: size and times. */
export function stampOf(file: TreeFile): string {
  return `${file.path}:${file.bytes}:${file.modified}:${file.changed ?? ''}`;
}

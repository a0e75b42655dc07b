import { parentPort, workerData } from 'node:worker_threads';

interface Portion {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly dataset?: string;
}

/** What a portion came to: so many files, and what to print of the next one, if it is one that failed. */
export interface PortionAnswer {
  readonly count: number;
  readonly failure?: string;
}

/** The number of the file at hand, for whoever waits for it to come to an end. */
export interface ThreadData {
  readonly current: Int32Array<SharedArrayBuffer>;
}

/**
 * Makes this thread one of `scripts/fuzz.mjs`: it compares the files that it is told to, until it is told none.
 *
 * @param failureOf what to print of file `number` of a seed, or undefined when both sides agree
 */
export function compareFiles(
  failureOf: (
    seed: number,
    number: number,
    dataset: string | undefined,
  ) => string | undefined | Promise<string | undefined>,
): void {
  const { current } = workerData as ThreadData;
  const answerTo = async ({ seed, first, count, dataset }: Portion): Promise<PortionAnswer> => {
    for (let number = first; number < first + count; number++) {
      Atomics.store(current, 0, number);
      const failure = await failureOf(seed, number, dataset);
      if (failure !== undefined) return { count: number - first, failure };
    }
    return { count };
  };
  parentPort?.on('message', (portion: Portion | undefined) => {
    if (portion) void answerTo(portion).then((answer) => parentPort?.postMessage(answer));
    else parentPort?.close();
  });
}

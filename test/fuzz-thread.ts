import { parentPort } from 'node:worker_threads';

interface Portion {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly dataset?: string;
}

/**
 * Makes this thread one of `scripts/fuzz.mjs`: it compares the files that it is told to, until it is told none.
 *
 * @param failureOf what to print of file `number` of a seed, or undefined when both sides agree
 */
export function compareFiles(
  failureOf: (seed: number, number: number, dataset: string | undefined) => string | undefined,
): void {
  parentPort?.on('message', (portion: Portion | undefined) => {
    if (!portion) {
      parentPort?.close();
      return;
    }
    const { seed, first, count, dataset } = portion;
    for (let number = first; number < first + count; number++) {
      const failure = failureOf(seed, number, dataset);
      if (failure === undefined) continue;
      parentPort?.postMessage({ count: number - first, failure });
      return;
    }
    parentPort?.postMessage({ count });
  });
}

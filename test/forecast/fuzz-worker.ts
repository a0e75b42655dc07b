/** One thread of `scripts/fuzz.mjs --forecast`: compares the files that it is told to, until it is told none. */
import { parentPort } from 'node:worker_threads';
import { forecastFailure } from './compare.ts';

interface Portion {
  readonly seed: number;
  readonly first: number;
  readonly count: number;
  readonly dataset?: string;
}

parentPort?.on('message', (portion: Portion | undefined) => {
  if (!portion) {
    parentPort?.close();
    return;
  }
  const { seed, first, count, dataset } = portion;
  for (let number = first; number < first + count; number++) {
    const failure = forecastFailure(seed, number, dataset);
    if (failure === undefined) continue;
    parentPort?.postMessage({ count: number - first, failure });
    return;
  }
  parentPort?.postMessage({ count });
});

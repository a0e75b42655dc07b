/** One thread of scripts/fuzz.mjs: checks the files that it is told to, until it is told none. */
import { parentPort } from 'node:worker_threads';
import { sampleOf } from './compare.ts';
import { describe, failureOf } from './minimise.ts';

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
    const sample = sampleOf(seed, number, dataset);
    if (failureOf(sample) === undefined) continue;
    parentPort?.postMessage({ count: number - first, failure: describe(seed, number, sample) });
    return;
  }
  parentPort?.postMessage({ count });
});

/**
 * No input may end in "Something went wrong inside": odd CSVs and zips go the whole way, and come back with findings that
 * can be shown. `npm run fuzz:odd -- --files 100000` is the long run.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import type { PortionAnswer } from '../../fuzz-thread.ts';

const SEED = 2026;
const INPUTS = 600;
/** An input that takes so long hangs: the slowest takes a hundredth of it. */
const PATIENCE = 60_000;

test(`each of ${INPUTS} odd inputs comes to an end, and every way says the same of it`, async () => {
  const current = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: { current } });
  try {
    const answer = await new Promise<PortionAnswer>((resolve, reject) => {
      let last = -1;
      // Whoever is caught in a loop cannot be asked.
      const watch = setInterval(() => {
        const number = Atomics.load(current, 0);
        if (number === last) reject(new Error(`Odd input ${number} of seed ${SEED} comes to no end.`));
        last = number;
      }, PATIENCE);
      worker.once('message', resolve);
      worker.once('error', reject);
      worker.once('message', () => clearInterval(watch));
      worker.postMessage({ seed: SEED, first: 0, count: INPUTS });
    });
    assert.equal(answer.failure, undefined, answer.failure);
  } finally {
    await worker.terminate();
  }
});

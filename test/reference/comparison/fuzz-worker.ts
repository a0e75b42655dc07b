/** One thread of `scripts/fuzz.mjs`. */
import { compareFiles } from '../../fuzz-thread.ts';
import { sampleOf } from './compare.ts';
import { describe, failureOf } from './minimise.ts';

compareFiles((seed, number, dataset) => {
  const sample = sampleOf(seed, number, dataset);
  return failureOf(sample) === undefined ? undefined : describe(seed, number, sample);
});

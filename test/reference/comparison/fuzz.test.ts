/** A short run of the comparison; `npm run fuzz -- --files 1000000` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets } from '../../../core/catalogue/catalogue.ts';
import { sampleOf } from './compare.ts';
import { describe, failureOf } from './minimise.ts';

const SEED = 2026;
const FILES_OF_EACH = 40;

test(`the engine finds what the reference finds in ${FILES_OF_EACH} random files of each dataset`, () => {
  for (let number = 0; number < FILES_OF_EACH * datasets.length; number++) {
    const sample = sampleOf(SEED, number);
    if (failureOf(sample) !== undefined) assert.fail(describe(SEED, number, sample));
  }
});

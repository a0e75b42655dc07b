/** A short run of the comparison; `npm run fuzz:forecast -- --files 100000` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets } from '../../core/catalogue/catalogue.ts';
import { forecastFailure } from './compare.ts';

const SEED = 2026;
const FILES_OF_EACH = 20;

test(`the forecast is that of the model for ${FILES_OF_EACH} random files of each dataset`, () => {
  for (let number = 0; number < FILES_OF_EACH * datasets.length; number++)
    assert.equal(forecastFailure(SEED, number), undefined);
});

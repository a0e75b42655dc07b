/** One thread of `scripts/fuzz.mjs --forecast`. */
import { compareFiles } from '../fuzz-thread.ts';
import { forecastFailure } from './compare.ts';

compareFiles(forecastFailure);

/** One thread of `scripts/fuzz.mjs --odd`, and of the short run of it in the tests. */
import { compareFiles } from '../../fuzz-thread.ts';
import { oddFailure } from './failure.ts';

compareFiles(oddFailure);

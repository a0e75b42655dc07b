// What is measured, in the order of the runs. A case has an `id` for `--only`, a `title`, and `prepare`, which makes its
// files and says what to run and what to make of the times: `{ runs, targets, rounds }`.
import { checkCases } from './check.mjs';
import { memoryCases } from './memory.mjs';
import { scaleCases } from './scale.mjs';
import { uploadCases } from './upload.mjs';
import { zipCases } from './zip.mjs';

export const cases = [...checkCases, ...memoryCases, ...scaleCases, ...zipCases, ...uploadCases];

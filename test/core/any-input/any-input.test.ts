/**
 * No input may end in "Something went wrong inside": odd CSVs and zips go the whole way, and come back with findings that
 * can be shown. `npm run fuzz:odd -- --files 100000` is the long run.
 */
import assert from 'node:assert/strict';
import { once } from 'node:events';
import { test } from 'node:test';
import { Worker } from 'node:worker_threads';
import { datasets } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import type { PortionAnswer } from '../../fuzz-thread.ts';
import { Random } from '../csv/random.ts';
import { endlessLine } from './odd-csv.ts';
import { checkFilled } from './properties.ts';

const SEED = 2026;
const INPUTS = 180;
const LINES = 12;
/** Three times what is held of a line at most. */
const LINE_BYTES = 64 << 20;
/** An input that takes so long hangs: the slowest takes a hundredth of it. */
const PATIENCE = 60_000;

test(`each of ${INPUTS} odd inputs comes to an end, and every way says the same of it`, async () => {
  const current = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(new URL('./fuzz-worker.ts', import.meta.url), { workerData: { current } });
  const hangs = new AbortController();
  // Whoever is caught in a loop cannot be asked.
  let last = -1;
  const watch = setInterval(() => {
    const number = Atomics.load(current, 0);
    if (number === last) hangs.abort(new Error(`Odd input ${number} of seed ${SEED} comes to no end.`));
    last = number;
  }, PATIENCE);
  try {
    worker.postMessage({ seed: SEED, first: 0, count: INPUTS });
    const [answer] = (await once(worker, 'message', hangs)) as [PortionAnswer];
    assert.equal(answer.failure, undefined, answer.failure);
  } catch (error) {
    throw hangs.signal.aborted ? hangs.signal.reason : error;
  } finally {
    clearInterval(watch);
    await worker.terminate();
  }
});

test(`of ${LINES} lines of 64 MiB no more is held than the longest row takes`, () => {
  for (let line = 0; line < LINES; line++) {
    const random = new Random(SEED + line);
    const spec = random.pick(datasets);
    const { header, unit } = endlessLine(random, spec);
    const units = Buffer.alloc(unit.length << 16, unit);
    const rowBytes = random.pick([100, 5000, 1 << 20, undefined]);
    const settings = { ...defaultSettings, ...(rowBytes === undefined ? {} : { rowBytes }) };
    const { bytes, rows } = checkFilled(spec, settings, (into, at) => {
      const place = (at - header.length) % units.length;
      const piece =
        at < header.length
          ? header.subarray(at)
          : at < LINE_BYTES
            ? units.subarray(place)
            : units.subarray(0, 0);
      const some = piece.subarray(0, into.length);
      into.set(some);
      return some.length;
    });
    assert.ok(bytes >= LINE_BYTES && rows <= 1, `line ${line}: ${rows} rows of ${bytes} bytes`);
  }
});

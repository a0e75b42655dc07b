// `npm run fuzz -- --files 1000000 --seed 1`: the engine against the reference checker of test/reference on random files,
// on as many threads as there are cores. `--dataset ID` takes one dataset alone, `--from N` begins at another file,
// `--threads N` takes fewer threads. With `--forecast` (`npm run fuzz:forecast`) forecasts are compared with the model of
// test/forecast; with `--odd` (`npm run fuzz:odd`) odd CSVs and zips go every way that checks them (test/core/any-input). Ends
// with 1 at the first difference and shows the file, made as small as it gets, or at one that comes to no end.
import { availableParallelism } from 'node:os';
import { clearInterval, setInterval } from 'node:timers';
import { Worker } from 'node:worker_threads';
import { parseArgs } from 'node:util';

/** Files that a thread checks before it takes the next ones. */
const PORTION = 500;
/** A file that takes so many milliseconds hangs. */
const PATIENCE = 120_000;

const { values } = parseArgs({
  options: {
    files: { type: 'string', default: '10000' },
    seed: { type: 'string', default: '1' },
    from: { type: 'string', default: '0' },
    dataset: { type: 'string' },
    forecast: { type: 'boolean', default: false },
    odd: { type: 'boolean', default: false },
    threads: { type: 'string', default: String(availableParallelism()) },
  },
});
const [files, seed, from, threads] = [values.files, values.seed, values.from, values.threads].map(Number);
if (![files, seed, from, threads].every(Number.isSafeInteger) || threads < 1) {
  console.error('Usage: npm run fuzz -- [--files N] [--seed N] [--from N] [--dataset ID] [--threads N]');
  process.exit(2);
}

const [worker, agreed] = values.odd
  ? ['../test/core/any-input/fuzz-worker.ts', 'every way comes to an end, and all say the same']
  : values.forecast
    ? ['../test/forecast/fuzz-worker.ts', 'forecast and model agree']
    : ['../test/reference/comparison/fuzz-worker.ts', 'engine and reference agree'];
const started = Date.now();
let next = from;
let done = 0;
let shown = 0;

function tellProgress() {
  const seconds = (Date.now() - started) / 1000;
  console.log(`${done} files, ${Math.round(done / seconds)} per second`);
  shown = done;
}

function runThread() {
  return new Promise((resolve, reject) => {
    const current = new Int32Array(new SharedArrayBuffer(4));
    const thread = new Worker(new URL(worker, import.meta.url), { workerData: { current } });
    let watched = -1;
    const watch = setInterval(() => {
      const number = Atomics.load(current, 0);
      if (number === watched) {
        console.log(`File ${number} of seed ${seed} comes to no end.`);
        process.exit(1);
      }
      watched = number;
    }, PATIENCE);
    const give = () => {
      const count = Math.min(PORTION, from + files - next);
      thread.postMessage(count > 0 ? { seed, first: next, count, dataset: values.dataset } : undefined);
      next += count;
    };
    thread.on('message', ({ count, failure }) => {
      done += count;
      if (failure) {
        console.log(failure);
        process.exit(1);
      }
      if (done - shown >= 20000) tellProgress();
      give();
    });
    thread.on('error', reject);
    thread.on('exit', () => {
      clearInterval(watch);
      resolve();
    });
    give();
  });
}

await Promise.all(Array.from({ length: threads }, runThread));
console.log(`${done} files of seed ${seed}, from ${from} on: ${agreed}.`);

/** One large file on several threads. "Large" is what the pool is told to take for it. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { appendFile, mkdtemp, rm, stat, truncate, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import type { FileReport } from '../../../core/check/file.ts';
import type { RangePart } from '../../../core/check/ranges/range.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { MasterValues } from '../../../core/check/identity/value-set.ts';
import { checkHere } from '../../../core/scan/job-node.ts';
import { oneAtATime, type CheckJob } from '../../../core/scan/job.ts';
import { CheckPool } from '../../../core/scan/threads/pool-node.ts';
import {
  checkRange,
  joinRanges,
  planRanges,
  type RangePlan,
} from '../../../core/scan/threads/ranges-node.ts';
import { FileChangedError } from '../../../core/scan/same-file-node.ts';
import { Threads } from '../../../core/scan/threads/threads-node.ts';

const program = fileURLToPath(new URL('./pool-program.ts', import.meta.url));
const dying = fileURLToPath(new URL('./dying-program.ts', import.meta.url));
const none = new MasterValues(new Map());
const never = new AbortController().signal;
const small = { threadBytes: 1, rangeBytes: 50_000 };
let folder: string;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'ranges-'));
});

after(() => rm(folder, { recursive: true, force: true }));

/** A file of districts with faults of many kinds: names of several lines among them. */
async function districts(name: string, rows = 20_000): Promise<CheckJob> {
  const text = Array.from({ length: rows }, (_, i) => {
    if (i % 997 === 0) return `x${i}|District\n`;
    if (i % 499 === 0) return '7|Twice\n';
    if (i % 3 === 0) return `${i}|"District\nof ${i}|"\n`;
    return i % 1201 === 0 ? '\n\n' : `${i}|District ${i}\n`;
  }).join('');
  return write(name, `DistrictId|District\n${text}`);
}

async function write(name: string, text: string): Promise<CheckJob> {
  const file = path.join(folder, name);
  await writeFile(file, text);
  const { size } = await stat(file);
  return { dataset: 'district_mst', file: name, path: file, bytes: size, settings: defaultSettings };
}

function plain({ values, ...report }: FileReport): object {
  return { ...report, values: [...values].map(([key, set]) => [key, set.signature]) };
}

for (const [size, withThis] of [
  [2, false],
  [3, false],
  [2, true],
] as const) {
  test(`${size} threads${withThis ? ', this one among them,' : ''} say of one file what one says, and count its bytes`, async () => {
    const job = await districts(`on-${size}.csv`);
    const plan = await planRanges(job, size, small.rangeBytes);
    assert.equal(plan?.ranges.length, size);
    let bytesHere = 0;
    const here = await checkHere(job, none, undefined, (bytes) => (bytesHere += bytes));
    assert.ok(here.totals.errors > 20 && here.totals.warnings > 20);
    const pool = new CheckPool(program, { size, withThis, ...small });
    let bytes = 0;
    const there = await pool.check(job, none, undefined, (more) => (bytes += more));
    pool.close();
    assert.deepEqual(plain(there), plain(here));
    // Repeats are looked at once more.
    assert.deepEqual([bytes, bytesHere], [job.bytes * 2, job.bytes * 2]);
  });
}

test('where no border can be believed the file is checked in one go', async () => {
  const job = await write('odd.csv', `DistrictId|District\n${'1|"a\n2|"b\n3\n'.repeat(10_000)}`);
  assert.equal(await planRanges(job, 2, small.rangeBytes), undefined);
  const pool = new CheckPool(program, { size: 2, ...small });
  const report = await pool.check(job, none, undefined);
  pool.close();
  assert.deepEqual(plain(report), plain(await checkHere(job, none, undefined)));
});

test('a border that looks like one and is none costs a second check of the range', async () => {
  // All of it but a few rows is one value that looks like rows.
  const inside = Array.from({ length: 8000 }, (_, i) => `${i}|District ${i}\n`).join('');
  const job = await write('one-value.csv', `DistrictId|District\n1|"${inside}"\n2|Two\n`);
  assert.equal((await planRanges(job, 2, small.rangeBytes))?.ranges.length, 2);
  const pool = new CheckPool(program, { size: 2, ...small });
  const report = await pool.check(job, none, undefined);
  pool.close();
  assert.equal(report.rows, 2);
  assert.deepEqual(plain(report), plain(await checkHere(job, none, undefined)));
});

test('small files, files of sections and entries of zips are not split', async () => {
  const job = await districts('whole.csv', 2000);
  assert.equal(await planRanges(job, 4, job.bytes), undefined);
  assert.equal(
    await planRanges({ ...job, entry: { name: 'district_mst.csv', method: 8, start: 46 } }, 4, 1000),
    undefined,
  );
  assert.equal(await planRanges(job, 1, 1000), undefined);
  assert.equal(await planRanges({ ...job, dataset: 'diksha_enrolment' }, 4, 1000), undefined);
});

test('a check in ranges is given up when its signal says so, and the threads do other work then', async () => {
  const job = await districts('stopped.csv');
  const pool = new CheckPool(program, { size: 2, ...small });
  const stop = new AbortController();
  const running = pool.check(job, none, stop.signal, () => stop.abort(new Error('stopped')));
  await assert.rejects(running, /stopped/);
  const report = await pool.check(job, none, undefined);
  assert.equal(report.bytes, job.bytes);
  pool.close();
});

test('a thread that dies is one error of the check, and the others go on', async () => {
  const pool = new CheckPool(dying, { size: 2, ...small });
  await assert.rejects(pool.check(await districts('dying.csv'), none, undefined), /thread of the check/);
  const job = await districts('living.csv', 2000);
  assert.equal((await pool.check(job, none, undefined)).bytes, job.bytes);
  pool.close();
});

test('nothing is begun on threads that have ended', async () => {
  const pool = new CheckPool(program, { size: 2, ...small });
  pool.close();
  await assert.rejects(pool.check(await districts('late.csv', 2000), none, undefined), /threads have ended/);
});

test('the largest file goes first, whoever came first', async () => {
  const job = await districts('order.csv', 500);
  const threads = new Threads(program, 1);
  const order: number[] = [];
  await Promise.all(
    [5, 1, 3, 2].map(async (weight) => {
      const options = { masters: none, weight, signal: undefined, onBytes: () => undefined };
      await threads.run({ kind: 'file', job }, options);
      order.push(weight);
    }),
  );
  threads.close();
  assert.deepEqual(order, [5, 3, 2, 1]);
});

test('one at a time is never two', async () => {
  let running = 0;
  let most = 0;
  const job = await districts('alone.csv', 10);
  const check = oneAtATime(async (...words) => {
    most = Math.max(most, ++running);
    try {
      return await checkHere(...words);
    } finally {
      running--;
    }
  });
  const failing = check({ ...job, path: path.join(folder, 'nowhere.csv') }, none, undefined);
  const others = [1, 2, 3].map(() => check(job, none, undefined));
  await assert.rejects(failing, { code: 'ENOENT' });
  await Promise.all(others);
  assert.equal(most, 1);
});

/** What each thread does with a file that changes between the plan and the work. */
async function afterwards(name: string, change: (file: string) => Promise<void>): Promise<void> {
  const job = await districts(name);
  const plan = await planRanges(job, 2, small.rangeBytes);
  assert.ok(plan);
  const part = await rangeOf(job, plan, 0);
  await change(job.path);
  await assert.rejects(rangeOf(job, plan, 1), FileChangedError);
  await assert.rejects(
    joinRanges(job, plan, [part], none, never, () => undefined),
    FileChangedError,
  );
}

function rangeOf(job: CheckJob, plan: RangePlan, index: number): Promise<RangePart> {
  return checkRange(job, plan, plan.ranges[index]!, none, never, () => undefined);
}

test('a file that grows, that is cut short or that becomes another one is an error', async () => {
  await afterwards('grows.csv', (file) => appendFile(file, '1|x\n'));
  await afterwards('cut.csv', (file) => truncate(file, 70_000));
  await afterwards('other.csv', async (file) => {
    await rm(file);
    await districts('other.csv');
  });
});

test('a file that grows while it is read in this thread is an error too', async () => {
  const job = await districts('growing.csv', 500);
  let grown = false;
  const running = checkHere(job, none, undefined, () => {
    if (!grown) appendFileSync(job.path, '1|x\n');
    grown = true;
  });
  await assert.rejects(running, { code: 'ECHANGED' });
  assert.ok(grown);
});

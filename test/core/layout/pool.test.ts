import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { after, before, test } from 'node:test';
import { fileURLToPath } from 'node:url';
import { defaultSettings } from '../../../core/check/settings.ts';
import { columnsKey, masterKey, MasterValues, ValueSet } from '../../../core/check/identity/value-set.ts';
import { checkHere } from '../../../core/scan/job-node.ts';
import type { CheckJob } from '../../../core/scan/job.ts';
import { CheckPool } from '../../../core/scan/threads/pool-node.ts';

const program = fileURLToPath(new URL('./pool-program.ts', import.meta.url));
let folder: string;
let pool: CheckPool;

before(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'pool-'));
  pool = new CheckPool(program, { size: 2 });
  const rows = Array.from(
    { length: 20_000 },
    (_, i) => `${7500 + i}|District ${i}${i % 100 === 0 ? '|x' : ''}`,
  );
  await writeFile(path.join(folder, 'districts.csv'), `DistrictId|District\n${rows.join('\n')}\n`);
  await writeFile(path.join(folder, 'blocks.csv'), 'BlockId|Block|DistrictId\n1|East|7501\n2|West|1\n');
});

after(async () => {
  pool.close();
  await rm(folder, { recursive: true, force: true });
});

/** A job that is said to be large, so that it goes to a thread. */
function job(dataset: string, file: string): CheckJob {
  return { dataset, file, path: path.join(folder, file), bytes: 1e9, settings: defaultSettings };
}

test('checks on other threads say what a check here says, several at once', async () => {
  const here = await checkHere(job('district_mst', 'districts.csv'), undefined, undefined);
  assert.ok(here.totals.errors > 0);
  const there = await Promise.all(
    [1, 2, 3].map(() => pool.check(job('district_mst', 'districts.csv'), undefined, undefined)),
  );
  for (const report of there) {
    assert.deepEqual(report.findings, here.findings);
    assert.deepEqual([report.rows, report.bytes], [here.rows, here.bytes]);
    const values = columnsKey(['DistrictId']);
    assert.equal(report.values.get(values)?.signature, here.values.get(values)?.signature);
  }
});

test('masters go along', async () => {
  const none = new MasterValues(new Map());
  const districts = await pool.check(job('district_mst', 'districts.csv'), none, undefined);
  const values = districts.values.get(columnsKey(['DistrictId'])) ?? new ValueSet();
  const masters = new MasterValues(new Map([[masterKey('district_mst', ['DistrictId']), values]]));
  const blocks = await pool.check(job('block_mst', 'blocks.csv'), masters, undefined);
  assert.deepEqual(
    blocks.findings.map(({ rule, line }) => [rule, line]),
    [['reference/unknown', 2]],
  );
});

test('a file that is not there is the file system’s error', async () => {
  await assert.rejects(pool.check(job('district_mst', 'nowhere.csv'), undefined, undefined), {
    code: 'ENOENT',
  });
});

test('a check is given up when its signal says so', async () => {
  const stop = new AbortController();
  const running = pool.check(job('district_mst', 'districts.csv'), undefined, stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(running, /stopped/);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ByteProgress } from '../../cli/byte-progress.ts';
import { defaultSettings } from '../../core/check/settings.ts';
import type { OnBytes } from '../../core/scan/job.ts';

test('the line tells bytes of all files and the rate, not more often than ten times a second', async () => {
  const lines: string[] = [];
  let now = 0;
  const progress = new ByteProgress(
    (text) => lines.push(text),
    () => now,
  );
  progress.expect('a.csv', 300e6);
  progress.expect('b.csv', 100e6);
  let read: OnBytes = () => undefined;
  const check = progress.follow((_job, _masters, _signal, onBytes = () => undefined) => {
    read = onBytes;
    return Promise.reject(new Error('no report here'));
  });
  const job = { dataset: 'd', file: 'a.csv', path: '/a.csv', bytes: 300e6, settings: defaultSettings };
  await assert.rejects(check(job, undefined, undefined));
  now = 1000;
  read(100e6);
  now = 1050;
  read(50e6);
  now = 1500;
  read(150e6);
  progress.tell('Checked 1 of 2 datasets', 'b.csv');
  // The second look at the file.
  now = 2000;
  read(100e6);
  assert.deepEqual(lines, [
    'Checking: 100 MB of 400 MB, 100 MB/s …',
    'Checking: 300 MB of 400 MB, 200 MB/s …',
    'Checked 1 of 2 datasets: 400 MB of 400 MB, 200 MB/s …',
    'Checked 1 of 2 datasets: 500 MB of 700 MB, 200 MB/s …',
  ]);
});

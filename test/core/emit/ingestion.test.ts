import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Api, FileList } from '../../../core/emit/api/api.ts';
import { EmissionError } from '../../../core/emit/error.ts';
import { shows } from '../../../core/emit/find-stored.ts';
import { waitForIngestion } from '../../../core/emit/ingestion.ts';
import { quickPace } from './fixture.ts';

const listing = (keys: readonly string[], truncated = false): FileList => ({
  files: keys.map((key) => ({ key, size: 1, etag: '', lastModified: '' })),
  truncated,
});

/** Waits for keys of a bucket that shows these listings, one after the other, the last one for ever. */
async function wait(keys: readonly string[], lists: readonly (FileList | EmissionError)[], minutes = 1) {
  let looks = 0;
  let clock = 0;
  const api = {
    listFiles: () => {
      const list = lists[Math.min(looks++, lists.length - 1)]!;
      return list instanceof EmissionError ? Promise.reject(list) : Promise.resolve(list);
    },
  } as Pick<Api, 'listFiles'> as Api;
  const pace = {
    ...quickPace(),
    monotonic: () => clock,
    sleep: (milliseconds: number) => Promise.resolve(void (clock += milliseconds)),
  };
  const result = await waitForIngestion({ api, bucket: 'b', keys, limit: minutes * 60_000, pace });
  return { ...result, looks };
}

test('ends when the bucket holds none of the keys any more', async () => {
  const result = await wait(['a', 'b'], [listing(['a', 'b', 'x']), listing(['b']), listing([])]);
  assert.deepEqual(result, { taken: ['a', 'b'], waiting: [], hidden: [], looks: 3 });
});

test('ends when the time is over, with a last look', async () => {
  const result = await wait(['a', 'b'], [listing(['b'])]);
  assert.deepEqual([result.taken, result.waiting, result.looks], [['a'], ['b'], 7]);
});

test('keys behind a listing that is cut count as taken only once they could be seen', async () => {
  const result = await wait(['a', 'm', 'z'], [listing(['b', 'm'], true)]);
  assert.deepEqual([result.taken, result.waiting, result.hidden], [['a'], ['m'], ['z']]);
  const later = await wait(['z'], [listing(['b'], true), listing(['b'])]);
  assert.deepEqual([later.taken, later.hidden], [['z'], []]);
});

test('a passing fault is waited out, another ends the waiting', async () => {
  const busy = new EmissionError('server-error', 'busy', { consequence: 'retry' });
  assert.deepEqual((await wait(['a'], [busy, listing([])])).taken, ['a']);
  const refused = new EmissionError('unauthorized', 'no', { consequence: 'stop-run' });
  const result = await wait(['a'], [refused]);
  assert.deepEqual([result.waiting, result.error?.reason, result.looks], [['a'], 'unauthorized', 1]);
});

test('a cut listing shows the keys up to its last one, in the order of their bytes', () => {
  const cut = listing(['a/1.zip', 'b/2.zip'], true);
  assert.deepEqual(
    ['a/9.zip', 'b/2.zip', 'b/2.zip0', 'é'].map((key) => shows(cut, key)),
    [true, true, false, false],
  );
  assert.equal(shows(listing([]), 'a'), true);
  assert.equal(shows(listing([], true), 'a'), false);
});

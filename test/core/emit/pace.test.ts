import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmissionError } from '../../../core/emit/error.ts';
import { backoff, withRetries } from '../../../core/emit/pace.ts';
import { quickPace } from './fixture.ts';

const passing = (status?: number, retryAfter?: number) =>
  new EmissionError('server-error', 'busy', { consequence: 'retry', status, retryAfter });

test('waits grow from 1 to 60 s, with a random half taken off', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 20].map((attempt) => backoff(attempt, 0)),
    [1000, 2000, 4000, 32_000, 60_000, 60_000],
  );
  assert.equal(backoff(3, 1), 2000);
});

test('a server that asks for patience gets it, within reason', () => {
  assert.equal(backoff(1, 0, 17), 17_000);
  assert.equal(backoff(3, 0, 1), 4000);
  assert.equal(backoff(1, 0, 86_400), 300_000);
});

test('tries again while the fault may pass, at most as often as allowed', async () => {
  const pace = quickPace();
  let calls = 0;
  const answer = await withRetries(
    () => (++calls < 3 ? Promise.reject(passing()) : Promise.resolve('done')),
    { pace, tries: () => 5 },
  );
  assert.deepEqual([answer, calls, pace.slept], ['done', 3, [750, 1500]]);

  calls = 0;
  const failing = withRetries(() => (++calls, Promise.reject(passing())), { pace, tries: () => 3 });
  await assert.rejects(failing, { reason: 'server-error' });
  assert.equal(calls, 3);
});

test('does not try again what cannot pass', async () => {
  let calls = 0;
  const refused = new EmissionError('unauthorized', 'no', { consequence: 'stop-run' });
  const failing = withRetries(() => (++calls, Promise.reject(refused)), {
    pace: quickPace(),
    tries: () => 5,
  });
  await assert.rejects(failing, { reason: 'unauthorized' });
  assert.equal(calls, 1);
});

test('a cancelled wait ends at once', async () => {
  const stop = new AbortController();
  const failing = withRetries(() => Promise.reject(passing()), {
    pace: quickPace(),
    tries: () => 5,
    signal: stop.signal,
    onWait: () => stop.abort(),
  });
  await assert.rejects(failing, { reason: 'cancelled' });
});

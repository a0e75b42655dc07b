import assert from 'node:assert/strict';
import { test } from 'node:test';
import { EmissionError } from '../../../../core/emit/error.ts';
import {
  backoff,
  createPresence,
  nextWait,
  withRetries,
  type Endurance,
} from '../../../../core/emit/http/pace.ts';
import { quickPace } from '../fixture.ts';

const passing = (status?: number, retryAfter?: number) =>
  new EmissionError('server-error', 'busy', { consequence: 'retry', status, retryAfter });

test('waits grow from 1 to 60 s, with a random half taken off', () => {
  assert.deepEqual(
    [1, 2, 3, 6, 7, 20].map((attempt) => backoff(attempt, 0)),
    [1000, 2000, 4000, 32_000, 60_000, 60_000],
  );
  assert.equal(backoff(3, 1), 2000);
});

test('tries again while the fault may pass, at most as often as allowed', async () => {
  const pace = quickPace();
  let calls = 0;
  const answer = await withRetries(
    () => (++calls < 3 ? Promise.reject(passing()) : Promise.resolve('done')),
    { pace, endurance: () => ({}) },
  );
  assert.deepEqual([answer, calls, pace.slept], ['done', 3, [750, 1500]]);

  calls = 0;
  const failing = withRetries(() => (++calls, Promise.reject(passing())), {
    pace,
    endurance: () => ({ tries: 3 }),
  });
  await assert.rejects(failing, { reason: 'server-error' });
  assert.equal(calls, 3);
});

test('what one call has waited for in vain is tried once by the next, until it answers', async () => {
  const pace = quickPace();
  const presence = createPresence();
  const calls = async (attempt: (number: number) => Promise<string>) => {
    let number = 0;
    const options = { pace, presence, endurance: () => ({ patience: 3000 }) };
    await withRetries(() => attempt(++number), options).catch(() => undefined);
    return number;
  };
  const away = () => Promise.reject(passing(503));
  const backAtThird = (number: number) => (number < 3 ? away() : Promise.resolve('done'));
  assert.equal(await calls(away), 4);
  assert.deepEqual([presence.isAway(), await calls(backAtThird)], [true, 1]);
  assert.equal(await calls(() => Promise.resolve('done')), 1);
  assert.deepEqual([presence.isAway(), await calls(backAtThird)], [false, 3]);
});

test('does not try again what cannot pass', async () => {
  let calls = 0;
  const refused = new EmissionError('unauthorized', 'no', { consequence: 'stop-run' });
  const failing = withRetries(() => (++calls, Promise.reject(refused)), {
    pace: quickPace(),
    endurance: () => ({}),
  });
  await assert.rejects(failing, { reason: 'unauthorized' });
  assert.equal(calls, 1);
});

test('a cancelled wait ends at once', async () => {
  const stop = new AbortController();
  const failing = withRetries(() => Promise.reject(passing()), {
    pace: quickPace(),
    endurance: () => ({}),
    signal: stop.signal,
    onWait: () => stop.abort(),
  });
  await assert.rejects(failing, { reason: 'cancelled' });
});

/** The waits of a fault that never passes. */
function waitsOf(endurance: Endurance, retryAfter = 0): number[] {
  const waits: number[] = [];
  for (;;) {
    const waited = waits.reduce((sum, wait) => sum + wait, 0);
    const wait = nextWait(endurance, waits.length + 1, waited, 0.5, retryAfter);
    if (wait === undefined) return waits;
    waits.push(wait);
  }
}

test('a fault is tried again for two minutes, the last time when they end', () => {
  assert.deepEqual(waitsOf({}), [750, 1500, 3000, 6000, 12_000, 24_000, 45_000, 27_750]);
});

test('who is more patient tries for longer, and never longer than said', () => {
  for (const patience of [0, 1000, 30_000, 120_000, 600_000, 3_600_000]) {
    const waited = waitsOf({ patience }).reduce((sum, wait) => sum + wait, 0);
    assert.equal(waited, patience);
  }
});

test('what the server asks for is waited for, also beyond the own patience, within reason', () => {
  assert.deepEqual(waitsOf({}, 100), [100_000, 100_000]);
  assert.deepEqual(waitsOf({ patience: 3000 }, 2), [2000, 2000]);
  assert.deepEqual(waitsOf({}, 86_400), [300_000]);
});

test('a number of tries is never exceeded', () => {
  assert.deepEqual(waitsOf({ tries: 1 }), []);
  assert.equal(waitsOf({ tries: 3 }).length, 2);
});

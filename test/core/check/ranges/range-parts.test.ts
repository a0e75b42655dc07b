/** Ranges under way at once: what is checked again, what is given up, what an error ends. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets } from '../../../../core/catalogue/catalogue.ts';
import { checkRanges, type CheckRange } from '../../../../core/check/ranges/range-parts.ts';
import type { FileRange, RangePart } from '../../../../core/check/ranges/range.ts';
import { TallyCounter } from '../../../../core/check/findings/tally.ts';

const ranges: readonly FileRange[] = [
  { from: 10, to: 100 },
  { from: 100, to: 200 },
  { from: 200, to: 300 },
];

function part({ from }: FileRange, next: number): RangePart {
  return {
    from,
    next,
    lines: 0,
    tally: { ...new TallyCounter(datasets[0]!).taken(), lines: 0, blankLines: 0 },
    log: undefined,
    values: [],
    rows: 0,
    hasRows: false,
    broken: false,
    lineEnds: 0,
    leadingBlankLines: 0,
    trailingBlankLines: undefined,
    part: { rules: [] },
  };
}

/** A check that never ends by itself. */
const endless = (signal: AbortSignal) =>
  new Promise<RangePart>((_, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true });
  });

test('every range is begun at once, and the parts stand in the order of the file', async () => {
  const begun: number[] = [];
  const waiting: (() => void)[] = [];
  const check: CheckRange = (range) =>
    new Promise((resolve) => {
      begun.push(range.from);
      waiting.unshift(() => resolve(part(range, range.to)));
      if (waiting.length === ranges.length) for (const end of waiting) end();
    });
  const parts = await checkRanges(ranges, check);
  assert.deepEqual(begun, [10, 100, 200]);
  assert.deepEqual(
    parts.map(({ from }) => from),
    [10, 100, 200],
  );
});

test('a range whose first row starts elsewhere is given up and checked from there', async () => {
  const begun: FileRange[] = [];
  const givenUp: number[] = [];
  const check: CheckRange = (range, signal) => {
    begun.push(range);
    if (range.from === 100) {
      return endless(signal).catch((error: unknown) => {
        givenUp.push(range.from);
        throw error;
      });
    }
    return Promise.resolve(part(range, range.from === 10 ? 107 : range.to));
  };
  const parts = await checkRanges(ranges, check);
  assert.deepEqual(begun.slice(3), [{ from: 107, to: 200 }]);
  assert.deepEqual(givenUp, [100]);
  assert.deepEqual(
    parts.map(({ from, next }) => [from, next]),
    [
      [10, 107],
      [107, 200],
      [200, 300],
    ],
  );
});

test('a row that takes whole ranges leaves nothing of them to check', async () => {
  const check: CheckRange = (range, signal) =>
    range.from === 10 ? Promise.resolve(part(range, 300)) : endless(signal);
  const parts = await checkRanges(ranges, check);
  assert.deepEqual(
    parts.map(({ next }) => next),
    [300],
  );
});

test('an error in one range ends all, and comes when nothing is under way any more', async () => {
  let running = 0;
  const check: CheckRange = async ({ from }, signal) => {
    running++;
    try {
      if (from === 200) throw new Error('the thread died');
      return await endless(signal);
    } finally {
      await Promise.resolve();
      running--;
    }
  };
  await assert.rejects(checkRanges(ranges, check), /the thread died/);
  assert.equal(running, 0);
});

test('an error in a second check of a range ends the others too', async () => {
  const check: CheckRange = (range, signal) => {
    if (range.from === 10) return Promise.resolve(part(range, 107));
    if (range.from === 107) return Promise.reject(new Error('cannot be read'));
    return endless(signal);
  };
  await assert.rejects(checkRanges(ranges, check), /cannot be read/);
});

test('the signal ends all', async () => {
  const stop = new AbortController();
  const running = checkRanges(ranges, (_, signal) => endless(signal), stop.signal);
  stop.abort(new Error('stopped'));
  await assert.rejects(running, /stopped/);
});

/** A short run; `npm run fuzz:fix -- 100000` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { faultNames, tryFault } from './single-faults.ts';

test('one fault in a random file is mended, and every other byte is as it was', () => {
  const mended = new Set<string>();
  for (let seed = 1; seed <= 2000; seed++) {
    const name = tryFault(seed);
    if (name !== undefined) mended.add(name);
  }
  assert.deepEqual([...mended].sort(), [...faultNames].sort());
});

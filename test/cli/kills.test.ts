/** A short run of `npm run kill-test`. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { killUntil } from '../kill/kills.ts';

test('killed at random moments, zip and emit lose nothing, store nothing twice and leave nothing half done', async () => {
  const tally = await killUntil({ kills: 8, seed: 20261123 });
  assert.equal(tally.kills, 8);
  assert.equal(tally.objects, tally.rounds * 4);
});

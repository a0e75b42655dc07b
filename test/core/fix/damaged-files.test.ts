/** A short run; `npm run fuzz:fix -- 100000` is the long one. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { mendDamaged } from './damaged-files.ts';

test('mending a damaged file does no harm', () => {
  let mended = 0;
  for (let number = 0; number < 400; number++) if (mendDamaged(2026, number)) mended++;
  assert.ok(mended > 150, `${mended} files`);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asOfToday, initialSettings, readSettings } from '../../server/settings.ts';

test('a session that goes on over midnight checks by the new day', () => {
  const settings = readSettings({ ingestionRelease: '3.5' });
  const { today } = settings.check;
  assert.ok(today !== undefined);
  assert.equal(asOfToday(settings, new Date(`${today}T23:59:59Z`)), settings);
  const later = asOfToday(settings, new Date('2099-01-01T00:00:01Z'));
  assert.deepEqual(later.check, { ...settings.check, today: '2099-01-01' });
});

test('settings without a day stay without', () => {
  assert.equal(asOfToday(initialSettings, new Date('2099-01-01')), initialSettings);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { isNotLoaded, summaryText, totalText } from '../../../core/forecast/summary.ts';
import type { Outcome, Reason, RowFates } from '../../../core/forecast/types.ts';

const none: RowFates = {
  ...{ total: 0, typeMismatch: 0, expired: 0, nullValue: 0, repeats: 0, conflicts: 0, notEarliest: 0 },
  ...{ lostWithFile: 0, loaded: 0, hidden: 0, unclear: 0 },
};

const forecast = (outcome: Outcome, rows: Partial<RowFates>, reasons: readonly Reason[] = []) => ({
  ...{ outcome, reasons, rows: { ...none, ...rows } },
});

test('a file that loads whole', () => {
  assert.equal(
    summaryText(forecast('loads', { total: 10_000, loaded: 10_000 })),
    '10,000 of 10,000 rows loaded',
  );
});

test('what drops rows in the order of the steps, then what no report shows', () => {
  const rows = { total: 10_000, nullValue: 68, repeats: 120, loaded: 9_812, hidden: 3 };
  assert.equal(
    summaryText(forecast('loads', rows)),
    '9,812 of 10,000 rows loaded; dropped: 68 with a null, 120 repeats; 3 loaded rows shown in no report',
  );
});

test('each step has its words, and one is not many', () => {
  const rows = {
    ...{ total: 12, typeMismatch: 1, expired: 2, nullValue: 1, repeats: 1, conflicts: 2, notEarliest: 1 },
    ...{ loaded: 4, unclear: 1, hidden: 1 },
  };
  assert.equal(
    summaryText(forecast('loads', rows)),
    '4 of 12 rows loaded; dropped: 1 by the type check, 2 older than 90 days, 1 with a null, 1 repeat, ' +
      '2 with the key of another row, 1 later location of an inspection; 1 loaded row may be dropped; ' +
      '1 loaded row shown in no report',
  );
});

test('a file that is stopped as a whole names the first reason and counts the others', () => {
  const reason: Reason = { rule: 'header/missing-column', message: 'It is missed.', section: 5 };
  assert.equal(
    summaryText(forecast('refused', { total: 3, lostWithFile: 3 }, [reason, reason, reason])),
    'the whole file is refused: It is missed. [header/missing-column] (2 more reasons)',
  );
  const { message, section } = reason;
  assert.equal(
    summaryText(forecast('fails', { total: 3, nullValue: 1, lostWithFile: 2 }, [{ message, section }])),
    'the write of the whole file fails: It is missed.',
  );
});

test('files that are no rows of a table', () => {
  assert.equal(summaryText(forecast('split', { total: 5, lostWithFile: 5 })), '5 rows split into four files');
  assert.equal(summaryText(forecast('setting', { total: 1, lostWithFile: 1 })), 'read as a setting');
});

test('the sum counts files of which nothing is loaded', () => {
  const loads = forecast('loads', { total: 10, loaded: 9, repeats: 1 });
  const refused = forecast('refused', { total: 5, lostWithFile: 5 });
  assert.equal(totalText([loads]), '9 of 10 rows will be loaded');
  assert.equal(totalText([loads, refused]), '9 of 15 rows will be loaded; nothing of 1 file');
  assert.deepEqual([loads, refused].map(isNotLoaded), [false, true]);
});

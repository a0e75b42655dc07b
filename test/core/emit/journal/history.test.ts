import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyOf } from '../../../../core/emit/journal/history.ts';
import type { JournalRecord } from '../../../../core/emit/journal/journal.ts';

const endpoint = 'https://cqube.example.org';
const time = '2026-11-23T12:25:13.000Z';

const started = (...files: readonly string[]): JournalRecord => ({
  ...{ time, event: 'started', endpoint, files, again: false, include: [] },
});
const entry = (path: string) => ({ time, endpoint, path, dataset: path, bytes: 1, mtime: time });
const sent = (path: string, key: string): JournalRecord => ({
  ...{ ...entry(path), event: 'sent', key, sha256: 'ab', md5: 'cd' },
});
const acknowledged = (path: string, key: string): JournalRecord => ({
  ...{ ...entry(path), event: 'acknowledged', key, sha256: 'ab', by: 'answer' },
});
const failed = (path: string, key: string, stored: 'no' | 'unknown'): JournalRecord => ({
  ...{ ...entry(path), event: 'failed', key, reason: 'interrupted', stored },
});

const unsettled = (...records: readonly JournalRecord[]) =>
  [...historyOf(records, endpoint).unsettled].map(([path, keys]) => [path, keys.map(({ key }) => key)]);

test('what left stays unsettled until it is acknowledged or surely not stored', () => {
  assert.deepEqual(unsettled(sent('a', 'a1')), [['a', ['a1']]]);
  assert.deepEqual(unsettled(sent('a', 'a1'), failed('a', 'a1', 'unknown')), [['a', ['a1']]]);
  assert.deepEqual(unsettled(sent('a', 'a1'), failed('a', 'a1', 'no')), []);
  assert.deepEqual(unsettled(sent('a', 'a1'), acknowledged('a', 'a1')), []);
});

test('each key counts by itself', () => {
  assert.deepEqual(unsettled(sent('a', 'a1'), sent('a', 'a2'), acknowledged('a', 'a2')), [['a', ['a1']]]);
  assert.deepEqual(unsettled(sent('a', 'a1'), sent('a', 'a1'), sent('b', 'b1')), [
    ['a', ['a1']],
    ['b', ['b1']],
  ]);
});

test('the last run is about what is not acknowledged since it began', () => {
  const records = [
    ...[started('a', 'b'), acknowledged('a', 'a1'), acknowledged('b', 'b1')],
    ...[started('a', 'c', 'b'), acknowledged('c', 'c1')],
  ];
  assert.deepEqual(historyOf(records, endpoint).lastRun?.remaining, ['a', 'b']);
  assert.equal(historyOf([acknowledged('a', 'a1')], endpoint).lastRun, undefined);
});

test('another endpoint’s records count for nothing', () => {
  const { acknowledged: known, lastRun } = historyOf(
    [started('a'), acknowledged('a', 'a1')],
    'https://other',
  );
  assert.deepEqual([known.size, lastRun], [0, undefined]);
});

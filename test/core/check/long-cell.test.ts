/** Cells of a megabyte: a check that takes the square of their length does not come to an end here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { checkWhole } from './whole.ts';

const LENGTH = 1 << 20;

/** The findings of a file of one good row but for one cell, `[rule, severity]`. */
function findingsOf(dataset: string, good: readonly string[], column: string, cell: string): string[][] {
  const spec = findDataset(dataset)!;
  const header = spec.columns.map(({ name }) => name);
  const row = good.map((value, index) => (header[index] === column ? cell : value));
  const text = `${header.join('|')}\n${row.join('|')}\n`;
  const { findings } = checkWhole(spec, spec.csv, new TextEncoder().encode(text), defaultSettings);
  return findings.map(({ rule, severity }) => [rule, severity]);
}

const location = ['1', '1', '75010100001', '1', '20.1', '74.1', 'true', '2026-11-02'];
const inspection = Array.from({ length: 19 }, () => '')
  .with(0, '1')
  .with(1, '1')
  .with(3, '1')
  .with(7, '2026-11-02');

for (const [what, cell] of [
  ['digits', `${'1'.repeat(LENGTH)}x`],
  ['digits behind a point', `1.${'1'.repeat(LENGTH)}x`],
  ['zeros of an exponent', `1e${'0'.repeat(LENGTH)}x`],
  ['blanks', `1${' '.repeat(LENGTH)}x`],
  ['hexadecimal digits', `0x${'a'.repeat(LENGTH)}`],
] as const) {
  test(`a number of a megabyte of ${what}`, () => {
    assert.deepEqual(findingsOf('user_location_master', location, 'Latitude', cell), [
      ['cell/type', 'error'],
    ]);
    assert.deepEqual(findingsOf('inspection_master', inspection, 'Score', cell), [['cell/type', 'error']]);
  });
}

test('a truth value of a megabyte of blanks', () => {
  const cell = `${' '.repeat(LENGTH)}t${' '.repeat(LENGTH)}x`;
  assert.deepEqual(findingsOf('user_location_master', location, 'InSchoolLocation', cell), [
    ['cell/type', 'error'],
  ]);
});

test('a quoted text of megabytes', () => {
  const quoted = `"${'a""'.repeat(3 * LENGTH)}"`;
  assert.deepEqual(findingsOf('inspection_master', inspection, 'ReasonDesc', quoted), []);
  const open = `"${'a""'.repeat(3 * LENGTH)}"a`;
  assert.deepEqual(findingsOf('inspection_master', inspection, 'ReasonDesc', open), [
    ['dialect/stray-quote', 'warning'],
  ]);
});

/** Where findings stand: in the lines and columns that an editor counts. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { checkWhole } from './whole.ts';

const spec = findDataset('district_mst')!;

/** The rules of a file's findings with their places, lines and columns counted from 1. */
function placesIn(text: string): string[] {
  const bytes = Buffer.from(text, 'latin1');
  const { findings } = checkWhole(spec, spec.csv, bytes, defaultSettings);
  return findings.map(
    ({ rule, line, column, endLine, endColumn }) =>
      `${rule} ${line + 1}:${column + 1}-${endLine + 1}:${endColumn + 1}`,
  );
}

test('a backslash that escapes the CR of CR LF: the value ends before both, as the line does', () => {
  assert.deepEqual(placesIn('DistrictId|District\r\n1\\\r\n2|A\r\n'), [
    ...['dialect/line-ending 1:1-1:1', 'row/column-count 2:1-2:3'],
  ]);
});

test('a backslash that escapes a CR alone: the value goes on in the next line', () => {
  assert.deepEqual(placesIn('DistrictId|District\r1\\\r2\r3|A\r'), ['row/column-count 2:1-3:2']);
  assert.deepEqual(placesIn('DistrictId|District\r1\\\r'), ['row/column-count 2:1-3:1']);
});

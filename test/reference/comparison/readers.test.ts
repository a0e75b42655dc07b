/** The readers and processors of the reference against what the real libraries were recorded to do. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import type { Processor } from '../../../core/catalogue/spec.ts';
import { checkAgainstPapaparse } from '../papaparse.ts';
import { readCommons, readSuper, type Reading } from '../readers.ts';
import { javaTrim, textOf } from '../text.ts';
import { accepts } from '../values.ts';

interface LineVector {
  readonly input: string;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly trimmed?: readonly (readonly string[])[];
  readonly error?: string;
}

interface ValueVector {
  readonly value: string;
  readonly accepted: readonly string[];
}

function recorded<T>(name: string): T[] {
  return JSON.parse(readFileSync(new URL(`../../vectors/${name}`, import.meta.url), 'utf8')) as T[];
}

/** The rows before the first one that the real reader fails on. */
function goodRows({ rows }: Reading): string[][] {
  const broken = rows.findIndex(({ faults }) => faults.length > 0);
  return rows.slice(0, broken < 0 ? rows.length : broken).map(({ cells }) => cells.map(({ value }) => value));
}

test('Commons CSV is read as recorded', () => {
  for (const { input, rows, trimmed, error } of recorded<LineVector>('commons-csv-lines.json')) {
    const reading = readCommons(input, { delimiter: '|', escapes: true, unescapeFirst: false });
    checkAgainstPapaparse(input, reading, '|');
    assert.deepEqual(goodRows(reading), rows, JSON.stringify(input));
    if (trimmed)
      assert.deepEqual(
        goodRows(reading).map((row) => row.map(javaTrim)),
        trimmed,
      );
    assert.equal(
      reading.rows.some(({ faults }) => faults.length > 0),
      error !== undefined,
      JSON.stringify(input),
    );
  }
});

test('Super CSV is read as recorded', () => {
  for (const { input, rows, error } of recorded<LineVector>('supercsv-lines.json')) {
    const reading = readSuper(input, '|');
    checkAgainstPapaparse(input, reading, '|');
    const values = goodRows(reading).map((row) => row.map((value) => (value === '' ? null : value)));
    assert.deepEqual(values, rows, JSON.stringify(input));
    assert.equal(
      reading.rows.some(({ faults }) => faults.length > 0),
      error !== undefined,
      JSON.stringify(input),
    );
  }
});

test('processors accept what was recorded', () => {
  const names: Readonly<Record<Processor, string>> = {
    ParseInt: 'ParseInt()',
    ParseLong: 'ParseLong()',
    ParseDouble: 'ParseDouble()',
    ParseBigDecimal: 'ParseBigDecimal()',
    ParseBool: 'ParseBool()',
    ParseDate: 'ParseDate("yyyy-MM-dd")',
    StrNotNullOrEmpty: 'StrNotNullOrEmpty()',
  };
  for (const { value, accepted } of recorded<ValueVector>('supercsv-values.json')) {
    if (value === '') continue;
    for (const [processor, name] of Object.entries(names) as [Processor, string][])
      assert.equal(accepts(processor, value), accepted.includes(name), `${name} of ${JSON.stringify(value)}`);
  }
});

test('`\\"` is a quote where ingestion replaces it first, and a cell keeps its place in the file', () => {
  const [row] = readCommons('\\"a|b\\"|\\\\"c', { delimiter: '|', escapes: true, unescapeFirst: true }).rows;
  assert.deepEqual(
    row?.cells.map(({ value, from, to, quoted, escaped }) => [value, from, to, quoted, escaped]),
    [
      ['a|b', 0, 7, true, false],
      ['"c', 8, 12, false, true],
    ],
  );
});

test('a wrong byte is told from a character that was lost before', () => {
  const file = textOf(Uint8Array.of(0x61, 0xef, 0xbf, 0xbd, 0xe0, 0xa0, 0x7c, 0xff));
  assert.equal(file.text, 'a\uFFFD\uFFFD|\uFFFD');
  assert.deepEqual([1, 2, 4].map(file.isWrong), [false, true, true]);
});

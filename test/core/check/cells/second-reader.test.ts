/** The two readers of CRC rows against the recorded vectors of the libraries, and what is said where they differ. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { SecondReader, type ReadingDifference } from '../../../../core/check/cells/second-reader.ts';
import { PIPE, type Dialect } from '../../../../core/csv/dialect.ts';
import { Scanner } from '../../../../core/csv/scanner.ts';

interface Vector {
  readonly input: string;
  readonly rows: readonly (readonly string[])[];
  readonly error?: string;
}

const dialect: Dialect = {
  delimiter: PIPE,
  reader: 'super-csv',
  unescapeFirst: false,
  escapes: false,
  trims: false,
};

function vectorsOf(file: string): ReadonlyMap<string, Vector> {
  const path = new URL(`../../../vectors/${file}.json`, import.meta.url);
  const vectors = JSON.parse(readFileSync(path, 'utf8')) as readonly Vector[];
  return new Map(vectors.map((vector) => [vector.input, vector]));
}

/** The differences in all rows of a text. */
function differencesIn(text: string): ReadingDifference[] {
  const reader = new SecondReader(dialect);
  const found: ReadingDifference[] = [];
  const scanner = new Scanner(dialect, {
    row: (row) => found.push(...reader.differences(row)),
    blankLines: () => undefined,
    fault: () => undefined,
  });
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) at = scanner.next(bytes, at, bytes.length, true);
  return found;
}

/** Rows as text. An empty cell is null to the one and no text to the other, and a line break is one to both. */
function plain(rows: Vector['rows']): string {
  return JSON.stringify(rows, (_, cell: unknown) => cell ?? '').replace(/\\r\\n|\\r/g, '\\n');
}

test('a difference is found exactly where the libraries have read differently', () => {
  const commons = vectorsOf('commons-csv-lines');
  let compared = 0;
  for (const [input, first] of vectorsOf('supercsv-lines')) {
    const second = commons.get(input);
    assert.ok(second);
    // The first reader ends there; and the pair `\"` becomes a quote before the second one sees it.
    if (first.error !== undefined || input.includes('\\"')) continue;
    const differ = second.error !== undefined || plain(first.rows) !== plain(second.rows);
    assert.equal(differencesIn(input).length > 0, differ, JSON.stringify(input));
    compared++;
  }
  assert.ok(compared > 30, `${compared} vectors`);
});

const cases: readonly (readonly [cell: string, rule?: string, reading?: string])[] = [
  ['plain'],
  ['"whole"'],
  ['"a ""b"" | c"'],
  ['"a\r\nb"'],
  ['C:\\data'],
  ['a"b"', 'dialect/stray-quote', 'other-value'],
  [' "a"', 'dialect/stray-quote', 'other-value'],
  ['"a" ', 'dialect/stray-quote', 'other-value'],
  ['\\"a\\"', 'dialect/stray-quote', 'other-value'],
  ['"a"b', 'dialect/stray-quote', 'fails'],
  ['x"a|b"y', 'dialect/stray-quote', 'splits'],
  ['x"a\nb"y', 'dialect/stray-quote', 'splits'],
  ['a""""', 'dialect/stray-quote', 'other-value'],
  ['a\\nb', 'dialect/escape', 'other-value'],
  ['"a\\tb"', 'dialect/escape', 'other-value'],
  ['"a\\\\"', 'dialect/escape', 'goes-on'],
  ['a\\', 'dialect/escape', 'goes-on'],
];

for (const [cell, rule, reading] of cases) {
  test(`${JSON.stringify(cell)}: ${reading ?? 'both read the same'}`, () => {
    const expected = rule === undefined ? [] : [{ cell: 1, rule, reading }];
    assert.deepEqual(differencesIn(`1|${cell}|2\n`), expected);
  });
}

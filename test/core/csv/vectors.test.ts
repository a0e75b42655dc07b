import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import { cellText } from '../../../core/csv/cell.ts';
import { PIPE, type Dialect } from '../../../core/csv/dialect.ts';
import { Feed } from '../../../core/csv/feed.ts';
import type { Row, RowSink, ScanFaultKind } from '../../../core/csv/row.ts';
import { Scanner } from '../../../core/csv/scanner.ts';

interface LineVector {
  readonly input: string;
  readonly rows: readonly (readonly (string | null)[])[];
  readonly trimmed?: readonly (readonly string[])[];
  readonly error?: string;
}

function vectors(name: string): LineVector[] {
  const file = new URL(`../../vectors/${name}`, import.meta.url);
  return JSON.parse(readFileSync(file, 'utf8')) as LineVector[];
}

interface Split {
  readonly rows: string[][];
  readonly faults: ScanFaultKind[];
}

function split(input: string, dialect: Dialect, chunk: number): Split {
  const rows: string[][] = [];
  const faults: ScanFaultKind[] = [];
  const sink: RowSink = {
    row: (row: Row) => {
      if (faults.length === 0)
        rows.push(Array.from({ length: row.count }, (_, i) => cellText(row, i, dialect)));
    },
    blankLines: () => undefined,
    fault: (kind) => {
      faults.push(kind);
    },
  };
  const feed = new Feed(new Scanner(dialect, sink));
  const bytes = new TextEncoder().encode(input);
  for (let at = 0; at < bytes.length; at += chunk) feed.push(bytes.slice(at, at + chunk));
  feed.end();
  return { rows, faults };
}

const commons: Dialect = {
  delimiter: PIPE,
  reader: 'commons-csv',
  unescapeFirst: false,
  escapes: true,
  trims: false,
};
const supercsv: Dialect = {
  delimiter: PIPE,
  reader: 'super-csv',
  unescapeFirst: false,
  escapes: false,
  trims: false,
};
/** String.trim of Java: signs up to U+0020. */
const javaTrim = (text: string) => text.replace(/^[\0-\x20]+|[\0-\x20]+$/g, '');

for (const chunk of [1, 2, 3, 1000]) {
  test(`Commons CSV splits as recorded, chunks of ${chunk} bytes`, () => {
    for (const vector of vectors('commons-csv-lines.json')) {
      const { rows, faults } = split(vector.input, commons, chunk);
      const label = JSON.stringify(vector.input);
      assert.deepEqual(rows, vector.rows, label);
      assert.equal(faults.length > 0, vector.error !== undefined, label);
      if (vector.trimmed)
        assert.deepEqual(
          rows.map((row) => row.map(javaTrim)),
          vector.trimmed,
          label,
        );
    }
  });

  test(`Super CSV splits as recorded, chunks of ${chunk} bytes`, () => {
    for (const vector of vectors('supercsv-lines.json')) {
      const { rows, faults } = split(vector.input, supercsv, chunk);
      const label = JSON.stringify(vector.input);
      assert.deepEqual(
        rows.map((row) => row.map((value) => (value === '' ? null : value))),
        vector.rows,
        label,
      );
      assert.equal(faults.length > 0, vector.error !== undefined, label);
    }
  });
}

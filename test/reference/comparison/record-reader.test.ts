/** The names of a row: what Commons CSV's header map holds as it was recorded, and the engine against the model. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasets } from '../../../core/catalogue/catalogue.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';
import { columnsRead, mapNames, namePlaces } from '../../../core/check/header/row-names.ts';
import { Random } from './random.ts';
import { headerMap, namesRead, recordNames, recordOf } from '../record-reader.ts';
import { readCommons } from '../readers.ts';

interface Vector {
  readonly header: string;
  readonly asTheyStand: readonly string[];
  readonly trimmed: readonly string[];
  readonly trimmedWithNull: readonly string[];
}

const vectors = JSON.parse(
  readFileSync(path.join(import.meta.dirname, '../../vectors/commons-csv-header-names.json'), 'utf8'),
) as Vector[];

const reading = (trim: boolean, nullWord: 'text' | 'empty') =>
  ({ reading: { trim, nullWord } }) as unknown as DatasetSpec;

test('engine and model have the names that Commons CSV has, in its order', () => {
  for (const { header, asTheyStand, trimmed, trimmedWithNull } of vectors) {
    const { rows } = readCommons(header, { delimiter: '|', escapes: true, unescapeFirst: false });
    const cells = rows[0]!.cells.map(({ value }) => value);
    const ways = [
      [reading(false, 'text'), asTheyStand],
      [reading(true, 'text'), trimmed],
      [reading(true, 'empty'), trimmedWithNull],
    ] as const;
    for (const [spec, expected] of ways) {
      assert.deepEqual(recordNames(headerMap(namesRead(spec, cells))), expected, header);
      const names = mapNames(spec, cells);
      assert.deepEqual(
        namePlaces(names).map((place) => names[place]),
        expected,
        header,
      );
    }
  }
});

test('the engine reads the columns of random headers as the model does', () => {
  const random = new Random(9, 1);
  for (let round = 0; round < 4000; round++) {
    const spec = random.pick(datasets.filter(({ reading: { reader } }) => reader === 'commons-csv'));
    const columns = spec.columns.slice(0, random.int(1, 5));
    if (columns.length === 0) continue;
    const header = Array.from({ length: random.int(1, 8) }, () =>
      random.chance(0.6) ? random.pick(columns).name : random.pick(['', 'x', ' ', 'NULL', 'y']),
    );
    const named = header.map((name) => columns.find((column) => column.name === name));
    const record = recordOf(
      recordNames(headerMap(namesRead(spec, header))),
      header.map((_, cell) => cell),
    );
    const expected = header.map((): string | undefined => undefined);
    for (const column of new Set(named)) if (column) expected[record.get(column.name)!] = column.name;
    const found = columnsRead(mapNames(spec, header), named).map((column) => column?.name);
    assert.deepEqual(found, expected, `${spec.id}: ${JSON.stringify(header)}`);
  }
});

test('cells behind the name that vanishes move to the left', () => {
  const names = recordNames(headerMap(['school_id', '', 'grade', '', 'students_count']));
  const record = recordOf(names, ['75010100001', '', '3', '', '27']);
  assert.deepEqual(Object.fromEntries(record), {
    school_id: '75010100001',
    grade: '',
    '': '3',
    students_count: '',
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { LONGEST_LINE, type Lines } from '../../../core/explain/lines.ts';
import { rowAt } from '../../../core/explain/row-at.ts';
import { cellAt, headerOf, sectionsOf, tableOf } from '../../../core/explain/table-at.ts';

function linesOf(text: string): Lines {
  const lines = text.split('\n');
  return { count: lines.length, slice: (from, to) => lines.slice(from, to) };
}

function tableIn(text: string, dataset: string) {
  const lines = linesOf(text);
  const table = tableOf(headerOf(lines), findDataset(dataset)!, defaultSettings);
  assert.ok(table);
  return { lines, table };
}

test('cells are ranges of UTF-16 units, quotes included', () => {
  const { lines, table } = tableIn('DistrictId|District\n7501|"गणित 𝟙|x"\n', 'district_mst');
  const row = rowAt(lines, 1, table.dialect, 2);
  assert.ok(row);
  assert.equal(row.value(1), 'गणित 𝟙|x');
  assert.deepEqual(row.rangeOf(1), { line: 1, column: 5, endLine: 1, endColumn: 16 });
  assert.deepEqual(
    [0, 4, 5, 16].map((character) => row.cellAt(1, character)),
    [0, 0, 1, 1],
  );
});

test('an empty cell is found between its delimiters', () => {
  const { lines, table } = tableIn('BlockId|Block|DistrictId\n1||2\n', 'block_mst');
  const at = cellAt(lines, [table], 1, 2);
  assert.equal(at?.column?.name, 'Block');
  assert.deepEqual(at.row.rangeOf(at.cell), { line: 1, column: 2, endLine: 1, endColumn: 2 });
});

test('a row that goes on inside quotes is found from its last line; an open quote takes no other rows', () => {
  const { lines, table } = tableIn(
    'BlockId|Block|DistrictId\n1|"a\nb\nc"|2\n3|"d|4\n5|e|6\n7|"f"|8\n',
    'block_mst',
  );
  assert.deepEqual(rowAt(lines, 3, table.dialect, 3)?.range, {
    line: 1,
    column: 0,
    endLine: 3,
    endColumn: 4,
  });
  assert.equal(rowAt(lines, 5, table.dialect, 3)?.value(1), 'e');
  assert.deepEqual(rowAt(lines, 4, table.dialect, 3)?.range, {
    line: 4,
    column: 0,
    endLine: 4,
    endColumn: 6,
  });
});

test('the header may stand below blank lines, and a text without one has a line for it', () => {
  assert.deepEqual(headerOf(linesOf('\n\nDistrictId|District\n')), { line: 2, text: 'DistrictId|District' });
  const { table } = tableIn('', 'block_mst');
  assert.deepEqual([table.headerLine, table.columns, table.variant.id], [0, [], 'state']);
});

test('the header tells its variant, and a file with another delimiter has no table', () => {
  assert.equal(tableIn('udise_block_code|block_name\n', 'block_mst').table.variant.id, 'udise');
  assert.equal(
    tableOf({ line: 0, text: 'BlockId;Block;DistrictId' }, findDataset('block_mst')!, defaultSettings),
    undefined,
  );
});

test('a file of sections has a table for each, closed by its marker', () => {
  const text = [
    ...['program_name,Course 1,Course 2', 'P,do_1,do_2', 'End of Program-Course Details,,', ''],
    ...['program_name,district_id,expected_enrollments', 'P,7501,3'],
  ].join('\n');
  const tables = sectionsOf(linesOf(text), findDataset('diksha_enrolment')!, defaultSettings);
  assert.deepEqual(
    tables.map(({ spec, headerLine, endLine }) => [spec.id, headerLine, endLine]),
    [
      ['diksha_program_course_details', 0, 2],
      ['diksha_program_details', 4, Infinity],
    ],
  );
  assert.equal(cellAt(linesOf(text), tables, 5, 3)?.column?.name, 'district_id');
  assert.equal(cellAt(linesOf(text), tables, 2, 0), undefined);
});

test('a place in a long text takes its own line alone, and a few around it where that is no whole row', () => {
  const { table } = tableIn('DistrictId|District', 'district_mst');
  let asked = 0;
  const lines: Lines = {
    count: 1_000_000,
    slice: (from, to) => {
      asked += to - from;
      return Array.from({ length: to - from }, (_, index) => (from + index === 600_000 ? '7501' : '7501|"A'));
    },
  };
  assert.equal(cellAt({ ...lines, slice: () => ['7501|A'] }, [table], 500_000, 6)?.column?.name, 'District');
  assert.equal(cellAt(lines, [table], 600_000, 2)?.column?.name, 'DistrictId');
  assert.ok(asked < 10_000, String(asked));
});

test('so long a line is looked at that every header of the catalogue fits', () => {
  const longest = findDataset('sch_profile')!
    .columns.map(({ name }) => name)
    .join('|');
  assert.ok(longest.length * 10 < LONGEST_LINE);
});

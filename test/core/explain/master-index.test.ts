import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { datasets, findDataset } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { knownKeys } from '../../../core/explain/known-keys.ts';
import { MasterFiles, readRows } from '../../../core/explain/master-files-node.ts';
import { MasterIndexBuilder, type MasterIndex } from '../../../core/explain/master-index.ts';
import { shownColumns } from '../../../core/explain/master-row.ts';
import { rowsWithValues } from '../../../core/explain/rows-with-values-node.ts';

function indexOf(
  text: string,
  dataset: string,
  columns: readonly string[],
  step = text.length,
): MasterIndex | undefined {
  const builder = new MasterIndexBuilder(findDataset(dataset)!, columns, defaultSettings);
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length; at += step) builder.push(bytes.subarray(at, at + step));
  return builder.end();
}

async function inFile(text: string, work: (file: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'master-'));
  const file = path.join(folder, 'master.csv');
  try {
    await writeFile(file, text);
    await work(file);
  } finally {
    await rm(folder, { recursive: true });
  }
}

const blocks = '\ufeffBlockId|Block|DistrictId\r\n1|"a\r\nb"|7\r\n\r\n|no id|7\r\n0012|Ömar|7\r\n13|c|8';

test('a row is found by its key, whatever chunks the bytes come in', () => {
  for (const step of [1, 2, 7, 1000]) {
    const index = indexOf(blocks, 'block_mst', ['BlockId'], step);
    assert.ok(index);
    assert.equal(index.rows, 3);
    assert.deepEqual(index.find(['1']), { key: '1', offset: 29, line: 1 });
    assert.deepEqual(index.find(['12']), { key: '12', offset: 53, line: 5 });
    assert.deepEqual(index.find(['+13'])?.line, 6);
    assert.equal(index.find(['3']), undefined);
    assert.deepEqual(
      [...index.startingWith('1')].map(({ key }) => key),
      ['1', '12', '13'],
    );
  }
});

test('names count without case', () => {
  const index = indexOf('DistrictId|District\n7501|Ambagarh\n', 'district_mst', ['District']);
  assert.equal(index?.find(['AMBAGARH'])?.line, 1);
});

test('what is no table of the dataset, or lacks the column, has no index', () => {
  assert.equal(indexOf('BlockId;Block;DistrictId\n1;a;7\n', 'block_mst', ['BlockId']), undefined);
  assert.equal(indexOf('Block|DistrictId\na|7\n', 'block_mst', ['BlockId']), undefined);
  assert.equal(indexOf('', 'block_mst', ['BlockId']), undefined);
});

test('rows are read where they stand, and the index is made once for a state of the file', async () => {
  await inFile(blocks, async (file) => {
    const masters = new MasterFiles();
    const find = () => masters.find(file, findDataset('block_mst')!, ['BlockId'], defaultSettings);
    const master = await find();
    assert.ok(master);
    const places = ['13', '1', '12'].map((id) => master.index.find([id])!);
    const rows = await readRows(master, places);
    assert.deepEqual(
      rows.map((row) => [row?.value(1), row?.range.line, row?.range.endLine]),
      [
        ['c', 6, 6],
        ['a\nb', 1, 2],
        ['Ömar', 5, 5],
      ],
    );
    assert.equal(await find(), master);
    await writeFile(file, blocks.replace('13|', '14|7'));
    assert.equal((await find())?.index.find(['13']), undefined);
  });
});

test('a file that is not there has no index', async () => {
  const spec = findDataset('block_mst')!;
  assert.equal(await new MasterFiles().find('/nowhere/x.csv', spec, ['BlockId'], defaultSettings), undefined);
});

test('the values of one cell are those of the master rows that fit the other cells', () => {
  const questions =
    'question_id|exam_id|indicator_id|indicator_title|indicator|question_title|question|question_marks\n' +
    ['11|1', '12|1', '21|2', '121|2'].map((ids) => `${ids}|1|i|i|q|q|5\n`).join('');
  const index = indexOf(questions, 'periodic_exam_qst_mst', ['exam_id', 'question_id'])!;
  const values = (row: readonly string[], at: number, typed: string, most = 9) => {
    const { places, isWhole } = knownKeys(index, row, at, typed, most);
    return [...places.keys(), isWhole];
  };
  assert.deepEqual(values(['2', ''], 1, ''), ['21', '121', true]);
  assert.deepEqual(values(['', ''], 1, '12'), ['12', '121', true]);
  assert.deepEqual(values(['', '21'], 0, ''), ['2', true]);
  assert.deepEqual(values(['', ''], 1, '', 2), ['11', '12', false]);
});

test('every row that uses a value is found, in a file without a line end at its end too', async () => {
  const text = 'school_id|grade|students_count\n10|1|5\n100|10|5\n"10"|2|5\n7|1|10\n10|3|5';
  await inFile(text, async (file) => {
    const lines: number[] = [];
    const spec = findDataset('grade_details')!;
    for await (const { row } of rowsWithValues(file, spec, ['school_id'], ['10'], defaultSettings)) {
      lines.push(row.range.line);
    }
    assert.deepEqual(lines, [1, 3, 5]);
  });
});

test('a name is found in any case', async () => {
  await inFile('DistrictId|District\n1|Belgaon\n2|AMBAGARH\n', async (file) => {
    const lines: number[] = [];
    const spec = findDataset('district_mst')!;
    for await (const { row } of rowsWithValues(file, spec, ['District'], ['Ambagarh'], defaultSettings)) {
      lines.push(row.range.line);
    }
    assert.deepEqual(lines, [2]);
  });
});

test('every dataset that others refer to is shown by columns that it has', () => {
  const masters = new Set(datasets.flatMap(({ references }) => references.map(({ dataset }) => dataset)));
  for (const dataset of masters) {
    const names = findDataset(dataset)!.columns.map(({ name }) => name);
    assert.ok(shownColumns[dataset], dataset);
    for (const name of shownColumns[dataset]) assert.ok(names.includes(name), `${dataset}: ${name}`);
  }
});

import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { blocks, districts, emissionFolder, run } from '../command-line.ts';

interface Printed {
  readonly version: number;
  readonly forecasts: readonly {
    readonly dataset: string;
    readonly outcome: string;
    readonly log: Readonly<Record<string, number>>;
    readonly effects: Readonly<Record<string, number>>;
  }[];
}

test('the rows of each file in the numbers of the log, and exit code 0 when all are loaded', async (context) => {
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': districts,
    'block_master/block_mst.csv': blocks,
  });
  const { code, stdout } = await run(['forecast'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /district_master\/district_mst\.csv: 2 of 2 rows loaded\n +total_records +2\n/);
  assert.match(stdout, /2 files in .*: 3 of 3 rows will be loaded\./);
});

test('as JSON, with masters of the folder and exit code 1 when rows are lost', async (context) => {
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': 'DistrictId|District\n1|Amba\n2|\n',
    'block_master/block_mst.csv': 'BlockId|Block|DistrictId\n1|East|1\n2|West|9\n',
  });
  const { code, stdout } = await run(['forecast', '--format', 'json'], { cwd });
  assert.equal(code, 1);
  const { version, forecasts } = JSON.parse(stdout) as Printed;
  assert.equal(version, 1);
  const [district, block] = ['district_mst', 'block_mst'].map((id) =>
    forecasts.find(({ dataset }) => dataset === id),
  );
  assert.equal(district?.log.count_of_null_rows, 1);
  assert.equal(district.log.processed_records, 1);
  assert.equal(block?.outcome, 'loads');
  assert.deepEqual(block.effects, { 'no-master': 1 });
});

test('one file by itself, and a header that is refused', async (context) => {
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': 'DistrictId|Distric\n1|A\n',
  });
  const file = path.join('cqube_emission', 'district_master', 'district_mst.csv');
  const { code, stdout } = await run(['forecast', file], { cwd });
  assert.equal(code, 1);
  assert.match(
    stdout,
    /district_mst\.csv: the whole file is refused\n.*\[header\/misspelt-column, section 5\]/,
  );
});

test('wrong usage is told', async (context) => {
  const cwd = await emissionFolder(context, {});
  const { code, stderr } = await run(['forecast', '--format', 'xml'], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /--format takes text, json/);
});

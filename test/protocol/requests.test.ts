import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import { test } from 'node:test';
import JSZip from 'jszip';
import type {
  ForecastResult,
  InitResult,
  ObjectResult,
  PlanResult,
  WorkspaceModel,
  ZipResult,
} from '../../server/messages.ts';
import { LanguageServer } from './language-server.ts';

const files = {
  'district_master/district_mst.csv': 'DistrictId|District\n7501|Ambagarh\n',
  'student_attendance/student_attendance.csv': `StudentAttendanceId|StudentId|SchoolId|AcademicYear|Month|${Array.from({ length: 31 }, (_, i) => i + 1).join('|')}\n1|2|3|2026-27|10${'|1'.repeat(31)}\n`,
  'block_master/block_mst.csv': 'BlockId|Block|DistrictId\nx|Block|7501\n',
};

test('zip, plan and state of a folder', async () => {
  const server = await LanguageServer.start(files);
  try {
    const zipped: ZipResult = await server.connection.sendRequest('cqube/zip', { root: server.root });
    assert.deepEqual(
      zipped.written.map(({ path }) => path),
      [
        'district_master/district_mst.zip',
        'block_master/block_mst.zip',
        'student_attendance/student_attendance.zip',
      ],
    );
    const archive = await JSZip.loadAsync(await readFile(server.path('district_master/district_mst.zip')));
    assert.equal(
      await archive.file('district_mst.csv')?.async('string'),
      files['district_master/district_mst.csv'],
    );

    const plan: PlanResult = await server.connection.sendRequest('cqube/plan', { root: server.root });
    assert.deepEqual(
      plan.waves.map((wave) => wave.files.map(({ dataset }) => dataset)),
      [['district_mst'], ['student_attendance']],
    );
    assert.deepEqual(
      plan.heldBack.map(({ dataset, reason }) => [dataset, reason]),
      [['block_mst', 'errors']],
    );
    assert.deepEqual(
      plan.warnings.map(({ dataset }) => dataset),
      // Schools are not there; and the hierarchy, which shows the districts, is built when they arrive.
      ['student_attendance', 'district_mst'],
    );
    assert.deepEqual(
      plan.forecast.map(({ path, summary }) => [path, summary]),
      [
        ['district_master/district_mst.zip', '1 of 1 row loaded'],
        ['student_attendance/student_attendance.zip', '1 of 1 row loaded'],
      ],
    );
    const all: PlanResult = await server.connection.sendRequest('cqube/plan', {
      root: server.root,
      include: ['block_mst'],
    });
    assert.equal(all.heldBack.length, 0);

    const model: WorkspaceModel = await server.connection.sendRequest('cqube/workspace');
    const states = model.roots[0]?.datasets
      .filter(({ state }) => state !== 'missing')
      .map(({ id, state }) => [id, state]);
    assert.deepEqual(states, [
      ['district_mst', 'ready'],
      ['block_mst', 'has-errors'],
      ['student_attendance', 'ready'],
    ]);
  } finally {
    await server.stop();
  }
});

const repeated = 'DistrictId|District\n7501|Ambagarh\n7501|Ambagarh\n7502|\n';

test('the forecast of a folder, of a dataset, and of a file that an editor holds', async () => {
  const server = await LanguageServer.start({ ...files, 'district_master/district_mst.csv': repeated });
  const forecast = (datasets?: readonly string[]): Promise<ForecastResult> =>
    server.connection.sendRequest('cqube/forecast', { root: server.root, datasets });
  const rowsOf = ({ forecasts }: ForecastResult) =>
    forecasts.map(({ dataset, rows }) => [dataset, rows.total, rows.loaded]);
  try {
    const whole = await forecast();
    assert.deepEqual(rowsOf(whole), [
      ['district_mst', 3, 1],
      ['block_mst', 1, 0],
      ['student_attendance', 1, 1],
    ]);
    assert.deepEqual(whole.unreadable, []);
    const attendance = whole.forecasts.find(({ dataset }) => dataset === 'student_attendance');
    assert.equal(attendance?.days?.sunday, 4);

    // What is typed is not what would be sent.
    await server.open('district_master/district_mst.csv', `${repeated}7503|Kutch\n`);
    await server.pull('district_master/district_mst.csv');
    assert.deepEqual(rowsOf(await forecast(['district_mst'])), [['district_mst', 3, 1]]);
  } finally {
    await server.stop();
  }
});

test('the tree is told the forecast of each dataset in one line', async () => {
  const server = await LanguageServer.start({ 'district_master/district_mst.csv': repeated });
  try {
    const model: WorkspaceModel = await server.connection.sendRequest('cqube/workspace');
    const district = model.roots[0]?.datasets.find(({ id }) => id === 'district_mst');
    assert.equal(district?.forecast, '1 of 3 rows loaded; dropped: 1 with a null, 1 repeat');
  } finally {
    await server.stop();
  }
});

test('a dataset is added with its header alone, and never over a file', async () => {
  const server = await LanguageServer.start({});
  try {
    const made: InitResult = await server.connection.sendRequest('cqube/init', { folder: server.root });
    assert.ok(made.created.includes('udise'));
    const added: { path: string } = await server.connection.sendRequest('cqube/addDataset', {
      root: server.root,
      dataset: 'district_mst',
      variant: 'udise',
    });
    assert.equal(await readFile(server.path(added.path), 'utf8'), 'district_name|udise_district_code\n');
    await assert.rejects(
      server.connection.sendRequest('cqube/addDataset', { root: server.root, dataset: 'district_mst' }),
      /there already/,
    );
  } finally {
    await server.stop();
  }
});

test('a file that came out of a bucket is checked by itself, with its findings in the CSV inside', async () => {
  const server = await LanguageServer.start({ ...files, 'district_master/other.txt': '' });
  try {
    const archive = new JSZip();
    archive.file('district_mst.csv', 'DistrictId|District\nx|Ambagarh\n');
    const file = `${server.path('district_master')}/district_mst_20261123122513.zip`;
    await writeFile(file, await archive.generateAsync({ type: 'nodebuffer' }));
    const check = (params: object): Promise<ObjectResult> =>
      server.connection.sendRequest('cqube/checkObject', params);
    const { diagnostics, rows, errors } = await check({ file, dataset: 'district_mst' });
    assert.deepEqual([rows, errors], [1, 1]);
    assert.deepEqual(
      diagnostics.map((each) => {
        const { code, range } = each as { readonly code: string; readonly range: object };
        return [code, range];
      }),
      [['cell/type', { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }]],
    );
    await assert.rejects(check({ file, dataset: 'nobody' }), /There is no dataset nobody/);
  } finally {
    await server.stop();
  }
});

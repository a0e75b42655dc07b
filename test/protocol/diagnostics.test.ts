import assert from 'node:assert/strict';
import { rm } from 'node:fs/promises';
import { test } from 'node:test';
import type { WorkspaceModel } from '../../server/messages.ts';
import { brief, LanguageServer } from './language-server.ts';

const districts = 'DistrictId|District\n7501|Ambagarh\n7502|Belgaon\n';
const districtFile = 'district_master/district_mst.csv';

async function withServer(
  files: Record<string, string | Uint8Array>,
  work: (server: LanguageServer) => Promise<void>,
  settings: object = {},
): Promise<void> {
  const server = await LanguageServer.start(files, settings);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

async function stateOfDistricts(server: LanguageServer): Promise<string | undefined> {
  const model: WorkspaceModel = await server.connection.sendRequest('cqube/workspace');
  return model.roots[0]?.datasets.find(({ id }) => id === 'district_mst')?.state;
}

test('an open document has its findings on the very cells, and loses them with the fault', async () => {
  await withServer({ [districtFile]: districts }, async (server) => {
    await server.open(districtFile, 'DistrictIdd|District\n7501|Ambagarh\nx|Belgaon\n');
    assert.deepEqual(brief(await server.pull(districtFile)), [
      'header/misspelt-column 1 0:0-0:11',
      'cell/type 1 2:0-2:1',
    ]);
    await server.change(districtFile, 2, districts);
    assert.deepEqual(brief(await server.pull(districtFile)), []);
  });
});

test('keystrokes change the findings of their rows, and of the rows that they are compared with', async () => {
  await withServer({ [districtFile]: districts }, async (server) => {
    const rows = Array.from({ length: 5000 }, (_, i) => `${7000 + i}|District ${i}\n`);
    await server.open(districtFile, `DistrictId|District\n${rows.join('')}`);
    assert.deepEqual(await server.pull(districtFile), []);
    const at = (line: number, character: number, length = 0) => ({
      start: { line, character },
      end: { line, character: character + length },
    });
    await server.edit(districtFile, 2, at(4000, 3), 'x');
    assert.deepEqual(brief(await server.pull(districtFile)), ['cell/type 1 4000:0-4000:6']);
    await server.edit(districtFile, 3, at(4000, 0, 6), '7000');
    assert.deepEqual(brief(await server.pull(districtFile)), [
      'key/duplicate-key 1 1:0-1:4',
      'key/duplicate-key 1 4000:0-4000:4',
    ]);
    await server.edit(districtFile, 4, at(4000, 5, 13), 'District 0');
    assert.deepEqual(brief(await server.pull(districtFile)), ['key/duplicate-record 2 4000:0-4000:15']);
    await server.edit(
      districtFile,
      5,
      { start: { line: 1, character: 0 }, end: { line: 2, character: 0 } },
      '',
    );
    assert.deepEqual(await server.pull(districtFile), []);
  });
});

test('columns count UTF-16 units', async () => {
  await withServer({ 'subject_details/subject_details.csv': '' }, async (server) => {
    await server.open('subject_details/subject_details.csv', 'subject_id|subject|grade\n1|गणित 𝟙|x\n');
    const [finding] = await server.pull('subject_details/subject_details.csv');
    assert.deepEqual(finding?.range, { start: { line: 1, character: 10 }, end: { line: 1, character: 11 } });
  });
});

test('closed files are in the workspace report, unchanged ones are not sent again', async () => {
  const bad = districts.replace('7501', '');
  await withServer({ [districtFile]: bad }, async (server) => {
    const [first] = await server.pullWorkspace();
    assert.equal(first?.uri, server.uri(districtFile));
    assert.ok(first.kind === 'full');
    assert.deepEqual(brief(first.items), ['cell/required 1 1:0-1:0']);
    const [second] = await server.pullWorkspace();
    assert.equal(second?.kind, 'unchanged');
    await server.write(districtFile, districts);
    await server.connection.sendRequest('cqube/rescan');
    const [third] = await server.pullWorkspace();
    assert.ok(third?.kind === 'full');
    assert.deepEqual(brief(third.items), []);
  });
});

test('findings of a deleted folder are cleared, told by one event for the folder', async () => {
  await withServer({ [districtFile]: districts.replace('7501', 'x') }, async (server) => {
    await server.pullWorkspace();
    await rm(server.path('district_master'), { recursive: true });
    await server.connection.sendNotification('workspace/didChangeWatchedFiles', {
      changes: [{ uri: server.uri('district_master'), type: 3 }],
    });
    await new Promise<void>((resolve) => server.connection.onNotification('cqube/changed', resolve));
    const [report] = await server.pullWorkspace();
    assert.ok(report?.kind === 'full');
    assert.equal(report.uri, server.uri(districtFile));
    assert.deepEqual(report.items, []);
  });
});

test('a file that is no dataset is told, with the name that was meant', async () => {
  await withServer(
    { 'district_master/distrct_mst.csv': districts, 'distict_master/x.csv': '' },
    async (server) => {
      const reports = await server.pullWorkspace();
      const codes = reports
        .flatMap((report) => (report.kind === 'full' ? report.items : []))
        .map(({ code }) => code);
      assert.deepEqual(codes, ['layout/unknown-folder', 'layout/unknown-file']);
    },
  );
});

test('settings change severities and the variant', async () => {
  const udise = 'district_name|udise_district_code\nA|7501\n';
  await withServer({ [districtFile]: udise }, async (server) => {
    await server.open(districtFile, udise);
    assert.deepEqual(brief(await server.pull(districtFile)), []);
    await server.configure({ masterVariant: 'state', rules: { 'header/missing': 'warning' } });
    assert.deepEqual(brief(await server.pull(districtFile)), ['header/missing 2 0:0-0:13']);
  });
});

test('a document that is edited changes the state of its dataset before it is saved', async () => {
  await withServer({ [districtFile]: districts }, async (server) => {
    assert.equal(await stateOfDistricts(server), 'needs-zip');
    await server.open(districtFile, districts.replace('7502', 'x'));
    await server.pull(districtFile);
    assert.equal(await stateOfDistricts(server), 'has-errors');
  });
});

test('a document that changes while nobody looks at it changes the state of its dataset too', async () => {
  await withServer({ [districtFile]: districts }, async (server) => {
    await server.open(districtFile, districts.replace('7502', 'x'));
    await server.pull(districtFile);
    const mended = new Promise<void>((resolve) => {
      server.connection.onNotification('cqube/changed', async () => {
        if ((await stateOfDistricts(server)) === 'needs-zip') resolve();
      });
    });
    await server.change(districtFile, 2, districts);
    await mended;
  });
});

test('a byte order mark on disk is told for the open document that hides it', async () => {
  await withServer({ [districtFile]: `\ufeff${districts}` }, async (server) => {
    await server.open(districtFile, districts);
    assert.deepEqual(brief(await server.pull(districtFile)), ['encoding/bom 2 0:0-0:0']);
  });
});

test('a document that no tab holds does not stand for its file: the disk does', async () => {
  const bad = districts.replace('7502', 'x');
  await withServer({ [districtFile]: districts }, async (server) => {
    const hold = (...uris: string[]) => server.connection.sendNotification('cqube/held', { uris });
    await server.open(districtFile, bad);
    await hold(server.uri(districtFile));
    await server.pull(districtFile);
    assert.equal(await stateOfDistricts(server), 'has-errors');
    const released = new Promise<void>((resolve) =>
      server.connection.onNotification('cqube/changed', resolve),
    );
    await hold();
    await released;
    assert.equal(await stateOfDistricts(server), 'needs-zip');
    assert.deepEqual(await server.pull(districtFile), []);
    await hold(server.uri(districtFile));
    assert.deepEqual(brief(await server.pull(districtFile)), ['cell/type 1 2:0-2:1']);
    assert.equal(await stateOfDistricts(server), 'has-errors');
  });
});

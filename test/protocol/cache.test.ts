/** What one session has found the next one knows: a window that is opened again shows its findings at once. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { OpenedFiles, settled } from '../opened.ts';
import { brief, LanguageServer } from './language-server.ts';

const rows = Array.from({ length: 60 }, (_, i) => `${100_000 + i}|District ${i}\n`).join('');
const good = `DistrictId|District\n${rows}`;
const bad = good.replace('100007|', '10x007|');
const districtFile = 'district_master/district_mst.csv';
let folder: string;
let storage: string;
let opened: OpenedFiles;

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'protocol-cache-'));
  storage = path.join(folder, 'storage');
  opened = new OpenedFiles(folder);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

/** A session from start to shutdown; the files that the server opened in it. */
async function session(
  work: (server: LanguageServer) => Promise<void>,
  settings: object = {},
): Promise<string[]> {
  const env = opened.environment;
  const server = await LanguageServer.start({}, settings, { folder, storage, env });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
  return opened.take();
}

const findings = async (server: LanguageServer) => {
  const reports = await server.pullWorkspace();
  return reports.flatMap((report) => (report.kind === 'full' ? brief(report.items) : []));
};

/** The first session has ended, and its answers are kept. */
async function firstSession(): Promise<void> {
  const file = path.join(folder, 'cqube_emission', districtFile);
  await mkdir(path.dirname(file), { recursive: true });
  await writeFile(file, bad);
  await settled(file);
  await session(async (server) => {
    await findings(server);
    await kept();
  });
}

/** Answers are kept in the background: waits until the storage holds some. */
async function kept(): Promise<void> {
  for (;;) {
    const names = await readdir(storage).catch(() => []);
    if (names.some((name) => name.endsWith('.kept'))) return;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

test('a server that is started again opens no file that has not changed', async () => {
  await firstSession();
  const second = await session(async (server) => {
    assert.deepEqual(await findings(server), ['cell/type 1 8:0-8:6']);
  });
  assert.deepEqual(second, []);
});

test('a file that changed between two sessions is checked', async () => {
  await firstSession();
  await writeFile(path.join(folder, 'cqube_emission', districtFile), good);
  const second = await session(async (server) => {
    assert.deepEqual(await findings(server), []);
  });
  assert.deepEqual(second, ['district_mst.csv']);
});

test('another setting is another check', async () => {
  await firstSession();
  const settings = { rules: { 'cell/type': 'warning' } };
  const second = await session(async (server) => {
    assert.deepEqual(await findings(server), ['cell/type 2 8:0-8:6']);
  }, settings);
  assert.deepEqual(second, ['district_mst.csv']);
});

test('an edit that was not saved leaves nothing behind', async () => {
  await firstSession();
  await session(async (server) => {
    await server.open(districtFile, good);
    assert.deepEqual(await server.pull(districtFile), []);
    await server.connection.sendRequest('cqube/rescan');
    assert.deepEqual(await findings(server), []);
  });
  await session(async (server) => {
    assert.deepEqual(await findings(server), ['cell/type 1 8:0-8:6']);
  });
});

test('a setting that no check depends on opens no file', async () => {
  await firstSession();
  const server = await LanguageServer.start({}, {}, { folder, env: opened.environment });
  try {
    assert.deepEqual(await opened.take(), ['district_mst.csv']);
    await server.configure({ endpoint: 'https://example.org/data' });
    assert.deepEqual(await opened.take(), []);
    await server.configure({ ingestionRelease: '3.5' });
    assert.deepEqual(await opened.take(), ['district_mst.csv']);
  } finally {
    await server.stop();
  }
});

test('nothing is written beside the data, and nothing at all without a storage folder', async () => {
  await firstSession();
  const data = await readdir(path.join(folder, 'cqube_emission'), { recursive: true });
  assert.deepEqual(data.sort(), ['district_master', path.normalize(districtFile)]);
  const server = await LanguageServer.start({}, {}, { folder, env: opened.environment });
  await server.stop();
  assert.deepEqual(await opened.take(), ['district_mst.csv']);
});

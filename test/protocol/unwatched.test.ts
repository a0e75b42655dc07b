/** What the disk holds is told although no file event ever comes: watchers lose folders that are replaced. */
import assert from 'node:assert/strict';
import { appendFile, mkdir, rename, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { WorkspaceModel } from '../../server/messages.ts';
import { brief, LanguageServer } from './language-server.ts';

const districtFile = 'district_master/district_mst.csv';
const REPLACEMENTS = 50;

/** Districts of which the one in line `line` (0-based) has no number for an id. */
function districts(line: number): string {
  const ids = Array.from({ length: 60 }, (_, i) => (i + 1 === line ? 'x' : String(7500 + i)));
  return `DistrictId|District\n${ids.map((id) => `${id}|District ${id}\n`).join('')}`;
}

async function withServer(work: (server: LanguageServer) => Promise<void>): Promise<void> {
  const server = await LanguageServer.start({ [districtFile]: districts(1) });
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

/** The findings of the district file as an editor has them after a pull of the whole workspace. */
class Editor {
  readonly #server: LanguageServer;
  #shown: string[] = [];

  constructor(server: LanguageServer) {
    this.#server = server;
  }

  async pull(): Promise<string[]> {
    for (const report of await this.#server.pullWorkspace()) {
      if (report.uri === this.#server.uri(districtFile) && report.kind === 'full')
        this.#shown = brief(report.items);
    }
    return this.#shown;
  }
}

test('an emission folder that is deleted and made again, over and over, is told as it is', async () => {
  await withServer(async (server) => {
    const editor = new Editor(server);
    for (let i = 1; i <= REPLACEMENTS; i++) {
      await rm(path.join(server.folder, 'cqube_emission'), { recursive: true });
      if (i % 2 === 0) assert.deepEqual(await editor.pull(), []);
      await server.write(districtFile, districts(i));
      assert.deepEqual(await editor.pull(), [`cell/type 1 ${i}:0-${i}:1`]);
    }
  });
});

test('looks while the folder is being replaced do not spoil the one at the end', async () => {
  await withServer(async (server) => {
    const editor = new Editor(server);
    const replaced = new AbortController();
    const looking = (async () => {
      while (!replaced.signal.aborted) await editor.pull();
    })();
    for (let i = 1; i <= REPLACEMENTS; i++) {
      await rm(path.join(server.folder, 'cqube_emission'), { recursive: true });
      await server.write(districtFile, districts(i));
    }
    replaced.abort();
    await looking;
    assert.deepEqual(await editor.pull(), [`cell/type 1 ${REPLACEMENTS}:0-${REPLACEMENTS}:1`]);
  });
});

test('a folder above that is moved away and back is lost and found', async () => {
  await withServer(async (server) => {
    const editor = new Editor(server);
    const [home, away] = ['cqube_emission', 'elsewhere'].map((name) => path.join(server.folder, name));
    assert.ok(home && away);
    await editor.pull();
    await rename(home, away);
    assert.deepEqual(await editor.pull(), []);
    await rename(away, home);
    assert.deepEqual(await editor.pull(), ['cell/type 1 1:0-1:1']);
  });
});

test('in a workspace of many folders a new emission folder is found when the user does something', async () => {
  await withServer(async (server) => {
    const many = Array.from({ length: 400 }, (_, i) => path.join(server.folder, 'other', `folder${i}`));
    for (const folder of many) await mkdir(folder, { recursive: true });
    await server.connection.sendRequest('cqube/rescan');
    await mkdir(path.join(server.folder, 'other', 'cqube_emission'));
    await server.pullWorkspace();
    assert.equal((await modelOf(server)).roots.length, 1);
    await server.connection.sendRequest('cqube/catchUp', { thorough: true });
    assert.equal((await modelOf(server)).roots.length, 2);
  });
});

test('the emission folder of such a workspace that was replaced is found by itself', async () => {
  await withServer(async (server) => {
    const many = Array.from({ length: 400 }, (_, i) => path.join(server.folder, 'other', `folder${i}`));
    for (const folder of many) await mkdir(folder, { recursive: true });
    const editor = new Editor(server);
    await server.connection.sendRequest('cqube/rescan');
    await rm(path.join(server.folder, 'cqube_emission'), { recursive: true });
    assert.deepEqual(await editor.pull(), []);
    await server.write(districtFile, districts(3));
    assert.deepEqual(await editor.pull(), ['cell/type 1 3:0-3:1']);
  });
});

test('an emission folder that holds another one alone is only its wrapping', async () => {
  await withServer(async (server) => {
    const [home, away] = ['cqube_emission', 'elsewhere'].map((name) => path.join(server.folder, name));
    assert.ok(home && away);
    await rename(home, away);
    await mkdir(home);
    await rename(away, path.join(home, 'cqube_emission'));
    await server.connection.sendRequest('cqube/catchUp', { thorough: true });
    assert.deepEqual(
      (await modelOf(server)).roots.map(({ root }) => root),
      [`${server.root}/cqube_emission`],
    );
  });
});

test('a plan of a folder that has come back unnoticed is made', async () => {
  await withServer(async (server) => {
    await rm(path.join(server.folder, 'cqube_emission'), { recursive: true });
    await server.connection.sendRequest('cqube/catchUp', { thorough: true });
    assert.equal((await modelOf(server)).roots.length, 0);
    await server.write(districtFile, districts(2));
    await assert.doesNotReject(server.connection.sendRequest('cqube/plan', { root: server.root }));
  });
});

test('a line that a run in a terminal adds to the journal is a change', async () => {
  await withServer(async (server) => {
    const told = new Promise<void>((resolve) => server.connection.onNotification('cqube/changed', resolve));
    await appendFile(path.join(server.folder, 'cqube_emission.journal.jsonl'), '{}\n');
    await server.pullWorkspace();
    await told;
  });
});

function modelOf(server: LanguageServer): Promise<WorkspaceModel> {
  return server.connection.sendRequest('cqube/workspace');
}

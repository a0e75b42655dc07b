import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { WordProof } from '../../../core/csv/proof/proof-words.ts';
import { backupOf, isBackup } from '../../../core/fix/backup.ts';
import { ChangedWhileMendedError, mendFile } from '../../../core/fix/file/mend-file-node.ts';
import { EncodingError } from '../../../core/fix/file/text-stream.ts';

const spec = findDataset('district_mst')!;

async function mend(
  file: string,
  options: { repeats?: boolean; signal?: AbortSignal; onBytes?: (bytes: number) => void } = {},
) {
  const makeProof = (shape: ConstructorParameters<typeof WordProof>[0]) => new WordProof(shape);
  return mendFile(spec, defaultSettings, file, { repeats: true, backup: true, makeProof, ...options });
}

async function fileOf(context: TestContext, content: string | Uint8Array): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cqube-fix-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  const file = path.join(folder, 'district_mst.csv');
  await writeFile(file, content);
  return file;
}

/** More bytes than go by before others get a turn, a fault behind them. */
function large(rows: number, last: string): string {
  const lines = Array.from({ length: rows }, (_, row) => `${row + 1}|District number ${row + 1}\n`);
  return `DistrictId|District\n${lines.join('')}${last}\n`;
}

test('a large file is the same but for what is mended, repeated rows in their order', async (context) => {
  const rows = 20_000;
  const text = large(rows, '7|District number 7\n19,999|District number 19999\n30000.0|Last');
  const file = await fileOf(context, text);
  const { mended } = await mend(file);
  assert.equal(await readFile(file, 'utf8'), large(rows, '30000|Last'));
  assert.deepEqual(Object.fromEntries(mended), { 'cell/type': 2, 'key/duplicate-record': 2 });
});

test('a file that is written to meanwhile is left as it is', async (context) => {
  const text = large(700_000, '7.0|x');
  const file = await fileOf(context, text);
  let isWritten = false;
  const onBytes = () => {
    if (!isWritten) appendFileSync(file, '8|y\n');
    isWritten = true;
  };
  await assert.rejects(mend(file, { repeats: false, onBytes }), ChangedWhileMendedError);
  assert.equal(await readFile(file, 'utf8'), `${text}8|y\n`);
  assert.deepEqual(await readdir(path.dirname(file)), ['district_mst.csv']);
});

test('a run that is given up leaves nothing behind', async (context) => {
  const text = large(700_000, '7.0|x');
  const file = await fileOf(context, text);
  const stop = new AbortController();
  await assert.rejects(mend(file, { signal: stop.signal, onBytes: () => stop.abort() }), /abort/i);
  assert.equal(await readFile(file, 'utf8'), text);
  assert.deepEqual(await readdir(path.dirname(file)), ['district_mst.csv']);
});

test('bytes that are not the UTF-16 that they seem to be are left', async (context) => {
  const bytes = Buffer.concat([
    Buffer.from('\ufeffDistrictId|District\n7501|A', 'utf16le'),
    Buffer.from([0, 0xd8]),
  ]);
  const file = await fileOf(context, bytes);
  await assert.rejects(mend(file), EncodingError);
  assert.deepEqual(await readFile(file), bytes);
});

test(
  'a link stays one: what it leads to is mended',
  { skip: process.platform === 'win32' },
  async (context) => {
    const file = await fileOf(context, 'DistrictId|District\n7501.0|A\n');
    const link = path.join(path.dirname(file), 'link');
    await symlink(file, link);
    await mend(link);
    assert.equal(await readFile(file, 'utf8'), 'DistrictId|District\n7501|A\n');
    assert.equal(await readFile(backupOf(file), 'utf8'), 'DistrictId|District\n7501.0|A\n');
  },
);

test('a backup stands beside its file, and is known by its name', () => {
  assert.equal(backupOf('a/b/school_mst.csv'), 'a/b/.school_mst.csv.before-fix.bak');
  assert.equal(backupOf('school_mst.csv'), '.school_mst.csv.before-fix.bak');
  assert.ok(isBackup('.school_mst.csv.before-fix.bak'));
  assert.ok(!isBackup('school_mst.csv'));
});

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdtemp, readdir, rm, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { removeLeftovers, temporaryFor } from '../../../core/archive/write/temporary.ts';

async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'leftovers-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** The number of a process that has ended. */
function endedProcess(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('no two temporary files have one name', () => {
  assert.notEqual(temporaryFor('/data/pat/a.zip'), temporaryFor('/data/pat/a.zip'));
});

test('what a process left that has ended is removed; what one writes that runs stays', async (context) => {
  const folder = await temporaryFolder(context);
  const mine = temporaryFor(path.join(folder, 'school_mst.zip'));
  const left = mine.replace(`-${process.pid}-`, `-${endedProcess()}-`);
  for (const file of [mine, left, path.join(folder, 'school_mst.zip')]) await writeFile(file, '');
  await removeLeftovers(folder);
  assert.deepEqual((await readdir(folder)).sort(), [path.basename(mine), 'school_mst.zip']);
});

test('of another machine only what has long been forgotten is removed', async (context) => {
  const folder = await temporaryFolder(context);
  const young = path.join(folder, '.school_mst.zip.0-1-aa.part');
  const old = path.join(folder, '.school_mst.zip.0-1-bb.part');
  for (const file of [young, old]) await writeFile(file, '');
  await utimes(old, 0, 0);
  await removeLeftovers(folder);
  assert.deepEqual(await readdir(folder), [path.basename(young)]);
});

test('files of others that look alike are left alone, and a folder that is not there is no fault', async (context) => {
  const folder = await temporaryFolder(context);
  const names = ['.school_mst.zip.part', 'school_mst.zip.0-1-aa.part', '.school_mst.zip.0-1-aa.part.bak'];
  for (const name of names) {
    await writeFile(path.join(folder, name), '');
    await utimes(path.join(folder, name), 0, 0);
  }
  await removeLeftovers(folder);
  assert.deepEqual((await readdir(folder)).sort(), [...names].sort());
  await removeLeftovers(path.join(folder, 'nowhere'));
});

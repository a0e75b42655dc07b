import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { hostname } from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { lockEmission, lockPath } from '../../../../core/emit/journal/lock.ts';
import { temporaryFolder } from '../fixture.ts';

async function rootOf(context: TestContext): Promise<string> {
  return path.join(await temporaryFolder(context), 'cqube_emission');
}

const beside = (root: string) => readdir(path.dirname(root));

test('one emission at a time; the next may begin when the first is done', async (context) => {
  const root = await rootOf(context);
  const first = await lockEmission(root);
  await first.check();
  await assert.rejects(lockEmission(root), {
    reason: 'locked',
    message: new RegExp(`process ${process.pid}`),
  });
  await first.release();
  const second = await lockEmission(root);
  await second.release();
  assert.deepEqual(await beside(root), []);
});

test('other folders are not locked', async (context) => {
  const root = await rootOf(context);
  const locks = await Promise.all([lockEmission(root), lockEmission(`${root}_2`)]);
  for (const lock of locks) await lock.release();
});

/** A process that takes the lock, says so, and lives until it is killed. */
async function holder(root: string) {
  const module = new URL('../../../../core/emit/journal/lock.ts', import.meta.url);
  const script = `import(${JSON.stringify(module)}).then(async ({ lockEmission }) => {
    await lockEmission(${JSON.stringify(root)});
    console.log('locked');
    setInterval(() => undefined, 1000);
  });`;
  const child = spawn(
    process.execPath,
    ['--disable-warning=MODULE_TYPELESS_PACKAGE_JSON', '--input-type=module', '--eval', script],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  await once(child.stdout, 'data');
  return child;
}

test('another process is refused while the holder lives, and takes over when it was killed', async (context) => {
  const root = await rootOf(context);
  const child = await holder(root);
  context.after(() => child.kill('SIGKILL'));
  await assert.rejects(lockEmission(root), { reason: 'locked' });
  child.kill('SIGKILL');
  await once(child, 'exit');
  const lock = await lockEmission(root);
  assert.match(await readFile(lockPath(root), 'utf8'), new RegExp(`"pid":${process.pid}`));
  await lock.release();
});

test('of several that find a dead lock one alone gets it', async (context) => {
  const root = await rootOf(context);
  const dead = { pid: process.pid, host: hostname(), since: '2026-11-23T12:00:00.000Z', port: 1, id: 'dead' };
  await writeFile(lockPath(root), JSON.stringify(dead));
  const tries = await Promise.allSettled(Array.from({ length: 8 }, () => lockEmission(root)));
  const won = tries.filter((each) => each.status === 'fulfilled');
  assert.equal(won.length, 1);
  await won[0]?.value.check();
  await won[0]?.value.release();
  assert.deepEqual(await beside(root), []);
});

test('a lock that a crash left half written is taken over', async (context) => {
  const root = await rootOf(context);
  await writeFile(lockPath(root), '{"pid":12');
  const lock = await lockEmission(root);
  await lock.release();
});

test('a lock of another computer is never taken over', async (context) => {
  const root = await rootOf(context);
  const other = { pid: 1, host: 'elsewhere', since: '2026-11-23T12:00:00.000Z', port: 1, id: 'other' };
  await writeFile(lockPath(root), JSON.stringify(other));
  await assert.rejects(lockEmission(root), { reason: 'locked', message: /elsewhere.*delete cqube_emission/ });
});

test('a holder whose lock was taken away notices, and leaves the new one in place', async (context) => {
  const root = await rootOf(context);
  const first = await lockEmission(root);
  await rm(lockPath(root));
  const second = await lockEmission(root);
  await assert.rejects(first.check(), { reason: 'locked' });
  await first.release();
  await second.check();
  await second.release();
});

test('says so where it cannot be written', async (context) => {
  const root = path.join(await temporaryFolder(context), 'missing', 'cqube_emission');
  await assert.rejects(lockEmission(root), { reason: 'journal', consequence: 'stop-run' });
});

/** The store on a real disk: what it gives back, and that nothing that can be in its folder does any harm. */
import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { DiskStore, type StoreLimits } from '../../../core/cache/result-store-node.ts';

const limits: StoreLimits = { record: 1000, root: 3000, total: 10_000 };
let folder: string;

beforeEach(async () => {
  folder = path.join(await mkdtemp(path.join(os.tmpdir(), 'store-')), 'kept');
});

afterEach(() => rm(path.dirname(folder), { recursive: true, force: true }));

const open = (root = '/data', version = '1') => new DiskStore({ folder, version, root, limits });
const bytes = (text: string) => new TextEncoder().encode(text);
const text = async (store: DiskStore, key: string) => {
  const found = await store.get(key);
  return found && new TextDecoder().decode(found);
};

async function keep(
  answers: Readonly<Record<string, string>>,
  root?: string,
  version?: string,
): Promise<void> {
  const store = open(root, version);
  for (const [key, answer] of Object.entries(answers)) await store.put(key, bytes(answer));
  await store.flush();
}

/** The only file of the store. */
async function onlyFile(): Promise<string> {
  const [name, ...others] = await readdir(folder);
  assert.ok(name !== undefined && others.length === 0);
  return path.join(folder, name);
}

test('what was put is there in the next run, and nothing else is in the folder', async () => {
  await keep({ a: 'one', 'ключ\n2': 'two', empty: '' });
  const store = open();
  assert.deepEqual(
    [
      await text(store, 'a'),
      await text(store, 'ключ\n2'),
      await text(store, 'empty'),
      await text(store, 'b'),
    ],
    ['one', 'two', '', undefined],
  );
  await onlyFile();
});

test('before the first answer is kept nothing is made, not even the folder', async () => {
  const store = open();
  await store.get('a');
  await store.flush();
  await assert.rejects(readdir(folder), { code: 'ENOENT' });
});

test('only the user may look into it', { skip: process.platform === 'win32' }, async () => {
  await keep({ a: 'one' });
  const modes = await Promise.all(
    [folder, await onlyFile()].map(async (file) => (await stat(file)).mode & 0o77),
  );
  assert.deepEqual(modes, [0, 0]);
});

test('another folder and another version have answers of their own', async () => {
  await keep({ a: 'one' });
  assert.equal(await text(open('/elsewhere'), 'a'), undefined);
  assert.equal(await text(open('/data', '2'), 'a'), undefined);
  await keep({ a: 'new' }, '/data', '2');
  assert.equal(await text(open(), 'a'), undefined);
  assert.equal(await text(open('/data', '2'), 'a'), 'new');
});

test('a file that is damaged in any byte, or ends early, counts as none', async () => {
  await keep({ a: 'one', b: 'two' });
  const file = await onlyFile();
  const whole = await readFile(file);
  for (let at = 0; at < whole.length; at++) {
    const damaged = Buffer.from(whole);
    damaged[at]! ^= 1 << (at % 8);
    await writeFile(file, damaged);
    assert.equal(await text(open(), 'a'), undefined, `byte ${at}`);
    await writeFile(file, whole.subarray(0, at));
    assert.equal(await text(open(), 'a'), undefined, `${at} bytes`);
  }
  await keep({ a: 'new' });
  assert.equal(await text(open(), 'a'), 'new');
});

test('the file of another folder under this one’s name counts as none', async () => {
  await keep({ a: 'one' }, '/elsewhere');
  const foreign = await readFile(await onlyFile());
  await rm(folder, { recursive: true });
  await keep({ b: 'own' });
  await writeFile(await onlyFile(), foreign);
  assert.equal(await text(open(), 'a'), undefined);
});

test('two runs at once keep what both have found', async () => {
  const [one, two] = [open(), open()];
  await one.get('a');
  await two.get('a');
  await one.put('a', bytes('of one'));
  await two.put('b', bytes('of two'));
  await one.flush();
  await two.flush();
  assert.deepEqual([await text(open(), 'a'), await text(open(), 'b')], ['of one', 'of two']);
});

test('many that write at the same moment leave a whole file', async () => {
  await Promise.all(Array.from({ length: 20 }, (_, i) => keep({ [`key ${i}`]: 'x'.repeat(50) })));
  const store = open();
  const found = await Promise.all(Array.from({ length: 20 }, (_, i) => text(store, `key ${i}`)));
  assert.ok(found.some((answer) => answer !== undefined));
  await onlyFile();
});

test('an answer that is too large is not kept; the ones used least recently make room', async () => {
  const store = open();
  await store.put('large', bytes('x'.repeat(1001)));
  assert.equal(await text(store, 'large'), undefined);
  await keep(Object.fromEntries([1, 2, 3, 4, 5].map((i) => [`key ${i}`, 'x'.repeat(900)])));
  assert.ok((await stat(await onlyFile())).size <= 3100);
});

test('the files that were not written for the longest time make room', async () => {
  for (let i = 0; i < 6; i++) {
    await keep({ a: 'x'.repeat(900), b: 'x'.repeat(900), c: 'x'.repeat(900) }, `/folder ${i}`);
    for (const name of await readdir(folder)) {
      const file = path.join(folder, name);
      const { mtimeMs } = await stat(file);
      await utimes(file, mtimeMs / 1000 - 100, mtimeMs / 1000 - 100);
    }
  }
  const found = await Promise.all([0, 1, 2, 3, 4, 5].map((i) => text(open(`/folder ${i}`), 'a')));
  assert.deepEqual(
    found.map((answer) => answer !== undefined),
    [false, false, false, true, true, true],
  );
});

test('what a run that was cut short has left is removed, but not what another one is writing', async () => {
  await mkdir(folder);
  const [old, fresh] = ['0.kept.1-1.tmp', '0.kept.2-1.tmp'].map((name) => path.join(folder, name)) as [
    string,
    string,
  ];
  await writeFile(old, 'x');
  await utimes(old, 1, 1);
  await writeFile(fresh, 'x');
  await keep({ a: 'one' });
  const names = await readdir(folder);
  assert.deepEqual([names.includes('0.kept.1-1.tmp'), names.includes('0.kept.2-1.tmp')], [false, true]);
});

test('where nothing can be written the answers hold for this run', async () => {
  await writeFile(folder, 'a file where the folder should be');
  const store = open();
  await store.put('a', bytes('one'));
  await store.flush();
  assert.equal(await text(store, 'a'), 'one');
  assert.equal(await text(open(), 'a'), undefined);
});

/** `check` with its cache: the second run reads no file again, and nothing can make it say what a check would not. */
import assert from 'node:assert/strict';
import { mkdir, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { OpenedFiles, settled } from '../opened.ts';
import { emissionFolder, run } from './command-line.ts';

const numbers = (count: number) => Array.from({ length: count }, (_, i) => i);
const districts = `DistrictId|District\n${numbers(600)
  .map((i) => `${100_000 + i}|District ${i}\n`)
  .join('')}`;
const blocksOf = (count: number) =>
  `BlockId|Block|DistrictId\n${numbers(count)
    .map((i) => `${1_000_000 + i}|Block ${i}|${100_000 + (i % 600)}\n`)
    .join('')}`;
const districtFile = 'district_master/district_mst.csv';
const blockFile = 'block_master/block_mst.csv';

class Folder {
  readonly root: string;
  readonly cwd: string;
  readonly cache: string;
  readonly #opened: OpenedFiles;

  constructor(cwd: string) {
    this.cwd = cwd;
    this.root = path.join(cwd, 'cqube_emission');
    this.cache = path.join(cwd, 'cache');
    this.#opened = new OpenedFiles(cwd);
  }

  static async make(context: TestContext, files: Readonly<Record<string, string>>): Promise<Folder> {
    const folder = new Folder(await emissionFolder(context, files));
    for (const file of Object.keys(files)) await settled(folder.path(file));
    return folder;
  }

  path(file: string): string {
    return path.join(this.root, file);
  }

  async write(file: string, text: string): Promise<void> {
    await writeFile(this.path(file), text);
    await settled(this.path(file));
  }

  /** What a run says, times left out, and the names of the files that it opened. */
  async check(words: readonly string[] = [], env: Readonly<Record<string, string>> = {}) {
    const { code, stdout, stderr } = await run(['check', '--format', 'json', ...words], {
      cwd: this.cwd,
      env: {
        CQUBE_EMISSION_CACHE: this.cache,
        ...this.#opened.environment,
        ...env,
      },
    });
    assert.equal(stderr, '');
    const said = JSON.parse(stdout.replace(/"seconds": [\d.]+/g, '"seconds": 0')) as {
      readonly findings: readonly { readonly rule: string; readonly dataset: string }[];
    };
    const rules = said.findings.map(({ rule }) => rule);
    return { code, said, rules, opened: await this.#opened.take() };
  }
}

const blocks = blocksOf(600);

const make = (context: TestContext, rows = blocks) =>
  Folder.make(context, { [districtFile]: districts, [blockFile]: rows.replace('1000005|', '10x0005|') });

test('the second run opens no file and says the same', async (context) => {
  // Blocks enough to be checked on a thread of their own.
  const folder = await make(context, blocksOf(170_000));
  const first = await folder.check();
  assert.deepEqual(first.opened, ['block_mst.csv', 'district_mst.csv']);
  assert.ok(first.rules.includes('cell/type'));
  const second = await folder.check();
  assert.deepEqual([second.said, second.code, second.opened], [first.said, 1, []]);
  const without = await folder.check(['--no-cache']);
  assert.deepEqual([without.said, without.opened], [first.said, first.opened]);
});

test('zips too: what they list, whether they hold their CSV, and what stands in one alone', async (context) => {
  const folder = await make(context);
  await writeFile(folder.path(blockFile), blocks);
  assert.equal((await run(['zip'], { cwd: folder.cwd })).code, 0);
  await rm(folder.path(districtFile));
  for (const file of [blockFile, 'block_master/block_mst.zip', 'district_master/district_mst.zip'])
    await settled(folder.path(file));
  const first = await folder.check();
  assert.deepEqual(first.opened, ['block_mst.csv', 'block_mst.zip', 'district_mst.zip']);
  const second = await folder.check();
  assert.deepEqual(second.said, first.said);
  assert.deepEqual(second.opened, []);
  await folder.write(blockFile, blocks.replace('1000005|', '1000004|'));
  assert.ok((await folder.check()).rules.includes('layout/stale-zip'));
});

test('a file that was touched is read once more, a changed one is checked though its time was set back', async (context) => {
  const folder = await make(context);
  const first = await folder.check();
  await utimes(folder.path(blockFile), 1_700_000_000, 1_700_000_000);
  await settled(folder.path(blockFile));
  const touched = await folder.check();
  assert.deepEqual([touched.said, touched.opened], [first.said, ['block_mst.csv']]);
  assert.deepEqual((await folder.check()).opened, []);
  await writeFile(folder.path(blockFile), blocks.replace('1000005|', '1000004|'));
  await utimes(folder.path(blockFile), 1_700_000_000, 1_700_000_000);
  await settled(folder.path(blockFile));
  const changed = await folder.check();
  assert.ok(changed.rules.includes('key/duplicate-key') && !changed.rules.includes('cell/type'));
});

test('another rule or release is another check; the first one is still known', async (context) => {
  const folder = await make(context);
  const first = await folder.check();
  const off = await folder.check(['--rule', 'cell/type=off']);
  assert.deepEqual(off.opened, ['block_mst.csv', 'district_mst.csv']);
  assert.ok(!off.rules.includes('cell/type'));
  assert.deepEqual((await folder.check(['--release', '3.5'])).opened, off.opened);
  const again = await folder.check();
  assert.deepEqual([again.said, again.opened], [first.said, []]);
});

test('another master is another check of what refers to it; a master that is the same need not be read', async (context) => {
  const folder = await make(context);
  await folder.check();
  await folder.write(districtFile, districts.replace('100007|', '900007|'));
  const changed = await folder.check();
  assert.ok(changed.rules.includes('reference/unknown'));
  assert.deepEqual(changed.opened, ['block_mst.csv', 'district_mst.csv']);
  await folder.write(blockFile, blocks);
  const other = await folder.check();
  assert.deepEqual(other.opened, ['block_mst.csv']);
  assert.ok(other.rules.includes('reference/unknown'));
  assert.deepEqual(other.said, (await folder.check(['--no-cache'])).said);
});

test('files by themselves are kept as well, apart from the folder that they stand in', async (context) => {
  const folder = await make(context);
  await folder.check();
  const file = path.relative(folder.cwd, folder.path(blockFile));
  const first = await folder.check([file]);
  assert.deepEqual(first.opened, ['block_mst.csv']);
  const second = await folder.check([file]);
  assert.deepEqual([second.said, second.opened], [first.said, []]);
});

test('a cache that is damaged or cut short is as if there were none', async (context) => {
  const folder = await make(context);
  const first = await folder.check();
  const [name] = await readdir(folder.cache);
  const file = path.join(folder.cache, name ?? '');
  const whole = await readFile(file);
  const damaged = Buffer.from(whole);
  damaged[whole.length >> 1]! ^= 1;
  for (const content of [damaged, whole.subarray(0, whole.length >> 1)]) {
    await writeFile(file, content);
    const { said, opened } = await folder.check();
    assert.deepEqual([said, opened], [first.said, first.opened]);
    assert.deepEqual((await folder.check()).opened, []);
  }
});

test('two runs at once say what one says, and leave a cache that holds', async (context) => {
  const folder = await make(context);
  const alone = await folder.check(['--no-cache']);
  const both = await Promise.all([folder.check(), folder.check()]);
  for (const { said, code } of both) assert.deepEqual([said, code], [alone.said, 1]);
  const after = await folder.check();
  assert.deepEqual([after.said, after.opened], [alone.said, []]);
});

test('a full disk, and a place where no folder can be made, change nothing', async (context) => {
  const folder = await make(context);
  const alone = await folder.check(['--no-cache']);
  const full = await folder.check([], { FULL_DISK: 'yes' });
  assert.deepEqual([full.said, full.code], [alone.said, alone.code]);
  assert.deepEqual(await readdir(folder.cache), []);
  await rm(folder.cache, { recursive: true });
  await writeFile(folder.cache, 'a file');
  const nowhere = await folder.check();
  assert.deepEqual([nowhere.said, nowhere.code], [alone.said, alone.code]);
});

test('the platform’s place for caches is used, nothing stands beside the data, and `off` means off', async (context) => {
  const folder = await make(context);
  const home = path.join(folder.cwd, 'home');
  await mkdir(home);
  const places = { HOME: home, USERPROFILE: home, XDG_CACHE_HOME: '', LOCALAPPDATA: '' };
  await folder.check([], { ...places, CQUBE_EMISSION_CACHE: 'off' });
  assert.deepEqual(await readdir(home), []);
  await folder.check([], { ...places, CQUBE_EMISSION_CACHE: '' });
  const made = await readdir(home, { recursive: true });
  assert.equal(made.filter((name) => name.endsWith('.kept')).length, 1);
  const data = await readdir(folder.root, { recursive: true });
  assert.deepEqual(
    data.filter((name) => name.includes('.')).sort(),
    [blockFile, districtFile].map((file) => path.normalize(file)),
  );
});

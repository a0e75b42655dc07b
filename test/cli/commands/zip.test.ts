/** zip, and what is left when it is ended in the middle. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdir, readFile, stat, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import JSZip from 'jszip';
import { assertClear, districts, emissionFolder, run } from '../command-line.ts';

const csv = 'district_master/district_mst.csv';
const zip = 'district_master/district_mst.zip';

const within = (cwd: string, name: string) => path.join(cwd, 'cqube_emission', name);
const namesIn = (cwd: string) => readdir(within(cwd, 'district_master'));

async function contentOf(cwd: string): Promise<string> {
  const archive = await JSZip.loadAsync(await readFile(within(cwd, zip)), { checkCRC32: true });
  assert.deepEqual(Object.keys(archive.files), ['district_mst.csv']);
  return archive.file('district_mst.csv')!.async('string');
}

test('a level makes the zip smaller; a zip that is up to date stays as it is', async (context) => {
  const text = districts + Array.from({ length: 20_000 }, (_, row) => `${row + 10}|D${row * 7}\n`).join('');
  const cwd = await emissionFolder(context, { [csv]: text });
  const sizes: number[] = [];
  for (const level of ['1', '9']) {
    await writeFile(within(cwd, csv), level === '1' ? text : `${text} `);
    const { code, stdout } = await run(['zip', '--level', level, '--format', 'json'], { cwd });
    const { written } = JSON.parse(stdout) as { written: { path: string; bytes: number }[] };
    assert.deepEqual([code, written.map((each) => each.path)], [0, [zip]]);
    sizes.push(written[0]!.bytes);
  }
  assert.ok(sizes[1]! < sizes[0]!);
  const { mtimeMs } = await stat(within(cwd, zip));
  const { stdout } = await run(['zip', '--level', '1'], { cwd });
  assert.match(stdout, /0 zips written, 1 unchanged, 0 failed\./);
  assert.equal((await stat(within(cwd, zip))).mtimeMs, mtimeMs);
  assert.equal(await contentOf(cwd), `${text} `);
});

for (const level of ['0', '10', '4.5', 'fast', '-1']) {
  test(`--level ${level} is refused`, async (context) => {
    const cwd = await emissionFolder(context, { [csv]: districts });
    const { code, stderr } = await run(['zip', `--level=${level}`], { cwd });
    assert.equal(code, 2);
    assertClear(stderr);
    assert.match(stderr, /from 1 to 9/);
    assert.deepEqual(await namesIn(cwd), ['district_mst.csv']);
  });
}

test('a zip that is none is made anew, whatever stands in the CSV', async (context) => {
  const wrong = districts.replace('7502', '75x2');
  const cwd = await emissionFolder(context, { [csv]: wrong, [zip]: 'no zip at all' });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  assert.equal(await contentOf(cwd), wrong);
});

/** An emission folder with an old zip and a CSV that takes a while. */
async function largeFolder(context: TestContext): Promise<{ cwd: string; text: string }> {
  const line = (row: number) => `${row}|District ${(row * 7919) % 100_003}\n`;
  const text = districts + Array.from({ length: 400_000 }, (_, row) => line(row)).join('');
  const cwd = await emissionFolder(context, { [csv]: districts });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  await writeFile(within(cwd, csv), text);
  return { cwd, text };
}

/** Runs `zip` and sends it a signal as soon as its temporary file is there. */
async function endedWhileZipping(cwd: string, signal: NodeJS.Signals): Promise<number | null> {
  const cli = path.join(import.meta.dirname, '../../../dist/cli.js');
  const child = spawn(process.execPath, [cli, 'zip', '--level', '9'], {
    cwd,
    env: { ...process.env, CQUBE_EMISSION_CACHE: 'off' },
    stdio: 'ignore',
  });
  const ended = once(child, 'close') as Promise<[number | null]>;
  while (child.exitCode === null && !(await namesIn(cwd)).some((name) => name.endsWith('.part')));
  child.kill(signal);
  return (await ended)[0];
}

test('an interrupt leaves the old zip and nothing else', async (context) => {
  const { cwd } = await largeFolder(context);
  assert.equal(await endedWhileZipping(cwd, 'SIGINT'), 130);
  assert.deepEqual(await namesIn(cwd), ['district_mst.csv', 'district_mst.zip']);
  assert.equal(await contentOf(cwd), districts);
});

test('a killed run leaves the old zip, and the next one cleans up', async (context) => {
  const { cwd, text } = await largeFolder(context);
  assert.equal(await endedWhileZipping(cwd, 'SIGKILL'), null);
  assert.equal(await contentOf(cwd), districts);
  assert.equal((await namesIn(cwd)).length, 3);
  assert.equal((await run(['zip'], { cwd })).code, 0);
  assert.deepEqual(await namesIn(cwd), ['district_mst.csv', 'district_mst.zip']);
  assert.equal(await contentOf(cwd), text);
});

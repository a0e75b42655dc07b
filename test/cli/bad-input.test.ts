/** What is no emission folder, no file, no zip: one clear message each, no stack trace, no hang. */
import assert from 'node:assert/strict';
import { chmod, mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { assertClear, districts, emissionFolder, run, temporaryFolder } from './command-line.ts';

const csv = 'district_master/district_mst.csv';
const zip = 'district_master/district_mst.zip';

interface Report {
  readonly findings: readonly {
    readonly rule: string;
    readonly severity: string;
    readonly message: string;
    readonly endColumn: number;
  }[];
}

/** The rules of all findings but what every lone CSV gets. */
async function checked(cwd: string): Promise<{ code: number | null; rules: string[]; report: Report }> {
  const { code, stdout, stderr } = await run(['check', '--format', 'json'], { cwd });
  assert.equal(stderr, '');
  const report = JSON.parse(stdout) as Report;
  for (const { message } of report.findings) assertClear(message);
  const rules = report.findings.map(({ rule }) => rule).filter((rule) => rule !== 'layout/missing-zip');
  return { code, rules, report };
}

test('not an emission folder', async (context) => {
  const cwd = await temporaryFolder(context);
  await mkdir(path.join(cwd, 'data'));
  await writeFile(path.join(cwd, 'file.txt'), 'x');
  for (const words of [['check'], ['check', 'data'], ['plan'], ['zip'], ['status'], ['plan', 'file.txt']]) {
    const { code, stdout, stderr } = await run(words, { cwd });
    assert.deepEqual([code, stdout], [2, ''], words.join(' '));
    assertClear(stderr);
    assert.match(stderr, /cqube_emission/);
  }
});

test('a file that is no dataset’s', async (context) => {
  const cwd = await temporaryFolder(context);
  await writeFile(path.join(cwd, 'pupils.csv'), 'a|b\n');
  const { code, stderr } = await run(['check', 'pupils.csv'], { cwd });
  assert.equal(code, 2);
  assertClear(stderr);
});

test('an unreadable file', { skip: process.getuid?.() === 0 }, async (context) => {
  const cwd = await emissionFolder(context, { [csv]: districts });
  await chmod(path.join(cwd, 'cqube_emission', csv), 0);
  const { code, rules } = await checked(cwd);
  assert.deepEqual([code, rules], [1, ['layout/unreadable']]);
});

test('an empty file', async (context) => {
  const { code, rules } = await checked(await emissionFolder(context, { [csv]: '' }));
  assert.deepEqual([code, rules], [1, ['header/missing']]);
});

test('a file whose name a terminal would obey', { skip: process.platform === 'win32' }, async (context) => {
  const cwd = await emissionFolder(context, { 'district_master/\u001b[2J\n.csv': districts });
  for (const words of [['check'], ['plan'], ['zip'], ['status']]) {
    const { stdout, stderr } = await run(words, { cwd });
    const said = stdout + stderr;
    assert.ok(!said.includes('\u001b') && !/^\.csv/m.test(said), words.join(' '));
  }
});

test('a header only', async (context) => {
  const { code, rules } = await checked(await emissionFolder(context, { [csv]: 'DistrictId|District\n' }));
  assert.deepEqual([code, rules], [0, ['row/none']]);
});

test('an empty emission folder', async (context) => {
  const cwd = await emissionFolder(context, {});
  assert.deepEqual((await checked(cwd)).rules, []);
  for (const command of ['plan', 'zip', 'status']) {
    const { code, stdout } = await run([command], { cwd });
    assert.equal(code, 0, command);
    assertClear(stdout);
  }
});

for (const [what, bytes] of [
  ['a zip that is no zip', Buffer.from(districts)],
  ['an empty zip file', Buffer.alloc(0)],
  ['the first bytes of a zip', Buffer.from('PK\u0003\u0004')],
] as const) {
  test(what, async (context) => {
    const cwd = await emissionFolder(context, { [zip]: bytes });
    const { code, rules } = await checked(cwd);
    assert.deepEqual([code, rules], [1, ['layout/zip-content']]);
    const plan = await run(['plan', '--format', 'json'], { cwd });
    assert.equal(plan.code, 1);
    assert.match(plan.stdout, /"reason": "zip-unusable"/);
  });
}

test('a single line of 3 MB', async (context) => {
  const line = 'x'.repeat(3_000_000);
  const alone = await checked(await emissionFolder(context, { [csv]: line }));
  assert.deepEqual([alone.code, alone.rules], [1, ['row/too-long']]);
  const row = await checked(await emissionFolder(context, { [csv]: `DistrictId|District\n7501|${line}\n` }));
  assert.deepEqual([row.code, row.rules], [1, ['cell/length']]);
  assert.equal(row.report.findings.find(({ rule }) => rule === 'cell/length')?.endColumn, 3_000_006);
  const cells = await checked(await emissionFolder(context, { [csv]: `${'|'.repeat(3_000_000)}\n` }));
  assert.deepEqual([cells.code, cells.rules], [1, ['row/too-long']]);
});

test('bytes of an image', async (context) => {
  const bytes = Uint8Array.from({ length: 100_000 }, (_, i) => (i * 7919 + (i >> 3)) % 256);
  const { code, rules } = await checked(await emissionFolder(context, { [csv]: bytes }));
  assert.equal(code, 1);
  assert.notDeepEqual(rules, []);
});

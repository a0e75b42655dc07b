/** `check --fix`: what is mended, kept, shown and left. */
import assert from 'node:assert/strict';
import { chmod, readdir, readFile, stat } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { emissionFolder, run } from '../command-line.ts';

const damaged = 'DistrictId|Distrct\n"7,501"|Ambagarh\n7502|Belgaon\n\n7502.0|Belgaon\n#N/A|Champa\n';
const mended = 'DistrictId|District\n"7501"|Ambagarh\n7502|Belgaon\n#N/A|Champa\n';
const crc = path.join(
  import.meta.dirname,
  '../../fixtures/check/cell-whitespace-crc',
  'inspection_master.csv',
);

const folder = (context: TestContext) =>
  emissionFolder(context, { 'district_master/district_mst.csv': damaged });

const inFolder = (cwd: string) => path.join(cwd, 'cqube_emission/district_master');
const fileIn = (cwd: string) => path.join(inFolder(cwd), 'district_mst.csv');

test('--fix mends what has one reading, repeated rows as well, and says what is left and why', async (context) => {
  const cwd = await folder(context);
  const { code, stdout, stderr } = await run(['check', '--fix'], { cwd });
  assert.deepEqual([code, stderr], [1, '']);
  assert.equal(await readFile(fileIn(cwd), 'utf8'), mended);
  const [first] = stdout.split('\n');
  assert.equal(
    first,
    'district_master/district_mst.csv: 2 × cell/type, 1 × dialect/blank-line, 1 × header/misspelt-column, 1 × key/duplicate-record',
  );
  assert.match(stdout, /^1 file mended\. As they were they stay beside them/m);
  assert.match(stdout, /district_mst\.csv:4:1: error: .*\[cell\/type\]/);
  assert.match(
    stdout,
    /Left as it is, and why:\n {2}cell\/type: It is the error of a spreadsheet formula: the value is not in the file\.\n$/,
  );
  assert.doesNotMatch(stdout, /7,501|Ambagarh/);
});

test('the file as it was is kept beside it until it is discarded, and a second run keeps the first', async (context) => {
  const cwd = await folder(context);
  await chmod(fileIn(cwd), 0o640);
  await run(['check', '--fix'], { cwd });
  await run(['check', '--fix'], { cwd });
  const backup = path.join(inFolder(cwd), '.district_mst.csv.before-fix.bak');
  assert.equal(await readFile(backup, 'utf8'), damaged);
  if (process.platform !== 'win32') assert.equal((await stat(fileIn(cwd))).mode & 0o777, 0o640);
  const { code, stdout } = await run(['check', '--fix', '--discard-backups'], { cwd });
  assert.deepEqual(
    [code, stdout],
    [0, 'district_master/.district_mst.csv.before-fix.bak\n1 backup removed.\n'],
  );
  assert.deepEqual(await readdir(inFolder(cwd)), ['district_mst.csv']);
});

test('neither zip nor plan takes what is kept', async (context) => {
  const cwd = await folder(context);
  await run(['check', '--fix'], { cwd });
  await run(['zip'], { cwd });
  assert.deepEqual((await readdir(inFolder(cwd))).sort(), [
    '.district_mst.csv.before-fix.bak',
    'district_mst.csv',
    'district_mst.zip',
  ]);
  const { stdout } = await run(['plan', '--format', 'json'], { cwd });
  const { waves, heldBack } = JSON.parse(stdout) as {
    waves: unknown[];
    heldBack: { path: string; reason: string }[];
  };
  assert.deepEqual(waves, []);
  assert.deepEqual(
    heldBack.filter(({ path: name }) => name.endsWith('.bak')).map(({ reason }) => reason),
    ['not-a-dataset'],
  );
});

test('--no-backup keeps nothing; a good file is not touched', async (context) => {
  const cwd = await folder(context);
  await run(['check', '--fix', '--no-backup'], { cwd });
  assert.deepEqual(await readdir(inFolder(cwd)), ['district_mst.csv']);
  const before = await stat(fileIn(cwd));
  const { stdout } = await run(['check', '--fix'], { cwd });
  assert.match(stdout, /^Nothing to mend for certain\.$/m);
  const after = await stat(fileIn(cwd));
  assert.deepEqual([after.ino, after.mtimeMs], [before.ino, before.mtimeMs]);
});

test('a rule that is turned off is not mended', async (context) => {
  const cwd = await folder(context);
  const off = ['--rule', 'cell/type=off', '--rule', 'dialect/blank-line=off'];
  await run(['check', '--fix', ...off], { cwd });
  assert.equal(await readFile(fileIn(cwd), 'utf8'), damaged.replace('Distrct', 'District'));
});

test('--fix-dry-run writes nothing and prints a diff that `patch` could apply', async (context) => {
  const cwd = await folder(context);
  const { code, stdout, stderr } = await run(['check', '--fix-dry-run'], { cwd });
  assert.equal(code, 0);
  assert.equal(await readFile(fileIn(cwd), 'utf8'), damaged);
  assert.deepEqual(await readdir(inFolder(cwd)), ['district_mst.csv']);
  assert.equal(
    stdout,
    [
      '--- a/district_master/district_mst.csv',
      '+++ b/district_master/district_mst.csv',
      '@@ -1,2 +1,2 @@',
      '-DistrictId|Distrct',
      '-"7,501"|Ambagarh',
      '+DistrictId|District',
      '+"7501"|Ambagarh',
      '@@ -4,2 +3,0 @@',
      '-',
      '-7502.0|Belgaon',
      '',
    ].join('\n'),
  );
  assert.match(stderr, /^1 file would be mended; nothing is written\.$/m);
});

test('names are hidden in the diff unless they are asked for', async (context) => {
  const cwd = await emissionFolder(context, { 'crc/inspection_master.csv': await readFile(crc) });
  const file = 'cqube_emission/crc/inspection_master.csv';
  const { stdout } = await run(['check', '--fix-dry-run', file], { cwd });
  assert.doesNotMatch(stdout, /Observer/);
  assert.match(stdout, /^\+1000\|500\|•••\*\|75010100001\|/m);
  const shown = await run(['check', '--fix-dry-run', '--show-personal', file], { cwd });
  assert.match(shown.stdout, /^\+1000\|500\|Observer\|75010100001\|/m);
});

test('json stays json: what was mended goes to standard error', async (context) => {
  const cwd = await folder(context);
  const { stdout, stderr } = await run(['check', '--fix', '--format', 'json'], { cwd });
  assert.equal((JSON.parse(stdout) as { version: number }).version, 1);
  assert.match(stderr, /^1 file mended\./m);
});

for (const [words, why] of [
  [['--fix', '--fix-dry-run'], 'Give either --fix or --fix-dry-run.'],
  [['--no-backup'], '--no-backup goes with --fix.'],
  [['--show-personal', '--fix'], '--show-personal goes with --fix-dry-run.'],
] as const) {
  test(`${words.join(' ')} is refused`, async (context) => {
    const cwd = await folder(context);
    const { code, stdout, stderr } = await run(['check', ...words], { cwd });
    assert.deepEqual([code, stdout, stderr], [2, '', `${why}\n`]);
    assert.equal(await readFile(fileIn(cwd), 'utf8'), damaged);
  });
}

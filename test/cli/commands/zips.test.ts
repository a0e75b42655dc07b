/** Zips that are not as this tool makes them, as the command line tells of them. */
import assert from 'node:assert/strict';
import { copyFile, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { assertClear, districts, emissionFolder, run } from '../command-line.ts';

const vectors = path.join(import.meta.dirname, '../../vectors/zip');
const csv = 'district_master/district_mst.csv';
const zip = 'district_master/district_mst.zip';

test('a truncated zip is told in our own words: what is missing, and how to mend it', async (context) => {
  const whole = await readFile(path.join(vectors, 'python-deflated.zip'));
  const cwd = await emissionFolder(context, { [zip]: whole });
  const file = path.join(cwd, 'cqube_emission', zip);
  for (const bytes of [whole.length - 1, whole.length - 40, 300, 40, 0]) {
    await writeFile(file, whole.subarray(0, bytes));
    const outcome = await run(['check'], { cwd });
    assert.equal(outcome.code, 1);
    assert.match(
      outcome.stdout,
      /error: The zip is (cut off: it ends after|empty).* zip (it|the CSV) again/i,
    );
    assertClear(outcome.stdout);
  }
});

test('a zip that is cut amid the list at its end, right behind its entry, is loaded: a warning', async (context) => {
  const whole = await readFile(path.join(vectors, 'hand-cut-directory-early.zip'));
  const cwd = await emissionFolder(context, { [zip]: whole });
  const { code, stdout } = await run(['check'], { cwd });
  assert.equal(code, 0);
  assert.match(
    stdout,
    /warning: The list of entries .* unzip programs cannot open it\. Ingestion does without/,
  );
});

test('what ingestion refuses is held back and zipped anew, though its CSV lies beside it', async (context) => {
  const cwd = await emissionFolder(context, { [csv]: districts });
  const file = path.join(cwd, 'cqube_emission', zip);
  await copyFile(path.join(vectors, 'python-lzma.zip'), file);
  const plan = await run(['plan'], { cwd });
  assert.match(
    plan.stdout,
    /district_mst\.zip cannot be sent as it is\. .*LZMA, which ingestion cannot read/,
  );
  const made = await run(['zip'], { cwd });
  assert.match(made.stdout, /1 zip written, 0 unchanged, 0 failed/);
  const after = await run(['plan'], { cwd });
  assert.doesNotMatch(after.stdout, /cannot be sent/);
});

test('a zip in a method that is not read here is told as information, and the forecast says the same', async (context) => {
  const cwd = await emissionFolder(context, {
    [zip]: await readFile(path.join(vectors, 'python-bzip2.zip')),
  });
  const check = await run(['check'], { cwd });
  assert.equal(check.code, 0);
  assert.match(check.stdout, /information: .*bzip2\. Ingestion reads that; .* cannot be checked here/);
  assert.match((await run(['forecast'], { cwd })).stdout, /bzip2\. Ingestion reads that/);
});

test('--large-entries checks what is told and left otherwise', async (context) => {
  const { default: JSZip } = await import('jszip');
  const content = Buffer.concat([Buffer.from(districts), Buffer.alloc(70 << 20, '7501|Ambagarh\n')]);
  const archive = new JSZip().file('district_mst.csv', content);
  const bytes = await archive.generateAsync({ type: 'nodebuffer', compression: 'DEFLATE' });
  const cwd = await emissionFolder(context, { [zip]: bytes });
  const left = await run(['check'], { cwd });
  assert.match(left.stdout, /warning: .*250 times its size .* not checked.*--large-entries/);
  const checked = await run(['check', '--large-entries'], { cwd });
  assert.match(checked.stdout, /key\/duplicate-record/);
  assert.doesNotMatch(checked.stdout, /not checked/);
});

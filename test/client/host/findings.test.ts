import assert from 'node:assert/strict';
import { closeSync, mkdirSync, openSync, rmSync, writeSync } from 'node:fs';
import * as vscode from 'vscode';
import {
  activated,
  closeAll,
  emissionPath,
  errorsOf,
  eventually,
  layOut,
  open,
  problemsOf,
  replace,
} from './harness.ts';
import type { Problem } from './harness.ts';
import { sampleFiles } from './sample.ts';

const schools = 'school_master/school_mst.csv';
const schoolText = sampleFiles[schools] ?? '';

suite('findings', () => {
  suiteSetup(async () => {
    await activated();
  });

  teardown(closeAll);

  test('a misspelt column is underlined on its very cell, and no longer once it is mended, unsaved', async () => {
    layOut({ [schools]: schoolText.replace('|Latitude|', '|Lattitude|') });
    const document = await open(schools);
    const problem = await onlyError(schools, 'header/misspelt-column');
    assert.equal(document.getText(problem.range), 'Lattitude');
    assert.match(problem.message, /Latitude/);
    await replace(document, 'Lattitude', 'Latitude');
    await eventually('the finding is gone', () => errorsOf(schools).length === 0);
    assert.ok(document.isDirty);
  });

  test('a wrong value is underlined on its very cell, and no longer once it is mended, unsaved', async () => {
    layOut({ [schools]: schoolText.replace('|23.24|', '|north|') });
    const document = await open(schools);
    const problem = await onlyError(schools, 'cell/type');
    assert.equal(document.getText(problem.range), 'north');
    await replace(document, 'north', '23.24');
    await eventually('the finding is gone', () => errorsOf(schools).length === 0);
    assert.ok(document.isDirty);
  });

  test('columns count in the units of the editor, also after Indic letters', async () => {
    layOut({ [schools]: schoolText.replace('Madhapar Primary School|1|', 'माधापर प्राथमिक विद्यालय|first|') });
    const document = await open(schools);
    // The file as it was before may have an error of the same rule: it is the place that is waited for.
    await eventually(
      'the very cell has the error',
      () =>
        errorsOf(schools).every((error) => document.getText(error.range) === 'first') &&
        errorsOf(schools).length === 1,
    );
  });

  test('the language of the document does not matter', async () => {
    layOut({ [schools]: schoolText.replace('|23.24|', '|north|') });
    const document = await open(schools);
    assert.equal(document.languageId, 'cqube-csv');
    await eventually('the value has an error', () => errorsOf(schools).length === 1);
    const other = await vscode.languages.setTextDocumentLanguage(document, 'plaintext');
    assert.equal(errorsOf(schools).length, 1);
    await replace(other, 'north', '23.24');
    await eventually('the finding is gone', () => errorsOf(schools).length === 0);
  });

  test('what was typed and not saved leaves no finding behind', async () => {
    layOut();
    const document = await open(schools);
    await replace(document, '|23.24|', '|north|');
    await eventually('the value has an error', () => errorsOf(schools).length === 1);
    await closeAll();
    await eventually('the finding is gone', () => errorsOf(schools).length === 0);
  });

  test('a file that is deleted as soon as its tab is closed leaves no finding behind', async () => {
    layOut({ [schools]: schoolText.replace('|23.24|', '|north|') });
    await open(schools);
    await eventually('the value has an error', () => errorsOf(schools).length === 1);
    await closeAll();
    rmSync(emissionPath(), { recursive: true });
    await eventually('the finding is gone', () => problemsOf(schools).length === 0);
  });

  test('files that are not open have their findings in the Problems panel', async () => {
    layOut({ 'district_master/district_mst.csv': 'DistrictId|District\none|Kutch\n' });
    const problem = await onlyError('district_master/district_mst.csv', 'cell/type');
    assert.deepEqual(problem.range, new vscode.Range(1, 0, 1, 3));
  });

  test('a file over 50 MB that is not open has its findings in the Problems panel', async function () {
    this.timeout(180_000);
    layOut();
    const file = 'udise/sch_safety.csv';
    const rows = writeLarge(emissionPath(file), 51 * 1024 * 1024);
    const problem = await eventually(
      'the large file has an error in its last row',
      () => errorsOf(file).find(({ range }) => range.start.line === rows),
      120,
    );
    assert.equal(problem.rule, 'row/column-count');
    assert.ok(!vscode.workspace.textDocuments.some(({ uri }) => uri.fsPath === emissionPath(file)));
    rmSync(emissionPath(file));
    await eventually('its findings vanish with it', () => problemsOf(file).length === 0);
  });

  test('the findings of a deleted folder vanish', async () => {
    layOut({ [schools]: schoolText.replace('|23.24|', '|north|') });
    await eventually('the school has an error', () => errorsOf(schools).length === 1);
    rmSync(emissionPath('school_master'), { recursive: true });
    await eventually('the finding is gone', () => problemsOf(schools).length === 0);
  });

  test('the findings of the whole emission folder vanish with it', async () => {
    layOut({ [schools]: schoolText.replace('|23.24|', '|north|') });
    await eventually('the school has an error', () => errorsOf(schools).length === 1);
    rmSync(emissionPath(), { recursive: true });
    await eventually('the finding is gone', () => problemsOf(schools).length === 0);
  });
});

/** Waits until the only error of a file is one of `rule`. */
function onlyError(file: string, rule: string): Promise<Problem> {
  return eventually(`the only error of ${file} is ${rule}`, () => {
    const [error, ...others] = errorsOf(file);
    return others.length === 0 && error?.rule === rule && error;
  });
}

/** Writes valid rows until the file is larger than `bytes`, then one that is too short. Number of its line, 0-based. */
function writeLarge(file: string, bytes: number): number {
  mkdirSync(emissionPath('udise'), { recursive: true });
  const header =
    'udise_sch_code|ac_year|sdmp_plan_yn|struct_safaud_yn|nonstr_safaud_yn|cctv_cam_yn|fire_ext_yn|nodal_tch_yn|safty_trng_yn|dismgmt_taug_yn|slfdef_grt_yn|slfdef_trained';
  const descriptor = openSync(file, 'w');
  try {
    let written = writeSync(descriptor, `${header}\n`);
    let line = 1;
    while (written <= bytes) {
      let block = '';
      for (let row = 0; row < 10_000; row++)
        block += `${24_010_000_000 + line++}|2026-27|1|1|2|1|1|1|2|1|1|30\n`;
      written += writeSync(descriptor, block);
    }
    writeSync(descriptor, '24019999999|2026-27|1|1|2|1|1|1|2|1|1|30|x\n');
    return line;
  } finally {
    closeSync(descriptor);
  }
}

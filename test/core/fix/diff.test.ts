import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { isPersonal } from '../../../core/catalogue/personal.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import type { FileChange } from '../../../core/fix/file-fix.ts';
import { DiffWriter } from '../../../core/fix/file/diff.ts';
import { mendText } from '../../../core/fix/file/mend.ts';

function diffOf(
  dataset: string,
  text: string,
  showsPersonal = false,
  asked?: ReadonlySet<FileChange>,
): string[] {
  let shown = '';
  const writer = new DiffWriter('a.csv', showsPersonal, (piece) => (shown += piece));
  mendText(findDataset(dataset)!, defaultSettings, Buffer.from(text), {
    ...(asked ? { asked } : {}),
    changed: (...change) => writer.changed(...change),
  });
  writer.end();
  return shown.split('\n').slice(2, -1);
}

test('lines side by side are one hunk, and later ones count what was removed', () => {
  const text = 'DistrictId|District\n7501.0|A\n7502.0|B\n\n7503|C\n\n7504.0|D\n7505|E\n7506.0|F\n';
  assert.deepEqual(diffOf('district_mst', text), [
    '@@ -2,3 +2,2 @@',
    '-7501.0|A',
    '-7502.0|B',
    '-',
    '+7501|A',
    '+7502|B',
    '@@ -6,2 +5 @@',
    '-',
    '-7504.0|D',
    '+7504|D',
    '@@ -9 +7 @@',
    '-7506.0|F',
    '+7506|F',
  ]);
});

test('a line with the delimiter is one of the diff; a value over two lines is two', () => {
  const text = 'sep=|\nDistrictId|District\n7501.0|"A\nB"\n';
  assert.deepEqual(diffOf('district_mst', text), [
    '@@ -1 +0,0 @@',
    '-sep=|',
    '@@ -3,2 +2,2 @@',
    '-7501.0|"A',
    '-B"',
    '+7501|"A',
    '+B"',
  ]);
});

test('columns that no specification names are hidden as well, also where they move', () => {
  const text = 'District|Remark|DistrictId\nA|secret|7501\n';
  const changes = ['-District|Remark|DistrictId', '+DistrictId|District|Remark'];
  assert.deepEqual(diffOf('district_mst', text), [
    '@@ -1,2 +1,2 @@',
    changes[0],
    '-A|•••|7501',
    changes[1],
    '+7501|A|•••',
  ]);
  assert.equal(diffOf('district_mst', text, true)[4], '+7501|A|secret');
});

test('signs that a terminal acts on are shown', () => {
  assert.deepEqual(diffOf('district_mst', 'DistrictId|District\n7501.0|A\u001b[2J\n').slice(1), [
    '-7501.0|A\\x1b[2J',
    '+7501|A\\x1b[2J',
  ]);
});

test('names of persons and dates of birth are personal, names of places and ids are not', () => {
  const column = (dataset: string, name: string) =>
    findDataset(dataset)!.columns.find((each) => each.name === name);
  assert.ok(isPersonal(column('tch_profile', 'name')));
  assert.ok(isPersonal(column('tch_profile', 'dob')));
  assert.ok(isPersonal(column('inspection_master', 'ObserverName')));
  assert.ok(!isPersonal(column('school_mst', 'School')));
  assert.ok(!isPersonal(column('student_attendance', 'StudentId')));
  assert.ok(!isPersonal(column('sch_staff_posn', 'tch_hav_adhr')));
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readKey, roleOfKey } from '../../../core/bucket/key.ts';
import { objectKey } from '../../../local/api.ts';
import { Random } from '../csv/random.ts';

const facts = (role: 'emission' | 'input' | 'output', key: string, release = '3.6') => {
  const { folder, name, emissionKey, time, spec, state } = readKey(role, key, release);
  return { folder, name, emissionKey, time, dataset: spec?.id, state };
};

test('an emission key tells folder, name, dataset and the time of its form', () => {
  const key = 'district_master/district_mst_20261123122513.zip';
  assert.deepEqual(facts('emission', key), {
    folder: 'district_master',
    name: 'district_mst.zip',
    emissionKey: key,
    time: '2026-11-23 12:25:13',
    dataset: 'district_mst',
    state: 'waiting',
  });
});

test('the key of the published page, which ingestion has moved to the input bucket', () => {
  const key =
    'school_master/2020/2020-06/2020-06-04_school_master/04-06-2020_13:12:59.574_5e160862-c5b3-4121-9a96-ecefa34fc264_school_mst.zip';
  assert.deepEqual(facts('input', key), {
    folder: 'school_master',
    name: 'school_mst.zip',
    emissionKey: 'school_master/school_mst.zip',
    time: '2020-06-04 13:12:59',
    dataset: 'school_mst',
    state: 'taken',
  });
});

test('an input key keeps the stamp of the emission key, by which it is found again', () => {
  const stored = 'periodic_exam_mst_20261123122513.zip';
  const key = `pat/2026/2026-11/2026-11-23_pat/23-11-2026_12:25:20.001_5e160862-c5b3-4121-9a96-ecefa34fc264_${stored}`;
  const { name, emissionKey, time, dataset } = facts('input', key);
  assert.deepEqual(
    [name, emissionKey, time, dataset],
    ['periodic_exam_mst.zip', `pat/${stored}`, '2026-11-23 12:25:20', 'periodic_exam_mst'],
  );
});

for (const [what, key, state] of [
  [
    'a key that the reference script makes of a path without a slash',
    'cqube_emission/pat/periodic_exam_mst_20261123122513.zip',
    'stays',
  ],
  ['a file at the top', 'periodic_exam_mst_20261123122513.zip', 'stays'],
  ['a folder that nobody knows', 'school_masters/school_mst_20261123122513.zip', 'stays'],
  ['an unknown name in a folder that is moved as a whole', 'pat/notes_20261123122513.zip', 'dropped'],
  ['an unknown name below udise/', 'udise/notes_20261123122513.zip', 'stays'],
  ['a name that begins as a dataset’s', 'school_master/school_mst_2_20261123122513.zip', 'waiting'],
  ['no time stamp', 'school_master/school_mst.zip', 'waiting'],
  ['a stamp that is no time', 'school_master/school_mst_20269923122513.zip', 'waiting'],
  ['capitals at the end', 'school_master/school_mst_20261123122513.ZIP', 'dropped'],
  ['the marker of a folder', 'pat/', 'dropped'],
  ['no text at all', '', 'stays'],
] as const) {
  test(`what becomes of ${what}: ${state}`, () => assert.equal(facts('emission', key).state, state));
}

test('a release without a route leaves the file where it is', () => {
  const key = 'grade_details/grade_details_20261123122513.zip';
  assert.equal(facts('emission', key, '3.5').state, 'stays');
  assert.equal(facts('emission', key, '3.6').state, 'waiting');
});

test('other keys of the input and the output bucket are shown as they are', () => {
  assert.deepEqual([facts('input', 'a/b/c.csv').name, facts('input', 'a/b/c.csv').state], ['c.csv', 'taken']);
  const output = facts('output', 'student_attendance/district_20261123122513.json');
  assert.deepEqual(
    [output.folder, output.name, output.state],
    ['student_attendance', 'district_20261123122513.json', 'other'],
  );
});

test('the form of a key names its bucket', () => {
  assert.equal(roleOfKey('pat/periodic_exam_mst_20261123122513.zip'), 'emission');
  assert.equal(
    roleOfKey(
      'pat/2026/2026-11/2026-11-23_pat/23-11-2026_12:25:20.001_5e160862-c5b3-4121-9a96-ecefa34fc264_x.zip',
    ),
    'input',
  );
  assert.equal(roleOfKey('progressCard/metadata.json'), undefined);
});

test('whatever name the server puts its time into, the name and the time come out again', () => {
  const random = new Random(9);
  const signs = ['a', 'Z', '_', '.', '/', '..', ' ', '0', '20261123122513', 'क', '\u0000', '\\', '.zip'];
  for (let round = 0; round < 3000; round++) {
    const name = Array.from({ length: 1 + random.below(8) }, () => random.pick(signs)).join('');
    const time = new Date(
      2000 + random.below(60),
      random.below(12),
      1 + random.below(28),
      ...([random.below(24), random.below(60), random.below(60)] as const),
    );
    const read = readKey('emission', objectKey(name, time), '3.6');
    const slash = name.indexOf('/');
    const below = name.slice(slash + 1);
    const last = below.split('/').findLast((part) => part !== '');
    assert.equal(read.folder, slash < 0 ? '' : name.slice(0, slash), JSON.stringify(name));
    assert.equal(read.name, last ?? below, JSON.stringify(name));
    assert.equal(read.time, time.toLocaleString('sv'), JSON.stringify(name));
  }
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byDay, cutText, filtered, grouped, listingOf } from '../../../core/bucket/listing.ts';
import type { BucketRole } from '../../../core/bucket/key.ts';
import type { StoredFile } from '../../../core/emit/api/api.ts';

const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';

const file = (key: string, lastModified = 'Mon, 23 Nov 2026 12:25:13 GMT'): StoredFile => ({
  key,
  size: 7,
  etag: '0'.repeat(32),
  lastModified,
});

const listing = (role: BucketRole, files: readonly StoredFile[], truncated = false) =>
  listingOf(role, `cqube-${role}`, { files, truncated }, '3.6');

const school = (stamp: string) => `school_master/school_mst_${stamp}.zip`;

test('an entry holds what key and listing tell', () => {
  const [entry] = listing('emission', [file(school('20261123122513'))]).entries;
  assert.deepEqual(
    [entry?.name, entry?.spec?.id, entry?.bytes, entry?.stored, entry?.state],
    ['school_mst.zip', 'school_mst', 7, '2026-11-23T12:25:13.000Z', 'waiting'],
  );
});

test('a time that cannot be read is left out', () => {
  for (const lastModified of ['', 'yesterday']) {
    assert.equal(listing('emission', [file('a/b.zip', lastModified)]).entries[0]?.stored, undefined);
  }
});

test('datasets stand in the order of the page, the latest file first, folders of no dataset behind them', () => {
  const keys = [
    'zzz/b.zip',
    'attic/a.zip',
    'notes.txt',
    'student_attendance/student_attendance_20261123122513.zip',
    school('20261123122513'),
    school('20261124080000'),
    'district_master/district_mst_20261123122513.zip',
  ];
  const groups = grouped(
    listing(
      'emission',
      keys.map((key) => file(key)),
    ).entries,
  );
  assert.deepEqual(
    groups.map(({ id, title }) => [id, title]),
    [
      ['district_mst', 'District Master'],
      ['school_mst', 'School Master'],
      ['student_attendance', 'Student Attendance'],
      ['/', 'outside of any folder'],
      ['attic/', 'attic/'],
      ['zzz/', 'zzz/'],
    ],
  );
  assert.deepEqual(
    groups[1]?.entries.map(({ time }) => time),
    ['2026-11-24 08:00:00', '2026-11-23 12:25:13'],
  );
});

test('a filter asks for datasets and for a time; what tells no time stays', () => {
  const { entries } = listing('emission', [
    file(school('20261123122513'), 'Mon, 23 Nov 2026 12:25:13 GMT'),
    file(school('20261124122513'), 'Tue, 24 Nov 2026 12:25:13 GMT'),
    file(school('20261125122513'), ''),
    file('pat/periodic_exam_mst_20261124122513.zip', 'Tue, 24 Nov 2026 12:25:13 GMT'),
  ]);
  const left = (datasets: readonly string[], since?: number) =>
    filtered(entries, { datasets, since }).map(({ key }) => key);
  assert.equal(left([]).length, 4);
  assert.deepEqual(left(['periodic_exam_mst']), ['pat/periodic_exam_mst_20261124122513.zip']);
  assert.deepEqual(left(['school_mst'], Date.parse('2026-11-24T12:25:13Z')), [
    school('20261124122513'),
    school('20261125122513'),
  ]);
});

test('the input bucket by days, the latest first', () => {
  const taken = (day: string, month: string) =>
    file(
      `pat/2026/2026-${month}/2026-${month}-${day}_pat/${day}-${month}-2026_10:00:00.000_${uuid}_periodic_exam_mst.zip`,
    );
  const { entries } = listing('input', [taken('30', '09'), taken('01', '10'), file('pat/x.zip', '')]);
  assert.deepEqual(
    byDay(entries).map(([day, members]) => [day, members.length]),
    [
      ['without a time', 1],
      ['2026-10-01', 1],
      ['2026-09-30', 1],
    ],
  );
});

test('a listing that is cut says where and what that hides', () => {
  assert.equal(cutText(listing('input', [file('a/b.zip')])), undefined);
  const text = cutText(listing('input', [file('a/b.zip'), file('a/c\u001b[31m.zip')], true)) ?? '';
  assert.match(text, /ends after 2 objects at a\/c\\u\{1b\}\[31m\.zip, and nothing can ask for the rest/);
});

test('20,000 keys: each is read a few times, however many groups and days there are', () => {
  let reads = 0;
  const files = Array.from({ length: 20_000 }, (_, index): StoredFile => {
    const day = String(1 + (index % 28)).padStart(2, '0');
    const key = `pat/2026/2026-11/2026-11-${day}_pat/${day}-11-2026_10:00:00.000_${uuid}_periodic_exam_mst_${20_261_101_000_000 + index}.zip`;
    return {
      ...file(key),
      get key() {
        reads++;
        return key;
      },
    };
  });
  const { entries } = listing('input', files);
  const [group] = grouped(entries);
  assert.equal(byDay(group!.entries).length, 28);
  assert.equal(reads, 20_000);
});

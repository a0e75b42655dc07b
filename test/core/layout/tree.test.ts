/** What stands in an emission folder, and what ingestion would do with the rest (ingestion-rules, section 2). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { DirectoryEntry, FileSystem } from '../../../core/layout/file-system.ts';
import { surveyTree } from '../../../core/layout/tree.ts';
import type { RuleSettings } from '../../../core/finding.ts';

type Kind = DirectoryEntry['kind'];

/** A file system in memory: paths below `root` and what each is; the folders above a path come by themselves. */
function memory(paths: Readonly<Record<string, Kind>>, refused: readonly string[] = []): FileSystem {
  const folders = new Map<string, Map<string, Kind>>([['root', new Map()]]);
  for (const [path, kind] of Object.entries(paths)) {
    const parts = path.split('/');
    parts.forEach((name, depth) => {
      const folder = ['root', ...parts.slice(0, depth)].join('/');
      const entries = folders.get(folder) ?? new Map<string, Kind>();
      folders.set(folder, entries.set(name, depth === parts.length - 1 ? kind : 'directory'));
    });
  }
  return {
    list: (folder) => {
      if (refused.includes(folder))
        return Promise.reject(Object.assign(new Error('EACCES'), { code: 'EACCES' }));
      const entries = [...(folders.get(folder) ?? [])];
      return Promise.resolve(
        entries
          .map(([name, kind]) => ({ name, kind, bytes: kind === 'file' ? 10 : 0, modified: 1 }))
          .sort((a, b) => (a.name < b.name ? -1 : 1)),
      );
    },
    stat: () => Promise.reject(new Error('The survey has seen every entry.')),
    read: () => {
      throw new Error('The survey reads no content.');
    },
  };
}

const files = (...paths: string[]) => Object.fromEntries(paths.map((path): [string, Kind] => [path, 'file']));

async function survey(paths: Readonly<Record<string, Kind>>, rules: RuleSettings = {}, refused?: string[]) {
  const tree = await surveyTree(memory(paths, refused), 'root', rules);
  return {
    tree,
    found: tree.findings.map(({ rule, severity, file }) => [rule, severity, file]),
    leftOut: tree.leftOut.map(({ path }) => path),
    present: tree.datasets.filter(({ csv, zip }) => csv ?? zip).map(({ spec }) => spec.id),
  };
}

test('files in their places are datasets, and there is nothing to say', async () => {
  const { tree, found, leftOut, present } = await survey(
    files(
      'district_master/district_mst.csv',
      'district_master/district_mst.zip',
      'pat/periodic_exam_mst.zip',
      'pat/periodic_exam_grade_details.csv',
      'udise/sch_safety.csv',
    ),
  );
  assert.deepEqual([found, leftOut], [[], []]);
  assert.deepEqual(present, [
    'district_mst',
    'periodic_exam_mst',
    'periodic_exam_grade_details',
    'sch_safety',
  ]);
  assert.equal(tree.datasets.length, 65);
  const district = tree.datasets.find(({ spec }) => spec.id === 'district_mst');
  assert.deepEqual(district?.csv, { path: 'district_master/district_mst.csv', bytes: 10, modified: 1 });
  assert.equal(district.zip?.path, 'district_master/district_mst.zip');
});

const cases: readonly (readonly [
  what: string,
  paths: Readonly<Record<string, Kind>>,
  found: readonly (readonly [string, string, string])[],
])[] = [
  [
    'a folder that no route takes',
    files('school_management_master/school_management_master.zip'),
    [['layout/unknown-folder', 'error', 'school_management_master']],
  ],
  [
    'a data source that release 3.7 may have been configured for',
    files('textbook_distribution/textbook_distribution.zip'),
    [['layout/unknown-folder', 'warning', 'textbook_distribution']],
  ],
  [
    'a folder in other capitals',
    files('School_master/school_mst.zip'),
    [['layout/unknown-folder', 'error', 'School_master']],
  ],
  [
    'an unknown folder whose start fits a route',
    files('student_attendance_2026/student_attendance.zip'),
    [['layout/unknown-folder', 'warning', 'student_attendance_2026']],
  ],
  [
    'an unknown CSV and an unknown zip',
    files('pat/exams.csv', 'udise/schools.zip'),
    [
      ['layout/unknown-file', 'error', 'pat/exams.csv'],
      ['layout/unknown-file', 'error', 'udise/schools.zip'],
    ],
  ],
  [
    'an extension in capitals is not taken',
    files('school_master/school_mst.ZIP'),
    [['layout/unknown-file', 'error', 'school_master/school_mst.ZIP']],
  ],
  [
    'a zip that only starts like the published one',
    files('school_master/school_mst_old.zip'),
    [['layout/file-name', 'warning', 'school_master/school_mst_old.zip']],
  ],
  [
    'a file in the folder of another',
    files('school_master/block_mst.csv', 'sat/periodic_exam_mst.zip'),
    [
      ['layout/misplaced-file', 'error', 'sat/periodic_exam_mst.zip'],
      ['layout/misplaced-file', 'error', 'school_master/block_mst.csv'],
    ],
  ],
  [
    'a file at the top, and one too deep',
    files('school_mst.csv', 'pat/2026/periodic_exam_mst.zip', 'pat/periodic_exam_mst.csv'),
    [
      ['layout/misplaced-file', 'error', 'pat/2026'],
      ['layout/misplaced-file', 'error', 'school_mst.csv'],
    ],
  ],
  [
    'an empty dataset folder',
    { school_master: 'directory' },
    [['layout/missing-dataset', 'information', 'school_master']],
  ],
  [
    'what systems and editors leave behind',
    files(
      '.DS_Store',
      'readme.txt',
      '.git/config',
      'school_master/~$school_mst.csv',
      'school_master/school_mst.csv',
      'school_master/school_mst.csv.bak',
      'school_master/notes.txt',
    ),
    [
      ['layout/stray-file', 'warning', '.DS_Store'],
      ['layout/stray-file', 'warning', '.git'],
      ['layout/stray-file', 'warning', 'readme.txt'],
      ['layout/stray-file', 'warning', 'school_master/notes.txt'],
      ['layout/stray-file', 'warning', 'school_master/school_mst.csv.bak'],
      ['layout/stray-file', 'warning', 'school_master/~$school_mst.csv'],
    ],
  ],
  [
    'a symbolic link and a pipe are not followed',
    {
      'school_master/school_mst.csv': 'link',
      'school_master/school_mst.zip': 'other',
      'district_master/district_mst.csv': 'file',
    },
    [
      ['layout/missing-dataset', 'information', 'school_master'],
      ['layout/stray-file', 'warning', 'school_master/school_mst.csv'],
      ['layout/stray-file', 'warning', 'school_master/school_mst.zip'],
    ],
  ],
];

for (const [what, paths, expected] of cases) {
  test(what, async () => {
    const { found, leftOut } = await survey(paths);
    const byFile = (a: readonly string[], b: readonly string[]) =>
      a[2]! < b[2]! ? -1 : a[2]! > b[2]! ? 1 : a[0]! < b[0]! ? -1 : 1;
    assert.deepEqual(found.sort(byFile), expected);
    // Everything but an empty folder is left out of an emission, and said to be.
    const out = expected.filter(([rule]) => rule !== 'layout/missing-dataset').map(([, , file]) => file);
    assert.deepEqual(leftOut.sort(), [...out].sort());
  });
}

test('a folder that cannot be read is told, and the others are surveyed', async () => {
  const { found, present } = await survey(
    files('pat/periodic_exam_mst.zip', 'district_master/district_mst.csv'),
    {},
    ['root/pat'],
  );
  assert.deepEqual(found, [['layout/unreadable', 'error', 'pat']]);
  assert.deepEqual(present, ['district_mst']);
});

test('an emission folder that cannot be read is the caller’s business', async () => {
  await assert.rejects(survey({}, {}, ['root']), { code: 'EACCES' });
});

test('a rule that is turned off has no finding, but what it is about is still left out', async () => {
  const paths = files('school_master/notes.txt', 'school_master/school_mst.csv');
  const { found, leftOut } = await survey(paths, { 'layout/stray-file': 'off' });
  assert.deepEqual([found, leftOut], [[], ['school_master/notes.txt']]);
});

const meanings: readonly (readonly [
  string,
  readonly string[],
  Readonly<Record<string, readonly string[]>>,
])[] = [
  ['a misspelt folder', ['school_masters/school_mst.csv'], { school_masters: ['school_mst'] }],
  [
    'a misspelt folder with several files, one misspelt too',
    [
      'patt/periodic_exam_mst.csv',
      'patt/periodic_exam_mst.zip',
      'patt/periodic_exam_qst_msts.csv',
      'patt/notes.txt',
    ],
    { patt: ['periodic_exam_mst', 'periodic_exam_qst_mst'] },
  ],
  [
    'a folder of any name that holds a file of cQube',
    ['masters/school_mst.csv'],
    { masters: ['school_mst'] },
  ],
  [
    'a misspelt file',
    ['pat/periodic_exam_msts.csv'],
    { 'pat/periodic_exam_msts.csv': ['periodic_exam_mst'] },
  ],
  [
    'a file in capitals',
    ['school_master/SCHOOL_MST.CSV'],
    { 'school_master/SCHOOL_MST.CSV': ['school_mst'] },
  ],
  ['a file in the wrong folder', ['pat/school_mst.zip'], { 'pat/school_mst.zip': ['school_mst'] }],
  ['a file beside the folders', ['school_mst.csv'], { 'school_mst.csv': ['school_mst'] }],
  ['files too deep', ['pat/2026/periodic_exam_mst.csv'], { 'pat/2026': ['periodic_exam_mst'] }],
  ['folders one level too deep', ['state/school_master/school_mst.csv'], { state: ['school_mst'] }],
  [
    'a workbook alone',
    ['school_master/school_mst.xlsx'],
    { 'school_master/school_mst.xlsx': ['school_mst'] },
  ],
  [
    'a workbook beside its CSV',
    ['school_master/school_mst.xlsx', 'school_master/school_mst.csv'],
    { 'school_master/school_mst.xlsx': [] },
  ],
  [
    'a name that starts as another one that is nearer',
    ['diksha/diksha_tpd_mappin.zip'],
    { 'diksha/diksha_tpd_mappin.zip': ['diksha_tpd_mapping'] },
  ],
  [
    'a name that ingestion takes and nobody sends',
    ['school_master/school_mst_new.zip'],
    { 'school_master/school_mst_new.zip': ['school_mst'] },
  ],
  [
    'a stranger',
    ['holidays/list.csv', 'school_master/school_mst.csv~'],
    { holidays: [], 'school_master/school_mst.csv~': [] },
  ],
];

for (const [what, paths, expected] of meanings) {
  test(`${what}: what it was meant to be`, async () => {
    const { tree } = await survey(files(...paths));
    assert.deepEqual(Object.fromEntries(tree.leftOut.map(({ path, meant }) => [path, meant])), expected);
  });
}

/** Which object of the emission bucket ingestion reads as which dataset (ingestion-rules, sections 2 and 3). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  datasetNamed,
  datasetOfCsv,
  routeOf,
  similarFile,
  similarFolder,
} from '../../../core/catalogue/match.ts';
import { editDistance, mostSimilar } from '../../../core/catalogue/similar.ts';

const routes: readonly (readonly [key: string, outcome: string])[] = [
  ['district_master/district_mst.zip', 'district_mst'],
  ['district_master/district_m.zip', 'district_mst'],
  ['district_master/districts.zip', 'dropped'],
  ['District_master/district_mst.zip', 'left'],
  ['district_master/District_mst.zip', 'dropped'],
  ['school_master/school_mst_20261123.zip', 'school_mst'],
  ['school_master/school_mst.ZIP', 'dropped'],
  ['school_master/school_mst.csv', 'dropped'],
  ['school_management_master/school_management_master.zip', 'left'],
  // These two routes test a start without a slash.
  ['student_attendance_2026/student_attendance.zip', 'student_attendance'],
  ['infra_trans_old/infra_trans.zip', 'infra_trans'],
  ['teacher_attendance_2026/teacher_attendance.zip', 'left'],
  ['udise/sch_recp_expenses.zip', 'sch_recp_exp'],
  ['udise/sch_exmres_c10.zip', 'sch_exmres_c10'],
  // An unknown name stays in the bucket under udise/, and is moved and dropped elsewhere.
  ['udise/schools.zip', 'left'],
  ['pat/exam.zip', 'dropped'],
  ['pat/2026/periodic_exam_mst.zip', 'dropped'],
  ['pat/semester_exam_mst.zip', 'dropped'],
  ['pat/periodic_exam_mst.zip', 'periodic_exam_mst'],
  ['pat/periodic_exam_grade_details.zip', 'periodic_exam_grade_details'],
  ['diksha/diksha_tpd.zip', 'diksha_tpd'],
  ['diksha/diksha_tpd.csv', 'diksha_tpd'],
  ['diksha/diksha_tpd_mapping.zip', 'diksha_tpd_mapping'],
  ['diksha/diksha_tpd_api.zip', 'left'],
  ['diksha/diksha_api_progress_exhaust_batch_ids.zip', 'diksha_api_progress_exhaust_batch_ids'],
  ['diksha_enrolment/diksha_course_enrolments.zip', 'diksha_course_enrolment'],
  ['readme/readme.zip', 'left'],
];

for (const [key, outcome] of routes) {
  test(`${key}: ${outcome}`, () => {
    const slash = key.indexOf('/');
    const route = routeOf(key.slice(0, slash), key.slice(slash + 1));
    assert.equal(route.kind === 'taken' ? route.spec.id : route.kind, outcome);
  });
}

test('a CSV is known by its exact folder and name', () => {
  assert.equal(datasetOfCsv('pat', 'periodic_exam_mst.csv')?.id, 'periodic_exam_mst');
  assert.equal(datasetOfCsv('sat', 'periodic_exam_mst.csv'), undefined);
  assert.equal(datasetOfCsv('pat', 'Periodic_exam_mst.csv'), undefined);
  assert.equal(datasetNamed('periodic_exam_mst.zip')?.id, 'periodic_exam_mst');
  assert.equal(datasetNamed('periodic_exam_mst.txt'), undefined);
});

test('a near miss gets a suggestion, a far one none', () => {
  assert.equal(similarFolder('School_Master'), 'school_master');
  assert.equal(similarFolder('school-masters'), 'school_master');
  assert.equal(similarFolder('school_management_master'), 'school_management');
  assert.equal(similarFolder('photos'), undefined);
  assert.equal(similarFile('pat', 'periodic_exm_mst.csv'), 'periodic_exam_mst.csv');
  assert.equal(similarFile('district_master', 'district_msts.zip'), 'district_mst.zip');
  assert.equal(similarFile('pat', 'notes.csv'), undefined);
});

test('distance counts insertions, deletions, replacements and swaps', () => {
  assert.deepEqual(
    [
      ['', 'abc'],
      ['abc', 'abc'],
      ['abc', 'acb'],
      ['abc', 'abd'],
      ['kitten', 'sitting'],
    ].map(([a, b]) => editDistance(a!, b!)),
    [3, 0, 1, 1, 3],
  );
  for (const [a, b] of [
    ['kitten', 'sitting'],
    ['abcdefgh', 'badcfehg'],
    ['abcdefgh', 'xbcdefghyz'],
    ['student_id', 'school_code'],
  ] as const) {
    const distance = editDistance(a, b);
    for (let most = 0; most < 10; most++) {
      const found = editDistance(a, b, most);
      assert.ok(
        distance <= most ? found === distance : found > most,
        `${a}, ${b}, at most ${most}: ${found}`,
      );
    }
  }
  assert.equal(mostSimilar('Distict', ['DistrictId', 'District']), 'District');
  assert.equal(mostSimilar('x', ['y']), undefined);
});

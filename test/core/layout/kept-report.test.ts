/** Reports that outlast a run: nothing is lost on the way, and everything that may change them is asked for by name. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets, findDataset, variantsOf } from '../../../core/catalogue/catalogue.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';
import type { FileReport } from '../../../core/check/file.ts';
import { referredColumns } from '../../../core/check/references/reference-check.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { columnsKey, masterKey, MasterValues, ValueSet } from '../../../core/check/identity/value-set.ts';
import { checkBytes, type CheckJob } from '../../../core/scan/job.ts';
import { checkQuestion, dependsOnToday } from '../../../core/scan/kept-report.ts';

const csv =
  'DistrictId|District\n7501|Ambagarh\n75x2|Belgaon\n7503|Canning\n0|Zero\n' + '7501|Ambagarh\n'.repeat(40);

function check(
  text: string,
  dataset: string,
  settings: CheckSettings,
  masters?: MasterValues,
): Promise<FileReport> {
  // eslint-disable-next-line @typescript-eslint/require-await -- bytes come as an asynchronous sequence
  const open = async function* () {
    yield new TextEncoder().encode(text);
  };
  const file = { file: `x/${dataset}.csv`, bytes: text.length, settings };
  return checkBytes(findDataset(dataset)!, file, open, masters);
}

function job(dataset: string, settings: Partial<CheckSettings> = {}, entry?: string): CheckJob {
  const given = { ...defaultSettings, ...settings };
  return {
    dataset,
    file: 'f',
    path: 'p',
    bytes: 1,
    settings: given,
    ...(entry === undefined ? {} : { entry: { name: entry, method: 8, start: 42 } }),
  };
}

test('a kept report says what the check said, its values for other files too', async () => {
  const report = await check(csv, 'district_mst', defaultSettings, new MasterValues(new Map()));
  assert.ok(report.findings.length > 1 && report.values.size === 2);
  const { encode, decode } = checkQuestion(job('district_mst'), undefined);
  const bytes = encode(report)!;
  // Wherever it lies in the memory that it was read into.
  const elsewhere = Buffer.alloc(bytes.length + 3);
  elsewhere.set(bytes, 3);
  for (const given of [bytes, elsewhere.subarray(3)]) {
    const { values, ...told } = decode(given);
    const { values: sets, ...meant } = report;
    assert.deepEqual(told, meant);
    assert.deepEqual([...values.keys()], [...sets.keys()]);
    for (const [key, set] of sets) {
      const back = values.get(key)!;
      assert.equal(back.signature, set.signature);
      const [ids, kept] = [set, back].map((each) =>
        each
          .share()
          .ids.filter((id) => id !== 0)
          .sort(),
      );
      assert.ok(ids!.length >= 4);
      assert.deepEqual(kept, ids);
      assert.equal(back.signature, set.signature);
    }
  }
});

test('the marks of questions are kept with them', async () => {
  const marks =
    'question_id|exam_id|question_title|question_marks|lo_code|indicator|indicator_title\n1|7|a|5|||\n2|7|b|2.5|||\n';
  const report = await check(marks, 'periodic_exam_qst_mst', defaultSettings, new MasterValues(new Map()));
  const { encode, decode } = checkQuestion(job('periodic_exam_qst_mst'), undefined);
  const [key] = report.values.keys();
  const [set, back] = [report, decode(encode(report)!)].map(({ values }) => values.get(key!)!);
  const numbers = [...set!.share().ids].filter((id) => id !== 0).map((id) => set!.numberOf(id));
  assert.deepEqual(numbers.sort(), [2.5, 5]);
  for (const id of set!.share().ids.filter((each) => each !== 0))
    assert.equal(back!.numberOf(id), set!.numberOf(id));
  assert.equal(back!.signature, set!.signature);
});

test('no cell stands in a kept report', async () => {
  const report = await check(csv, 'district_mst', defaultSettings, new MasterValues(new Map()));
  const bytes = checkQuestion(job('district_mst'), undefined).encode(report)!;
  const text = new TextDecoder('latin1').decode(bytes);
  for (const value of ['75x2', '7501', 'Ambagarh', 'Belgaon']) assert.ok(!text.includes(value), value);
});

test('a list of findings without end is not kept', async () => {
  const report = await check(csv, 'district_mst', defaultSettings);
  const [finding] = report.findings;
  const endless = { ...report, findings: Array.from({ length: 50_000 }, () => finding!) };
  assert.equal(checkQuestion(job('district_mst'), undefined).encode(endless), undefined);
});

test('another setting, dataset, entry, day or master is another question', () => {
  const values = (...ids: number[]) => {
    const set = new ValueSet();
    for (const id of ids) set.addId(id);
    const key = masterKey('school_mst', ['SchoolId']);
    return new MasterValues(new Map([[key, set]]));
  };
  const today = '2026-10-12';
  const questions = [
    checkQuestion(job('student_attendance', { today }), undefined),
    checkQuestion(job('student_attendance', { today: '2026-10-13' }), undefined),
    checkQuestion(job('student_attendance', { today, release: '3.5' }), undefined),
    checkQuestion(job('student_attendance', { today, variant: 'udise' }), undefined),
    checkQuestion(job('student_attendance', { today, dikshaDelimiter: 'comma' }), undefined),
    checkQuestion(job('student_attendance', { today, withoutMap: true }), undefined),
    checkQuestion(job('student_attendance', { today, maxFindings: 5 }), undefined),
    checkQuestion(job('student_attendance', { today, rules: { 'cell/type': 'off' } }), undefined),
    checkQuestion(job('student_attendance', { today, rules: { 'cell/type': 'warning' } }), undefined),
    checkQuestion(job('student_attendance', { today }, 'student_attendance.csv'), undefined),
    checkQuestion(job('teacher_attendance', { today }), undefined),
    checkQuestion(job('student_attendance', { today }), new MasterValues(new Map())),
    checkQuestion(job('student_attendance', { today }), values(1, 2)),
    checkQuestion(job('student_attendance', { today }), values(1, 3)),
    checkQuestion(job('student_attendance', { today }), values()),
  ];
  assert.equal(new Set(questions.map(({ name }) => name)).size, questions.length);
});

test('a setting that is not known here yet is part of the question', () => {
  const other: CheckSettings & { readonly other: string } = { ...defaultSettings, other: 'yes' };
  const names = [{}, other, { ...other, other: 'no' }].map(
    (settings) => checkQuestion(job('district_mst', settings), undefined).name,
  );
  assert.equal(new Set(names).size, 3);
});

test('the order in which rules were set is no difference', () => {
  const one = job('district_mst', { rules: { 'cell/type': 'off', 'encoding/bom': 'off' } });
  const other = job('district_mst', { rules: { 'encoding/bom': 'off', 'cell/type': 'off' } });
  assert.equal(checkQuestion(one, undefined).name, checkQuestion(other, undefined).name);
});

test('the day matters to what happened, and to no other file', async () => {
  const asked = new Set<string>();
  for (const spec of datasets) {
    for (const { id, columns } of variantsOf(spec)) {
      const settings = { ...defaultSettings, variant: id === 'udise' ? 'udise' : 'auto' } as CheckSettings;
      Object.defineProperty(settings, 'today', { get: () => (asked.add(spec.id), '2026-10-12') });
      const row = columns.map((column) => plausible(column.type, column.name, spec)).join('|');
      const report = await check(`${columns.map(({ name }) => name).join('|')}\n${row}\n`, spec.id, settings);
      assert.equal(report.rows, 1, spec.id);
    }
  }
  assert.ok(asked.has('student_attendance') && asked.has('periodic_exam_result_trans'));
  for (const dataset of asked) assert.ok(dependsOnToday(dataset), dataset);
  assert.ok(!dependsOnToday('school_mst') && !dependsOnToday('sch_facility'));
});

/** A value that ingestion keeps, so that later rules look at it. */
function plausible(type: string, name: string, { id }: DatasetSpec): string {
  if (/month/i.test(name)) return '6';
  if (/year/i.test(name)) return '2026-27';
  if (/exam_code/i.test(name)) return 'PAT030112102026';
  if (type === 'date' || type === 'timestamp')
    return id === 'user_location_master' ? '2026-06-01' : '01/06/2026';
  return type === 'string' ? 'text' : '1';
}

test('a set of values that nobody looks into stays as it was read', async () => {
  const report = await check(csv, 'district_mst', defaultSettings, new MasterValues(new Map()));
  const { encode, decode } = checkQuestion(job('district_mst'), undefined);
  const twice = decode(encode(decode(encode(report)!))!);
  const key = columnsKey(['DistrictId']);
  assert.equal(twice.values.get(key)?.signature, report.values.get(key)?.signature);
});

test('the values that are kept are those that docs/kept-answers.md tells of', () => {
  const referred = datasets.flatMap(({ id }) => referredColumns(id).flat());
  assert.deepEqual([...new Set(referred)].sort(), [
    'BlockId',
    'ClusterId',
    'Diksha UUID',
    'District',
    'DistrictId',
    'InspectionId',
    'ManagementId',
    'SchoolCategoryId',
    'SchoolId',
    'course_id',
    'exam_code',
    'exam_id',
    'grade',
    'program_name',
    'question_id',
    'school_id',
    'subject_id',
  ]);
});

test('whether days are counted matters for attendance alone: other answers serve check and forecast', async () => {
  const nameOf = (dataset: string, countsDays: boolean) =>
    checkQuestion(job(dataset, { countsDays }), undefined).name;
  assert.notEqual(nameOf('student_attendance', true), nameOf('student_attendance', false));
  assert.equal(nameOf('district_mst', true), nameOf('district_mst', false));
  const { tally } = await check(csv, 'district_mst', defaultSettings);
  assert.ok(tally && tally.lines > 1);
});

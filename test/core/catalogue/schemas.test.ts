/** The catalogue as a whole: complete, well formed, and in agreement with itself and with the published page. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { datasets, findDataset, predecessorsOf, variantsOf } from '../../../core/catalogue/catalogue.ts';
import { routeOf } from '../../../core/catalogue/match.ts';
import type { Category, ColumnSpec, DatasetSpec } from '../../../core/catalogue/spec.ts';

const schemas = new URL('../../../schemas/', import.meta.url);
const categories: readonly Category[] = ['static', 'transaction', 'udise'];

/** The trees of the published page: `folder: files`, each one a zip with the CSV of the same name in it. */
const publishedTrees: Readonly<Record<Category, string>> = {
  static: `
    district_master: district_mst
    block_master: block_mst
    cluster_master: cluster_mst
    school_master: school_mst
    school_category: school_category_master
    school_management: school_management_master
    grade_details: grade_details
    subject_details: subject_details
    pat: periodic_exam_mst periodic_exam_qst_mst
    sat: semester_exam_mst semester_exam_qst_mst semester_exam_subject_details
    diksha: diksha_tpd_mapping diksha_api_progress_exhaust_batch_ids
    diksha_enrolment: diksha_enrolment diksha_etb_enrolment`,
  transaction: `
    student_attendance: student_attendance
    teacher_attendance: teacher_attendance
    user_location_master: user_location_master
    inspection_master: inspection_master
    infra_trans: infra_trans
    diksha: diksha_data_summary diksha_tpd
    pat: periodic_exam_result_trans
    sat: semester_exam_result_trans`,
  udise: `
    udise: sch_facility nsqf_plcmnt_c12 nsqf_plcmnt_c10 nsqf_class_cond sch_exmres_c12 sch_exmres_c10
    udise: sch_exmres_c5 sch_incen_cwsn sch_enr_by_stream sch_enr_cwsn sch_enr_medinstr sch_enr_age
    udise: sch_enr_newadm sch_enr_reptr sch_enr_fresh sch_staff_posn sch_exmmarks_c10 sch_exmmarks_c12
    udise: nsqf_exmres_c10 nsqf_exmres_c12 nsqf_trng_prov nsqf_faculty sch_exmres_c8 sch_profile tch_profile
    udise: sch_recp_exp nsqf_basic_info nsqf_enr_caste nsqf_enr_sub_sec sch_pgi_details sch_safety sch_incentives`,
};

function publishedFiles(category: Category): { folder: string; id: string }[] {
  return publishedTrees[category]
    .trim()
    .split('\n')
    .flatMap((line) => {
      const [folder, ids] = line.trim().split(': ');
      return ids!.split(' ').map((id) => ({ folder: folder!, id }));
    });
}

function filesOf(category: Category): string[] {
  return readdirSync(new URL(`${category}/`, schemas)).sort();
}

/** Every column of every variant. */
function allColumns(spec: DatasetSpec): readonly ColumnSpec[] {
  return variantsOf(spec).flatMap((variant) => variant.columns);
}

test('65 datasets: 17 static, 9 transaction and 32 UDISE of the published page, and 7 alternates', () => {
  const published = (category: Category) =>
    datasets.filter((spec) => spec.published && spec.category === category).length;
  assert.equal(datasets.length, 65);
  assert.deepEqual(categories.map(published), [17, 9, 32]);
  assert.equal(datasets.filter((spec) => !spec.published).length, 7);
  assert.equal(new Set(datasets.map((spec) => spec.id)).size, 65);
});

test('the main variants have 1,217 columns', () => {
  const counts = datasets.map((spec) => spec.columns.length);
  assert.equal(
    counts.reduce((sum, count) => sum + count, 0),
    1217,
  );
});

test('every file obeys the JSON Schema and is named after its dataset', () => {
  const schema = JSON.parse(readFileSync(new URL('dataset.schema.json', schemas), 'utf8')) as object;
  const validate = new Ajv2020({ allErrors: true, strict: true, allowUnionTypes: true }).compile(schema);
  for (const category of categories) {
    for (const file of filesOf(category)) {
      const spec = JSON.parse(readFileSync(new URL(`${category}/${file}`, schemas), 'utf8')) as DatasetSpec;
      assert.ok(validate(spec), `${category}/${file}: ${JSON.stringify(validate.errors)}`);
      assert.equal(`${spec.id}.json`, file);
      assert.equal(spec.category, category);
    }
  }
});

test('the index lists exactly the files of the folders', () => {
  for (const category of categories) {
    const listed = datasets.filter((spec) => spec.category === category).map((spec) => `${spec.id}.json`);
    assert.deepEqual(listed.sort(), filesOf(category));
  }
  const source = readFileSync(new URL('index.ts', schemas), 'utf8');
  for (const spec of datasets) assert.ok(source.includes(`/${spec.category}/${spec.id}.json`), spec.id);
});

for (const category of categories) {
  test(`every ${category} file of the published page is there, and no other is called published`, () => {
    const wanted = publishedFiles(category);
    for (const { folder, id } of wanted) {
      const spec = findDataset(id);
      assert.ok(spec, id);
      assert.deepEqual(
        { folder: spec.folder, archive: spec.archive, csv: spec.csv, category: spec.category },
        { folder, archive: `${id}.zip`, csv: `${id}.csv`, category },
      );
    }
    const published = datasets.filter((spec) => spec.published && spec.category === category);
    assert.deepEqual(published.map((spec) => spec.id).sort(), wanted.map(({ id }) => id).sort());
  });
}

test('ingestion picks up every dataset from its own folder and archive name', () => {
  for (const spec of datasets) {
    const route = routeOf(spec.folder, spec.archive);
    assert.equal(route.kind === 'taken' && route.spec.id, spec.id, spec.id);
  }
});

test('names of columns are unique in a variant, and no variant is named twice', () => {
  for (const spec of datasets) {
    const variants = variantsOf(spec);
    assert.equal(new Set(variants.map((variant) => variant.id)).size, variants.length, spec.id);
    for (const { id, columns } of variants) {
      const names = new Set(columns.map((column) => column.name.toLowerCase()));
      assert.equal(names.size, columns.length, `${spec.id} ${id}`);
    }
    assert.equal(spec.columns.length === 0, spec.sections !== undefined, spec.id);
  }
});

test('every reference names a dataset and columns that exist', () => {
  for (const spec of datasets) {
    for (const { columns, dataset, toColumns } of spec.references) {
      const target = findDataset(dataset);
      assert.ok(target, `${spec.id} refers to ${dataset}`);
      assert.equal(columns.length, toColumns.length, spec.id);
      const own = allColumns(spec).map((column) => column.name);
      const other = allColumns(target).map((column) => column.name);
      for (const column of columns) assert.ok(own.includes(column), `${spec.id}.${column}`);
      for (const column of toColumns) assert.ok(other.includes(column), `${dataset}.${column}`);
    }
  }
});

test('keys, ranges and sections name columns and datasets that exist', () => {
  for (const spec of datasets) {
    const own = allColumns(spec).map((column) => column.name);
    for (const column of spec.key.columns) assert.ok(own.includes(column), `key ${spec.id}.${column}`);
    for (const range of spec.ranges) {
      assert.ok(own.includes(range.column), `range ${spec.id}.${range.column}`);
      const [dataset, column] = range.maxFrom?.split('.') ?? [];
      if (dataset === undefined) continue;
      const names = allColumns(findDataset(dataset)!).map((each) => each.name);
      assert.ok(names.includes(column!), `range ${spec.id}.${range.column} up to ${range.maxFrom ?? ''}`);
    }
    for (const section of spec.sections ?? [])
      assert.ok(findDataset(section.dataset), `section ${section.dataset}`);
  }
});

test('every order dependency names a dataset, and none goes in a circle', () => {
  for (const spec of datasets) {
    for (const id of [...spec.emitAfter, ...spec.emitBefore])
      assert.ok(findDataset(id), `${spec.id} names ${id}`);
  }
  const done = new Set<string>();
  const visit = (id: string, path: readonly string[]) => {
    assert.ok(!path.includes(id), `circle: ${[...path, id].join(' after ')}`);
    if (done.has(id)) return;
    for (const before of predecessorsOf(findDataset(id)!)) visit(before, [...path, id]);
    done.add(id);
  };
  for (const spec of datasets) visit(spec.id, []);
  assert.equal(done.size, 65);
});

test('limits make sense: ranges run upwards, lengths are for text', () => {
  for (const spec of datasets) {
    for (const column of allColumns(spec)) {
      const where = `${spec.id}.${column.name}`;
      if (column.dbRange) assert.ok(BigInt(column.dbRange[0]) < BigInt(column.dbRange[1]), where);
      if (column.dbMaxLength !== undefined) assert.equal(column.type, 'string', where);
      if (column.type === 'date') assert.notEqual(column.format, undefined, where);
    }
  }
});

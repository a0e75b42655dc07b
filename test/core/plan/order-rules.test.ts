/** The rules of the order against the catalogue, which was taken from ingestion's code. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets, predecessorsOf, sharesTable } from '../../../core/catalogue/catalogue.ts';
import { orderRules, requirementsOf, sourcesText } from '../../../core/plan/order-rules.ts';

/** Follows from ingestion-rules, section 12, 1, and stands in no dataset's spec. */
const BEYOND = 'hierarchy-builders';

const edges = orderRules.flatMap(({ before, after }) =>
  after.flatMap((late) => before.map((early) => [early, late] as const)),
);

test('every order of the catalogue has a rule that says why, and every rule stands in the catalogue', () => {
  const explained = new Set(edges.map((edge) => edge.join(' before ')));
  const wanted = datasets.flatMap((spec) => predecessorsOf(spec).map((id) => [id, spec.id] as const));
  for (const edge of wanted) assert.ok(explained.has(edge.join(' before ')), edge.join(' before '));
  const beyond = orderRules.find(({ id }) => id === BEYOND)!;
  for (const [early, late] of edges) {
    if (beyond.before.includes(early) && beyond.after.includes(late)) continue;
    const stands = wanted.some(([id, waits]) => waits === late && sharesTable(id, early));
    assert.ok(stands, `${early} before ${late} is not in the catalogue`);
  }
});

test('what the catalogue wants before a file is needed there', () => {
  for (const { id, emitAfter } of datasets) {
    const needed = requirementsOf(id).filter(({ rule }) => rule.needed);
    for (const before of emitAfter)
      assert.ok(
        needed.some(({ on }) => on.includes(before)),
        `${before}, ${id}`,
      );
  }
});

test('the rules have no circle', () => {
  const seen = new Map<string, 'open' | 'done'>();
  const visit = (id: string): void => {
    assert.notEqual(seen.get(id), 'open', id);
    if (seen.has(id)) return;
    seen.set(id, 'open');
    for (const { on } of requirementsOf(id)) on.forEach(visit);
    seen.set(id, 'done');
  };
  for (const { id } of datasets) visit(id);
});

test('the rules of the published page name it as their source', () => {
  const published = orderRules.filter(({ sources }) => sources.some(({ by }) => by === 'page'));
  assert.deepEqual(
    published.map(({ id }) => id),
    ['periodic-exams', 'student-totals', 'visits'],
  );
  assert.equal(new Set(orderRules.map(({ id }) => id)).size, orderRules.length);
  const visits = orderRules.find(({ id }) => id === 'visits')!;
  assert.equal(sourcesText(visits), 'published order, cQube’s ingestion');
  assert.deepEqual(visits.sources[1], { by: 'ingestion', place: 'section 12, 5' });
});

test('grade files and subject files stand for each other', () => {
  const on = (id: string) => requirementsOf(id).map((requirement) => requirement.on);
  assert.deepEqual(on('semester_exam_result_trans'), [
    ['school_mst'],
    ['semester_exam_mst'],
    ['semester_exam_qst_mst'],
    ['grade_details', 'periodic_exam_grade_details', 'semester_exam_grade_details'],
    ['subject_details', 'semester_exam_subject_details'],
  ]);
});

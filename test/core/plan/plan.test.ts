/** Order and choice of an emission (emission-process, order; ingestion-rules, section 12). */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets, findDataset } from '../../../core/catalogue/catalogue.ts';
import type { Examination } from '../../../core/scan/examine.ts';
import type { Finding } from '../../../core/finding.ts';
import type { LeftOut } from '../../../core/layout/emission-tree.ts';
import type { DatasetStatus, EmissionWorkspace } from '../../../core/scan/workspace.ts';
import { requirementsOf } from '../../../core/plan/order-rules.ts';
import { MAX_UPLOAD_BYTES, planEmission, type PlanOptions } from '../../../core/plan/plan.ts';
import type { ExplainedPlan, Plan } from '../../../core/plan/types.ts';

const clean = { errors: 0, warnings: 0, information: 0 };
const acknowledged = { sha256: '00', bytes: 100, time: '2026-10-12T10:00:00Z' };

/** A dataset that is ready to be sent, but for what `change` says. */
function ready(
  id: string,
  change: Partial<Examination> = {},
  status: Partial<DatasetStatus> = {},
): DatasetStatus {
  const spec = findDataset(id);
  assert.ok(spec, id);
  const file = (name: string) => ({ path: `${spec.folder}/${name}`, bytes: 100, modified: 0 });
  const { csv: csvName, archive } = spec;
  const examination: Examination = {
    spec,
    csv: file(csvName),
    zip: file(archive),
    zipState: 'fresh',
    findings: [],
    totals: clean,
    ...change,
  };
  return { examination, state: 'ready', ...status };
}

/** The dataset without one of its files. */
function without(status: DatasetStatus, name: 'csv' | 'zip'): DatasetStatus {
  const { csv, zip: archive, zipState, ...rest } = status.examination;
  const kept = name === 'csv' ? { zip: archive, zipState } : { csv };
  const present = Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined));
  return { ...status, examination: { ...rest, ...present } };
}

function plan(
  statuses: readonly DatasetStatus[],
  options: PlanOptions = {},
  leftOut: readonly (string | LeftOut)[] = [],
): ExplainedPlan {
  const workspace: EmissionWorkspace = {
    root: 'root',
    tree: {
      datasets: [],
      findings: [],
      leftOut: leftOut.map((each) =>
        typeof each === 'string'
          ? { path: each, message: 'It is no emission file.', kind: 'stranger' as const, meant: [] }
          : each,
      ),
      entries: leftOut.length,
    },
    datasets: statuses,
  };
  return planEmission(workspace, options);
}

const wavesOf = ({ waves }: Plan) => waves.map(({ files }) => files.map(({ dataset }) => dataset));

/** Number of the wave in which each dataset leaves. */
function waveNumbers(made: Plan): Map<string, number> {
  return new Map(
    made.waves.flatMap(({ number, files }) => files.map(({ dataset }) => [dataset, number] as const)),
  );
}

const everything = plan(datasets.map(({ id }) => ready(id)));

test('everything is sent once, and every wave has its number', () => {
  const sent = wavesOf(everything).flat();
  assert.equal(sent.length, 65);
  assert.equal(new Set(sent).size, 65);
  assert.deepEqual(
    everything.waves.map(({ number }) => number),
    everything.waves.map((_, index) => index + 1),
  );
  assert.deepEqual(everything.heldBack, []);
});

test('static files leave before all others', () => {
  const waves = waveNumbers(everything);
  const of = (isStatic: boolean) =>
    datasets.filter(({ category }) => (category === 'static') === isStatic).map(({ id }) => waves.get(id)!);
  assert.ok(Math.max(...of(true)) < Math.min(...of(false)));
});

const orders: readonly (readonly [before: readonly string[], after: readonly string[]])[] = [
  [['district_mst', 'block_mst', 'cluster_mst'], ['school_mst']],
  [['school_mst'], ['school_category_master', 'school_management_master', 'grade_details']],
  [['school_mst'], ['student_attendance', 'teacher_attendance', 'infra_trans', 'sch_safety', 'tch_profile']],
  [['inspection_master'], ['user_location_master']],
  [['periodic_exam_mst', 'periodic_exam_qst_mst'], ['periodic_exam_result_trans']],
  [['semester_exam_mst', 'semester_exam_qst_mst'], ['semester_exam_result_trans']],
  [
    ['grade_details', 'subject_details', 'periodic_exam_grade_details', 'school_mst'],
    ['periodic_exam_result_trans'],
  ],
  [
    ['grade_details', 'subject_details', 'semester_exam_grade_details', 'semester_exam_subject_details'],
    ['semester_exam_result_trans'],
  ],
  [['diksha_tpd_mapping'], ['diksha_tpd']],
  [['district_mst'], ['diksha_enrolment', 'diksha_etb_enrolment', 'diksha_data_summary']],
];

for (const [before, after] of orders) {
  test(`${before.join(', ')} before ${after.join(', ')}`, () => {
    const waves = waveNumbers(everything);
    for (const early of before)
      for (const late of after) assert.ok(waves.get(early)! < waves.get(late)!, `${early} before ${late}`);
  });
}

test('what a file waits for is named, as far as it is sent at all', () => {
  const made = plan([ready('inspection_master'), ready('user_location_master'), ready('sch_safety')]);
  assert.deepEqual(wavesOf(made), [['inspection_master', 'sch_safety'], ['user_location_master']]);
  assert.deepEqual(made.waves[1]?.files[0]?.after, ['inspection_master']);
  assert.deepEqual(
    made.waves[0]?.files.map(({ after }) => after),
    [[], []],
  );
});

/** A generator of numbers from 0 to 1 that always starts the same (mulberry32). */
function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

type Situation = 'absent' | 'ready' | 'errors' | 'no-zip' | 'stale' | 'emitted' | 'changed' | 'gone';
const situations: readonly Situation[] = [
  ...['absent', 'ready', 'ready', 'ready', 'errors', 'no-zip', 'stale', 'emitted', 'changed', 'gone'],
] as Situation[];

/** A dataset in a situation; `gone`: acknowledged once, and no file of it is here any more. */
function inSituation(id: string, situation: Situation): DatasetStatus {
  const missing = (status: DatasetStatus) => without(without(status, 'csv'), 'zip');
  switch (situation) {
    case 'absent':
      return missing(ready(id, {}, { state: 'missing' }));
    case 'ready':
      return ready(id);
    case 'errors':
      return ready(id, { totals: { ...clean, errors: 1 } }, { state: 'has-errors' });
    case 'no-zip':
      return without(ready(id, {}, { state: 'needs-zip' }), 'zip');
    case 'stale':
      return ready(id, { zipState: 'stale' }, { state: 'zip-stale' });
    case 'emitted':
      return ready(id, {}, { state: 'emitted', acknowledged });
    case 'changed':
      return ready(id, {}, { state: 'changed-since-emission', acknowledged });
    case 'gone':
      return missing(ready(id, {}, { state: 'missing', acknowledged }));
  }
}

const isHere = (situation: Situation) => situation !== 'absent' && situation !== 'gone';
const isKnown = (situation: Situation) => ['emitted', 'changed', 'gone'].includes(situation);

test('of 2,000 random folders in random states none sends a file before one that it depends on, nor without a word', () => {
  const random = seeded(20261012);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!;
  for (let round = 0; round < 2000; round++) {
    const share = random();
    // The catalogue's order must not be what keeps the plan right.
    const shuffled = [...datasets].sort(() => random() - 0.5);
    const states = new Map(
      shuffled.map(({ id }) => [id, random() < share ? pick(situations) : 'absent'] as const),
    );
    const include = shuffled.filter(() => random() < 0.05).map(({ id }) => id);
    const made = plan(
      shuffled.map(({ id }) => inSituation(id, states.get(id)!)),
      { include, again: random() < 0.2 },
    );
    const waves = waveNumbers(made);
    const held = new Map(made.heldBack.map((each) => [each.dataset!, each]));

    for (const [id, situation] of states) {
      assert.equal(Number(waves.has(id)) + Number(held.has(id)), Number(isHere(situation)), `${id} once`);
      const blocked = held.get(id)?.blockedBy ?? [];
      assert.equal(held.get(id)?.reason === 'blocked', blocked.length > 0);
      for (const other of blocked) {
        assert.ok(held.has(other) && !isKnown(states.get(other)!), `${id} is blocked by ${other}`);
        assert.match(held.get(id)!.message, new RegExp(other));
      }
      if (!waves.has(id)) continue;
      for (const { on, rule } of requirementsOf(id)) {
        for (const before of on.filter((each) => waves.has(each)))
          assert.ok(waves.get(before)! < waves.get(id)!, `${before} before ${id}`);
        if (!rule.needed || on.some((each) => waves.has(each))) continue;
        const ofFile = made.dependencies.filter((each) => each.dataset === id && each.rule === rule);
        const dependency = ofFile.find((each) => each.on.join() === on.join())!;
        if (dependency.state === 'acknowledged') {
          assert.ok(on.some((each) => ['emitted', 'gone'].includes(states.get(each)!)));
          continue;
        }
        const said = made.warnings.filter(
          ({ dataset, message }) => dataset === id && message.includes(on[0]!),
        );
        assert.ok(said.length > 0, `${id} leaves without ${on.join(' or ')}, and nothing is said`);
        if (dependency.state === 'held-back') assert.ok(include.includes(id), `${id} is not blocked`);
      }
    }
    const isStatic = wavesOf(made).map((ids) => ids.map((id) => findDataset(id)?.category === 'static'));
    assert.deepEqual(
      isStatic.flat(),
      [...isStatic.flat()].sort((a, b) => Number(b) - Number(a)),
    );
  }
});

const zip = { path: 'district_master/district_mst.zip', bytes: 100, modified: 0 };

const held: readonly (readonly [reason: string, status: DatasetStatus])[] = [
  ['no-zip', without(ready('district_mst'), 'zip')],
  ['zip-unusable', ready('district_mst', { zipState: 'unusable', totals: { ...clean, errors: 1 } })],
  ['zip-stale', ready('district_mst', { zipState: 'stale' })],
  ['too-large', ready('district_mst', { zip: { ...zip, bytes: MAX_UPLOAD_BYTES + 1 } })],
  ['errors', ready('district_mst', { totals: { ...clean, errors: 2 } })],
  ['unchanged', ready('district_mst', {}, { state: 'emitted', acknowledged })],
];

for (const [reason, status] of held) {
  test(`held back: ${reason}`, () => {
    const made = plan([status, ready('block_mst')]);
    assert.deepEqual(wavesOf(made), [['block_mst']]);
    assert.deepEqual(
      made.heldBack.map((each) => [each.dataset, each.reason]),
      [['district_mst', reason]],
    );
    assert.match(made.heldBack[0]!.message, /\.$/);
  });
}

test('a file of exactly 5 GiB is sent', () => {
  const made = plan([ready('district_mst', { zip: { ...zip, bytes: MAX_UPLOAD_BYTES } })]);
  assert.deepEqual(made.heldBack, []);
});

test('a zip without its CSV is sent; a dataset without files is not spoken of', () => {
  const alone = without(ready('district_mst', { zipState: 'alone' }), 'csv');
  const missing = without(without(ready('block_mst'), 'csv'), 'zip');
  const made = plan([alone, missing]);
  assert.deepEqual([wavesOf(made), made.heldBack], [[['district_mst']], []]);
});

test('errors are sent only when the user says so for that dataset', () => {
  const wrong = (id: string) => ready(id, { totals: { ...clean, errors: 1 } });
  const made = plan([wrong('district_mst'), wrong('block_mst')], { include: ['block_mst'] });
  assert.deepEqual(wavesOf(made), [['block_mst']]);
  assert.deepEqual(
    made.heldBack.map(({ dataset }) => dataset),
    ['district_mst'],
  );
});

test('saying so never sends a stale or unusable zip', () => {
  for (const zipState of ['stale', 'unusable'] as const) {
    const status = ready('district_mst', { zipState, totals: { ...clean, errors: 1 } });
    assert.deepEqual(wavesOf(plan([status], { include: ['district_mst'], again: true })), []);
  }
});

test('what is acknowledged and unchanged is sent again only on request; what changed is sent', () => {
  const emitted = ready('district_mst', {}, { state: 'emitted', acknowledged });
  const changed = ready('block_mst', {}, { state: 'changed-since-emission', acknowledged });
  assert.deepEqual(wavesOf(plan([emitted, changed])), [['block_mst']]);
  assert.deepEqual(wavesOf(plan([emitted, changed], { again: true })), [['district_mst', 'block_mst']]);
});

test('only what is asked for is planned', () => {
  const statuses = [ready('district_mst'), without(ready('block_mst'), 'zip')];
  const made = plan(statuses, { only: ['district_mst'] }, ['readme.txt']);
  assert.deepEqual([wavesOf(made), made.heldBack], [[['district_mst']], []]);
});

test('files of no dataset are named among what is held back', () => {
  const [other] = plan([], {}, ['readme.txt']).heldBack;
  assert.deepEqual([other?.path, other?.reason, other?.dataset], ['readme.txt', 'not-a-dataset', undefined]);
});

const misspelt = (path: string, ...meant: string[]): LeftOut => ({
  path,
  message: 'Did you mean …?',
  kind: meant.length > 0 ? 'misnamed' : 'stranger',
  meant,
});

test('what was probably meant to be a dataset is held back, and so is what needs it', () => {
  const made = plan([ready('user_location_master'), ready('sch_safety')], {}, [
    misspelt('inspection_masters', 'inspection_master'),
  ]);
  assert.deepEqual(wavesOf(made), [['sch_safety']]);
  assert.deepEqual(
    made.heldBack.map(({ path, reason, meant, blockedBy }) => [path, reason, meant ?? blockedBy]),
    [
      ['user_location_master/user_location_master.zip', 'blocked', ['inspection_master']],
      ['inspection_masters', 'misnamed', ['inspection_master']],
    ],
  );
});

test('a second copy under a wrong name blocks nothing where the right one goes', () => {
  const made = plan([ready('inspection_master'), ready('user_location_master')], {}, [
    misspelt('inspection_masters', 'inspection_master'),
  ]);
  assert.deepEqual(wavesOf(made), [['inspection_master'], ['user_location_master']]);
  assert.deepEqual(
    made.heldBack.map(({ reason }) => reason),
    ['misnamed'],
  );
});

test('what cQube has is outdated where something newer may be here under a wrong name', () => {
  const gone = without(
    without(ready('inspection_master', {}, { state: 'missing', acknowledged }), 'zip'),
    'csv',
  );
  const made = plan([gone, ready('user_location_master')], {}, [
    misspelt('inspection_master.zip', 'inspection_master'),
  ]);
  assert.deepEqual(wavesOf(made), [['user_location_master']]);
  assert.equal(made.dependencies.find(({ on }) => on.includes('inspection_master'))?.state, 'outdated');
  assert.deepEqual(
    made.warnings.flatMap(({ lacks }) => lacks ?? []).filter((id) => id === 'inspection_master'),
    ['inspection_master'],
  );
});

test('of what is misnamed only what is asked for is told', () => {
  const leftOut = [misspelt('pat/periodic_exam_msts.zip', 'periodic_exam_mst'), misspelt('notes.txt')];
  const { heldBack } = plan([], { only: ['periodic_exam_mst'] }, leftOut);
  assert.deepEqual(
    heldBack.map(({ path }) => path),
    ['pat/periodic_exam_msts.zip'],
  );
  assert.deepEqual(plan([], { only: ['school_mst'] }, leftOut).heldBack, []);
});

const warned = (made: Plan) => made.warnings.map(({ dataset }) => dataset);

test('a zip that nobody has looked into is sent with a warning', () => {
  const finding: Finding = {
    rule: 'layout/zip-unchecked',
    severity: 'warning',
    file: 'udise/sch_safety.zip',
    ...{ line: 0, column: 0, endLine: 0, endColumn: 0 },
    message: 'It was not checked.',
  };
  const made = plan([ready('sch_safety', { findings: [finding] })]);
  assert.deepEqual(wavesOf(made), [['sch_safety']]);
  assert.deepEqual(
    made.warnings.flatMap(({ message, lacks }) => (lacks ? [] : [message])),
    ['sch_safety is sent unchecked. It was not checked.'],
  );
});

test('a predecessor that is neither sent nor acknowledged is a warning', () => {
  assert.deepEqual(warned(plan([ready('user_location_master')])), ['user_location_master']);
  assert.deepEqual(
    warned(plan([ready('inspection_master'), ready('user_location_master'), ready('school_mst')])),
    ['school_mst', 'school_mst', 'school_mst'],
  );
  const known = ready('inspection_master', {}, { state: 'emitted', acknowledged });
  assert.deepEqual(warned(plan([known, ready('user_location_master')])), []);
});

test('any one of the three grade files serves the results; more than one is a warning', () => {
  const others = ['school_mst', 'periodic_exam_mst', 'periodic_exam_qst_mst'].map((id) =>
    ready(id, {}, { state: 'emitted', acknowledged }),
  );
  const results = ready('periodic_exam_result_trans');
  for (const id of ['grade_details', 'periodic_exam_grade_details', 'semester_exam_grade_details'])
    assert.deepEqual(warned(plan([...others, ready(id), results])), [], id);
  assert.deepEqual(warned(plan([...others, results])), ['periodic_exam_result_trans']);
  const two = plan([...others, ready('grade_details'), ready('periodic_exam_grade_details'), results]);
  assert.deepEqual(warned(two), ['periodic_exam_grade_details']);
});

const told = (made: Plan, dataset: string) =>
  made.warnings.filter((each) => each.dataset === dataset).map(({ message }) => message);

test('a good file whose master is held back waits with it, and so does what waits for that', () => {
  const wrong = ready('school_mst', { totals: { ...clean, errors: 1 } }, { state: 'has-errors' });
  const parts = ['district_mst', 'block_mst', 'cluster_mst'].map((id) => ready(id));
  const others = ['inspection_master', 'user_location_master'].map((id) => ready(id));
  const made = plan([...parts, wrong, ...others]);
  assert.deepEqual(wavesOf(made), [['district_mst', 'block_mst', 'cluster_mst']]);
  assert.deepEqual(
    made.heldBack.map(({ dataset, reason, blockedBy }) => [dataset, reason, blockedBy]),
    [
      ['school_mst', 'errors', undefined],
      ['inspection_master', 'blocked', ['school_mst']],
      ['user_location_master', 'blocked', ['inspection_master']],
    ],
  );
  assert.match(made.heldBack[1]!.message, /school_mst, which is held back and never went to cQube/);
  assert.match(made.heldBack[2]!.message, /no visit is counted \(published order, cQube’s ingestion\)/);
});

test('sending the master in spite of its errors frees what waits for it; so does asking for the file itself', () => {
  const wrong = ready('inspection_master', { totals: { ...clean, errors: 1 } }, { state: 'has-errors' });
  const statuses = [wrong, ready('user_location_master')];
  const freed = plan(statuses, { include: ['inspection_master'] });
  assert.deepEqual(wavesOf(freed), [['inspection_master'], ['user_location_master']]);
  const alone = plan(statuses, { include: ['user_location_master'] });
  assert.deepEqual(wavesOf(alone), [['user_location_master']]);
  assert.match(told(alone, 'user_location_master')[0]!, /inspection_master is held back/);
});

test('a master that cQube has in an earlier content blocks nothing, and its age is told', () => {
  const status = { state: 'has-errors', acknowledged } as const;
  const wrong = ready('inspection_master', { totals: { ...clean, errors: 1 } }, status);
  const made = plan([wrong, ready('user_location_master')]);
  assert.deepEqual(wavesOf(made), [['user_location_master']]);
  assert.match(told(made, 'user_location_master')[0]!, /acknowledged at 2026-10-12T10:00:00Z/);
});

test('what was sent in spite of its errors and has not changed is neither sent again nor missed', () => {
  const status = { state: 'has-errors', acknowledged, sameAsAcknowledged: true } as const;
  const wrong = ready('inspection_master', { totals: { ...clean, errors: 1 } }, status);
  const made = plan([wrong, ready('user_location_master')], { include: ['inspection_master'] });
  assert.deepEqual(wavesOf(made), [['user_location_master']]);
  assert.deepEqual(
    made.heldBack.map(({ reason }) => reason),
    ['unchanged'],
  );
  assert.deepEqual(made.warnings, []);
});

test('an acknowledgement counts also when the files are no longer here', () => {
  const gone = inSituation('inspection_master', 'gone');
  const made = plan([gone, ready('user_location_master')]);
  assert.deepEqual([wavesOf(made), made.warnings], [[['user_location_master']], []]);
  const [dependency] = made.dependencies;
  assert.deepEqual(
    [dependency?.dataset, dependency?.on, dependency?.state, dependency?.acknowledgedAt],
    ['user_location_master', ['inspection_master'], 'acknowledged', '2026-10-12T10:00:00Z'],
  );
});

test('a choice of datasets is not blocked by what was not chosen, but warned of', () => {
  const made = plan([ready('inspection_master'), ready('user_location_master')], {
    only: ['user_location_master'],
  });
  assert.deepEqual(wavesOf(made), [['user_location_master']]);
  assert.match(told(made, 'user_location_master')[0]!, /not part of this emission/);
});

test('names of districts without anything behind them that has the hierarchy built', () => {
  const known = ['school_mst', 'block_mst', 'cluster_mst'].map((id) => inSituation(id, 'emitted'));
  assert.match(
    told(plan([ready('district_mst'), ...known]), 'district_mst')[0]!,
    /builds the school hierarchy/,
  );
  for (const builder of ['school_mst', 'grade_details']) {
    const rest = known.filter(({ examination }) => examination.spec.id !== builder);
    assert.deepEqual(
      told(plan([ready('district_mst'), ready(builder), ...rest]), 'district_mst'),
      [],
      builder,
    );
  }
});

test('new schools without a category that is not sent again', () => {
  const known = ['district_mst', 'block_mst', 'cluster_mst', 'school_category_master'].map((id) =>
    inSituation(id, 'emitted'),
  );
  const made = plan([ready('school_mst'), ...known]);
  assert.match(told(made, 'school_mst')[0]!, /school_category_master/);
  assert.deepEqual(told(plan([ready('school_mst'), ...known], { again: true }), 'school_mst'), []);
});

test('results that cQube took before their questions', () => {
  const known = ['school_mst', 'periodic_exam_mst', 'grade_details', 'periodic_exam_result_trans'];
  const statuses = known.map((id) => inSituation(id, 'emitted'));
  const made = plan([...statuses, ready('periodic_exam_qst_mst')]);
  assert.match(told(made, 'periodic_exam_result_trans')[0]!, /before periodic_exam_qst_mst was ever sent/);
  const changed = plan([...statuses, inSituation('periodic_exam_qst_mst', 'changed')]);
  assert.deepEqual(told(changed, 'periodic_exam_result_trans'), []);
});

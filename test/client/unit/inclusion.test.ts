import assert from 'node:assert/strict';
import { test } from 'node:test';
import { inclusionChoices, inSpiteOf } from '../../../client/emission/inclusion.ts';
import type { Dependency, HeldBack, OrderReason } from '../../../core/plan/types.ts';
import type { PlanResult } from '../../../server/messages.ts';

const rule: OrderReason = {
  ...{ id: 'schools-first', sources: [], needed: true },
  effect: 'rows of schools that cQube does not know are in no report',
};
const needs = (dataset: string, on: string, changes: Partial<Dependency> = {}): Dependency => ({
  ...{ dataset, on: [on], by: [on], state: 'held-back', rule },
  ...changes,
});
const held = (dataset: string, reason: HeldBack['reason']): HeldBack => ({
  ...{ dataset, path: `${dataset}/${dataset}.zip`, reason, message: `Why ${dataset} is held back.` },
});
const plan: PlanResult = {
  ...{ root: 'file:///data/cqube_emission', waves: [], warnings: [], forecast: [] },
  heldBack: [
    held('infra_trans', 'blocked'),
    held('school_mst', 'errors'),
    held('block_mst', 'no-zip'),
    held('cluster_mst', 'unchanged'),
    { path: 'notes.txt', reason: 'not-a-dataset', message: 'cQube takes no file of this name.' },
  ],
  dependencies: [
    needs('infra_trans', 'school_mst'),
    needs('infra_trans', 'block_mst', { state: 'acknowledged' }),
    needs('infra_trans', 'cluster_mst', { rule: { ...rule, needed: false, effect: 'names are late' } }),
  ],
};

test('what has errors may be chosen, then what waits, with what it means; nothing else', () => {
  assert.deepEqual(inclusionChoices(plan), [
    {
      ...{ dataset: 'school_mst', path: 'school_mst/school_mst.zip', reason: 'errors' },
      detail: 'Why school_mst is held back.',
    },
    {
      ...{ dataset: 'infra_trans', path: 'infra_trans/infra_trans.zip', reason: 'blocked' },
      detail: 'Without school_mst, rows of schools that cQube does not know are in no report.',
    },
  ]);
});

test('a file that waited is sent without what it waits for, unless that is sent as well', () => {
  const chosen = { dataset: 'infra_trans', reason: 'blocked' } as const;
  assert.equal(inSpiteOf(plan, chosen), 'without school_mst');
  const together = { ...plan, dependencies: [needs('infra_trans', 'school_mst', { state: 'in-plan' })] };
  assert.equal(inSpiteOf(together, chosen), undefined);
  assert.equal(inSpiteOf(together, { dataset: 'school_mst', reason: 'errors' }), 'in spite of its errors');
});

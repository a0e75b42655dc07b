import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  badgeOf,
  childNodes,
  findDataset,
  hintOf,
  lookOf,
  topNodes,
} from '../../../client/tree/tree-model.ts';
import type { TreeNode } from '../../../client/tree/tree-model.ts';
import type { DatasetModel, WorkspaceModel } from '../../../server/messages.ts';
import { dataset, missing, root, rootUri, workspace } from './models.ts';

const all = { missingShown: true };

/** The tree as text: two blanks a level, icon in brackets, description behind the label. */
function draw(model: WorkspaceModel, options = all): string[] {
  const lines = (node: TreeNode, depth: number): string[] => {
    const { label, icon, description } = lookOf(node);
    const line = `${'  '.repeat(depth)}${icon === undefined ? '' : `[${icon}] `}${label}: ${description}`;
    return [line, ...childNodes(node, options).flatMap((child) => lines(child, depth + 1))];
  };
  return topNodes(model, options).flatMap((node) => lines(node, 0));
}

/** How the only dataset of a folder looks, and its two files. */
function drawDataset(model: DatasetModel): string[] {
  return draw(workspace(root([model])))
    .slice(1, -2)
    .map((line) => line.slice(2));
}

test('categories hold the datasets, a dataset its CSV and its zip', () => {
  const model = workspace(
    root([
      dataset('school_mst'),
      missing('block_mst'),
      dataset('infra_trans', { category: 'transaction', state: 'has-errors', errors: 2, warnings: 1 }),
    ]),
  );
  assert.deepEqual(draw(model), [
    'Static: 1 of 2',
    '  [pass] Title of school_mst: ready',
    '    school_mst.csv: no errors, 2.0 KB',
    '    school_mst.zip: ready, 512 bytes',
    '  [circle-outline] Title of block_mst: missing',
    'Transaction: 1 of 1, 1 to do',
    '  [error] Title of infra_trans: 2 errors, 1 warning',
    '    infra_trans.csv: 2 errors, 1 warning, 2.0 KB',
    '    infra_trans.zip: of a CSV with errors, 512 bytes',
    'UDISE: 0 of 0',
  ]);
});

test('every state says in words what its icon says', () => {
  assert.deepEqual(drawDataset(dataset('a', { state: 'needs-zip' }, ['csv'])), [
    '[file-zip] Title of a: needs zip',
    '  a.csv: no errors, 2.0 KB',
    '  [circle-outline] a.zip: needs zip',
  ]);
  assert.deepEqual(drawDataset(dataset('a', { state: 'zip-stale', warnings: 1 })), [
    '[history] Title of a: zip is older than the CSV, 1 warning',
    '  a.csv: 1 warning, 2.0 KB',
    '  a.zip: older than the CSV, 512 bytes',
  ]);
  assert.deepEqual(drawDataset(dataset('a', { state: 'emitted' }, ['zip'])), [
    '[cloud] Title of a: emitted',
    '  [circle-outline] a.csv: missing',
    '  a.zip: emitted, 512 bytes',
  ]);
  assert.deepEqual(drawDataset(dataset('a', { state: 'changed-since-emission' })), [
    '[cloud-upload] Title of a: changed since emission',
    '  a.csv: no errors, 2.0 KB',
    '  a.zip: changed since emission, 512 bytes',
  ]);
});

test('a dataset says what it waits for', () => {
  const [line] = drawDataset(dataset('a', { waitsFor: ['school_mst'], warnings: 1 }));
  assert.equal(line, '[pass] Title of a: ready, waits for school_mst, 1 warning');
});

test('a dataset can be found in order to show it', () => {
  const model = workspace(root([dataset('a')]), root([dataset('a')], { root: 'file:///2' }));
  const node = findDataset(model, 'file:///2', 'a', all);
  assert.equal(node?.id, 'file:///2#static/a');
  assert.equal(node.parent?.parent?.id, 'file:///2');
  assert.equal(findDataset(model, 'file:///2', 'b', all), undefined);
});

test('categories are open, but not one full of missing UDISE files', () => {
  const nodes = topNodes(workspace(root([missing('a'), { ...missing('b'), category: 'udise' }])), all);
  assert.deepEqual(
    nodes.map((node) => lookOf(node).collapsible),
    ['expanded', 'none', 'collapsed'],
  );
});

test('what is missing can be left out', () => {
  const model = workspace(root([dataset('school_mst'), missing('block_mst')]));
  assert.equal(draw(model, { missingShown: false }).filter((line) => line.includes('block_mst')).length, 0);
  assert.equal(lookOf(topNodes(model, { missingShown: false })[0]!).description, '1 of 2');
});

test('several emission folders stand at the top by name', () => {
  const second = 'file:///data/b%20b/cqube_emission';
  const model = workspace(root([dataset('a')]), root([dataset('b')], { root: second, otherErrors: 1 }));
  const tops = topNodes(model, all);
  assert.deepEqual(
    tops.map((node) => [node.kind, node.id]),
    [
      ['root', rootUri],
      ['root', second],
    ],
  );
  assert.equal(lookOf(tops[1]!).tooltip, '/data/b b/cqube_emission');
});

test('a folder that is still being looked into shows nothing yet', () => {
  assert.deepEqual(topNodes({ scanning: true, roots: [root([])] }, all), []);
});

test('ids are stable and unlike, and every node knows its parent', () => {
  const model = workspace(root([dataset('a'), dataset('b')]), root([dataset('a')], { root: 'file:///2' }));
  const ids: string[] = [];
  const walk = (nodes: readonly TreeNode[], parent: TreeNode | undefined): void => {
    for (const node of nodes) {
      ids.push(node.id);
      assert.equal(node.parent?.id, parent?.id);
      walk(childNodes(node, all), node);
    }
  };
  walk(topNodes(model, all), undefined);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.includes(`${rootUri}#static/a.csv`));
});

test('files and folders that belong to no dataset have a line of their own', () => {
  const nodes = topNodes(workspace(root([dataset('a')], { otherErrors: 2, otherWarnings: 1 })), all);
  const last = lookOf(nodes.at(-1)!);
  assert.equal(last.contextValue, 'others');
  assert.equal(last.description, '2 errors, 1 warning');
});

test('menus learn from words what can be done', () => {
  const words = (model: DatasetModel) => {
    const [category] = topNodes(workspace(root([model])), all);
    return lookOf(childNodes(category!, all)[0]!).contextValue.split(' ');
  };
  assert.deepEqual(words(dataset('a', { state: 'needs-zip' })), [
    ...['dataset', 'state-needs-zip', 'can-zip', 'can-forecast'],
  ]);
  assert.deepEqual(words(missing('a')), ['dataset', 'state-missing', 'can-add']);
});

test('the badge counts what needs action and says what', () => {
  assert.equal(
    badgeOf(workspace(root([dataset('a'), missing('b'), dataset('c', { state: 'emitted' })]))),
    undefined,
  );
  const badge = badgeOf(
    workspace(
      root(
        [
          dataset('a', { state: 'has-errors', errors: 4 }),
          dataset('b', { state: 'needs-zip' }),
          dataset('c', { state: 'needs-zip' }),
        ],
        { otherErrors: 2 },
      ),
    ),
  );
  assert.equal(badge?.value, 5);
  assert.match(badge.tooltip, /2 datasets: needs zip/);
});

test('the line above the tree names the first obstacle to emitting', () => {
  const model = workspace(root([dataset('a')]));
  const origin = 'https://cqube.example.org';
  const fine = { trusted: true, origin, hasToken: true };
  assert.equal(hintOf(model, fine), undefined);
  assert.match(hintOf(model, { ...fine, trusted: false, hasToken: false }) ?? '', /Restricted Mode/);
  assert.match(hintOf(model, { ...fine, origin: undefined, hasToken: false }) ?? '', /Set Endpoint/);
  assert.match(hintOf(model, { ...fine, hasToken: false }) ?? '', /token for cqube\.example\.org/);
  assert.equal(hintOf(workspace(), { ...fine, trusted: false }), undefined);
});

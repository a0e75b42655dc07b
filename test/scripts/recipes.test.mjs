/** The recipes of docs/architecture.md are changes that work: they apply to the code as it is, in few places. */
import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/install.mjs';

const folder = path.join(root, 'docs', 'recipes');
/** Written by `npm run manifest`. */
const generated = ['package.json', 'docs/rules/README.md'];

function apply(recipe, ...options) {
  const { status, stdout, stderr } = spawnSync('git', ['apply', ...options, path.join(folder, recipe)], {
    cwd: root,
    encoding: 'utf8',
  });
  return { status, stdout, stderr };
}

for (const recipe of readdirSync(folder)) {
  test(`${recipe} applies`, () => {
    const { status, stderr } = apply(recipe, '--check', '-C1', '--recount');
    assert.equal(status, 0, stderr);
  });
}

test('a rule is its entry, its check and its page, and in the tests a fixture and the model', () => {
  const { stdout } = apply('add-a-rule.diff', '--numstat');
  const files = stdout
    .trim()
    .split('\n')
    .map((line) => line.split('\t')[2])
    .filter((file) => !generated.includes(file));
  const ours = files.filter((file) => !file.startsWith('test/'));
  assert.equal(ours.length, 3, ours.join('\n'));
  const tests = new Set(files.filter((file) => file.startsWith('test/')).map(path.posix.dirname));
  assert.deepEqual([...tests].sort(), ['test/fixtures/check/cell-old-year', 'test/reference']);
});

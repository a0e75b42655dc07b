/** The house stays in order: `npm run imports` shows it, docs/architecture.md tells the directions. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  circles,
  crowdedFolders,
  importsOf,
  roomsOf,
  sourceFiles,
  unexplainedLength,
} from '../../scripts/imports.mjs';

const files = sourceFiles();

test('no files import each other in a circle', () => {
  assert.deepEqual(circles(importsOf(files)), []);
});

test('no folder holds more files than a person takes in', () => {
  assert.deepEqual(crowdedFolders(files), []);
});

test('a long file says why it is in its first comment', () => {
  assert.deepEqual(unexplainedLength(files), []);
});

test('a circle is found, and what imports it is not part of it', () => {
  const graph = new Map([
    ['a', ['b']],
    ['b', ['c']],
    ['c', ['b', 'd']],
    ['d', []],
  ]);
  assert.deepEqual(
    circles(graph).map((circle) => circle.toSorted()),
    [['b', 'c']],
  );
});

test('imports between folders are counted, those inside a folder are not', () => {
  const graph = new Map([
    ['core/a/one.ts', ['core/b/two.ts', 'core/b/three.ts', 'core/a/four.ts']],
    ['core/b/two.ts', []],
  ]);
  assert.deepEqual(roomsOf(graph).get('core/a'), new Map([['core/b', 2]]));
});

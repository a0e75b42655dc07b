import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ValueSet } from '../../../../core/check/identity/value-set.ts';

function setOf(entries: readonly (readonly [id: number, number?: number])[]): ValueSet {
  const set = new ValueSet();
  for (const [id, number] of entries) set.addId(id, number);
  return set;
}

const many = Array.from({ length: 1000 }, (_, i): [number, number] => [i * 7919 + 1, i / 2]);

test('a value keeps the largest number that stands beside it', () => {
  const set = setOf([[5, 2], [5, 3], [5, 1], [6], [7, -1]]);
  assert.deepEqual(
    [5, 6, 7, 8].map((id) => set.numberOf(id)),
    [3, undefined, -1, undefined],
  );
  assert.equal(set.size, 3);
});

test('numbers survive growth, joining and the way to another thread', () => {
  const set = setOf(many);
  const joined = setOf([[many[3]![0], 1e6]]);
  joined.addAll(set);
  const shared = ValueSet.from(structuredClone(set.share()));
  for (const [id, number] of many) {
    assert.equal(set.numberOf(id), number);
    assert.equal(shared.numberOf(id), number);
    assert.equal(joined.numberOf(id), id === many[3]![0] ? 1e6 : number);
  }
  assert.equal(joined.size, many.length);
});

test('the signature tells other numbers apart, whatever the order of the rows', () => {
  assert.equal(setOf(many).signature, setOf(many.toReversed()).signature);
  assert.notEqual(setOf(many).signature, setOf([...many, [many[0]![0], 99]]).signature);
  assert.notEqual(setOf([[5, 2]]).signature, setOf([[5]]).signature);
});

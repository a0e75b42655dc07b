import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Fingerprint } from '../../../core/csv/fingerprint.ts';
import { Random } from './random.ts';

const SLACK = 4;

/** The fingerprint of parts of one buffer that lie one behind the other, from an odd address on. */
function fingerprint(parts: readonly string[], seed = 1, slack = 0): string {
  const bytes = Buffer.from(` ${parts.join('')}${String.fromCharCode(slack).repeat(SLACK)}`, 'latin1');
  const view = new DataView(Uint8Array.from(bytes).buffer);
  const fingerprint = new Fingerprint().begin(seed);
  let at = 1;
  for (const part of parts) {
    fingerprint.add(view, at, at + part.length);
    at += part.length;
  }
  const { low, high } = fingerprint.finish();
  return `${low} ${high}`;
}

test('every single changed bit changes both halves, at any length', () => {
  for (const length of [1, 4, 7, 15, 31, 32, 33, 47, 48, 104]) {
    const text = 'x'.repeat(length);
    const [low, high] = fingerprint([text]).split(' ');
    for (let at = 0; at < length; at++) {
      const other = text.slice(0, at) + 'y' + text.slice(at + 1);
      const [otherLow, otherHigh] = fingerprint([other]).split(' ');
      assert.notEqual(otherLow, low);
      assert.notEqual(otherHigh, high);
    }
  }
});

test('seed, length and parts matter; what stands behind does not', () => {
  const base = fingerprint(['12', '3']);
  for (const other of [
    fingerprint(['12', '3'], 2),
    fingerprint(['1', '23']),
    fingerprint(['123']),
    fingerprint(['12', '3', '']),
  ]) {
    assert.notEqual(other, base);
  }
  assert.notEqual(fingerprint(['\0']), fingerprint(['\0\0']));
  assert.equal(fingerprint(['12', '3'], 1, 255), base);
});

test('a million numbers side by side, and rows that differ in two places, have no two the same', () => {
  const view = new DataView(new ArrayBuffer(128));
  const fingerprint = new Fingerprint();
  const seen = new Set<number>();
  const random = new Random(5);
  for (let number = 0; number < 500_000; number++) {
    Buffer.from(view.buffer).write(String(75010100000 + number), 0, 'latin1');
    seen.add(fingerprint.begin(3).add(view, 0, 11).finish().id);
  }
  const pairs = new Set<number>();
  for (let round = 0; round < 500_000; round++) {
    const [first, second] = [random.below(1 << 16), random.below(1 << 16)];
    // Sixteen bytes apart: both go into the same of the four states.
    view.setInt32(16, first, true);
    view.setInt32(32, second, true);
    pairs.add(first * 65536 + second);
    seen.add(fingerprint.begin(1).add(view, 0, 104).finish().id);
  }
  assert.equal(seen.size, 500_000 + pairs.size);
});

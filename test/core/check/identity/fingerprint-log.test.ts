/** What a log of fingerprints finds to stand twice, against a plain set of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FingerprintLog,
  noRepeats,
  type RepeatedFingerprints,
} from '../../../../core/check/identity/fingerprint-log.ts';
import { Random } from '../../csv/random.ts';

type Halves = readonly [low: number, high: number];

/** Fingerprints of which about one in `once` stands twice, some of them differing in one half alone. */
function randomPrints(random: Random, count: number, once: number): Halves[] {
  const fingerprints: Halves[] = [];
  const half = () => (random.below(1 << 16) << 16) | random.below(1 << 16);
  while (fingerprints.length < count) {
    const [low, high] =
      fingerprints.length > 0 && random.once(once) ? random.pick(fingerprints) : [half(), half()];
    fingerprints.push(random.once(20) ? [low, half()] : random.once(20) ? [half(), high] : [low, high]);
  }
  return fingerprints;
}

/** 52 of the bits: what a log keeps. */
const kept = ([low, high]: Halves) => `${high >>> 12}:${low >>> 0}`;

function assertFinds(repeated: RepeatedFingerprints, fingerprints: readonly Halves[]): void {
  const counts = new Map<string, number>();
  for (const fingerprint of fingerprints)
    counts.set(kept(fingerprint), (counts.get(kept(fingerprint)) ?? 0) + 1);
  const numbers = new Map<string, number>();
  for (const fingerprint of fingerprints) {
    const number = repeated.numberOf(...fingerprint);
    assert.equal(number >= 0, counts.get(kept(fingerprint))! > 1, kept(fingerprint));
    if (number < 0) continue;
    assert.ok(number < repeated.size);
    assert.equal(numbers.get(kept(fingerprint)) ?? number, number);
    numbers.set(kept(fingerprint), number);
  }
  assert.equal(numbers.size, repeated.size);
  assert.equal(new Set(numbers.values()).size, numbers.size);
}

function logOf(fingerprints: readonly Halves[]): FingerprintLog {
  const log = new FingerprintLog();
  for (const fingerprint of fingerprints) log.add(...fingerprint);
  return log;
}

for (const count of [0, 1, 2, 100, 2048, 2049, 5000, 400_000]) {
  test(`${count} fingerprints: what stands twice has a number of its own`, () => {
    const fingerprints = randomPrints(new Random(count + 1), count, 10);
    assertFinds(logOf(fingerprints).repeated(), fingerprints);
  });
}

test('fingerprints of several logs count together', () => {
  for (const [one, other] of [
    [10, 10],
    [3000, 10],
    [10, 3000],
    [70_000, 90_000],
  ] as const) {
    const fingerprints = randomPrints(new Random(one), one + other, 5);
    const [first, second] = [logOf(fingerprints.slice(0, one)), logOf(fingerprints.slice(one))];
    assertFinds(first.repeated([second.pages]), fingerprints);
  }
});

test('the same fingerprint again and again has one number', () => {
  const fingerprints = Array.from({ length: 10_000 }, (): Halves => [7, -7]);
  assert.equal(logOf(fingerprints).repeated().size, 1);
  assert.equal(noRepeats.numberOf(7, -7), -1);
});

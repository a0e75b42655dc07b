/** What a log of fingerprints finds to stand twice, against a plain set of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  FingerprintLog,
  noRepeats,
  type RepeatedPrints,
} from '../../../core/check/identity/fingerprint-log.ts';
import { Random } from '../csv/random.ts';

type Halves = readonly [low: number, high: number];

/** Fingerprints of which about one in `once` stands twice, some of them differing in one half alone. */
function randomPrints(random: Random, count: number, once: number): Halves[] {
  const prints: Halves[] = [];
  const half = () => (random.below(1 << 16) << 16) | random.below(1 << 16);
  while (prints.length < count) {
    const [low, high] = prints.length > 0 && random.once(once) ? random.pick(prints) : [half(), half()];
    prints.push(random.once(20) ? [low, half()] : random.once(20) ? [half(), high] : [low, high]);
  }
  return prints;
}

/** 52 of the bits: what a log keeps. */
const kept = ([low, high]: Halves) => `${high >>> 12}:${low >>> 0}`;

function assertFinds(repeated: RepeatedPrints, prints: readonly Halves[]): void {
  const counts = new Map<string, number>();
  for (const print of prints) counts.set(kept(print), (counts.get(kept(print)) ?? 0) + 1);
  const numbers = new Map<string, number>();
  for (const print of prints) {
    const number = repeated.numberOf(...print);
    assert.equal(number >= 0, counts.get(kept(print))! > 1, kept(print));
    if (number < 0) continue;
    assert.ok(number < repeated.size);
    assert.equal(numbers.get(kept(print)) ?? number, number);
    numbers.set(kept(print), number);
  }
  assert.equal(numbers.size, repeated.size);
  assert.equal(new Set(numbers.values()).size, numbers.size);
}

function logOf(prints: readonly Halves[]): FingerprintLog {
  const log = new FingerprintLog();
  for (const print of prints) log.add(...print);
  return log;
}

for (const count of [0, 1, 2, 100, 2048, 2049, 5000, 400_000]) {
  test(`${count} fingerprints: what stands twice has a number of its own`, () => {
    const prints = randomPrints(new Random(count + 1), count, 10);
    assertFinds(logOf(prints).repeated(), prints);
  });
}

test('fingerprints of several logs count together', () => {
  for (const [one, other] of [
    [10, 10],
    [3000, 10],
    [10, 3000],
    [70_000, 90_000],
  ] as const) {
    const prints = randomPrints(new Random(one), one + other, 5);
    const [first, second] = [logOf(prints.slice(0, one)), logOf(prints.slice(one))];
    assertFinds(first.repeated([second.pages]), prints);
  }
});

test('the same fingerprint again and again has one number', () => {
  const prints = Array.from({ length: 10_000 }, (): Halves => [7, -7]);
  assert.equal(logOf(prints).repeated().size, 1);
  assert.equal(noRepeats.numberOf(7, -7), -1);
});

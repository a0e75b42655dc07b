import assert from 'node:assert/strict';
import { test } from 'node:test';
import { readFileSync } from 'node:fs';
import type { Processor } from '../../../../core/catalogue/spec.ts';
import { accepts, isCalendarDay } from '../../../../core/check/cells/processor.ts';

interface ValueVector {
  readonly value: string;
  readonly accepted: readonly string[];
}

const file = new URL('../../../vectors/supercsv-values.json', import.meta.url);
const vectors = JSON.parse(readFileSync(file, 'utf8')) as ValueVector[];
const processors: readonly Processor[] = [
  'ParseInt',
  'ParseLong',
  'ParseDouble',
  'ParseBigDecimal',
  'ParseBool',
  'ParseDate',
  'StrNotNullOrEmpty',
];

function verdict(processor: Processor, optional: boolean, value: string): boolean {
  const bytes = new TextEncoder().encode(value);
  return bytes.length === 0 ? optional : accepts(processor, bytes, 0, bytes.length);
}

function recordedName(processor: Processor): string {
  return processor === 'ParseDate' ? 'ParseDate("yyyy-MM-dd")' : `${processor}()`;
}

for (const processor of processors) {
  test(`${processor} accepts exactly what Super CSV was recorded to accept`, () => {
    assert.equal(vectors.length, 153);
    const name = recordedName(processor);
    for (const { value, accepted } of vectors) {
      assert.equal(
        verdict(processor, false, value),
        accepted.includes(name),
        `${name} of ${JSON.stringify(value)}`,
      );
    }
  });
}

test('Optional(…) accepts the empty value too', () => {
  for (const processor of ['ParseInt', 'StrNotNullOrEmpty', 'ParseDate'] as const) {
    const name = `Optional(${recordedName(processor)})`;
    for (const { value, accepted } of vectors) {
      assert.equal(
        verdict(processor, true, value),
        accepted.includes(name),
        `${name} of ${JSON.stringify(value)}`,
      );
    }
  }
});

test('the calendar of dates is Java’s: Julian before October 1582', () => {
  assert.equal(isCalendarDay(1500, 2, 29), true);
  assert.equal(isCalendarDay(1700, 2, 29), false);
  assert.equal(isCalendarDay(1582, 10, 10), false);
  assert.equal(isCalendarDay(2000, 2, 29), true);
});

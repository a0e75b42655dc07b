/** A file in ranges says what a check of the whole says, wherever it is split. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { findDataset } from '../../../../core/catalogue/catalogue.ts';
import { datasetNamed } from '../../../../core/catalogue/match.ts';
import type { FileReport } from '../../../../core/check/file.ts';
import { defaultSettings, type CheckSettings } from '../../../../core/check/settings.ts';
import type { CheckInput } from '../../../../core/check/ranges/table-head.ts';
import { BlockProof } from '../../../../core/csv/proof/proof-wasm.ts';
import { Random } from '../../csv/random.ts';
import { checkByRanges, rangesOf, type RangeOptions } from './by-ranges.ts';
import { checkWhole } from '../whole.ts';

const fixtures = path.join(import.meta.dirname, '../../../fixtures/check');
const none = { find: () => undefined };
const encoder = new TextEncoder();

/** A report as plain data. */
export function plain({ values, ...report }: FileReport): object {
  return { ...report, values: [...values].map(([key, set]) => [key, set.signature]) };
}

function assertSame(input: CheckInput, bytes: Uint8Array, ways: Iterable<RangeOptions>, name: string): void {
  const { spec, file, settings, masters } = input;
  const whole = plain(checkWhole(spec, file, bytes, settings, masters ? { masters } : {}));
  for (const way of ways) {
    const report = checkByRanges(input, bytes, way);
    if (report) assert.deepEqual(plain(report), whole, `${name}, split at ${way.splits.join(', ')}`);
  }
}

function subjects(rows: string, settings: Partial<CheckSettings> = {}): [CheckInput, Uint8Array] {
  const spec = findDataset('subject_details')!;
  const input = { spec, file: 'f.csv', settings: { ...defaultSettings, ...settings }, masters: none };
  return [input, encoder.encode(`subject_id|subject|grade\n${rows}`)];
}

test('every fixture, split at any byte, at each line and at every second one', () => {
  for (const name of readdirSync(fixtures)) {
    const folder = path.join(fixtures, name);
    const csv = readdirSync(folder).find((file) => file.endsWith('.csv'))!;
    const own = path.join(folder, 'settings.json');
    const settings = existsSync(own) ? (JSON.parse(readFileSync(own, 'utf8')) as Partial<CheckSettings>) : {};
    const bytes = readFileSync(path.join(folder, csv));
    const input = {
      spec: datasetNamed(csv)!,
      file: csv,
      settings: { ...defaultSettings, ...settings },
      masters: none,
    };
    const ways = function* (): Generator<RangeOptions> {
      const starts = new Set<number>();
      for (let at = 0; at <= bytes.length; at++) starts.add(rangesOf(bytes, 0, [at]).at(-1)!.from);
      const splits = [...starts];
      for (const [index, at] of splits.entries()) yield { splits: [at], chunkBytes: 1 + (index % 13) };
      yield { splits };
      yield { splits: splits.filter((_, index) => index % 2 === 0), chunkBytes: 1 };
    };
    assertSame(input, bytes, ways(), name);
  }
});

/** Pieces of rows that meet at borders in every way. */
const pieces = [
  '1|Maths|3\n',
  '1|"Ma\nths"|3\r\n',
  '\n',
  '\r\n',
  '\r',
  'x|a|1\n',
  '"',
  '|',
  '2|b\\\n|4\n',
  '1|a|"3"\r',
];

test('random rows with quotes, escapes, blank lines and every line end', () => {
  const random = new Random(7);
  for (let i = 0; i < 400; i++) {
    const rows = Array.from({ length: random.below(30) }, () =>
      random.once(3) ? random.pick(pieces) : `${random.below(20)}|Maths|3\n`,
    ).join('');
    const [input, bytes] = subjects(rows, { maxFindings: random.pick([1, 3, 1000, Infinity]) });
    const splits = Array.from({ length: 1 + random.below(4) }, () => random.below(bytes.length + 1));
    assertSame(
      input,
      bytes,
      [{ splits, chunkBytes: random.pick([1, 2, 7, 50, Infinity]) }],
      JSON.stringify(rows),
    );
  }
});

test('a run of the same fault goes on from range to range', () => {
  const [input, bytes] = subjects('x|Maths|3\n'.repeat(300));
  const report = checkByRanges(input, bytes, { splits: [500, 1000, 1010, 1900] })!;
  assert.deepEqual(
    report.findings.map(({ rule, message }) => [rule, /lines \d+ to \d+: \d+ rows/.exec(message)?.[0]]),
    [['cell/type', 'lines 2 to 301: 300 rows']],
  );
  assert.equal(report.totals.errors, 300);
});

test('more findings than are shown: the same ones as of the whole', () => {
  const rows = Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 'x|Maths|3\n' : `${i}||3\n`)).join('');
  const [input, bytes] = subjects(rows, { maxFindings: 100 });
  const splits = [5000, 9000, 30_000];
  const block = (shape: Parameters<typeof BlockProof.create>[0]) => BlockProof.create(shape);
  assertSame(input, bytes, [{ splits }, { splits, makeProof: block }], 'many');
});

test('a repeat and a conflict on both sides of a border, and the values of all ranges', () => {
  const [input, bytes] = subjects(`1|Maths|3\n2|Hindi|3\n${'\n'.repeat(3)}1|Maths|3\n2|Urdu|3\n`);
  const report = checkByRanges(input, bytes, { splits: [46, 50] })!;
  const told = report.findings.filter(({ rule }) => rule.startsWith('key/'));
  assert.deepEqual(
    told.map(({ rule, line }) => [rule, line]),
    [
      ['key/duplicate-key', 2],
      ['key/duplicate-record', 6],
      ['key/duplicate-key', 7],
    ],
  );
  const blank = report.findings.filter(({ rule }) => rule === 'dialect/blank-line');
  assert.deepEqual(
    blank.map(({ line, endLine }) => [line, endLine]),
    [[3, 5]],
  );
});

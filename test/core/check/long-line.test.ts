/** Lines of megabytes: a check that takes the square of their length does not come to an end here. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { DocumentCheck } from '../../../core/check/document/document.ts';
import { FileCheck, type FileReport } from '../../../core/check/file.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { ROW_BYTES, ROW_CELLS } from '../../../core/csv/dialect.ts';
import { TextBlocks } from '../../../core/csv/text-blocks.ts';
import { completed } from './document/edited-document.ts';
import { checkWhole } from './whole.ts';

const spec = findDataset('district_mst')!;
const header = 'DistrictId|District';
const MEBIBYTE = 1 << 20;

for (const [what, text, rules] of [
  ['a header of a megabyte', `${header}|${'x'.repeat(MEBIBYTE - 100)}\n1|A|\n`, ['header/unknown-column']],
  ['a header of two', `${header}|${'x'.repeat(2 * MEBIBYTE)}\n1|A|\n`, ['row/too-long']],
  ['blank lines before it', `${'\n'.repeat(MEBIBYTE - 100)}${header}\n1|A\n`, ['dialect/blank-line']],
] as const) {
  test(`${what}, byte by byte`, () => {
    const bytes = Buffer.from(text);
    const { findings } = checkWhole(spec, spec.csv, bytes, defaultSettings, { chunkBytes: 1 });
    assert.deepEqual(
      findings.map(({ rule }) => rule),
      rules,
    );
  });
}

test('a document that begins with millions of blank lines', () => {
  const { blocks } = new TextBlocks(`${'\n'.repeat(8 * MEBIBYTE)}${header}\n1|A\n`);
  const { findings } = completed(new DocumentCheck(spec, spec.csv, defaultSettings), blocks);
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ['header/missing'],
  );
});

test('text behind the closing quote of each cell of the longest row', () => {
  const cell = `"${'x'.repeat(Math.floor(ROW_BYTES / ROW_CELLS) - 8)}"y`;
  const text = `${header}\n${`${cell}|`.repeat(ROW_CELLS - 1)}\nx|A\n`;
  const settings = { ...defaultSettings, maxFindings: Infinity };
  const { findings } = checkWhole(spec, spec.csv, Buffer.from(text), settings);
  assert.equal(findings.length, ROW_CELLS);
  const { rule, line, column } = findings.at(-2)!;
  assert.deepEqual(
    [rule, line, column],
    ['dialect/quoting', 1, (cell.length + 1) * (ROW_CELLS - 2) + cell.length - 1],
  );
});

test('a wrong value in each of hundreds of cells of the longest rows', () => {
  const profile = findDataset('sch_profile')!;
  const columns = profile.columns.map(({ name }) => name);
  const cell = 'x'.repeat(Math.floor(ROW_BYTES / columns.length) - 2);
  const row = Buffer.from(`${columns.map(() => cell).join('|')}\n`);
  const check = new FileCheck(profile, profile.csv, defaultSettings);
  let report: FileReport | undefined;
  while (!report) {
    check.push(Buffer.from(`${columns.join('|')}\n`));
    for (let rows = 0; rows < 6; rows++) check.push(row);
    report = check.end();
  }
  assert.deepEqual([report.rows, report.findings.length], [6, defaultSettings.maxFindings]);
});

const names = (count: number, name: (index: number) => string) =>
  Array.from({ length: count }, (_, index) => name(index)).join('|');

for (const [what, wide] of [
  ['before them', `${header}|${names(16_000, () => 'x')}`],
  ['behind them', `${names(16_000, () => 'x')}|${header}`],
] as const) {
  test(`hundreds of thousands of rows of two cells, and thousands of columns that are not read ${what}`, () => {
    const bytes = Buffer.from(`${wide}\n${'1|A\n'.repeat(300_000)}`);
    const { rows } = checkWhole(spec, spec.csv, bytes, defaultSettings, { chunkBytes: MEBIBYTE });
    assert.equal(rows, 300_000);
  });
}

test('thousands of names that are near to many of the columns', () => {
  const wide = findDataset('sch_facility')!;
  const [first, ...others] = wide.columns.map(({ name }) => name);
  const near = names(16_000, (index) => `${others[index % others.length]!.slice(0, 6)}${index}`);
  for (let times = 0; times < 20; times++) {
    const { findings } = checkWhole(wide, wide.csv, Buffer.from(`${first!}|${near}\n1\n`), defaultSettings);
    assert.ok(findings.some(({ rule }) => rule === 'header/missing-column'));
  }
});

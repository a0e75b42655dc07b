/** Rows beyond the bound in a check: what is told, what is counted, and where the check goes on. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { DocumentCheck } from '../../../core/check/document/document.ts';
import type { FileReport } from '../../../core/check/file.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { ROW_BYTES } from '../../../core/csv/dialect.ts';
import { TextBlocks } from '../../../core/csv/text-blocks.ts';
import { forecastOf } from '../../../core/forecast/forecast.ts';
import { checkByRanges } from './ranges/by-ranges.ts';
import { completed } from './document/edited-document.ts';
import { checkWhole } from './whole.ts';

const spec = findDataset('district_mst')!;
const CHUNK = 1 << 18;
const header = 'DistrictId|District\n';

function check(text: string, settings: Partial<CheckSettings> = {}): FileReport {
  const bytes = Buffer.from(text);
  return checkWhole(spec, spec.csv, bytes, { ...defaultSettings, ...settings }, { chunkBytes: CHUNK });
}

const told = ({ findings }: FileReport) =>
  findings.map(({ rule, line, column }) => `${rule} ${line + 1}:${column + 1}`);

/** A report as plain data, without the tally, which a document has not. */
const plain = ({ values, ...report }: FileReport) => ({
  ...report,
  tally: undefined,
  values: [...values].map(([key, set]) => [key, set.signature]),
});

test('a row of 16 MiB is read, a longer one is told and passed over', () => {
  const begin = '7501|';
  const most = 'x'.repeat(ROW_BYTES - begin.length - 1);
  assert.deepEqual(told(check(`${header}${begin}${most}\nx|A\n`)), ['cell/length 2:6', 'cell/type 3:1']);
  assert.deepEqual(told(check(`${header}${begin}${most}x\nx|A\n`)), ['row/too-long 2:1', 'cell/type 3:1']);
});

test('the rows behind a quote that is never closed are checked', () => {
  const rows = '7502|Belgaon\n'.repeat(Math.ceil(ROW_BYTES / 13));
  const report = check(`${header}7501|"Ambagarh\n${rows}x|Chandra\n`);
  assert.deepEqual(told(report), [
    ...['row/too-long 2:6', 'key/duplicate-record 1290558:1', 'cell/type 1290559:1'],
  ]);
  assert.match(report.findings[0]!.message, /^This quote is not closed within 16 MiB/);
});

test('a header may take 1 MiB: below a longer one nothing is checked', () => {
  const long = check(`DistrictId|${'x'.repeat(1 << 20)}\nx|A\n`);
  assert.deepEqual(told(long), ['row/too-long 1:1']);
  assert.equal(long.rows, 0);
  assert.match(long.findings[0]!.message, /^The header is longer than 1 MiB/);
  const names = check(`DistrictId|District${'|'.repeat(20_000)}\nx|A\n`);
  assert.match(names.findings[0]!.message, /^The header has more than 16,384 cells/);
});

test('a message repeats no more than the start of a long name', () => {
  const { findings } = check(`DistrictId|District|${'x'.repeat(500_000)}\n1|A|\n`);
  assert.deepEqual(
    findings.map(({ rule, message }) => [rule, message.length < 300]),
    [['header/unknown-column', true]],
  );
});

test('ingestion refuses the file, says the forecast', () => {
  const settings = { ...defaultSettings, rowBytes: 40 };
  const report = check(`${header}7501|${'x'.repeat(40)}\n7502|Belgaon\n`, settings);
  const { outcome, reasons } = forecastOf(spec, settings, { ...report, tally: report.tally! });
  assert.deepEqual([outcome, reasons.map(({ rule }) => rule)], ['refused', ['row/too-long']]);
});

test('repeats on both sides of a row that is too long are told', () => {
  const open = `3|"${'y'.repeat(10)}\n${'y'.repeat(40)}\n`;
  const text = `${header}1|A\n2|${'x'.repeat(60)}\n1|A\n${open}1|B\n`;
  assert.deepEqual(told(check(text, { rowBytes: 40 })), [
    ...['key/duplicate-key 2:1', 'row/too-long 3:1', 'key/duplicate-record 4:1'],
    ...['row/too-long 5:3', 'key/duplicate-key 7:1'],
  ]);
});

test('a line that is longer than several ranges belongs to the first of them', () => {
  const settings = { ...defaultSettings, rowBytes: 1000 };
  const text = `${header}1|${'a'.repeat(300_000)}\n2|B\n${'3|"c\n'.repeat(3000)}x|"\n`;
  const bytes = Buffer.from(text);
  const input = { spec, file: spec.csv, settings };
  for (const chunkBytes of [1000, 300_000, Infinity]) {
    const splits = [1000, 150_000, 299_000, 300_100, 305_000, 310_000];
    const report = checkByRanges(input, bytes, { splits, chunkBytes });
    assert.deepEqual(plain(report!), plain(checkWhole(spec, spec.csv, bytes, settings)));
  }
});

test('a document with a line of megabytes is told as its file, before and after an edit', () => {
  const line = `2|${'अ𝟙x'.repeat(1_500_000)}`;
  const text = new TextBlocks(`${header}1|A\n${line}\nx|B\n`);
  const document = new DocumentCheck(spec, spec.csv, defaultSettings);
  const compare = () => assert.deepEqual(plain(completed(document, text.blocks)), plain(check(text.text())));
  compare();
  const end = { line: 3, character: 1 };
  text.replace({ start: { line: 3, character: 0 }, end }, 'y');
  compare();
  text.replace({ start: { line: 2, character: 0 }, end: { line: 2, character: Infinity } }, '2|B');
  compare();
});

test('a document whose row was too long while something followed its escaped line end', () => {
  const row = `1|${'x'.repeat(36)}\\\r`;
  const settings = { ...defaultSettings, rowBytes: row.length };
  const text = new TextBlocks(`${header}${row}2|A`, { lines: 1, units: 1000 });
  const document = new DocumentCheck(spec, spec.csv, settings);
  const rules = () => completed(document, text.blocks).findings.map(({ rule }) => rule);
  assert.deepEqual(rules(), ['dialect/line-ending', 'row/too-long']);
  text.replace({ start: { line: 2, character: 0 }, end: { line: 2, character: 3 } }, '');
  assert.deepEqual(rules(), ['dialect/escape']);
});

test('a document whose line is too long', () => {
  const text = new TextBlocks(`${header}1|${'x'.repeat(ROW_BYTES)}\nx|B\n`);
  const report = completed(new DocumentCheck(spec, spec.csv, defaultSettings), text.blocks);
  assert.deepEqual(told(report), ['row/too-long 2:1', 'cell/type 3:1']);
});

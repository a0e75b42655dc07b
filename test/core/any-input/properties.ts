/** What must hold of every input, however odd: each way that checks it comes to an end, and all say the same. */
import assert from 'node:assert/strict';
import { ArchiveError } from '../../../core/archive/refusal.ts';
import { inspectArchive } from '../../../core/archive/read/inspect.ts';
import type { FileReport } from '../../../core/check/file.ts';
import { FileCheck } from '../../../core/check/file.ts';
import type { CheckSettings } from '../../../core/check/settings.ts';
import { byPlace } from '../../../core/check/findings/shown.ts';
import { ROW_BYTES } from '../../../core/csv/dialect.ts';
import { BlockProof } from '../../../core/csv/proof/proof-wasm.ts';
import { WordProof } from '../../../core/csv/proof/proof-words.ts';
import { ruleIds, type Finding } from '../../../core/finding.ts';
import { forecastFiles } from '../../../core/forecast/files.ts';
import { fileTexts, sumText } from '../../../core/forecast/text.ts';
import type { FileForecasts } from '../../../core/forecast/files.ts';
import { Examiner, type Examination } from '../../../core/scan/examine.ts';
import { disk } from '../../../core/layout/file-system-node.ts';
import { checkHere } from '../../../core/scan/job-node.ts';
import type { Checker } from '../../../core/scan/job.ts';
import { surveyTree } from '../../../core/layout/tree.ts';
import { zipDatasets } from '../../../core/scan/zip-dataset.ts';
import type { DatasetSpec } from '../../../core/catalogue/spec.ts';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { checkByRanges } from '../check/ranges/by-ranges.ts';
import { EditedDocument } from '../check/document/edited-document.ts';
import { checkWhole } from '../check/whole.ts';
import type { Random } from '../csv/random.ts';
import { PRIVATE, type OddCsv } from './odd-csv.ts';
import type { OddZip } from './odd-zip.ts';

/** The longest message: that of a header that is missing names all columns of the widest dataset. */
const MESSAGE_UNITS = 8192;
/** A document of more is edited by nobody in a test. */
const EDITED_BYTES = 1 << 16;
const EDITS = 3;

/** Signs that are not fit to be shown. */
const unfit = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/u;
/** What a fault in the making of a text leaves there. */
const unmade = /undefined|\bNaN\b|\[object /;
const known = new Set<string>(ruleIds);
const lineBreak = /\r\n|\r|\n/;

/** The text of a file as an editor shows it, without its byte order mark. */
export function editorText(bytes: Uint8Array): string {
  return new TextDecoder().decode(bytes);
}

/**
 * Asserts that findings can be shown.
 *
 * @param textOf the text of a finding's file; undefined where it is no text
 */
export function assertFindings(
  findings: readonly Finding[],
  textOf: (file: string) => string | undefined,
): void {
  const lines = new Map<string, readonly string[]>();
  for (const finding of findings) {
    const { file } = finding;
    if (!lines.has(file)) lines.set(file, textOf(file)?.split(lineBreak) ?? ['']);
    const fault = faultOf(finding, lines.get(file)!);
    if (fault !== undefined) assert.fail(`${fault}: ${JSON.stringify(finding).slice(0, 2000)}`);
  }
}

/** Why a finding cannot be shown; undefined when it can. */
function faultOf(finding: Finding, lines: readonly string[]): string | undefined {
  const { rule, severity, file, message, line, column, endLine, endColumn } = finding;
  if (!known.has(rule) || !['error', 'warning', 'information'].includes(severity)) return 'no rule';
  if (!isText(message) || !isText(file)) return 'no text for a person';
  // Names in the first line may be any, and are repeated.
  const names = rule.startsWith('header/') ? lines.find((text) => text !== '') : '';
  if (message.includes(PRIVATE) && names?.includes(PRIVATE) === false) return 'a value is repeated';
  if (unmade.test(message) && names !== undefined && !unmade.test(names)) return 'a text with a gap';
  const places = [line, column, endLine, endColumn];
  if (!places.every((place) => Number.isInteger(place) && place >= 0)) return 'no place';
  if (line > endLine || (line === endLine && column > endColumn)) return 'the end stands before the start';
  if (endLine >= lines.length) return `beyond the ${lines.length} lines`;
  return column > lines[line]!.length || endColumn > lines[endLine]!.length ? 'beyond its line' : undefined;
}

/** True for a text that can be shown to a person. */
function isText(text: string): boolean {
  return text.trim() !== '' && text.length <= MESSAGE_UNITS && !unfit.test(text);
}

/** Asserts that a text can be shown to a person. */
export function assertText(text: string): void {
  assert.ok(isText(text) && !unmade.test(text), JSON.stringify(text));
}

/** Asserts what must hold of a CSV in memory, whichever way it is checked. */
export function assertCsv(odd: OddCsv, random: Random): void {
  const { spec, bytes, settings } = odd;
  const whole = checkWhole(spec, spec.csv, bytes, settings);
  const text = editorText(bytes);
  assertFindings(whole.findings, () => text);
  assertOrder(whole.findings);
  assert.ok(whole.findings.length <= settings.maxFindings, `${whole.findings.length} findings`);
  assert.equal(whole.bytes, bytes.length);
  assertForecast(odd, whole);

  const chunkBytes = chunkOf(random, bytes.length);
  const makeProof = random.pick([
    () => undefined,
    (shape: ConstructorParameters<typeof WordProof>[0]) => new WordProof(shape),
    (shape: ConstructorParameters<typeof WordProof>[0]) => BlockProof.create(shape) ?? new WordProof(shape),
  ]);
  const inChunks = checkWhole(spec, spec.csv, bytes, settings, { chunkBytes, makeProof });
  assert.deepEqual(plain(inChunks), plain(whole), `in chunks of ${chunkBytes}`);
  assert.deepEqual(plain(filled(odd, random)), plain(whole), 'read into the buffer');

  const splits = Array.from({ length: random.below(5) }, () => random.below(bytes.length + 1));
  const options = { splits, chunkBytes, makeProof };
  const inRanges = checkByRanges({ spec, file: spec.csv, settings }, bytes, options);
  if (inRanges) assert.deepEqual(plain(inRanges), plain(whole), `split at ${splits.join(', ')}`);

  if (bytes.length > EDITED_BYTES && !random.once(10)) return;
  const mark = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
  const document = new EditedDocument(random, { spec, settings, text, mark });
  document.compare();
  for (let edit = 0; edit < EDITS; edit++) document.step();
}

/** Small chunks for small files alone. */
function chunkOf(random: Random, length: number): number {
  const least = Math.ceil(length / 3000);
  return random.pick([
    least,
    Math.max(least, 1 + random.below(100)),
    Math.max(1, random.below(length + 1)),
    Infinity,
  ]);
}

/** A report as plain data, that of an entry as that of a file. */
function plain({ values, ...report }: FileReport): object {
  return { ...report, unpacked: undefined, values: [...values].map(([key, set]) => [key, set.signature]) };
}

function assertOrder(findings: readonly Finding[]): void {
  const places = findings.filter(({ rule }) => rule !== 'summary/not-shown');
  assert.deepEqual(places, places.toSorted(byPlace));
}

/** Room that is held beside the longest row: what is read at a time, a row twice as long as it was thought to be. */
const BESIDE_ROW_BYTES = 4 << 20;

/** Reads bytes from a place on to where they are looked at, as many as there is room for or fewer; returns their number. */
type ReadInto = (into: Uint8Array, at: number) => number;

/**
 * The check of bytes that are read to where they are looked at, as those of a disk file. Asserts that no more of them are
 * held than the longest row takes, and that they are asked for twice at most.
 */
export function checkFilled(spec: DatasetSpec, settings: CheckSettings, read: ReadInto): FileReport {
  const check = new FileCheck(spec, spec.csv, settings);
  const most = (settings.rowBytes ?? ROW_BYTES) + BESIDE_ROW_BYTES;
  for (let looks = 1; looks <= 2; looks++) {
    for (let at = 0, count = -1; count !== 0; at += count) {
      const from = at;
      count = check.fill((into) => {
        assert.ok(into.buffer.byteLength <= most, `${into.buffer.byteLength} bytes are held`);
        return read(into, from);
      });
    }
    const report = check.end();
    if (report) return report;
  }
  return assert.fail('A third look at the file is asked for.');
}

function filled({ spec, bytes, settings }: OddCsv, random: Random): FileReport {
  const most = Math.max(
    Math.ceil(bytes.length / 3000),
    random.pick([1 + random.below(100), 1 << 12, Infinity]),
  );
  return checkFilled(spec, settings, (into, at) => {
    const piece = bytes.subarray(at, at + Math.min(into.length, most));
    into.set(piece);
    return piece.length;
  });
}

function assertForecast({ spec, settings }: OddCsv, report: FileReport): void {
  const examined = { spec, csv: { path: spec.csv }, report, findings: report.findings };
  assertForecasts(forecastFiles([examined], settings));
}

/** Asserts that forecasts can be shown, and that their numbers add up. */
export function assertForecasts(made: FileForecasts): void {
  for (const forecast of made.forecasts) {
    const said = JSON.stringify(forecast);
    const { total, hidden, unclear, ...fates } = forecast.rows;
    const sum = Object.values(fates).reduce((all, rows) => all + rows, 0);
    assert.ok(
      [total, hidden, unclear, ...Object.values(fates)].every((rows) => Number.isInteger(rows) && rows >= 0),
      said,
    );
    assert.equal(sum, total, said);
    for (const { message } of forecast.reasons) assertText(message);
    for (const note of forecast.notes) assertText(note);
    assert.ok(!said.includes(PRIVATE), said);
  }
  for (const { message } of made.unreadable) assertText(message);
  for (const text of [...fileTexts(made).flatMap((each) => each.split('\n')), sumText(made)])
    assertText(text);
}

/** Asserts that a file on disk is checked as one in memory: by itself, and in ranges on several threads. */
export async function assertOnDisk(
  { spec, bytes, settings }: OddCsv,
  file: string,
  pool: Checker,
): Promise<void> {
  await writeFile(file, bytes);
  const job = { dataset: spec.id, file: spec.csv, path: file, bytes: bytes.length, settings };
  const whole = plain(checkWhole(spec, spec.csv, bytes, settings));
  assert.deepEqual(plain(await checkHere(job, undefined, undefined)), whole, 'on disk');
  assert.deepEqual(plain(await pool(job, undefined, undefined)), whole, 'on disk, on several threads');
}

/** Asserts what must hold of a zip, alone and beside the CSV that it may hold. @param folder an empty one of its own */
export async function assertZip(
  zip: OddZip,
  { spec, bytes, settings }: OddCsv,
  folder: string,
): Promise<void> {
  const root = path.join(folder, 'cqube_emission');
  const [csvFile, zipFile] = [spec.csv, spec.archive].map((name) => path.join(root, spec.folder, name)) as [
    string,
    string,
  ];
  await mkdir(path.dirname(zipFile), { recursive: true });
  await writeFile(zipFile, zip.bytes);
  for (const contents of ['believe', 'read'] as const) await assertInspection(zipFile, contents);
  const texts = (file: string) =>
    file === `${spec.folder}/${spec.csv}` || zip.isGood ? editorText(bytes) : undefined;

  const alone = await examined(root, spec, settings);
  const inZip = alone.findings.filter(({ file }) => file !== `${spec.folder}/${spec.archive}`);
  if (zip.isGood || inZip.length === 0) assertFindings(alone.findings, texts);
  else
    assertFindings(
      alone.findings.map((finding) => ({ ...finding, line: 0, column: 0, endLine: 0, endColumn: 0 })),
      texts,
    );
  assertForecasts(forecastFiles([alone], settings));
  assert.ok(alone.zipState === 'alone' || alone.zipState === 'unusable', alone.zipState);
  if (zip.isGood) assertSameReport(alone, checkWhole(spec, spec.csv, bytes, settings));

  await writeFile(csvFile, bytes);
  const beside = await examined(root, spec, settings);
  assertFindings(beside.findings, texts);
  assertForecasts(forecastFiles([beside], settings));
  if (zip.isGood) assert.equal(beside.zipState, 'fresh');
  const { written, failed } = await zipDatasets(root, [beside]);
  assert.deepEqual([written.length, failed], [beside.zipState === 'fresh' ? 0 : 1, []]);
  assert.equal((await examined(root, spec, settings)).zipState, 'fresh');
  await rm(root, { recursive: true });
}

async function assertInspection(file: string, contents: 'believe' | 'read'): Promise<void> {
  try {
    const { entries, files, refusal } = await inspectArchive(file, { contents });
    assert.ok(refusal !== undefined || files > 0);
    assert.ok(entries.length <= 1000 && files >= entries.filter(({ directory }) => !directory).length);
  } catch (error) {
    // The file is there and can be read: whatever else is thrown is no word on the zip.
    assert.ok(error instanceof ArchiveError && error.kind === 'beyond-bounds', String(error));
  }
}

async function examined(root: string, spec: DatasetSpec, settings: CheckSettings): Promise<Examination> {
  const tree = await surveyTree(disk, root);
  const files = tree.datasets.find((each) => each.spec === spec);
  assert.ok(files);
  return new Examiner({ files: disk, root, settings }).examine(files);
}

/** Asserts that the check of an entry says what that of the file by itself says. */
function assertSameReport({ report }: Examination, expected: FileReport): void {
  assert.ok(report);
  const findings = report.findings.map((finding) => ({ ...finding, file: expected.file }));
  assert.deepEqual(plain({ ...report, file: expected.file, findings }), plain(expected));
}

/** What is told of the zips of test/vectors/zip: alone, and beside the CSV that most of them hold. */
import assert from 'node:assert/strict';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, rm } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { deflateRawSync } from 'node:zlib';
import { inspectArchive, readEntry } from '../../../core/archive/read/inspect.ts';
import { centralDirectory, localHeader } from '../../../core/archive/records.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { Examiner, type Examination } from '../../../core/scan/examine.ts';
import { disk } from '../../../core/layout/file-system-node.ts';
import { surveyTree } from '../../../core/layout/tree.ts';
import { needingZip, zipDatasets } from '../../../core/scan/zip-dataset.ts';

const vectors = path.join(import.meta.dirname, '../../vectors/zip');
const zipPath = 'district_master/district_mst.zip';
let root: string;
let csv: string;
let zip: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'zips-'));
  await mkdir(path.join(root, 'district_master'));
  csv = path.join(root, 'district_master/district_mst.csv');
  zip = path.join(root, zipPath);
});

afterEach(() => rm(root, { recursive: true, force: true }));

async function examine(settings: Partial<CheckSettings> = {}): Promise<Examination> {
  const tree = await surveyTree(disk, root);
  const files = tree.datasets.find(({ spec }) => spec.id === 'district_mst')!;
  return new Examiner({ files: disk, root, settings: { ...defaultSettings, ...settings } }).examine(files);
}

/** The CSV that every program was given. */
async function writeCsv(): Promise<void> {
  const pieces: Buffer[] = [];
  const file = path.join(vectors, 'hand-stored.zip');
  const { entries } = await inspectArchive(file);
  for await (const piece of readEntry(file, entries[0]!)) pieces.push(Buffer.from(piece));
  writeFileSync(csv, Buffer.concat(pieces));
}

const told = ({ findings }: Examination) =>
  findings.map(({ rule, severity, file }) => [rule, severity, file === zipPath ? 'zip' : file]);

const nothing: [string, string][] = [];
const refused: [string, string][] = [['layout/zip-content', 'error']];
const otherwise: [string, string][] = [['layout/zip-content', 'warning']];
const unchecked: [string, string][] = [['layout/zip-unchecked', 'information']];
const damaged: [string, string][] = [['layout/zip-checksum', 'warning']];

/** The zip; what is told of it; how it stands alone, and beside the CSV. */
const table: readonly (readonly [zip: string, told: [string, string][], alone: string, beside: string])[] = [
  ['python-deflated', nothing, 'alone', 'fresh'],
  ['python-pipe-deflated', nothing, 'alone', 'fresh'],
  ['python-pipe-stored', refused, 'unusable', 'unusable'],
  ['python-pipe-zip64', nothing, 'alone', 'fresh'],
  ['python-lzma', refused, 'unusable', 'unusable'],
  ['python-bzip2', unchecked, 'alone', 'fresh'],
  ['7zip-deflate64', nothing, 'alone', 'fresh'],
  ['python-twice', refused, 'unusable', 'unusable'],
  ['python-parent', otherwise, 'alone', 'fresh'],
  ['python-none', refused, 'unusable', 'unusable'],
  ['7zip-password', refused, 'unusable', 'unusable'],
  ['info-zip-pipe', nothing, 'alone', 'fresh'],
  ['info-zip-pipe-stored', refused, 'unusable', 'unusable'],
  ['jszip-stream-stored', refused, 'unusable', 'unusable'],
  ['yazl-stream', nothing, 'alone', 'fresh'],
  ['archiver-stream', nothing, 'alone', 'fresh'],
  ['hand-backslash', otherwise, 'alone', 'fresh'],
  ['hand-folder-with-content', nothing, 'alone', 'fresh'],
  ['hand-wrong-crc', damaged, 'alone', 'stale'],
  ['hand-wrong-crc-stored', damaged, 'alone', 'stale'],
  ['hand-damaged-deflated', refused, 'unusable', 'unusable'],
  ['hand-directory-size', otherwise, 'alone', 'stale'],
  ['hand-directory-name', otherwise, 'alone', 'stale'],
  ['hand-updated-in-place', refused, 'unusable', 'unusable'],
  ['hand-updated-in-place-short', refused, 'unusable', 'unusable'],
  ['hand-junk-before', refused, 'unusable', 'unusable'],
  ['hand-no-directory', otherwise, 'alone', 'stale'],
  ['hand-cut-directory', refused, 'unusable', 'unusable'],
  ['hand-cut-content', refused, 'unusable', 'unusable'],
  ['hand-csv', refused, 'unusable', 'unusable'],
];

for (const [name, findings, alone, beside] of table) {
  test(`${name}: ${findings.map((each) => each.join(' ')).join(', ') || 'nothing'} is told, with and without its CSV`, async () => {
    copyFileSync(path.join(vectors, `${name}.zip`), zip);
    const expected = findings.map((each) => [...each, 'zip']);
    const single = await examine();
    assert.deepEqual([told(single), single.zipState], [expected, alone]);
    await writeCsv();
    const both = await examine();
    assert.deepEqual([told(both), both.zipState], [expected, beside]);
  });
}

test('a damaged content is loaded by ingestion, so its rows are checked, and the damage is told', async () => {
  copyFileSync(path.join(vectors, 'hand-damaged-stored.zip'), zip);
  const alone = await examine();
  assert.equal(alone.zipState, 'alone');
  const damage = alone.findings.find(({ rule }) => rule === 'layout/zip-checksum');
  assert.match(damage!.message, /Ingestion does not compare and loads what comes out/);
  assert.equal(alone.report?.rows, 60);
  await writeCsv();
  const beside = await examine();
  assert.equal(beside.zipState, 'stale');
  assert.deepEqual(told(beside), [['layout/zip-checksum', 'warning', 'zip']]);
});

test('a second zip behind the first: ingestion loads the first, unzip programs show the last', async () => {
  copyFileSync(path.join(vectors, 'hand-second-behind.zip'), zip);
  const { findings } = await examine();
  const messages = findings.map(({ severity, message }) => `${severity}: ${message}`);
  assert.equal(messages.length, 1);
  assert.match(
    messages[0]!,
    /^error: .*loads district_mst\.csv at its beginning, unzip programs show other\.csv at its end/,
  );
});

test('a file that an update left in the zip is loaded as well; the finding says who sees what', async () => {
  copyFileSync(path.join(vectors, 'hand-updated-in-place.zip'), zip);
  const { findings } = await examine();
  assert.match(findings[0]!.message, /holds 2 files .*unzip programs do not show 1 of them/);
});

test('a name is shown without control signs, and folders in it are not followed', async () => {
  const content = deflateRawSync('DistrictId|District\n7501x|Ambagarh\n');
  const facts = { crc32: 0, bytes: 36, compressed: content.length };
  const name = '../../\u001b[31mred\u202e.csv';
  const header = localHeader(name, facts);
  const bytes = Buffer.concat([
    header,
    content,
    centralDirectory(name, facts, header.length + content.length),
  ]);
  writeFileSync(zip, bytes);
  const { findings } = await examine();
  for (const { message, file } of findings) {
    assert.ok(!/\p{Cc}|\u202e/u.test(message + file), JSON.stringify(message));
    assert.ok(!file.includes('..'), file);
  }
  assert.ok(findings.some(({ rule }) => rule === 'cell/type'));
});

test('zip makes anew what ingestion would refuse or read otherwise, though it holds the CSV', async () => {
  await writeCsv();
  for (const name of [
    'python-lzma',
    'python-pipe-stored',
    'hand-wrong-crc',
    'hand-directory-name',
    'hand-no-directory',
  ]) {
    copyFileSync(path.join(vectors, `${name}.zip`), zip);
    const examination = await examine();
    assert.equal(needingZip([examination]).length, 1, name);
    const { written, failed } = await zipDatasets(root, [examination]);
    assert.deepEqual([written.map((each) => each.path), failed], [[zipPath], []], name);
    const after = await examine();
    assert.deepEqual([told(after), after.zipState], [[], 'fresh'], name);
  }
});

test('a zip of hundreds of thousands of small files is not looked through to its end', async () => {
  const { entries } = await inspectArchive(path.join(vectors, 'yazl-stream.zip'));
  assert.ok(entries[0]!.descriptor);
  const bytes = readFileSync(path.join(vectors, 'yazl-stream.zip'));
  const entry = bytes.subarray(0, bytes.indexOf(Buffer.from([0x50, 0x4b, 1, 2])));
  writeFileSync(zip, Buffer.alloc(entry.length * 300_000, entry));
  const { findings, zipState } = await examine();
  assert.equal(zipState, 'unusable');
  assert.match(findings[0]!.message, /^The zip holds at least 1000 files \(district_mst\.csv, .*, …\)/);
});

/** A zip of one entry that unpacks to so many bytes of one row, over and over. */
function bomb(mebibytes: number, declared?: number): Buffer {
  const head = Buffer.from('DistrictId|District\n');
  const content = Buffer.concat([head, Buffer.alloc(mebibytes << 20, '7501|Ambagarh\n')]);
  const compressed = deflateRawSync(content);
  const facts = { crc32: 0, bytes: declared ?? content.length, compressed: compressed.length };
  const header = localHeader('district_mst.csv', facts);
  const directory = centralDirectory('district_mst.csv', facts, header.length + compressed.length);
  return Buffer.concat([header, compressed, directory]);
}

test('an entry that unpacks to far more than it takes is told and not read, unless it is wanted', async () => {
  // Declared before its content; and found out only by reading.
  for (const declared of [undefined, 1000]) {
    writeFileSync(zip, bomb(80, declared));
    const unread = await examine();
    assert.deepEqual(told(unread), [['layout/zip-unchecked', 'warning', 'zip']]);
    assert.match(unread.findings[0]!.message, /more than 250 times .*--large-entries.*checkLargeEntries/);
    assert.deepEqual([unread.zipState, unread.report], ['alone', undefined]);
  }
  const read = await examine({
    largeEntries: true,
    rules: { 'layout/zip-checksum': 'off', 'key/duplicate-record': 'off' },
  });
  assert.equal(read.report?.rows, Math.ceil((80 << 20) / '7501|Ambagarh\n'.length));
});

test('beside its CSV, an entry is read no further than the CSV is long', async () => {
  writeFileSync(csv, 'DistrictId|District\n7501|Ambagarh\n');
  const bytes = readFileSync(csv).length;
  writeFileSync(zip, bomb(80, bytes));
  const { zipState, findings } = await examine();
  assert.equal(zipState, 'stale');
  assert.deepEqual(
    findings.map(({ rule }) => rule),
    ['layout/stale-zip'],
  );
});

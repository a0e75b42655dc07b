/** CSVs and zips on a real disk: how a zip stands to its CSV, and what a zip alone says. */
import assert from 'node:assert/strict';
import { appendFileSync } from 'node:fs';
import { chmod, mkdir, mkdtemp, rm, stat, utimes, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import JSZip from 'jszip';
import { writeArchive } from '../../../core/archive/write/write.ts';
import { datasets } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings, releases, type CheckSettings } from '../../../core/check/settings.ts';
import { Examiner } from '../../../core/scan/examine.ts';
import { disk } from '../../../core/layout/file-system-node.ts';
import type { Checker } from '../../../core/scan/job.ts';
import { checkHere } from '../../../core/scan/job-node.ts';
import { surveyTree } from '../../../core/layout/tree.ts';
import { assess, stateOf } from '../../../core/scan/workspace.ts';

const good = 'DistrictId|District\n7501|Ambagarh\n';
const bad = 'DistrictId|District\n75x1|Ambagarh\n';
const csvPath = 'district_master/district_mst.csv';
const zipPath = 'district_master/district_mst.zip';
let root: string;
let csv: string;
let zip: string;

beforeEach(async () => {
  root = await mkdtemp(path.join(os.tmpdir(), 'examine-'));
  csv = path.join(root, csvPath);
  zip = path.join(root, zipPath);
  await mkdir(path.dirname(csv));
});

afterEach(() => rm(root, { recursive: true, force: true }));

function newExaminer(settings: Partial<CheckSettings> = {}): Examiner {
  return new Examiner({ files: disk, root, settings: { ...defaultSettings, ...settings } });
}

async function examine(examiner = newExaminer()) {
  const tree = await surveyTree(disk, root);
  const files = tree.datasets.find(({ spec }) => spec.id === 'district_mst');
  assert.ok(files);
  const examination = await examiner.examine(files);
  return {
    examination,
    zipState: examination.zipState,
    state: await stateOf(examination, examiner, undefined),
    found: examination.findings.map(({ rule, severity, file }) => [rule, severity, file]),
  };
}

async function zipOf(entries: Readonly<Record<string, string>>): Promise<Buffer> {
  const archive = new JSZip();
  for (const [name, text] of Object.entries(entries)) archive.file(name, text, { createFolders: false });
  return archive.generateAsync({ type: 'nodebuffer' });
}

/** Sets the flag by which a zip says that its entries are encrypted. */
function encrypted(bytes: Buffer): Buffer {
  const flags = { 0x04034b50: 6, 0x02014b50: 8 } as const;
  const copy = Buffer.from(bytes);
  for (let at = 0; at + 10 < copy.length; at++) {
    const offset = flags[copy.readUInt32LE(at) as keyof typeof flags] as number | undefined;
    if (offset !== undefined) copy.writeUInt16LE(copy.readUInt16LE(at + offset) | 1, at + offset);
  }
  return copy;
}

test('nothing there: missing', async () => {
  const { state, found } = await examine();
  assert.deepEqual([state, found], ['missing', []]);
});

test('a CSV alone needs its zip', async () => {
  await writeFile(csv, good);
  const { state, zipState, found, examination } = await examine();
  assert.deepEqual([state, zipState], ['needs-zip', undefined]);
  assert.deepEqual(found, [['layout/missing-zip', 'information', csvPath]]);
  assert.equal(examination.report?.rows, 1);
});

test('a zip that holds its CSV is fresh, whenever it was made', async () => {
  await writeFile(csv, good);
  await writeArchive(csv, zip);
  await utimes(csv, new Date('2030-01-01'), new Date('2030-01-01'));
  const { state, zipState, found } = await examine();
  assert.deepEqual([state, zipState, found], ['ready', 'fresh', []]);
});

test('a zip is stale as soon as its CSV holds something else, of the same length too', async () => {
  await writeFile(csv, good);
  await writeArchive(csv, zip);
  await writeFile(csv, good.replace('7501', '7502'));
  const { state, zipState, found } = await examine();
  assert.deepEqual([state, zipState], ['zip-stale', 'stale']);
  assert.deepEqual(found, [['layout/stale-zip', 'warning', zipPath]]);
});

test('errors of the CSV come before what its zip needs', async () => {
  await writeFile(csv, bad);
  const { state, examination } = await examine();
  assert.equal(state, 'has-errors');
  assert.deepEqual(examination.totals, { errors: 1, warnings: 0, information: 1 });
});

test('a zip alone is checked by what it holds', async () => {
  await writeFile(zip, await zipOf({ 'district_mst.csv': bad }));
  const { state, zipState, found } = await examine();
  assert.deepEqual([state, zipState], ['has-errors', 'alone']);
  assert.deepEqual(found, [['cell/type', 'error', `${zipPath}/district_mst.csv`]]);
});

test('a CSV of another name in the zip is read all the same', async () => {
  await writeFile(zip, await zipOf({ 'export.csv': good }));
  const { state, zipState, found } = await examine();
  assert.deepEqual([state, zipState], ['ready', 'alone']);
  assert.deepEqual(found, [['layout/zip-content', 'warning', zipPath]]);
});

const unusable: readonly (readonly [what: string, bytes: () => Promise<Buffer>])[] = [
  ['no zip at all', () => Promise.resolve(Buffer.from('DistrictId|District\n'))],
  ['no byte', () => Promise.resolve(Buffer.alloc(0))],
  ['no entry', () => zipOf({})],
  ['two entries', () => zipOf({ 'district_mst.csv': good, 'notes.txt': 'x' })],
  ['a password', async () => encrypted(await zipOf({ 'district_mst.csv': good }))],
  ['its end cut off', async () => (await zipOf({ 'district_mst.csv': good })).subarray(0, 60)],
];

for (const [what, bytes] of unusable) {
  for (const withCsv of [false, true]) {
    test(`a zip with ${what} is unusable, ${withCsv ? 'with' : 'without'} its CSV beside it`, async () => {
      if (withCsv) await writeFile(csv, good);
      await writeFile(zip, await bytes());
      const { state, zipState, found } = await examine();
      assert.deepEqual([state, zipState], ['has-errors', 'unusable']);
      assert.deepEqual(found, [['layout/zip-content', 'error', zipPath]]);
    });
  }
}

test('a file that may not be read is a finding', { skip: process.getuid?.() === 0 }, async () => {
  await writeFile(csv, good);
  await chmod(csv, 0);
  const { found } = await examine();
  assert.deepEqual(found[0], ['layout/unreadable', 'error', csvPath]);
});

test('a file that is gone since the survey is a finding', async () => {
  await writeFile(csv, good);
  const tree = await surveyTree(disk, root);
  await rm(csv);
  const files = tree.datasets.find((each) => each.csv);
  assert.ok(files);
  const { findings } = await newExaminer().examine(files);
  assert.equal(findings[0]?.rule, 'layout/unreadable');
});

test('a file that changes while it is checked is a finding, and no report is kept', async () => {
  await writeFile(csv, good);
  let changes = 1;
  const examiner = new Examiner({
    files: disk,
    root,
    settings: defaultSettings,
    checker: (job, masters, signal) =>
      checkHere(job, masters, signal, () => {
        if (changes-- > 0) appendFileSync(csv, '7502|Belgaon\n');
      }),
  });
  const first = await examine(examiner);
  assert.deepEqual(first.found[0], ['layout/unreadable', 'error', csvPath]);
  const second = await examine(examiner);
  assert.equal(second.examination.report?.rows, 2);
});

test('a change is seen at the next look; what did not change is remembered', async () => {
  const examiner = newExaminer();
  await writeFile(csv, good);
  const first = await examine(examiner);
  const second = await examine(examiner);
  assert.equal(second.examination.report, first.examination.report);
  await writeFile(csv, `${good}75x2|Belgaon\n`);
  const third = await examine(examiner);
  assert.equal(third.examination.totals.errors, 1);
});

test('the check of an open document stands for the file’s', async () => {
  await writeFile(csv, bad);
  const { examination } = await examine();
  const { report } = examination;
  assert.ok(report);
  const open = { ...report, totals: { errors: 0, warnings: 0, information: 0 }, findings: [] };
  const examiner = newExaminer();
  examiner.look({ datasets: [examination], findings: [], leftOut: [], entries: 0 }, () => open);
  const result = await examiner.examine(examination);
  assert.equal(result.totals.errors, 0);
});

test('a file is counted on the disk where an editor holds it, and not a second time otherwise', async () => {
  await writeFile(csv, `${good}7501|Ambagarh\n`);
  let checks = 0;
  const checker: Checker = (job, masters, signal) => {
    checks++;
    return checkHere(job, masters, signal);
  };
  const examiner = new Examiner({ files: disk, root, settings: defaultSettings, checker });
  const { examination } = await examine(examiner);
  const report = await examiner.talliedReport(examination, true);
  assert.equal(report, examination.report);
  assert.ok(report);

  const { tally, ...open } = report;
  assert.equal(tally?.repeats, 1);
  examiner.look({ datasets: [examination], findings: [], leftOut: [], entries: 0 }, () => open);
  const edited = await examiner.examine(examination);
  assert.equal(edited.report?.tally, undefined);
  assert.equal((await examiner.talliedReport(edited, false))?.tally?.repeats, 1);
  assert.equal(checks, 1);
});

test('days of attendance are counted only where they are wanted, in CSV and zip', async () => {
  const attendance = `StudentAttendanceId|StudentId|SchoolId|AcademicYear|Month|${Array.from({ length: 31 }, (_, day) => day + 1).join('|')}\n1|2|3|2026-27|11${'|1'.repeat(31)}\n`;
  const folder = path.join(root, 'student_attendance');
  await mkdir(folder);
  const examiner = newExaminer();
  const [asCsv, asZip] = ['student_attendance.csv', 'student_attendance.zip'];
  const contents = { [asCsv]: attendance, [asZip]: await zipOf({ [asCsv]: attendance }) };
  for (const name of [asCsv, asZip]) {
    await writeFile(path.join(folder, name), contents[name]!);
    const { datasets: there } = await surveyTree(disk, root);
    const files = there.find(({ spec }) => spec.id === 'student_attendance');
    const examination = await examiner.examine(files!);
    assert.equal((await examiner.talliedReport(examination, false))?.tally?.days, undefined);
    // November has 30 days, and five of them are Sundays in 2026.
    assert.deepEqual((await examiner.talliedReport(examination, true))?.tally?.days?.slice(0, 2), [1, 5]);
    await rm(path.join(folder, name));
  }
});

test('severities of the settings hold for zips too', async () => {
  await writeFile(zip, 'no zip');
  const { found } = await examine(newExaminer({ rules: { 'layout/zip-content': 'warning' } }));
  assert.deepEqual(found, [['layout/zip-content', 'warning', zipPath]]);
});

test('a cancelled examination ends with the signal’s reason', async () => {
  await writeFile(csv, good);
  const tree = await surveyTree(disk, root);
  const files = tree.datasets.find((each) => each.csv);
  assert.ok(files);
  await assert.rejects(newExaminer().examine(files, AbortSignal.abort(new Error('stopped'))), /stopped/);
});

test('what is acknowledged and unchanged is emitted; another content is changed since', async () => {
  await writeFile(csv, good);
  await writeArchive(csv, zip);
  const examiner = newExaminer();
  const { examination } = await examine(examiner);
  const sha256 = await examiner.sha256(examination.zip!);
  const { size } = await stat(zip);
  const acknowledged = { sha256, bytes: size, time: '2026-10-12T10:00:00Z' };
  assert.equal(await stateOf(examination, examiner, acknowledged), 'emitted');
  const other = { ...acknowledged, sha256: '0'.repeat(64) };
  assert.equal(await stateOf(examination, examiner, other), 'changed-since-emission');
});

test('layout/release: files of a later release stay in the bucket, those of the release at hand do not', async () => {
  const later = datasets.filter(({ since }) => since > '3.0');
  for (const { folder, csv: name, columns } of later) {
    await mkdir(path.join(root, folder), { recursive: true });
    await writeFile(path.join(root, folder, name), columns.map((column) => column.name).join('|'));
  }
  const tree = await surveyTree(disk, root);
  const told: string[] = [];
  for (const release of releases) {
    const examiner = newExaminer({ release });
    for (const files of tree.datasets.filter(({ spec }) => later.includes(spec))) {
      const { findings } = await examiner.examine(files);
      const refused = findings.filter(
        ({ rule, severity }) => rule === 'layout/release' && severity === 'error',
      );
      assert.equal(refused.length, files.spec.since > release ? 1 : 0, `${files.spec.id} in ${release}`);
      if (refused.length > 0) told.push(`${release} ${files.spec.folder}`);
    }
  }
  assert.deepEqual(
    [...new Set(told)],
    [
      ...['3.2 grade_details', '3.2 subject_details', '3.2 diksha_enrolment'],
      ...['3.3 grade_details', '3.3 subject_details'],
      ...['3.4 grade_details', '3.4 subject_details'],
      ...['3.5 grade_details', '3.5 subject_details'],
    ],
  );
});

test('an acknowledgement is known with errors in the CSV, and when the zip is gone', async () => {
  await writeFile(csv, bad);
  await writeArchive(csv, zip);
  const examiner = newExaminer();
  const { examination } = await examine(examiner);
  const sha256 = await examiner.sha256(examination.zip!);
  const acknowledged = { sha256, bytes: (await stat(zip)).size, time: '2026-10-12T10:00:00Z' };
  const look = async () => {
    const tree = await surveyTree(disk, root);
    const options = { acknowledged: new Map([[zipPath, acknowledged]]) };
    const { datasets } = await assess(root, tree, newExaminer(), options);
    const status = datasets.find((each) => each.examination.spec.id === 'district_mst')!;
    return [status.state, status.acknowledged?.time, status.sameAsAcknowledged];
  };
  assert.deepEqual(await look(), ['has-errors', acknowledged.time, true]);
  await rm(csv);
  await rm(zip);
  assert.deepEqual(await look(), ['missing', acknowledged.time, false]);
});

test('how a zip stands to its CSV is known without checking either', async () => {
  const look = async () => {
    const tree = await surveyTree(disk, root);
    return newExaminer().zipStateOf(tree.datasets.find(({ spec }) => spec.id === 'district_mst')!);
  };
  await writeFile(csv, bad);
  assert.equal(await look(), undefined);
  await writeArchive(csv, zip);
  assert.equal(await look(), 'fresh');
  await writeFile(csv, good);
  assert.equal(await look(), 'stale');
  await writeFile(zip, 'no zip');
  assert.equal(await look(), 'unusable');
  await writeFile(zip, await zipOf({ 'district_mst.csv': good }));
  await rm(csv);
  assert.equal(await look(), 'alone');
});

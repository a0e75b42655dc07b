import assert from 'node:assert/strict';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import JSZip from 'jszip';
import { holdsSameBytes } from '../../../core/archive/compare.ts';
import { ArchiveError, inspectArchive, readEntry } from '../../../core/archive/inspect.ts';
import { writeArchive } from '../../../core/archive/write.ts';

let folder: string;
let csv: string;
let zip: string;
const text = 'DistrictId|District\n7501|Ambagarh\n7502|अम्बागढ़\n';

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'archive-'));
  csv = path.join(folder, 'district_mst.csv');
  zip = path.join(folder, 'district_mst.zip');
  await writeFile(csv, text);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('an archive holds exactly its CSV, for another reader too', async () => {
  const written = await writeArchive(csv, zip);
  const bytes = await readFile(zip);
  assert.equal(written.bytes, bytes.length);
  const other = await JSZip.loadAsync(bytes, { checkCRC32: true });
  assert.deepEqual(Object.keys(other.files), ['district_mst.csv']);
  assert.equal(await other.file('district_mst.csv')!.async('string'), text);
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

test('the same CSV gives the same archive', async () => {
  await writeArchive(csv, zip);
  const first = await readFile(zip);
  await writeArchive(csv, zip);
  assert.deepEqual(await readFile(zip), first);
});

test('an archive tells whether its CSV has changed', async () => {
  await writeArchive(csv, zip);
  const [entry] = await inspectArchive(zip);
  assert.equal(await holdsSameBytes(csv, entry!), true);
  await writeFile(csv, text.replace('7501', '7503'));
  assert.equal(await holdsSameBytes(csv, entry!), false);
});

test('a cancelled zip leaves the old archive and no temporary file', async () => {
  await writeFile(zip, 'the old one');
  const stop = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(writeArchive(csv, zip, { signal: stop }), /stopped/);
  assert.equal(await readFile(zip, 'utf8'), 'the old one');
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

test('what is no zip, and what is damaged, is told', async () => {
  await writeFile(zip, 'not a zip at all');
  await assert.rejects(inspectArchive(zip), ArchiveError);
  await rm(zip);
  await assert.rejects(inspectArchive(zip), /not there/);
  await writeArchive(csv, zip);
  const bytes = await readFile(zip);
  bytes[50] = bytes[50]! ^ 0xff;
  await writeFile(zip, bytes);
  await assert.rejects(async () => {
    for await (const chunk of readEntry(zip, 'district_mst.csv')) assert.ok(chunk.length > 0);
  }, ArchiveError);
});

/**
 * What ingestion reads from a zip, beside what Commons Compress was seen to read from the same bytes: zips of the programs
 * and libraries that people use, zips that no program should make, and random changes to all of them
 * (scripts/record-zips.mjs).
 */
import assert from 'node:assert/strict';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { inspectArchive, measureEntry, type Inspection } from '../../../core/archive/read/inspect.ts';
import { isReadHere } from '../../../core/archive/read/content.ts';
import { describeRefusal } from '../../../core/archive/refusal.ts';
import { changed, type Change } from '../../vectors/zip/changes.ts';

const vectors = path.join(import.meta.dirname, '../../vectors/zip');
const work = mkdtempSync(path.join(os.tmpdir(), 'ingestion-'));
after(() => rmSync(work, { recursive: true, force: true }));

interface Loaded {
  readonly name: string;
  readonly bytes: number;
  readonly crc32: number;
}

/** What Commons Compress said: the entries that are loaded, or why none is. */
type Verdict = { readonly loads: readonly Loaded[] } | { readonly refused: string };

function recorded<T>(file: string): (T & Verdict)[] {
  return JSON.parse(readFileSync(path.join(vectors, file), 'utf8')) as (T & Verdict)[];
}

/** What we say would be loaded; undefined where ingestion refuses the zip. */
async function loadedFrom(file: string): Promise<{ loads: Loaded[] | undefined; inspection: Inspection }> {
  const inspection = await inspectArchive(file, { contents: 'read' });
  if (inspection.refusal) return { loads: undefined, inspection };
  const loads: Loaded[] = [];
  for (const entry of inspection.entries) {
    if (entry.directory || !isReadHere(entry.method)) continue;
    const { bytes, crc32, compressed } = await measureEntry(file, entry);
    assert.deepEqual({ bytes, crc32, compressed }, entry.found);
    loads.push({ name: entry.name, bytes, crc32 });
  }
  return { loads, inspection };
}

function verdictOf(verdict: Verdict): readonly Loaded[] | undefined {
  return 'loads' in verdict ? verdict.loads : undefined;
}

for (const { zip, made, ...verdict } of recorded<{ zip: string; made: string }>('verdicts.json')) {
  const says = 'loads' in verdict ? `${verdict.loads.length} loaded` : 'refused';
  test(`${made}: ${says}, as Commons Compress does`, async () => {
    const { loads, inspection } = await loadedFrom(path.join(vectors, `${zip}.zip`));
    if (inspection.unread) {
      // Only Commons Compress knows what is inside: we say that we do not.
      assert.ok(inspection.entries.some(({ method }) => [1, 6, 12].includes(method)));
      return;
    }
    assert.deepEqual(loads, verdictOf(verdict));
  });
}

test('sizes that are believed lead to the same entries as contents that are read', async () => {
  for (const { zip } of recorded<{ zip: string }>('verdicts.json')) {
    const file = path.join(vectors, `${zip}.zip`);
    const read = await inspectArchive(file, { contents: 'read' });
    const believed = await inspectArchive(file);
    // A damaged deflate stream shows only to whoever reads it.
    if (read.refusal?.kind === 'damaged') continue;
    assert.equal(believed.refusal?.kind, read.refusal?.kind, zip);
    assert.deepEqual(
      believed.entries.map(({ name, start }) => [name, start]),
      read.entries.map(({ name, start }) => [name, start]),
      zip,
    );
  }
});

test('hundreds of zips with a few bytes changed: each as Commons Compress reads it', async () => {
  const file = path.join(work, 'changed.zip');
  let compared = 0;
  for (const { zip, edits, ...verdict } of recorded<Change>('changes.json')) {
    writeFileSync(file, changed(readFileSync(path.join(vectors, `${zip}.zip`)), edits));
    const { loads, inspection } = await loadedFrom(file);
    if (inspection.unread) continue;
    assert.deepEqual(loads, verdictOf(verdict), `${zip} ${JSON.stringify(edits)}`);
    compared++;
  }
  assert.ok(compared > 500, `${compared} were compared`);
});

test('every refusal says what is wrong and how to mend it, in our own words', async () => {
  for (const { zip, ...verdict } of recorded<{ zip: string }>('verdicts.json')) {
    if ('loads' in verdict) continue;
    const { refusal, unread } = await inspectArchive(path.join(vectors, `${zip}.zip`), { contents: 'read' });
    if (unread) continue;
    assert.ok(refusal, zip);
    const text = describeRefusal(refusal);
    assert.match(text, /(zip|Zip|Copy or zip) (it|the CSV)[^.]*\.$/, `${zip}: ${text}`);
  }
});

import assert from 'node:assert/strict';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { lastAcknowledged } from '../../../../core/emit/journal/history.ts';
import { journalPath, openJournal, readJournal } from '../../../../core/emit/journal/journal.ts';
import type {
  AcknowledgedRecord,
  FailedRecord,
  JournalRecord,
} from '../../../../core/emit/journal/journal.ts';
import { temporaryFolder } from '../fixture.ts';

const entry = {
  time: '2026-11-23T12:25:13.000Z',
  path: 'pat/periodic_exam_mst.zip',
  dataset: 'periodic_exam_mst',
  endpoint: 'https://cqube.example.org',
  bytes: 1234,
  mtime: '2026-11-23T11:00:00.123Z',
};
const acknowledged: AcknowledgedRecord = {
  ...entry,
  event: 'acknowledged',
  sha256: '0'.repeat(64),
  key: 'pat/periodic_exam_mst_20261123122513.zip',
  by: 'answer',
};
const failed: FailedRecord = { ...entry, event: 'failed', reason: 'refused', stored: 'no', status: 403 };

async function rootOf(context: TestContext): Promise<string> {
  return path.join(await temporaryFolder(context), 'cqube_emission');
}

async function append(root: string, ...records: readonly JournalRecord[]): Promise<void> {
  const journal = await openJournal(root);
  for (const record of records) await journal.append(record);
  await journal.close();
}

test('lies beside the emission folder, never inside', () => {
  assert.equal(
    journalPath('/data/state/cqube_emission/'),
    path.resolve('/data/state/cqube_emission.journal.jsonl'),
  );
});

test('holds one line per record and is only ever added to', async (context) => {
  const root = await rootOf(context);
  await append(root, failed);
  const before = await readFile(journalPath(root), 'utf8');
  await append(root, acknowledged);
  const after = await readFile(journalPath(root), 'utf8');
  assert.equal(after, `${before}${JSON.stringify(acknowledged)}\n`);
  assert.deepEqual(await readJournal(root), { records: [failed, acknowledged], damaged: 0 });
});

test('is empty where there is none', async (context) => {
  assert.deepEqual(await readJournal(await rootOf(context)), { records: [], damaged: 0 });
});

test('a line torn at any byte is never trusted, and repaired by the next run', async (context) => {
  const root = await rootOf(context);
  const line = JSON.stringify(acknowledged);
  for (let length = 1; length <= line.length; length += 7) {
    await writeFile(journalPath(root), `${JSON.stringify(failed)}\n${line.slice(0, length)}`);
    assert.deepEqual(await readJournal(root), { records: [failed], damaged: 1 });
    await append(root, acknowledged);
    const { records, damaged } = await readJournal(root);
    const [first, repair, last] = records;
    assert.deepEqual([first, last, damaged], [failed, acknowledged, 0]);
    assert.deepEqual([repair?.event, repair?.event === 'repaired' && repair.bytes], ['repaired', length]);
  }
});

test('a whole line that lacks its end alone is torn all the same', async (context) => {
  const root = await rootOf(context);
  await writeFile(journalPath(root), JSON.stringify(acknowledged));
  assert.deepEqual((await readJournal(root)).records, []);
});

test('bytes that a failing disk left behind the last line are taken away', async (context) => {
  const root = await rootOf(context);
  await writeFile(journalPath(root), `${JSON.stringify(failed)}\n${'\0'.repeat(10_000)}`);
  await append(root, acknowledged);
  assert.deepEqual(
    (await readJournal(root)).records.map(({ event }) => event),
    ['failed', 'repaired', 'acknowledged'],
  );
});

test('what other hands wrote is passed over', async (context) => {
  const root = await rootOf(context);
  const strange = [
    'hello',
    '[]',
    'null',
    '{"event":"acknowledged"}',
    JSON.stringify({ ...acknowledged, sha256: 1 }),
    JSON.stringify({ ...acknowledged, event: 'toString' }),
  ];
  await writeFile(journalPath(root), `${strange.join('\n')}\n\n${JSON.stringify(acknowledged)}\n`);
  assert.deepEqual(await readJournal(root), { records: [acknowledged], damaged: strange.length });
});

test('the last acknowledgement of a path counts, failures do not', async (context) => {
  const root = await rootOf(context);
  const other = { ...acknowledged, endpoint: 'https://other.example.org', key: 'pat/other.zip' };
  const later = { ...acknowledged, key: 'pat/later.zip' };
  await append(root, acknowledged, later, other, failed);
  assert.deepEqual([...(await lastAcknowledged(root))], [[entry.path, other]]);
  assert.deepEqual([...(await lastAcknowledged(root, entry.endpoint))], [[entry.path, later]]);
});

test('says so where it cannot be written', async (context) => {
  const folder = await temporaryFolder(context);
  const root = path.join(folder, 'missing', 'cqube_emission');
  await assert.rejects(openJournal(root), { reason: 'journal', consequence: 'stop-run' });
});

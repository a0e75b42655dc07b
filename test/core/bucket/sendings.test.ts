import assert from 'node:assert/strict';
import { test } from 'node:test';
import { bucketLook, sendingsOf } from '../../../core/bucket/sendings.ts';
import type { FileList } from '../../../core/emit/api/api.ts';
import type {
  AcknowledgedRecord,
  FailedRecord,
  JournalRecord,
  SentRecord,
} from '../../../core/emit/journal/journal.ts';

const key = 'district_master/district_mst_20261123122513.zip';
const md5 = 'a'.repeat(32);
const ofFile = {
  endpoint: 'https://cqube.example.org',
  path: 'district_master/district_mst.zip',
  dataset: 'district_mst',
  bytes: 7,
  mtime: '2026-11-23T12:00:00.000Z',
};
const sent = (changes: Partial<SentRecord> = {}): SentRecord => ({
  ...ofFile,
  event: 'sent',
  time: '2026-11-23T12:25:13.000Z',
  key,
  sha256: 'b'.repeat(64),
  md5,
  ...changes,
});
const acknowledged = (changes: Partial<AcknowledgedRecord> = {}): AcknowledgedRecord => ({
  ...ofFile,
  event: 'acknowledged',
  time: '2026-11-23T12:25:14.000Z',
  key,
  sha256: 'b'.repeat(64),
  by: 'answer',
  ...changes,
});
const failed = (changes: Partial<FailedRecord> = {}): FailedRecord => ({
  ...ofFile,
  event: 'failed',
  time: '2026-11-23T12:25:14.000Z',
  reason: 'interrupted',
  stored: 'unknown',
  key,
  ...changes,
});

const outcomesOf = (records: readonly JournalRecord[]) => sendingsOf(records).map(({ outcome }) => outcome);

test('a sending has the time of its acknowledgement and the checksums of its bytes', () => {
  assert.deepEqual(sendingsOf([sent(), acknowledged()]), [
    {
      time: '2026-11-23T12:25:14.000Z',
      endpoint: ofFile.endpoint,
      dataset: 'district_mst',
      path: ofFile.path,
      key,
      bytes: 7,
      outcome: 'acknowledged',
      sha256: 'b'.repeat(64),
      md5,
    },
  ]);
});

test('how it ended: by the answer, by the listing, by the user, unknown, not stored', () => {
  assert.deepEqual(outcomesOf([sent(), acknowledged({ by: 'list' })]), ['listed']);
  assert.deepEqual(outcomesOf([sent(), failed(), acknowledged({ by: 'user' })]), ['counted']);
  assert.deepEqual(outcomesOf([sent()]), ['unknown']);
  assert.deepEqual(outcomesOf([sent(), failed()]), ['unknown']);
  assert.deepEqual(outcomesOf([sent(), failed({ stored: 'no' })]), ['refused']);
});

test('what was given up before a key was handed out is no sending; a journal of acknowledgements alone is read', () => {
  const { time, event, reason, stored } = failed({ stored: 'no' });
  assert.deepEqual(sendingsOf([{ ...ofFile, time, event, reason, stored }]), []);
  const [old] = sendingsOf([acknowledged()]);
  assert.equal(old?.md5, undefined);
  assert.equal(old?.sha256, 'b'.repeat(64));
});

test('one key at two endpoints is two sendings, in the order of the last word', () => {
  const other = 'https://other.example.org';
  const sendings = sendingsOf([
    sent(),
    sent({ endpoint: other }),
    acknowledged({ endpoint: other }),
    acknowledged(),
  ]);
  assert.deepEqual(
    sendings.map(({ endpoint }) => endpoint),
    [other, ofFile.endpoint],
  );
});

const list = (keys: readonly string[], changes: Partial<FileList> = {}, etag = md5, size = 7): FileList => ({
  files: keys.map((each) => ({ key: each, size, etag, lastModified: '' })),
  truncated: false,
  ...changes,
});

const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';
const inputKey = `district_master/2026/2026-11/2026-11-23_district_master/23-11-2026_12:25:20.001_${uuid}_district_mst_20261123122513.zip`;

for (const [what, emission, input, kind] of [
  ['the emission bucket holds it', list([key]), list([]), 'waiting'],
  ['it holds other bytes under this key', list([key], {}, 'c'.repeat(32)), list([]), 'other'],
  ['it holds another size', list([key], {}, md5, 8), list([]), 'other'],
  ['an ETag of several parts says nothing of the bytes', list([key], {}, `${md5}-2`), list([]), 'waiting'],
  ['ingestion has taken it', list([]), list([inputKey]), 'taken'],
  ['it has gone and is not to be seen', list([]), list([]), 'gone'],
  ['the input bucket cannot be listed', list([]), undefined, 'gone'],
  ['the listing ends before it', list(['block_master/x'], { truncated: true }), list([]), 'hidden'],
] as const) {
  test(`where it is: ${what}`, () => {
    const [sending] = sendingsOf([sent(), acknowledged()]);
    const found = bucketLook(emission, input).whereabouts(sending!);
    assert.equal(found.kind, kind);
    if (found.kind === 'taken') assert.equal(found.inputKey, inputKey);
  });
}

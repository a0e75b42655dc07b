/** The buckets of a real S3 server, Ceph's RADOS Gateway: listed through cQube's API, read by pre-signed addresses. */
import assert from 'node:assert/strict';
import { readFile, readdir } from 'node:fs/promises';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { download } from '../../core/bucket/download-node.ts';
import { fileNameOf } from '../../core/bucket/file-name.ts';
import { cutText, grouped, lookInto } from '../../core/bucket/listing.ts';
import { bucketLook, sendingsOf } from '../../core/bucket/sendings.ts';
import { createApi } from '../../core/emit/api/api.ts';
import { EmissionError } from '../../core/emit/error.ts';
import { readJournal } from '../../core/emit/journal/journal.ts';
import { elementText } from '../../core/emit/storage/xml.ts';
import {
  emissionFolder,
  emitted,
  hash,
  localEndpoint,
  quickPace,
  temporaryFolder,
} from '../core/emit/fixture.ts';
import { s3, storage } from './gateway.ts';

/** Not those of the other tests, which run at the same time. */
const buckets = { input: 'bucket-input', output: 'bucket-output', emission: 'bucket-emission' };
const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';

async function put(bucket: string, key: string, body: Uint8Array): Promise<void> {
  assert.equal((await s3('PUT', bucket, key, body)).status, 200, key);
}

/** The keys that one listing shows. */
async function keysIn(bucket: string): Promise<readonly string[]> {
  const xml = await (await s3('GET', bucket)).text();
  return [...xml.matchAll(/<Key>[^<]*<\/Key>/g)].map(([element]) => elementText(element, 'Key') ?? '');
}

/** Takes everything out of a bucket that holds no more than two listings. */
async function empty(bucket: string): Promise<void> {
  for (let look = 0; look < 2; look++) {
    const keys = await keysIn(bucket);
    for (let from = 0; from < keys.length; from += 20)
      await Promise.all(keys.slice(from, from + 20).map((key) => s3('DELETE', bucket, key)));
  }
  assert.deepEqual(await keysIn(bucket), []);
}

before(async () => {
  for (const bucket of Object.values(buckets)) assert.equal((await s3('PUT', bucket)).status, 200);
});

after(async () => {
  for (const bucket of Object.values(buckets)) {
    await empty(bucket);
    await s3('DELETE', bucket);
  }
});

async function api(context: TestContext) {
  const { url, token } = await localEndpoint(context, { storage, buckets });
  return { url, token, api: createApi({ endpoint: url, token, pace: quickPace() }) };
}

test('what was emitted is listed, comes back, and is known as what was sent', async (context) => {
  const { root, plan, zips } = await emissionFolder(context);
  const { url, token, api: client } = await api(context);
  await emitted(plan, { endpoint: url, token });
  const listing = await lookInto(client, 'emission', buckets, '3.6');
  assert.deepEqual(
    grouped(listing.entries).map(({ id, entries }) => [id, entries[0]?.state]),
    [
      ['district_mst', 'waiting'],
      ['block_mst', 'waiting'],
      ['student_attendance', 'waiting'],
    ],
  );
  const list = await client.listFiles(buckets.emission);
  const sendings = sendingsOf((await readJournal(root)).records);
  const look = bucketLook(list, await client.listFiles(buckets.input));
  assert.deepEqual(
    sendings.map((sending) => look.whereabouts(sending).kind),
    ['waiting', 'waiting', 'waiting'],
  );

  const folder = await temporaryFolder(context);
  for (const { key, path: name, sha256, md5 } of sendings) {
    const target = path.join(folder, fileNameOf(key));
    const got = await download({ api: client, bucket: buckets.emission, key, target });
    assert.deepEqual(got, { bytes: zips.get(name)!.length, sha256, md5 });
    assert.deepEqual(await readFile(target), zips.get(name));
  }
  assert.equal((await readdir(folder)).length, 3);
});

test('an object that ingestion has moved is found in the input bucket by its key', async (context) => {
  const { api: client } = await api(context);
  const key = `pat/2026/2026-11/2026-11-23_pat/23-11-2026_12:25:20.001_${uuid}_periodic_exam_mst_20261123122513.zip`;
  const bytes = Buffer.alloc(12 * 1024 * 1024 + 1, 'cQube ');
  await put(buckets.input, key, bytes);
  const { entries } = await lookInto(client, 'input', buckets, '3.6');
  const entry = entries.find((each) => each.key === key);
  assert.deepEqual(
    [entry?.spec?.id, entry?.bytes, entry?.etag, entry?.time, entry?.emissionKey],
    [
      'periodic_exam_mst',
      bytes.length,
      hash('md5', bytes),
      '2026-11-23 12:25:20',
      'pat/periodic_exam_mst_20261123122513.zip',
    ],
  );
  const target = path.join(await temporaryFolder(context), fileNameOf(key));
  const { sha256 } = await download({ api: client, bucket: buckets.input, key, target });
  assert.equal(sha256, hash('sha256', bytes));
});

test('keys of every kind come back under harmless names', async (context) => {
  const { api: client } = await api(context);
  const keys = [
    'a b/c+d.json',
    'जिला/मास्टर.csv',
    'C:\\x\\y.zip',
    'q?r&s=t#u%20v.txt',
    "it's (1)*!.csv",
    'pat/con.zip',
  ];
  const folder = await temporaryFolder(context);
  for (const key of keys) {
    await put(buckets.output, key, Buffer.from(key));
    const target = path.join(folder, fileNameOf(key));
    await download({ api: client, bucket: buckets.output, key, target });
    assert.equal(await readFile(target, 'utf8'), key);
    assert.equal(path.dirname(target), folder);
  }
  const { entries } = await lookInto(client, 'output', buckets, '3.6');
  assert.deepEqual(entries.map(({ key }) => key).sort(), [...keys].sort());
});

test('a key that is not there, and keys of the storage that are wrong', async (context) => {
  const { api: client } = await api(context);
  const target = path.join(await temporaryFolder(context), 'x.zip');
  const reasonOf = async (use: typeof client) => {
    const error = await download({
      api: use,
      bucket: buckets.emission,
      key: 'pat/none.zip',
      target,
      pace: quickPace(),
    }).catch((thrown: unknown) => thrown);
    assert.ok(error instanceof EmissionError);
    assert.doesNotMatch(`${error.message}${String(error.cause)}`, /X-Amz|Signature=/);
    return [error.reason, error.status];
  };
  assert.deepEqual(await reasonOf(client), ['file-missing', 404]);
  const wrongKeys = { ...storage, keys: { ...storage.keys, secretAccessKey: 'wrong' } };
  const { url, token } = await localEndpoint(context, { storage: wrongKeys, buckets });
  const refused = createApi({ endpoint: url, token, pace: quickPace() });
  assert.deepEqual(await reasonOf(refused), ['refused', 403]);
  await assert.rejects(
    lookInto(refused, 'emission', buckets, '3.6'),
    (error: EmissionError) => error.reason === 'server-error',
  );
  assert.deepEqual(await readdir(path.dirname(target)), []);
});

test('a bucket of more than 1,000 objects: the answer is cut, and says so', async (context) => {
  const { api: client } = await api(context);
  await empty(buckets.output);
  const keys = Array.from({ length: 1003 }, (_, index) => `n/${String(index).padStart(4, '0')}.json`);
  for (let from = 0; from < keys.length; from += 50)
    await Promise.all(keys.slice(from, from + 50).map((key) => put(buckets.output, key, Buffer.from('{}'))));
  const listing = await lookInto(client, 'output', buckets, '3.6');
  assert.equal(listing.entries.length, 1000);
  assert.match(cutText(listing) ?? '', /ends after 1,000 objects at n\/0999\.json/);
});

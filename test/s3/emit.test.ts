/**
 * The emission against a real S3 server, Ceph's RADOS Gateway, behind the local endpoint's API. `npm run test:s3` starts
 * the server and tells where it is.
 */
import assert from 'node:assert/strict';
import { execFile } from 'node:child_process';
import { connect, createServer, type AddressInfo } from 'node:net';
import path from 'node:path';
import { after, before, test } from 'node:test';
import type { TestContext } from 'node:test';
import { promisify } from 'node:util';
import { createApi } from '../../core/emit/api/api.ts';
import type { UploadForm } from '../../core/emit/api/form.ts';
import { readJournal } from '../../core/emit/journal/journal.ts';
import { realPace } from '../../core/emit/http/pace.ts';
import { postForm } from '../../core/emit/storage/upload.ts';
import type { LocalEndpointOptions } from '../../local/server.ts';
import {
  emissionFolder,
  emitted,
  hash,
  localEndpoint,
  planOf,
  quickPace,
  stateOf,
  write,
} from '../core/emit/fixture.ts';
import { s3, setting, storage } from './gateway.ts';

const buckets = { input: 'cqube-input', output: 'cqube-output', emission: 'cqube-emission' };
const month = 'pat/periodic_exam_mst.zip';

async function keysIn(bucket: string): Promise<readonly string[]> {
  const xml = await (await s3('GET', bucket)).text();
  return [...xml.matchAll(/<Key>([^<]*)<\/Key>/g)].map(([, key = '']) => key);
}

before(async () => {
  for (const bucket of Object.values(buckets)) assert.equal((await s3('PUT', bucket)).status, 200);
});

after(async () => {
  for (const key of await keysIn(buckets.emission)) await s3('DELETE', buckets.emission, key);
  for (const bucket of Object.values(buckets)) await s3('DELETE', bucket);
});

const endpoint = (context: TestContext, options: Partial<LocalEndpointOptions> = {}) =>
  localEndpoint(context, { storage, buckets, ...options });

test('sends a plan: keys as cQube makes them, objects byte-identical', async (context) => {
  const { root, plan, zips } = await emissionFolder(context);
  const { url, token } = await endpoint(context);
  const { summary } = await emitted(plan, { endpoint: url, token });

  assert.deepEqual(
    summary.sent.map((record) => record.path),
    [...zips.keys()],
  );
  const { files } = await createApi({ endpoint: url, token }).listFiles(buckets.emission);
  for (const { path: name, key, etag } of summary.sent) {
    assert.match(key, new RegExp(`^${name.replace('.zip', '')}_\\d{14}\\.zip$`));
    const bytes = Buffer.from(await (await s3('GET', buckets.emission, key)).arrayBuffer());
    const zip = zips.get(name);
    assert.deepEqual(bytes, zip);
    // The gateway answers without an ETag: this one is the listing's.
    assert.equal(etag, hash('md5', bytes));
    assert.equal(files.find((file) => file.key === key)?.etag, hash('md5', bytes));
  }
  const { records } = await readJournal(root);
  assert.deepEqual(
    records.filter(({ event }) => event === 'acknowledged'),
    summary.sent,
  );
});

test('sends a file of many chunks unharmed', async (context) => {
  const { root } = await emissionFolder(context, [[month]]);
  const bytes = Buffer.alloc(20 * 1024 * 1024 + 1, 'cQube ');
  await write(path.join(root, month), bytes);
  const { url, token } = await endpoint(context);
  const { summary } = await emitted(
    planOf(root, [[month]], () => bytes.length),
    { endpoint: url, token },
  );
  const object = await s3('GET', buckets.emission, summary.sent[0]!.key);
  assert.equal(hash('sha256', Buffer.from(await object.arrayBuffer())), hash('sha256', bytes));
});

test('a file that the gateway stores with a part of the form behind it is not acknowledged', async (context) => {
  const { root } = await emissionFolder(context, [[month]]);
  const bytes = Buffer.alloc(4 * 1024 * 1024 - 10, 'cQube ');
  await write(path.join(root, month), bytes);
  const { url, token } = await endpoint(context);
  const { summary, events } = await emitted(
    planOf(root, [[month]], () => bytes.length),
    { endpoint: url, token },
  );
  const [failure] = summary.failed;
  assert.deepEqual([failure?.error.reason, failure?.stored], ['not-identical', 'unknown']);
  assert.equal(events.filter(({ type }) => type === 'sent').length, 1);
});

test('a wrong token is refused before anything is sent', async (context) => {
  const { plan } = await emissionFolder(context);
  const { url } = await endpoint(context);
  const { token } = await endpoint(context);
  const { summary } = await emitted(plan, { endpoint: url, token });
  assert.deepEqual([summary.stoppedBy?.reason, summary.stoppedBy?.status], ['unauthorized', 401]);
});

test('an expired form is replaced once; a second one tells of a wrong clock', async (context) => {
  const { plan } = await emissionFolder(context, [[month]]);
  const { url, token } = await endpoint(context, { now: () => new Date(Date.now() - 2 * 3600 * 1000) });
  const { summary, events } = await emitted(plan, { endpoint: url, token });
  assert.equal(summary.stoppedBy?.reason, 'clock-wrong');
  assert.equal(events.filter(({ type }) => type === 'form').length, 2);
  assert.equal(summary.failed[0]!.stored, 'no');
});

test('wrong storage keys and a missing bucket stop the run', async (context) => {
  const { plan } = await emissionFolder(context);
  const wrongKeys = { ...storage, keys: { ...storage.keys, secretAccessKey: 'wrong' } };
  const refused = await endpoint(context, { storage: wrongKeys });
  const first = await emitted(plan, { endpoint: refused.url, token: refused.token });
  assert.deepEqual([first.summary.stoppedBy?.reason, first.summary.stoppedBy?.status], ['refused', 403]);
  assert.equal(first.summary.notTried.length, 2);

  const missing = await endpoint(context, { buckets: { ...buckets, emission: 'cqube-absent' } });
  const second = await emitted(plan, { endpoint: missing.url, token: missing.token });
  assert.deepEqual(
    [second.summary.stoppedBy?.reason, second.summary.stoppedBy?.code],
    ['no-bucket', 'NoSuchBucket'],
  );
});

test('an altered form is refused', async (context) => {
  const { root } = await emissionFolder(context, [[month]]);
  const { url, token } = await endpoint(context);
  const form = await createApi({ endpoint: url, token }).requestForm(month);
  const replaced = (name: string, value: string): UploadForm['fields'] =>
    form.fields.map((field) => (field[0] === name ? ([name, value] as const) : field));
  const alterations: readonly UploadForm['fields'][] = [
    replaced('key', 'pat/other.zip'),
    replaced('x-amz-signature', '0'.repeat(64)),
    [...form.fields, ['success_action_status', '201']],
    form.fields.filter(([name]) => name !== 'policy'),
  ];
  const file = path.join(root, month);
  for (const fields of alterations) {
    const result = await postForm({ form: { ...form, fields }, file, state: await stateOf(file) });
    assert.equal(result.kind, 'failed');
    assert.deepEqual([result.error.reason, result.error.consequence], ['refused', 'stop-run']);
  }
});

test('a file that the storage finds too large fails alone', async (context) => {
  const { plan } = await emissionFolder(context, [
    ['district_master/district_mst.zip', 'block_master/block_mst.zip'],
  ]);
  const { url, token } = await endpoint(context);
  await configure('rgw_max_put_size', '10');
  try {
    const { summary } = await emitted(plan, { endpoint: url, token, pace: quickPace() });
    assert.deepEqual(
      summary.failed.map(({ error }) => [error.reason, error.code]),
      [
        ['too-large', 'EntityTooLarge'],
        ['too-large', 'EntityTooLarge'],
      ],
    );
    assert.equal(summary.stoppedBy, undefined);
  } finally {
    await configure('rgw_max_put_size', String(5 * 1024 ** 3));
  }
});

/** A way to the gateway that hands everything over and breaks when an upload is answered, so often as is told. */
async function losing(context: TestContext, times: number) {
  let losses = 0;
  const { hostname, port } = new URL(storage.endpoint);
  const relay = createServer((client) => {
    const gateway = connect(Number(port), hostname);
    let isUpload = false;
    client.once('data', (chunk) => (isUpload = chunk.toString('latin1', 0, 5) === 'POST '));
    client.on('error', () => gateway.destroy()).pipe(gateway);
    gateway.on('error', () => client.destroy()).on('end', () => client.end());
    gateway.on('data', (chunk: Buffer) => {
      if (!isUpload || losses >= times || chunk.toString('latin1', 0, 12) === 'HTTP/1.1 100')
        client.write(chunk);
      else {
        losses++;
        client.destroy();
      }
    });
  });
  await new Promise<void>((resolve) => relay.listen(0, '127.0.0.1', resolve));
  context.after(() => relay.close());
  return { ...storage, endpoint: `http://127.0.0.1:${(relay.address() as AddressInfo).port}` };
}

for (const [what, times, by] of [
  ['once is made up for with the same form', 1, 'answer'],
  ['every time is found in the listing', Infinity, 'list'],
] as const) {
  test(`an answer that is lost ${what}: one object`, async (context) => {
    const { plan } = await emissionFolder(context, [[month]]);
    const before = (await keysIn(buckets.emission)).length;
    const { url, token } = await endpoint(context, { storage: await losing(context, times) });
    const { summary, events } = await emitted(plan, { endpoint: url, token });
    assert.deepEqual(
      summary.sent.map((record) => record.by),
      [by],
    );
    assert.equal(events.filter(({ type }) => type === 'form').length, 1);
    const keys = await keysIn(buckets.emission);
    assert.ok(keys.includes(summary.sent[0]!.key));
    // A key of the same second as an earlier test's is that key.
    assert.ok(keys.length <= before + 1);
  });
}

test('an early refusal is read with most of a large file still to send', async (context) => {
  const { root } = await emissionFolder(context, [[month]]);
  const bytes = Buffer.alloc(32 * 1024 * 1024, 'cQube ');
  await write(path.join(root, month), bytes);
  const wrongKeys = { ...storage, keys: { ...storage.keys, secretAccessKey: 'wrong' } };
  const { url, token } = await endpoint(context, { storage: wrongKeys });
  // The gateway may close so abruptly that the refusal is lost; behind the pause of the next try it is not.
  const pace = {
    ...quickPace(),
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      realPace.sleep(milliseconds === 2000 ? milliseconds : 0, signal),
  };
  const { summary } = await emitted(
    planOf(root, [[month]], () => bytes.length),
    { endpoint: url, token, pace },
  );
  assert.deepEqual([summary.stoppedBy?.reason, summary.failed[0]?.stored], ['refused', 'no']);
});

/** Changes a setting of the running gateway. */
async function configure(name: string, value: string): Promise<void> {
  const socket = setting('CQUBE_S3_ADMIN_SOCKET');
  await promisify(execFile)('ceph', ['--admin-daemon', socket, 'config', 'set', name, value]);
}

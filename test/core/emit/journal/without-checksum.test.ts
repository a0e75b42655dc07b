/** An upload that is answered without a checksum, as Ceph does: what the bucket's listing says of it counts. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { readJournal } from '../../../../core/emit/journal/journal.ts';
import type { EmitOptions } from '../../../../core/emit/types.ts';
import { withoutChecksumText } from '../../../../core/emit/journal/without-checksum.ts';
import type { LocalEndpoint } from '../../../../local/server.ts';
import { emissionFolder, emitted, hash, localEndpoint, planOf, quickPace, write } from '../fixture.ts';
import { reset } from '../faults.ts';
import { answers } from '../server.ts';
import type { Handler } from '../server.ts';

const district = 'district_master/district_mst.zip';
const block = 'block_master/block_mst.zip';
const attendance = 'student_attendance/student_attendance.zip';
/** Ten bytes short of 4 MiB: Ceph 16.2 stores a part of the form behind such a file. */
const spoilt = 4 * 1024 * 1024 - 10;

/** Answers a listing, of the keys that the bucket's folder holds. */
type Listing = (keys: readonly string[]) => object;

interface Faults {
  /** Answers in the place of the listing. */
  list?: Handler | undefined;
  listing?: Listing | undefined;
  /** Watches an upload that goes on to the storage. */
  upload?: Handler | undefined;
}

async function keysIn({ emissionFolder: folder }: LocalEndpoint): Promise<string[]> {
  const files = await readdir(folder, { recursive: true, withFileTypes: true });
  return files
    .filter((file) => file.isFile())
    .map(({ parentPath, name }) =>
      path.relative(folder, path.join(parentPath, name)).replaceAll(path.sep, '/'),
    );
}

/** An endpoint like Ceph, and a folder whose first zip has the given size. */
async function scene(context: TestContext, bytes?: number, waves = [[district]]) {
  const { root, zips, plan } = await emissionFolder(context, waves);
  const sizeOf = (name: string) => (name === district ? bytes : undefined) ?? zips.get(name)!.length;
  if (bytes !== undefined) await write(path.join(root, district), Buffer.alloc(bytes, 'cQube'));
  const faults: Faults = {};
  const seen = { listings: 0, uploads: 0 };
  const answerListing = async (listing: Listing, request: IncomingMessage, response: ServerResponse) => {
    request.resume();
    response.end(JSON.stringify(listing(await keysIn(endpoint))));
  };
  const endpoint = await localEndpoint(context, {
    likeCeph: true,
    intercept: (request, response) => {
      if (request.url === '/data/list_s3_files') {
        seen.listings++;
        const { list, listing } = faults;
        list?.(request, response);
        if (listing !== undefined) void answerListing(listing, request, response);
        return list !== undefined || listing !== undefined;
      }
      if (request.url?.startsWith('/data/')) return false;
      seen.uploads++;
      faults.upload?.(request, response);
      return false;
    },
  });
  const run = async (options: Partial<EmitOptions> = {}) => {
    const pace = quickPace();
    const made = bytes === undefined ? plan : planOf(root, waves, sizeOf);
    const result = await emitted(made, { endpoint: endpoint.url, token: endpoint.token, pace, ...options });
    return { ...result, slept: pace.slept };
  };
  return { root, endpoint, faults, seen, run };
}

async function steps(root: string): Promise<readonly string[]> {
  return (await readJournal(root)).records.map(({ event }) => event);
}

/** A listing in which every object has this size and ETag; undefined stands for what was sent. */
async function listingOf(root: string, size?: number, etag?: string): Promise<Listing> {
  const zip = await readFile(path.join(root, district));
  return (keys) => ({
    Contents: keys.map((Key) => ({
      Key,
      Size: size ?? zip.length,
      ETag: `"${etag ?? hash('md5', zip)}"`,
    })),
    IsTruncated: false,
  });
}

test('the listing shows the same size and checksum: acknowledged, with that checksum', async (context) => {
  const { root, seen, run } = await scene(context);
  const { summary } = await run();
  const md5 = hash('md5', await readFile(path.join(root, district)));
  assert.deepEqual(
    summary.sent.map(({ by, etag }) => [by, etag]),
    [['answer', md5]],
  );
  assert.deepEqual([seen.listings, withoutChecksumText(summary.sent)], [1, undefined]);
  const record = (await readJournal(root)).records.find(({ event }) => event === 'acknowledged');
  assert.deepEqual(record, summary.sent[0]);
});

test('Ceph stores a part of the form behind the file: not acknowledged, and sent once', async (context) => {
  const { root, endpoint, seen, run } = await scene(context, spoilt);
  const { summary, slept } = await run();
  const [failure] = summary.failed;
  assert.deepEqual([failure?.error.reason, failure?.stored], ['not-identical', 'unknown']);
  assert.match(
    failure?.error.message ?? '',
    /^The storage holds other bytes than were sent: 4,194,\d{3} bytes under district_master\/district_mst_\d{14}\.zip, and the zip has 4,194,294\. .* not sent again by itself/,
  );
  assert.deepEqual([summary.sent, seen.uploads, slept], [[], 1, []]);
  assert.deepEqual(await steps(root), ['started', 'form', 'sent', 'failed', 'ended']);
  const [key = ''] = await keysIn(endpoint);
  const object = await readFile(path.join(endpoint.emissionFolder, key));
  assert.ok(object.length > spoilt);
  const failed = (await readJournal(root)).records.find(({ event }) => event === 'failed');
  assert.deepEqual(failed?.event === 'failed' && [failed.reason, failed.stored, failed.key], [
    'not-identical',
    'unknown',
    key,
  ]);
});

test('the files behind it in its wave go, later waves wait', async (context) => {
  const { run } = await scene(context, spoilt, [[district, block], [attendance]]);
  const { summary } = await run();
  assert.deepEqual(
    [summary.failed.map(({ file }) => file.path), summary.sent.map((record) => record.path)],
    [[district], [block]],
  );
  assert.deepEqual(
    summary.notTried.map(({ file, why }) => [file.path, why]),
    [[attendance, 'wave']],
  );
});

test('later runs hold it back until the user decides; a zip of another size is sent', async (context) => {
  const { root, endpoint, seen, run } = await scene(context, spoilt);
  await run();
  for (const unknown of [undefined, 'hold'] as const) {
    const { summary } = await run({ unknown });
    assert.equal(summary.failed[0]?.error.reason, 'outcome-unknown');
    assert.match(summary.failed[0].error.message, /was not acknowledged\. The bucket shows other content/);
  }
  assert.equal(seen.uploads, 1);
  const zip = Buffer.alloc(spoilt - 1000, 'cQube');
  await write(path.join(root, district), zip);
  const plan = planOf(root, [[district]], () => zip.length);
  const { summary } = await emitted(plan, { endpoint: endpoint.url, token: endpoint.token });
  assert.equal(summary.sent[0]?.etag, hash('md5', zip));
});

test('the user may count it as stored', async (context) => {
  const { seen, run } = await scene(context, spoilt);
  await run();
  const { summary } = await run({ unknown: 'stored' });
  assert.deepEqual([summary.sent.map(({ by }) => by), seen.uploads], [['user'], 1]);
});

test('the same size with another checksum is not acknowledged', async (context) => {
  const { root, faults, seen, run } = await scene(context);
  faults.listing = await listingOf(root, undefined, '0'.repeat(32));
  const { summary } = await run();
  assert.deepEqual([summary.failed[0]?.error.reason, seen.uploads], ['not-identical', 1]);
  assert.match(summary.failed[0]?.error.message ?? '', /the checksum under .*\.zip is not that of the zip\./);
});

for (const [what, list] of [
  ['may not be read', answers({ status: 500 })],
  ['is refused by a firewall', answers({ status: 403 })],
  ['cannot be had at the moment', answers({ status: 503 })],
  ['breaks off', reset],
  ['is no listing', answers({ body: { Contents: 1 } })],
  [
    'ends before the key',
    answers({ body: { Contents: [{ Key: 'a/a.zip', Size: 1, ETag: '"0"' }], IsTruncated: true } }),
  ],
  ['does not show the key: ingestion has taken it', answers({ body: { IsTruncated: false } })],
] as const satisfies readonly (readonly [string, Handler])[]) {
  test(`a listing that ${what}: the answer alone counts, asked once, and the summary can tell`, async (context) => {
    const { faults, seen, run } = await scene(context);
    faults.list = list;
    const { summary, slept } = await run();
    assert.deepEqual(
      summary.sent.map(({ by, etag }) => [by, etag]),
      [['answer', undefined]],
    );
    assert.deepEqual([seen.listings, slept], [1, []]);
    assert.equal(
      withoutChecksumText(summary.sent),
      `The storage told no checksum of 1 file (${district}), so what it holds was not compared with what was sent.`,
    );
  });
}

test('where keys of its own make the ETag something else, the size alone is compared', async (context) => {
  for (const [size, expected] of [
    [undefined, ['answer']],
    [7, []],
  ] as const) {
    const { root, faults, run } = await scene(context);
    faults.upload = (_, response) => response.setHeader('x-amz-server-side-encryption', 'aws:kms');
    faults.listing = await listingOf(root, size, '0'.repeat(32));
    const { summary } = await run();
    assert.deepEqual(
      summary.sent.map(({ by }) => by),
      expected,
    );
  }
});

test('so it is where the object lies there in parts', async (context) => {
  const { root, faults, run } = await scene(context);
  faults.listing = await listingOf(root, undefined, `${'0'.repeat(32)}-2`);
  assert.equal((await run()).summary.sent.length, 1);
});

test('cancelling while the listing is awaited: the answer counts, and nothing more is sent', async (context) => {
  const { faults, run } = await scene(context, undefined, [[district, block]]);
  const stop = new AbortController();
  faults.list = (request: IncomingMessage) => {
    request.resume();
    stop.abort();
  };
  const { summary } = await run({ signal: stop.signal });
  assert.deepEqual(
    [summary.cancelled, summary.sent.map((record) => record.path), summary.notTried.length],
    [true, [district], 1],
  );
});

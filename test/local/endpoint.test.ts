/** The local endpoint's API over its socket, against the answers recorded in emission-protocol, sections 2 to 4. */
import assert from 'node:assert/strict';
import { readdir, rm } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import { objectKey } from '../../local/api.ts';
import { defaultBuckets, startLocalEndpoint } from '../../local/server.ts';
import { openBucket } from '../../local/store.ts';
import { hash, localEndpoint as start, temporaryFolder } from '../core/emit/fixture.ts';
import { boundary, codeOf, formFor, json, multipart, post, send, upload } from './client.ts';
import type { Answer, Form } from './client.ts';

test('listens on loopback alone', async (context) => {
  const directory = await temporaryFolder(context);
  for (const host of ['0.0.0.0', '::', '192.168.1.10', 'example.org']) {
    await assert.rejects(startLocalEndpoint({ directory, host }), /this computer alone/);
  }
  const { url } = await start(context);
  assert.match(url, /^http:\/\/127\.0\.0\.1:\d+\/data$/);
});

test('Kong answers what it does not route: other paths, methods and hosts', async (context) => {
  const endpoint = await start(context);
  const { origin } = new URL(endpoint.url);
  const authorization = { Authorization: `Bearer ${endpoint.token}` };
  const noRoute = '{"message":"no Route matched with those values"}';
  for (const [url, sent] of [
    [`${origin}/upload-url`, { method: 'POST' }],
    [`${origin}//upload-url`, { method: 'POST' }],
    [`${origin}/`, {}],
    [`${endpoint.url}/upload-url`, { method: 'PUT' }],
    [`${endpoint.url}/list_s3_buckets`, { headers: { Host: 'cqube.example.org' } }],
  ] as const) {
    const answer = await send(url, {
      ...sent,
      headers: { ...authorization, ...('headers' in sent ? sent.headers : {}) },
    });
    assert.deepEqual([answer.status, answer.text], [404, noRoute], url);
    assert.match(answer.type, /^application\/json/);
  }
});

test('Flask’s errors are pages of HTML', async (context) => {
  const endpoint = await start(context);
  const headers = { Authorization: `Bearer ${endpoint.token}` };
  for (const [call, method, status] of [
    ['upload-url/', 'POST', 404],
    ['unknown', 'GET', 404],
    ['upload-url', 'GET', 405],
    ['list_s3_buckets', 'POST', 405],
  ] as const) {
    const answer = await send(`${endpoint.url}/${call}`, { method, headers });
    assert.equal(answer.status, status, call);
    assert.match(answer.type, /^text\/html/);
    assert.match(answer.text, new RegExp(`<title>${status} `));
  }
});

test('asks for a token before all else', async (context) => {
  const endpoint = await start(context);
  const none = await send(`${endpoint.url}/list_s3_buckets`);
  assert.deepEqual([none.status, none.text], [401, '{"message":"Unauthorized"}']);
  const byQuery = await send(`${endpoint.url}/list_s3_buckets?jwt=${endpoint.token}`);
  assert.equal(byQuery.status, 200);
});

test('a secret that lasts makes a token that lasts', async (context) => {
  const now = () => new Date('2026-11-23T12:25:12Z');
  const [first, second] = [
    await start(context, { secret: 's', now }),
    await start(context, { secret: 's', now }),
  ];
  assert.equal(first.token, second.token);
  assert.notEqual((await start(context, { now })).token, first.token);
});

test('list_s3_buckets labels its JSON as HTML', async (context) => {
  const endpoint = await start(context);
  const headers = { Authorization: `Bearer ${endpoint.token}`, 'Content-Type': json };
  const answer = await send(`${endpoint.url}/list_s3_buckets`, { headers });
  assert.match(answer.type, /^text\/html/);
  assert.deepEqual(JSON.parse(answer.text), endpoint.buckets);
});

test('upload-url reads its argument from JSON, query, form and multipart, the first value winning', async (context) => {
  const endpoint = await start(context);
  const key = async (answer: Promise<Answer>) =>
    (JSON.parse((await answer).text) as Form).fields.key?.replace(/_\d{14}/, '');
  const form = 'application/x-www-form-urlencoded';
  assert.equal(await key(post(endpoint, 'upload-url', { filename: 'a.zip' })), 'a.zip');
  assert.equal(await key(post(endpoint, 'upload-url?filename=a.zip', '', '')), 'a.zip');
  assert.equal(await key(post(endpoint, 'upload-url', 'filename=a.zip', form)), 'a.zip');
  assert.equal(
    await key(
      post(
        endpoint,
        'upload-url',
        multipart({ filename: 'a.zip' }, undefined),
        `multipart/form-data; boundary=${boundary}`,
      ),
    ),
    'a.zip',
  );
  assert.equal(await key(post(endpoint, 'upload-url?filename=b.zip', { filename: 'a.zip' })), 'a.zip');
  assert.equal(await key(post(endpoint, 'upload-url?filename=b.zip', 'filename=c.zip', form)), 'b.zip');
});

test('upload-url refuses what it cannot read, in Flask’s words', async (context) => {
  const endpoint = await start(context);
  for (const [body, type, status] of [
    [{}, json, 400],
    [{ filename: null }, json, 400],
    [{ filename: '' }, json, 400],
    ['', json, 400],
    ['filename=a.zip', json, 400],
    [{ filename: 'a.zip' }, 'text/plain', 400],
    [{ filename: 'a.zip' }, '', 400],
    [['a.zip'], json, 500],
    ['"a.zip"', json, 500],
  ] as const) {
    const answer = await post(endpoint, 'upload-url', body, type);
    assert.equal(answer.status, status, JSON.stringify([body, type]));
    assert.match(answer.type, /^text\/html/);
  }
  assert.match((await post(endpoint, 'upload-url', {})).text, /<p>Bad request, validate the payload<\/p>/);
});

test('a key is the name with the time before its last dot, whatever the name', () => {
  const time = new Date(2026, 10, 23, 12, 25, 13, 999);
  for (const [name, key] of [
    ['district_master/district_mst.zip', 'district_master/district_mst_20261123122513.zip'],
    ['a/b.tar.gz', 'a/b.tar_20261123122513.gz'],
    ['noext', 'noext_20261123122513'],
    ['.DS_Store', '_20261123122513.DS_Store'],
    ['dir.v2/noext', 'dir_20261123122513.v2/noext'],
    ['../x.zip', '../x_20261123122513.zip'],
  ] as const) {
    assert.equal(objectKey(name, time), key);
  }
});

test('list_s3_files shows an empty bucket without Contents, a filled one as boto3 does', async (context) => {
  const endpoint = await start(context);
  const bucket = endpoint.buckets.emission;
  const list = async () =>
    JSON.parse((await post(endpoint, 'list_s3_files', { bucket })).text) as Record<string, unknown>;
  assert.equal('Contents' in (await list()), false);
  const form = await formFor(endpoint, 'pat/x.zip');
  await upload(form, 'hello');
  const [item] = (await list()).Contents as Record<string, unknown>[];
  assert.deepEqual(
    [item?.Key, item?.Size, item?.ETag],
    [form.fields.key, 5, `"${hash('md5', Buffer.from('hello'))}"`],
  );
  assert.match(String(item?.LastModified), /^\w{3}, \d\d \w{3} \d{4} [\d:]{8} GMT$/);
  for (const body of [{}, { bucket: 'other' }]) {
    const answer = await post(endpoint, 'list_s3_files', body);
    assert.equal(answer.status, 400);
    assert.match(answer.text, /not cqube bucket - validate the bucket name/);
  }
});

test('list_s3_files shows the first 1,000 keys alone, in the order of their bytes', async (context) => {
  const directory = await temporaryFolder(context);
  const bucket = await openBucket(directory, defaultBuckets.emission);
  for (let number = 1001; number > 0; number--) {
    const incoming = await bucket.receive();
    await incoming.commit(`n/${number}.zip`, new Date('2026-11-23T12:25:12Z'));
  }
  const endpoint = await start(context, { directory });
  const listing = await post(endpoint, 'list_s3_files', { bucket: bucket.name });
  const { Contents, IsTruncated, MaxKeys } = JSON.parse(listing.text) as {
    readonly Contents: readonly { readonly Key: string }[];
    readonly IsTruncated: boolean;
    readonly MaxKeys: number;
  };
  assert.deepEqual([Contents.length, IsTruncated, MaxKeys], [1000, true, 1000]);
  assert.deepEqual(
    Contents.slice(0, 4).map(({ Key }) => Key),
    ['n/1.zip', 'n/10.zip', 'n/100.zip', 'n/1000.zip'],
  );
  const paged = { bucket: bucket.name, Marker: 'n/998.zip', marker: 'n/998.zip', prefix: 'n/999' };
  const next = JSON.parse((await post(endpoint, 'list_s3_files', paged)).text) as unknown;
  assert.deepEqual(next, JSON.parse(listing.text), 'nothing asks for the rest');
});

test('an object that was taken away is no longer listed; a restart remembers the others', async (context) => {
  const directory = await temporaryFolder(context);
  const first = await startLocalEndpoint({ directory });
  await upload(await formFor(first, 'a.zip'), 'a');
  await upload(await formFor(first, 'b.zip'), 'b');
  await first.stop();
  const second = await start(context, { directory });
  const [name] = await readdir(second.emissionFolder);
  await rm(path.join(second.emissionFolder, name ?? ''));
  const { Contents } = JSON.parse(
    (await post(second, 'list_s3_files', { bucket: second.buckets.emission })).text,
  ) as {
    readonly Contents: readonly { readonly Key: string; readonly ETag: string }[];
  };
  assert.deepEqual(
    Contents.map(({ ETag }) => ETag),
    [`"${hash('md5', Buffer.from('b'))}"`],
  );
});

test('objects come back by download, by download_url and by download_uri', async (context) => {
  const endpoint = await start(context);
  const bucket = endpoint.buckets.emission;
  const form = await formFor(endpoint, 'pat/x y.zip');
  const filename = form.fields.key ?? '';
  await upload(form, 'content');

  const bytes = await post(endpoint, 'download', { bucket, filename });
  assert.deepEqual([bytes.status, bytes.text], [200, 'content']);
  assert.match(bytes.type, /^text\/plain/);

  const bare = await post(endpoint, 'download_url', { bucket, filename });
  assert.match(bare.type, /^text\/html/);
  assert.equal((await send(bare.text)).text, 'content');

  const uri = await post(endpoint, 'download_uri', { bucket, filename: [filename, 'absent.zip'] });
  const addresses = JSON.parse(uri.text) as Record<string, string>;
  assert.equal((await send(addresses[filename] ?? '')).text, 'content');
  const absent = await send(addresses['absent.zip'] ?? '');
  assert.deepEqual([absent.status, codeOf(absent)], [404, 'NoSuchKey']);
  const forged = await send((addresses[filename] ?? '').replace('X-Amz-Expires=3600', 'X-Amz-Expires=9999'));
  assert.deepEqual([forged.status, codeOf(forged)], [403, 'SignatureDoesNotMatch']);
});

test('downloads without a file name or key end in Flask’s 500', async (context) => {
  const endpoint = await start(context);
  const bucket = endpoint.buckets.emission;
  for (const [call, body] of [
    ['download_uri', { bucket }],
    ['download_url', { bucket }],
    ['download', { bucket, filename: 'absent.zip' }],
  ] as const) {
    assert.equal((await post(endpoint, call, body)).status, 500, call);
  }
});

/** The local endpoint over its socket, against the answers recorded in emission-protocol, sections 2 to 5. */
import assert from 'node:assert/strict';
import { readdir, readFile, rm } from 'node:fs/promises';
import { request } from 'node:http';
import type { OutgoingHttpHeaders } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { objectKey } from '../../local/api.ts';
import { defaultBuckets, startLocalEndpoint } from '../../local/server.ts';
import type { LocalEndpoint, LocalEndpointOptions } from '../../local/server.ts';
import { openBucket } from '../../local/store.ts';
import { hash, localEndpoint, temporaryFolder } from '../core/emit/fixture.ts';

interface Answer {
  readonly status: number;
  readonly type: string;
  readonly text: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
}

interface Sent {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** Plain node:http, so that every header is as written here. */
function send(url: string, { method = 'GET', headers = {}, body }: Sent = {}): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(url, { method, headers }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          type: response.headers['content-type'] ?? '',
          text: Buffer.concat(chunks).toString(),
          headers: response.headers,
        }),
      );
    });
    sent.on('error', reject).end(body);
  });
}

const json = 'application/json';

function post(endpoint: LocalEndpoint, call: string, body: unknown, type = json): Promise<Answer> {
  const headers = {
    Authorization: `Bearer ${endpoint.token}`,
    ...(type === '' ? {} : { 'Content-Type': type }),
  };
  return send(`${endpoint.url}/${call}`, {
    method: 'POST',
    headers,
    body: typeof body === 'string' ? body : JSON.stringify(body),
  });
}

interface Form {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

async function formFor(endpoint: LocalEndpoint, filename: string): Promise<Form> {
  return JSON.parse((await post(endpoint, 'upload-url', { filename })).text) as Form;
}

const boundary = 'x';

function multipart(fields: Readonly<Record<string, string>>, content: string | undefined): string {
  const parts = Object.entries(fields).map(
    ([name, value]) => `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`,
  );
  const file =
    content === undefined
      ? ''
      : `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.zip"\r\n\r\n${content}\r\n`;
  return `${parts.join('')}${file}--${boundary}--\r\n`;
}

function upload(
  { url, fields }: Form,
  content: string | undefined,
  headers: OutgoingHttpHeaders = {},
): Promise<Answer> {
  const body = multipart(fields, content);
  return send(url, {
    method: 'POST',
    headers: {
      'Content-Type': `multipart/form-data; boundary=${boundary}`,
      'Content-Length': Buffer.byteLength(body),
      ...headers,
    },
    body,
  });
}

const codeOf = (answer: Answer) => /<Code>(.*?)<\/Code>/.exec(answer.text)?.[1];

const start = (context: TestContext, options: Partial<LocalEndpointOptions> = {}) =>
  localEndpoint(context, options);

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

test('a form takes its file: 204 with ETag and Location; again, until it expires, over the same key', async (context) => {
  let now = new Date('2026-11-23T12:25:12Z');
  const endpoint = await start(context, { now: () => now });
  const form = await formFor(endpoint, 'pat/x.zip');
  const key = form.fields.key ?? '';
  const stored = await upload(form, 'first');
  assert.deepEqual([stored.status, stored.text], [204, '']);
  assert.equal(stored.headers.etag, `"${hash('md5', Buffer.from('first'))}"`);
  assert.match(String(stored.headers.location), /pat%2Fx_2026\d{10}\.zip$/);
  now = new Date('2026-11-23T13:25:11Z');
  assert.equal((await upload(form, 'second')).status, 204);
  assert.equal(await readFile(path.join(endpoint.emissionFolder, key), 'utf8'), 'second');
  now = new Date('2026-11-23T13:25:12Z');
  const late = await upload(form, 'third');
  assert.deepEqual([late.status, codeOf(late)], [403, 'AccessDenied']);
  assert.match(late.text, /Policy expired/);
  assert.equal(await readFile(path.join(endpoint.emissionFolder, key), 'utf8'), 'second');
});

test('refuses a form post as S3 does, and keeps nothing of it', async (context) => {
  const endpoint = await start(context, { largestFile: 1000 });
  const form = await formFor(endpoint, 'pat/x.zip');
  const altered = (fields: Record<string, string>): Form => ({
    ...form,
    fields: { ...form.fields, ...fields },
  });
  const keyless = Object.fromEntries(Object.entries(form.fields).filter(([name]) => name !== 'key'));
  const longKey = await formFor(endpoint, `${'k'.repeat(1020)}.zip`);
  for (const [name, answer, status, code] of [
    ['altered key', upload(altered({ key: 'x' }), 'x'), 403, 'AccessDenied'],
    ['extra field', upload(altered({ 'Content-Type': 'a/b' }), 'x'), 403, 'AccessDenied'],
    ['signature', upload(altered({ 'x-amz-signature': '0' }), 'x'), 403, 'SignatureDoesNotMatch'],
    ['no key', upload({ ...form, fields: keyless }, 'x'), 400, 'InvalidArgument'],
    ['no file', upload(form, undefined), 400, 'InvalidArgument'],
    ['long key', upload(longKey, 'x'), 400, 'KeyTooLongError'],
    [
      'preamble',
      upload(altered({ note: 'n'.repeat(21_000) }), 'x'),
      400,
      'MaxPostPreDataLengthExceededError',
    ],
    ['too large', upload(form, 'x'.repeat(1001)), 400, 'EntityTooLarge'],
    ['far too large', upload(form, 'x'.repeat(100_000)), 400, 'EntityTooLarge'],
    [
      'authorization',
      upload(form, 'x', { Authorization: `Bearer ${endpoint.token}` }),
      400,
      'InvalidArgument',
    ],
    ['content type', upload(form, 'x', { 'Content-Type': 'text/plain' }), 412, 'PreconditionFailed'],
    [
      'other bucket',
      upload({ ...form, url: form.url.replace('emission', 'input') }, 'x'),
      403,
      'AccessDenied',
    ],
  ] as const) {
    const result = await answer;
    assert.deepEqual([result.status, codeOf(result)], [status, code], name);
    assert.match(result.text, /<RequestId>\w+<\/RequestId>/);
  }
  const chunked = await send(form.url, {
    method: 'POST',
    headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Transfer-Encoding': 'chunked' },
    body: multipart(form.fields, 'x'),
  });
  assert.deepEqual([chunked.status, codeOf(chunked)], [411, 'MissingContentLength']);
  assert.deepEqual(await readdir(endpoint.emissionFolder), []);
  assert.deepEqual(await readdir(path.join(endpoint.emissionFolder, '..', '.incoming')), []);
});

test('an upload that breaks off leaves nothing', async (context) => {
  const endpoint = await start(context);
  const { url, fields } = await formFor(endpoint, 'pat/x.zip');
  const body = multipart(fields, 'x'.repeat(1000));
  await new Promise<void>((resolve) => {
    const broken = request(url, {
      method: 'POST',
      headers: { 'Content-Type': `multipart/form-data; boundary=${boundary}`, 'Content-Length': body.length },
    });
    broken.on('error', () => resolve()).write(body.slice(0, -500), () => broken.destroy(new Error('gone')));
  });
  // A later whole upload shows that the server has come past the broken one.
  const other = await formFor(endpoint, 'pat/y.zip');
  assert.equal((await upload(other, 'y')).status, 204);
  assert.deepEqual(await readdir(path.join(endpoint.emissionFolder, 'pat')), [
    path.basename(other.fields.key ?? ''),
  ]);
});

test('keys that are no harmless paths stay inside the folder', async (context) => {
  const endpoint = await start(context);
  const names = ['../escape.zip', '/abs/x.zip', 'C:\\x\\y.zip', 'a//b.zip', 'ज़िला/फ़ाइल.zip', 'a/.index.zip'];
  for (const name of names) assert.equal((await upload(await formFor(endpoint, name), name)).status, 204);
  assert.deepEqual(await readdir(endpoint.emissionFolder), ['.keys']);
  const listing = JSON.parse(
    (await post(endpoint, 'list_s3_files', { bucket: endpoint.buckets.emission })).text,
  ) as {
    readonly Contents: readonly { readonly Key: string }[];
  };
  assert.equal(listing.Contents.length, names.length);
});

test('a key may be the folder of another one', async (context) => {
  const now = () => new Date('2026-11-23T12:25:12Z');
  const endpoint = await start(context, { now });
  const folder = await formFor(endpoint, 'a');
  assert.equal((await upload(folder, 'one')).status, 204);
  const inside = await formFor(endpoint, `${folder.fields.key ?? ''}/b.zip`);
  assert.equal((await upload(inside, 'two')).status, 204);
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

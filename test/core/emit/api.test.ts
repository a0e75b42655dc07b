import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createApi } from '../../../core/emit/api/api.ts';
import type { ApiOptions } from '../../../core/emit/api/api.ts';
import { localEndpoint, quickPace } from './fixture.ts';
import { answers, deadOrigin, serve } from './server.ts';
import type { Canned, Handler } from './server.ts';

const token = 'aaa.bbb.ccc';
const buckets = { input: 'a', output: 'b', emission: 'c' };

async function client(context: TestContext, handler: Handler, options: Partial<ApiOptions> = {}) {
  const origin = await serve(context, handler);
  return createApi({ endpoint: `${origin}/data`, token, pace: quickPace(), ...options });
}

test('sends the token in its header, JSON with its type, and asks for JSON', async (context) => {
  const seen: unknown[] = [];
  const api = await client(context, (request, response) => {
    const { authorization, accept, 'content-type': type } = request.headers;
    let body = '';
    request.on('data', (chunk: Buffer) => (body += chunk.toString()));
    request.on('end', () => {
      seen.push([request.method, request.url, authorization, accept, type, body]);
      response.end(JSON.stringify({ Contents: [] }));
    });
  });
  await api.listFiles('c');
  assert.deepEqual(seen, [
    [
      ...['POST', '/data/list_s3_files', `Bearer ${token}`, 'application/json', 'application/json'],
      '{"bucket":"c"}',
    ],
  ]);
});

test('reads the buckets although they are labelled as HTML', async (context) => {
  const html = { headers: { 'Content-Type': 'text/html' }, body: buckets };
  const api = await client(context, answers(html));
  assert.deepEqual(await api.listBuckets(), buckets);
});

test('reads a listing, an empty one too', async (context) => {
  const item = { Key: 'a/b.zip', Size: 7, ETag: '"0cc1"', LastModified: 'Mon, 23 Nov 2026 12:25:12 GMT' };
  const api = await client(
    context,
    answers({ body: { Contents: [item], IsTruncated: true } }, { body: { IsTruncated: false } }),
  );
  assert.deepEqual(await api.listFiles('c'), {
    files: [{ key: 'a/b.zip', size: 7, etag: '0cc1', lastModified: item.LastModified }],
    truncated: true,
  });
  assert.deepEqual(await api.listFiles('c'), { files: [], truncated: false });
});

const stops: readonly (readonly [name: string, answer: Canned, reason: string])[] = [
  ['no token', { status: 401, body: { message: 'Unauthorized' } }, 'unauthorized'],
  ['a damaged token', { status: 401, body: { message: 'Bad token; invalid JSON' } }, 'unauthorized'],
  [
    'a foreign token',
    { status: 401, body: { message: "No credentials found for given 'iss'" } },
    'unauthorized',
  ],
  ['a 401 in words unknown', { status: 401, body: '<html>' }, 'unauthorized'],
  ['a wrong path', { status: 404, body: { message: 'no Route matched with those values' } }, 'not-found'],
  ['a refused call', { status: 400, body: '<title>400 Bad Request</title>' }, 'bad-answer'],
  ['a firewall', { status: 403, body: 'no' }, 'refused'],
  [
    'a login page',
    { headers: { 'Content-Type': 'text/html' }, body: '<!doctype html><title>Log in' },
    'login-page',
  ],
  ['nothing', { body: '' }, 'bad-answer'],
  ['text', { body: 'hello' }, 'bad-answer'],
  ['other JSON', { body: { status: 'up' } }, 'bad-answer'],
  ['a list', { body: [] }, 'bad-answer'],
  ['a redirect', { status: 301, headers: { Location: 'https://example.org/' } }, 'redirected'],
];

for (const [name, answer, reason] of stops) {
  test(`${name} is met once and ends in ${reason}`, async (context) => {
    const handler = answers(answer);
    const api = await client(context, handler);
    await assert.rejects(api.listBuckets(), { name: 'EmissionError', reason, consequence: 'stop-run' });
    assert.equal(handler.requests(), 1);
  });
}

test('a 404 hints at /data where it lacks', async (context) => {
  const origin = await serve(context, answers({ status: 404 }));
  await assert.rejects(createApi({ endpoint: origin, token }).listBuckets(), ({ message }: Error) =>
    message.includes(`${origin}/data`),
  );
});

test('no message repeats the token', async (context) => {
  const api = await client(context, answers({ status: 401, body: { message: `Bad token ${token}` } }));
  await assert.rejects(api.listBuckets(), ({ message }: Error) => !message.includes(token));
});

for (const [status, tries] of [
  [429, 9],
  [500, 3],
  [502, 9],
  [503, 9],
  [504, 9],
] as const) {
  test(`status ${status} is tried ${tries} times`, async (context) => {
    const handler = answers({ status });
    const api = await client(context, handler);
    await assert.rejects(api.listBuckets(), { reason: 'server-error', status });
    assert.equal(handler.requests(), tries);
  });
}

test('goes on once the server is ready, and waits as long as it asks', async (context) => {
  const pace = quickPace();
  const busy = { status: 503, headers: { 'Retry-After': '7' } };
  const api = await client(context, answers(busy, { status: 502 }, { body: buckets }), { pace });
  assert.deepEqual(await api.listBuckets(), buckets);
  assert.deepEqual(pace.slept, [7000, 1500]);
});

test('a broken connection is tried again', async (context) => {
  let requests = 0;
  const api = await client(context, (request, response) => {
    if (++requests === 1) request.socket.destroy();
    else response.end(JSON.stringify(buckets));
  });
  assert.deepEqual(await api.listBuckets(), buckets);
});

test('a server that is not there is called unreachable', async () => {
  const api = createApi({ endpoint: `${await deadOrigin()}/data`, token, pace: quickPace() });
  await assert.rejects(api.listBuckets(), { reason: 'unreachable', code: 'ECONNREFUSED' });
});

test('a server that says nothing ends in a time-out, also in the middle of its answer', async (context) => {
  const silent = await client(context, () => undefined, { timeOut: 30, tries: 1 });
  await assert.rejects(silent.listBuckets(), { reason: 'time-out' });
  const stuck = await client(context, (_, response) => response.write('{'), { timeOut: 30, tries: 1 });
  await assert.rejects(stuck.listBuckets(), { reason: 'time-out' });
});

test('a cancelled call ends at once', async (context) => {
  const stop = new AbortController();
  const api = await client(context, () => stop.abort());
  await assert.rejects(api.listBuckets(stop.signal), { reason: 'cancelled' });
});

test('a form is taken as it comes, its life reckoned by the server’s clock', async (context) => {
  const pace = { ...quickPace(), monotonic: () => 500 };
  const { url, token: real } = await localEndpoint(context, { now: () => new Date('2031-05-06T07:08:09Z') });
  const form = await createApi({ endpoint: url, token: real, pace }).requestForm('pat/periodic_exam_mst.zip');
  assert.deepEqual(
    form.fields.map(([name]) => name),
    ['key', 'policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature'],
  );
  assert.match(form.key, /^pat\/periodic_exam_mst_2031\d{10}\.zip$/);
  assert.equal(form.expires, 500 + 3600 * 1000);
});

const fields = { key: 'pat/x_20260101000000.zip', policy: 'e30=' };
for (const [name, body] of [
  ['no form', {}],
  ['no fields', { url: 'https://s3.example.org/' }],
  ['fields of another kind', { url: 'https://s3.example.org/', fields: { ...fields, more: 1 } }],
  ['an address in clear', { url: 'http://s3.example.org/', fields }],
  ['no address', { url: 'bucket', fields }],
  ['another file’s key', { url: 'https://s3.example.org/', fields: { ...fields, key: 'sat/x_1.zip' } }],
  ['no key', { url: 'https://s3.example.org/', fields: { policy: 'e30=' } }],
] as const) {
  test(`a form with ${name} is not used`, async (context) => {
    const api = await client(context, answers({ body }));
    await assert.rejects(api.requestForm('pat/x.zip'), { reason: 'bad-answer', consequence: 'stop-run' });
  });
}

test('a form that does not tell when it expires is taken until S3 says so', async (context) => {
  const api = await client(context, answers({ body: { url: 'https://s3.example.org/', fields } }));
  assert.equal((await api.requestForm('pat/x.zip')).expires, undefined);
});

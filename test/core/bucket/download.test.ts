import assert from 'node:assert/strict';
import { readdir, readFile, symlink, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { download } from '../../../core/bucket/download-node.ts';
import type { DownloadOptions } from '../../../core/bucket/download-node.ts';
import { createApi } from '../../../core/emit/api/api.ts';
import { EmissionError } from '../../../core/emit/error.ts';
import { startLocalEndpoint } from '../../../local/server.ts';
import type { Intercept } from '../../../local/server.ts';
import { hash, quickPace, temporaryFolder } from '../emit/fixture.ts';
import { deadOrigin, s3Error, serve } from '../emit/server.ts';
import type { Handler } from '../emit/server.ts';
import { stock } from '../../local/stock.ts';

const key = 'district_master/district_mst_20261123122513.zip';
const content = Buffer.alloc(3_000_000, 'cQube ');

/** A file to be, and how to get it out of an endpoint; `storage` stands before the storage's GETs. */
async function setUp(context: TestContext, storage: Intercept = () => false) {
  const directory = await temporaryFolder(context);
  await stock(directory, { emission: { [key]: content } });
  const gets: string[] = [];
  const endpoint = await startLocalEndpoint({
    directory,
    intercept: (request, response) => {
      if (request.method !== 'GET' || request.url?.startsWith('/data/')) return false;
      gets.push(request.url ?? '');
      return storage(request, response);
    },
  });
  context.after(() => endpoint.stop());
  const folder = await temporaryFolder(context);
  const pace = quickPace();
  const options: DownloadOptions = {
    api: createApi({ endpoint: endpoint.url, token: endpoint.token, pace }),
    bucket: endpoint.buckets.emission,
    ...{ key, pace },
    target: path.join(folder, 'district_mst.zip'),
  };
  return { options, folder, gets };
}

/** The error of a download that leaves nothing behind and tells no secret. */
async function failing(options: DownloadOptions, before: readonly string[] = []): Promise<EmissionError> {
  let error: unknown;
  await assert.rejects(download(options), (thrown) => {
    error = thrown;
    return true;
  });
  assert.ok(error instanceof EmissionError, String(error));
  assert.deepEqual(await readdir(path.dirname(options.target)), before);
  assert.doesNotMatch(`${error.message} ${JSON.stringify(error)} ${String(error.cause)}`, /X-Amz|Signature=/);
  return error;
}

test('brings the bytes of an object, with their checksums and the progress', async (context) => {
  const { options, folder } = await setUp(context);
  const seen: number[] = [];
  const result = await download({ ...options, onProgress: (received) => seen.push(received) });
  assert.deepEqual(result, {
    bytes: content.length,
    md5: hash('md5', content),
    sha256: hash('sha256', content),
  });
  assert.deepEqual(await readFile(options.target), content);
  assert.deepEqual(await readdir(folder), ['district_mst.zip']);
  assert.ok(seen.length > 1 && seen.at(-1) === content.length, 'in pieces');
});

test('what is there is left as it is, without asking for the object', async (context) => {
  const { options, gets } = await setUp(context);
  await writeFile(options.target, 'mine');
  const { reason, message } = await failing(options, ['district_mst.zip']);
  assert.equal(reason, 'file-refused');
  assert.match(message, /is there already, and is left as it is/);
  assert.equal(await readFile(options.target, 'utf8'), 'mine');
  assert.deepEqual(gets, []);
});

test('a file that comes to be there meanwhile is left as it is too', async (context) => {
  let target = '';
  const { options } = await setUp(context, () => {
    void writeFile(target, 'mine');
    return false;
  });
  ({ target } = options);
  await failing(options, ['district_mst.zip']);
  assert.equal(await readFile(target, 'utf8'), 'mine');
});

test('a link is neither followed nor replaced', async (context) => {
  const { options, folder } = await setUp(context);
  await symlink(path.join(folder, 'elsewhere'), options.target);
  await failing(options, ['district_mst.zip']);
});

test('a file is replaced where the user says so', async (context) => {
  const { options } = await setUp(context);
  await writeFile(options.target, 'mine');
  await download({ ...options, replace: true });
  assert.deepEqual(await readFile(options.target), content);
});

test('a key that is not there', async (context) => {
  const { options } = await setUp(context);
  const { reason, message } = await failing({ ...options, key: 'pat/gone_20261123122513.zip' });
  assert.equal(reason, 'file-missing');
  assert.match(message, /holds no pat\/gone_20261123122513\.zip \(404, NoSuchKey\)/);
});

const answer =
  ({ status = 200, headers = {}, body = '' }: ReturnType<typeof s3Error>): Handler =>
  (_, response) =>
    response.writeHead(status, headers).end(body);

/** Faults of the first GETs, one after the other; then the storage answers. */
function faults(...handlers: readonly Handler[]): Intercept {
  let number = 0;
  return (request, response) => {
    const handler = handlers[number++];
    handler?.(request, response);
    return handler !== undefined;
  };
}

const cutShort: Handler = (request, response) => {
  response.writeHead(200, { 'Content-Length': content.length }).write(content.subarray(0, 1_000_000));
  setImmediate(() => request.socket.destroySoon());
};

for (const [what, handler] of [
  ['a busy storage', answer(s3Error(503, 'SlowDown'))],
  ['a connection that breaks at once', (request) => request.socket.destroy()],
  ['one that breaks inside the object', cutShort],
  [
    'bytes with another checksum',
    (_, response) => response.writeHead(200, { ETag: `"${'0'.repeat(32)}"` }).end('other'),
  ],
] as const satisfies readonly (readonly [string, Handler])[]) {
  test(`tried again, with an address of its own: ${what}`, async (context) => {
    const { options, folder, gets } = await setUp(context, faults(handler));
    await download(options);
    assert.deepEqual(await readFile(options.target), content);
    assert.deepEqual(await readdir(folder), ['district_mst.zip']);
    assert.equal(gets.length, 2);
  });

  test(`given up: ${what}`, async (context) => {
    const { options, gets } = await setUp(context, (request, response) => {
      handler(request, response);
      return true;
    });
    await failing(options);
    assert.equal(gets.length, 5);
  });
}

for (const [what, canned, reason] of [
  ['no right to read', s3Error(403, 'AccessDenied', 'Access Denied'), 'refused'],
  ['wrong keys', s3Error(403, 'SignatureDoesNotMatch'), 'refused'],
  ['an address that has expired', s3Error(403, 'AccessDenied', 'Request has expired'), 'clock-wrong'],
  ['no bucket', s3Error(404, 'NoSuchBucket'), 'no-bucket'],
  ['a redirection', { status: 307, headers: { Location: 'https://example.org/' } }, 'refused'],
] as const) {
  test(`not tried again: ${what}`, async (context) => {
    const { options, gets } = await setUp(context, (request, response) => {
      answer(canned)(request, response);
      return true;
    });
    assert.equal((await failing(options)).reason, reason);
    assert.equal(gets.length, 1);
  });
}

test('a storage that falls silent', async (context) => {
  const { options } = await setUp(context, (_, response) => {
    response.writeHead(200, { 'Content-Length': 10 }).write('12345');
    return true;
  });
  const { reason } = await failing({ ...options, stallTime: 50, tries: 1 });
  assert.equal(reason, 'time-out');
});

test('a storage that is not there is named, its address is not', async (context) => {
  const { options } = await setUp(context);
  const dead = new URL(`${await deadOrigin()}/bucket/key?X-Amz-Signature=secret`);
  const api = { ...options.api, downloadAddress: () => Promise.resolve(dead) };
  const { reason, message } = await failing({ ...options, api });
  assert.equal(reason, 'unreachable');
  assert.ok(message.startsWith(dead.host), message);
});

test('it can be stopped', async (context) => {
  const stop = new AbortController();
  const { options } = await setUp(context);
  const onProgress = () => stop.abort();
  assert.equal((await failing({ ...options, signal: stop.signal, onProgress })).reason, 'cancelled');
});

test('a folder that is not there', async (context) => {
  const { options, folder } = await setUp(context);
  const target = path.join(folder, 'none', 'x.zip');
  await assert.rejects(download({ ...options, target }), /x\.zip cannot be written: its folder is not there/);
});

test('the API is asked as often as it says, not as often again', async (context) => {
  const origin = await serve(context, answer({ status: 503 }));
  const pace = quickPace();
  const { options } = await setUp(context);
  const api = createApi({ endpoint: `${origin}/data`, token: 'a.b.c', pace, tries: 3 });
  assert.equal((await failing({ ...options, api, pace })).reason, 'server-error');
  assert.equal(pace.slept.length, 2);
});

for (const [what, body, reason] of [
  ['no address', {}, 'bad-answer'],
  ['an address of another key', { other: 'https://s3.example.org/' }, 'bad-answer'],
  ['no web address', { [key]: 'x' }, 'bad-answer'],
  ['plain http', { [key]: 'http://s3.example.org/?X-Amz-Signature=secret' }, 'bad-answer'],
  ['a web page', '<html>', 'login-page'],
] as const) {
  test(`download_uri answers ${what}`, async (context) => {
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    const origin = await serve(context, answer({ body: text }));
    const { options } = await setUp(context);
    const api = createApi({ endpoint: `${origin}/data`, token: 'a.b.c' });
    assert.equal((await failing({ ...options, api })).reason, reason);
  });
}

/** The local endpoint's storage over its socket, against the answers recorded in emission-protocol, section 5. */
import assert from 'node:assert/strict';
import { readdir, readFile } from 'node:fs/promises';
import { request } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { hash, localEndpoint as start } from '../core/emit/fixture.ts';
import { boundary, codeOf, formFor, multipart, post, send, upload } from './client.ts';
import type { Form } from './client.ts';

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

test('like Ceph 16.2: no ETag, and a part of the form behind files of just under 4 MiB', async (context) => {
  const endpoint = await start(context, { likeCeph: true });
  const megabytes = 4 * 1024 * 1024;
  for (const [short, behind] of [
    [1000, ''],
    [10, `\r\n--${boundary}--\r\n`],
    [3, `\r\n--${boundary}--\r\n`],
    [2, '\r\n'],
    [1, '\r\n'],
    [0, ''],
    [-1, ''],
  ] as const) {
    const form = await formFor(endpoint, `pat/x${megabytes - short}.zip`);
    const content = 'c'.repeat(megabytes - short);
    const stored = await upload(form, content);
    assert.deepEqual(
      [stored.status, stored.headers.etag, stored.headers.location],
      [204, undefined, undefined],
    );
    const object = await readFile(path.join(endpoint.emissionFolder, form.fields.key ?? ''), 'utf8');
    assert.ok(object.startsWith(content));
    assert.equal(object.slice(content.length), behind);
  }
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

import assert from 'node:assert/strict';
import { readFile, symlink, unlink, utimes, writeFile } from 'node:fs/promises';
import { Agent } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import { lastAcknowledged } from '../../../core/emit/journal/history.ts';
import { journalPath, readJournal } from '../../../core/emit/journal/journal.ts';
import type { EmitEvent } from '../../../core/emit/types.ts';
import { emissionFolder, emitted, hash, localEndpoint, planOf, quickPace, write } from './fixture.ts';

const types = (events: readonly EmitEvent[]) =>
  events.filter(({ type }) => !['progress', 'form', 'sent'].includes(type)).map(({ type }) => type);

test('sends a plan wave after wave; objects, journal and summary agree byte for byte', async (context) => {
  const { root, plan, zips } = await emissionFolder(context);
  const { url, token, emissionFolder: bucket } = await localEndpoint(context);
  const { summary, events } = await emitted(plan, { endpoint: url, token });

  assert.deepEqual(
    summary.sent.map((record) => record.path),
    plan.waves.flatMap((wave) => wave.files).map((file) => file.path),
  );
  assert.deepEqual([summary.failed, summary.notTried, summary.cancelled], [[], [], false]);
  for (const record of summary.sent) {
    const zip = zips.get(record.path)!;
    assert.match(record.key, new RegExp(`^${record.path.replace('.zip', '')}_\\d{14}\\.zip$`));
    assert.deepEqual(await readFile(path.join(bucket, record.key)), zip);
    assert.equal(record.sha256, hash('sha256', zip));
    assert.equal(record.etag, hash('md5', zip));
    assert.equal(record.endpoint, new URL(url).origin);
  }
  const { records } = await readJournal(root);
  assert.deepEqual(
    records.filter(({ event }) => event === 'acknowledged'),
    summary.sent,
  );
  const steps = ['form', 'sent', 'acknowledged'];
  assert.deepEqual(
    records.map(({ event }) => event),
    ['started', ...steps, ...steps, ...steps, 'ended'],
  );
  assert.deepEqual(types(events), [
    ...['connected', 'wave', 'file', 'acknowledged', 'file', 'acknowledged'],
    ...['wave', 'file', 'acknowledged'],
  ]);
});

test('progress counts the bytes of each file up to its size', async (context) => {
  const name = 'pat/periodic_exam_mst.zip';
  const { plan, zips } = await emissionFolder(context, [[name]]);
  const { url, token } = await localEndpoint(context);
  const { events } = await emitted(plan, { endpoint: url, token });
  const last = events.filter((event) => event.type === 'progress').at(-1);
  assert.deepEqual([last?.sent, last?.total], [zips.get(name)?.length, zips.get(name)?.length]);
});

test('a wrong token stops the run before anything is sent', async (context) => {
  const { root, plan } = await emissionFolder(context);
  const { url, token } = await localEndpoint(context);
  const other = await localEndpoint(context);
  assert.notEqual(token, other.token);
  const { summary } = await emitted(plan, { endpoint: url, token: other.token });
  assert.equal(summary.stoppedBy?.reason, 'unauthorized');
  assert.deepEqual(
    summary.notTried.map(({ why }) => why),
    ['stopped', 'stopped', 'stopped'],
  );
  assert.deepEqual((await readJournal(root)).records, []);
});

test('a failed file holds back the later waves, not the other files of its wave', async (context) => {
  const { root, plan } = await emissionFolder(context);
  const { url, token } = await localEndpoint(context);
  await unlink(path.join(root, 'district_master/district_mst.zip'));
  const { summary } = await emitted(plan, { endpoint: url, token });
  assert.deepEqual(
    summary.failed.map(({ file, error, stored }) => [file.path, error.reason, stored]),
    [['district_master/district_mst.zip', 'file-missing', 'no']],
  );
  assert.deepEqual(
    summary.sent.map((record) => record.path),
    ['block_master/block_mst.zip'],
  );
  assert.deepEqual(
    summary.notTried.map(({ file, why }) => [file.path, why]),
    [['student_attendance/student_attendance.zip', 'wave']],
  );
  assert.equal(summary.stoppedBy, undefined);
  const failed = (await readJournal(root)).records.find(({ event }) => event === 'failed');
  assert.equal(failed?.event === 'failed' && failed.path, 'district_master/district_mst.zip');
});

test('a zip that is no longer the planned one is not sent', async (context) => {
  const { root, plan } = await emissionFolder(context);
  const { url, token } = await localEndpoint(context);
  await write(path.join(root, 'district_master/district_mst.zip'), Buffer.from('other'));
  const { summary } = await emitted(plan, { endpoint: url, token });
  assert.deepEqual(
    summary.failed.map(({ error }) => error.reason),
    ['file-changed'],
  );
});

test('a zip that is being written to is looked at twice', async (context) => {
  const name = 'pat/periodic_exam_mst.zip';
  const { root, plan } = await emissionFolder(context, [[name]]);
  const { url, token } = await localEndpoint(context);
  const file = path.join(root, name);
  const now = new Date('2026-11-23T12:00:00Z');
  await utimes(file, now, now);
  const pace = {
    ...quickPace(),
    now: () => now,
    sleep: () => writeFile(file, 'still being written'),
  };
  const { summary } = await emitted(plan, { endpoint: url, token, pace });
  assert.deepEqual(
    summary.failed.map(({ error }) => error.reason),
    ['file-changed'],
  );
});

test('a link to a file outside of the folder is not followed', async (context) => {
  const { root, plan } = await emissionFolder(context, [['pat/periodic_exam_mst.zip']]);
  const { url, token } = await localEndpoint(context);
  const file = path.join(root, 'pat/periodic_exam_mst.zip');
  const outside = path.join(root, '..', 'outside.zip');
  await write(outside, await readFile(file));
  await unlink(file);
  await symlink(outside, file);
  const { summary } = await emitted(plan, { endpoint: url, token });
  assert.deepEqual(
    summary.failed.map(({ error }) => error.reason),
    ['file-refused'],
  );
});

test('a file without access to its place in the journal is not sent at all', async (context) => {
  const { root, plan } = await emissionFolder(context);
  const { url, token } = await localEndpoint(context);
  // A folder in the journal's place cannot be written to, whoever runs the test.
  await write(path.join(journalPath(root), 'in-the-way'), Buffer.of());
  const { summary } = await emitted(plan, { endpoint: url, token });
  assert.equal(summary.stoppedBy?.reason, 'journal');
  assert.equal(summary.notTried.length, 3);
});

test('cancelling between two files leaves the rest untried and the first acknowledged', async (context) => {
  const { root, plan } = await emissionFolder(context);
  const { url, token } = await localEndpoint(context);
  const stop = new AbortController();
  const { summary } = await emitted(plan, {
    endpoint: url,
    token,
    signal: stop.signal,
    onEvent: (event) => {
      if (event.type === 'acknowledged') stop.abort();
    },
  });
  assert.equal(summary.cancelled, true);
  assert.deepEqual([summary.sent.length, summary.failed.length, summary.notTried.length], [1, 0, 2]);
  assert.equal((await lastAcknowledged(root)).size, 1);
});

test('cancelling inside a file stores nothing of it', async (context) => {
  const name = 'pat/periodic_exam_mst.zip';
  const { root } = await emissionFolder(context, [[name]]);
  const { url, token, emissionFolder: bucket } = await localEndpoint(context);
  const bytes = Buffer.alloc(8 * 1024 * 1024, 7);
  await write(path.join(root, name), bytes);
  const stop = new AbortController();
  const { summary } = await emitted(
    planOf(root, [[name]], () => bytes.length),
    {
      endpoint: url,
      token,
      signal: stop.signal,
      onEvent: (event) => {
        if (event.type === 'progress') stop.abort();
      },
    },
  );
  assert.equal(summary.cancelled, true);
  assert.deepEqual([summary.sent.length, summary.failed.length, summary.notTried.length], [0, 0, 1]);
  await assert.rejects(readFile(path.join(bucket, 'pat')), { code: 'ENOENT' });
});

test('every connection is made as the caller says', async (context) => {
  const { plan } = await emissionFolder(context, [['pat/periodic_exam_mst.zip']]);
  const { url, token, buckets } = await localEndpoint(context);
  const agent = new Agent();
  const paths: string[] = [];
  const choose = (target: URL) => (paths.push(target.pathname), agent);
  await emitted(plan, { endpoint: url, token, agent: choose });
  assert.deepEqual(paths, ['/data/list_s3_buckets', '/data/upload-url', `/${buckets.emission}`]);
});

test('neither events, summary nor journal hold the token, the policy or a signature', async (context) => {
  const { root, plan } = await emissionFolder(context);
  const { url, token } = await localEndpoint(context);
  const { summary, events } = await emitted(plan, { endpoint: url, token });
  const text = JSON.stringify([summary, events]) + (await readFile(journalPath(root), 'utf8'));
  assert.doesNotMatch(text, /signature|policy|Bearer/i);
  assert.equal(text.includes(token), false);
});

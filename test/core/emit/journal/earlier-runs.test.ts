/** What an emission does about files that earlier runs have sent. */
import assert from 'node:assert/strict';
import { readdir } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { lockEmission } from '../../../../core/emit/journal/lock.ts';
import { readJournal } from '../../../../core/emit/journal/journal.ts';
import type { EmitOptions } from '../../../../core/emit/types.ts';
import type { LocalEndpoint } from '../../../../local/server.ts';
import { emissionFolder, emitted, localEndpoint, planOf, write, zipOf } from '../fixture.ts';

const name = 'pat/periodic_exam_mst.zip';

type Fault = (request: IncomingMessage, response: ServerResponse) => boolean;

/** A folder of one zip and an endpoint whose faults can be changed between two runs. */
async function scene(context: TestContext) {
  const { root, plan } = await emissionFolder(context, [[name]]);
  const faults: { upload?: Fault | undefined; list?: Fault | undefined } = {};
  const endpoint = await localEndpoint(context, {
    intercept: (request, response) => {
      if (request.url === '/data/list_s3_files') return faults.list?.(request, response) ?? false;
      if (request.url?.startsWith('/data/')) return false;
      return faults.upload?.(request, response) ?? false;
    },
  });
  const run = (options: Partial<EmitOptions> = {}) =>
    emitted(plan, { endpoint: endpoint.url, token: endpoint.token, tries: 1, ...options });
  return { root, plan, faults, endpoint, run };
}

async function stored({ emissionFolder: bucket }: LocalEndpoint): Promise<readonly string[]> {
  return readdir(path.join(bucket, 'pat')).catch(() => []);
}

/** Takes everything in and hangs up: nothing is stored, but the sender cannot know. */
const takeAndReset: Fault = (request) => {
  request.resume().on('end', () => request.socket.destroy());
  return true;
};

/** Stores everything and hangs up in the place of an answer. */
const loseAnswer: Fault = (request, response) => {
  response.writeHead = () => {
    request.socket.destroy();
    return response;
  };
  return false;
};

const refuse: Fault = (request, response) => {
  request.resume().on('end', () => response.writeHead(404).end('{}'));
  return true;
};

test('what is acknowledged is not sent again, however old the plan is', async (context) => {
  const { endpoint, run } = await scene(context);
  const first = await run();
  const second = await run();
  assert.deepEqual(second.summary.skipped, first.summary.sent);
  assert.deepEqual([second.summary.sent, second.summary.failed, second.summary.notTried], [[], [], []]);
  assert.equal((await stored(endpoint)).length, 1);
});

test('it is when the user says so, or when its content is another one', async (context) => {
  const { root, endpoint, run } = await scene(context);
  await run();
  assert.equal((await run({ again: true })).summary.sent.length, 1);
  const zip = await zipOf('periodic_exam_mst.csv', 'other');
  await write(path.join(root, name), zip);
  const plan = planOf(root, [[name]], () => zip.length);
  const { summary } = await emitted(plan, { endpoint: endpoint.url, token: endpoint.token });
  assert.deepEqual([summary.sent.length, summary.skipped.length], [1, 0]);
});

test('another endpoint has not acknowledged anything', async (context) => {
  const { plan, run } = await scene(context);
  await run();
  const other = await localEndpoint(context);
  const { summary } = await emitted(plan, { endpoint: other.url, token: other.token });
  assert.equal(summary.sent.length, 1);
});

test('a lost answer is settled by the next run’s look into the bucket', async (context) => {
  const { endpoint, faults, run } = await scene(context);
  Object.assign(faults, { upload: loseAnswer, list: refuse });
  const first = await run();
  assert.deepEqual(
    first.summary.failed.map(({ stored: fate }) => fate),
    ['unknown'],
  );
  Object.assign(faults, { upload: undefined, list: undefined });
  const second = await run();
  assert.deepEqual(
    second.summary.sent.map(({ by, key }) => [by, key]),
    [['list', `pat/${(await stored(endpoint)).join()}`]],
  );
  assert.equal((await run()).summary.skipped.length, 1);
});

/** Runs into an upload of which nobody can tell, and leaves a sound endpoint behind. */
async function unknownScene(context: TestContext) {
  const made = await scene(context);
  made.faults.upload = takeAndReset;
  assert.equal((await made.run()).summary.failed[0]?.stored, 'unknown');
  made.faults.upload = undefined;
  return made;
}

test('what the bucket does not show is held back as unknown, run after run', async (context) => {
  const { endpoint, run } = await unknownScene(context);
  for (let again = 0; again < 2; again++) {
    const { summary, events } = await run();
    const [failure] = summary.failed;
    assert.deepEqual([failure?.error.reason, failure?.stored], ['outcome-unknown', 'unknown']);
    assert.match(failure?.error.message ?? '', /bucket does not show it/);
    assert.equal(
      events.some(({ type }) => type === 'form'),
      false,
    );
  }
  assert.deepEqual(await stored(endpoint), []);
});

test('the user may have it sent again, or counted as stored', async (context) => {
  const first = await unknownScene(context);
  assert.equal((await first.run({ unknown: 'send' })).summary.sent.length, 1);
  assert.equal((await stored(first.endpoint)).length, 1);

  const second = await unknownScene(context);
  const { summary } = await second.run({ unknown: 'stored' });
  assert.deepEqual(
    summary.sent.map(({ by }) => by),
    ['user'],
  );
  assert.equal((await second.run()).summary.skipped.length, 1);
  assert.deepEqual(await stored(second.endpoint), []);
});

test('other content under the path is sent: it cannot be what left before', async (context) => {
  const { root, endpoint } = await unknownScene(context);
  const zip = await zipOf('periodic_exam_mst.csv', 'other');
  await write(path.join(root, name), zip);
  const plan = planOf(root, [[name]], () => zip.length);
  const { summary } = await emitted(plan, { endpoint: endpoint.url, token: endpoint.token });
  assert.equal(summary.sent.length, 1);
});

test('a listing that is cut before the key tells nothing', async (context) => {
  const { faults, run } = await unknownScene(context);
  const files = [{ Key: 'aaa/first.zip', Size: 1, ETag: '"0"' }];
  faults.list = (request, response) => {
    request.resume().on('end', () => response.end(JSON.stringify({ Contents: files, IsTruncated: true })));
    return true;
  };
  const { summary } = await run();
  assert.match(summary.failed[0]?.error.message ?? '', /1,000 objects that can be listed/);
});

test('a second emission of the folder is refused while the first holds the lock', async (context) => {
  const { root, endpoint, run } = await scene(context);
  const lock = await lockEmission(root);
  const { summary } = await run();
  assert.deepEqual([summary.stoppedBy?.reason, summary.notTried.length], ['locked', 1]);
  assert.deepEqual((await readJournal(root)).records, []);
  await lock.release();
  assert.equal((await run()).summary.sent.length, 1);
  assert.equal((await stored(endpoint)).length, 1);
});

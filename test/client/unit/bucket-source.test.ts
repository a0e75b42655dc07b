import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BucketSource } from '../../../client/bucket/source.ts';
import type { BucketConnection, Obstacle } from '../../../client/bucket/source.ts';
import type { Api } from '../../../core/emit/api/api.ts';
import { EmissionError } from '../../../core/emit/error.ts';

const buckets = { emission: 'e', input: 'i', output: 'o' };

/** A source over an API that notes what it is asked. */
function setUp(changes: Partial<Api> = {}, connect?: () => Obstacle) {
  const asked: string[] = [];
  const api: Api = {
    listBuckets: () => {
      asked.push('buckets');
      return Promise.resolve(buckets);
    },
    listFiles: (bucket) => {
      asked.push(bucket);
      return Promise.resolve({
        files: [{ key: `${bucket}/x`, size: 1, etag: '', lastModified: '' }],
        truncated: false,
      });
    },
    requestForm: () => Promise.reject(new Error('not wanted')),
    downloadAddress: () => Promise.reject(new Error('not wanted')),
    ...changes,
  };
  const connection: BucketConnection = {
    api,
    origin: 'https://cqube.example.org',
    host: 'cqube.example.org',
  };
  const source = new BucketSource(
    () => Promise.resolve(connect?.() ?? connection),
    () => '3.6',
  );
  return { source, asked };
}

test('nothing is asked before somebody looks, and everything once', async () => {
  const { source, asked } = setUp();
  assert.deepEqual(asked, []);
  await Promise.all([source.open(), source.open(), source.list('emission'), source.list('emission')]);
  assert.deepEqual(asked, ['buckets', 'e']);
  assert.deepEqual(
    source.entries().map(({ key }) => key),
    ['e/x'],
  );
  assert.equal(source.known('input'), undefined);
  source.forget();
  assert.deepEqual(source.entries(), []);
  await source.list('emission');
  assert.deepEqual(asked, ['buckets', 'e', 'buckets', 'e']);
});

test('whoever listens hears of what is learnt and forgotten', async () => {
  const { source } = setUp();
  const heard: string[] = [];
  const listening = source.onDidChange((change) => heard.push(change));
  await source.list('emission');
  await source.list('emission');
  assert.deepEqual(heard, ['learnt']);
  source.forget();
  listening.dispose();
  source.forget();
  assert.deepEqual(heard, ['learnt', 'forgotten']);
});

test('a failure is kept until everything is forgotten: a tree that is drawn again does not ask again', async () => {
  let calls = 0;
  const { source } = setUp({
    listBuckets: () => {
      calls++;
      return Promise.reject(new EmissionError('unreachable', 'gone', { consequence: 'retry' }));
    },
  });
  await assert.rejects(source.open(), /gone/);
  await assert.rejects(source.list('input'), /gone/);
  assert.equal(calls, 1);
  source.forget();
  await assert.rejects(source.open(), /gone/);
  assert.equal(calls, 2);
});

test('an answer that comes after everything was forgotten is nobody’s', async () => {
  let answer: (() => void) | undefined;
  const { source } = setUp({
    listFiles: () =>
      new Promise((resolve) => {
        answer = () => resolve({ files: [], truncated: false });
      }),
  });
  const listing = source.list('emission');
  await source.open();
  await new Promise((resolve) => setImmediate(resolve));
  source.forget();
  answer?.();
  await listing;
  assert.equal(source.known('emission'), undefined);
});

for (const obstacle of ['untrusted', 'no-endpoint', 'no-token'] as const) {
  test(`nothing is asked: ${obstacle}`, async () => {
    const { source, asked } = setUp({}, () => obstacle);
    assert.equal(await source.open(), obstacle);
    await assert.rejects(source.list('emission'));
    assert.deepEqual(asked, []);
    assert.equal(source.origin, undefined);
  });
}

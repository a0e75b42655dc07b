/** A storage or API that is away: the first file waits for it, the others of the run do not wait again. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import type { EmitOptions } from '../../../core/emit/types.ts';
import { interceptUploads, reset, takeAndReset, tooLarge } from './faults.ts';
import type { UploadFaults } from './faults.ts';
import { emissionFolder, emitted, localEndpoint, quickPace } from './fixture.ts';
import { answers, s3Error } from './server.ts';
import type { Handler } from './server.ts';

const names = ['district_master', 'block_master', 'cluster_master', 'school_master'].map(
  (folder) => `${folder}/${folder}.zip`,
);
const busy = answers(s3Error(503, 'SlowDown'));
/** Tries in two minutes. */
const tries = 9;
const wholePatience = 120_000;
const inVain = (fault: Handler): Handler[] => Array<Handler>(tries).fill(fault);

const sum = (numbers: readonly number[]) => numbers.reduce((total, each) => total + each, 0);

/** A folder of one wave, and an endpoint whose uploads meet these faults. */
async function scene(context: TestContext, uploads: UploadFaults) {
  const { plan } = await emissionFolder(context, [names]);
  const intercept = interceptUploads(uploads);
  const api: { list?: Handler; form?: Handler } = {};
  const endpoint = await localEndpoint(context, {
    intercept: (request, response) => {
      const call =
        request.url === '/data/list_s3_files'
          ? api.list
          : request.url === '/data/upload-url'
            ? api.form
            : undefined;
      call?.(request, response);
      return call === undefined ? intercept(request, response) : true;
    },
  });
  const run = async (options: Partial<EmitOptions> = {}) => {
    const pace = quickPace();
    const result = await emitted(plan, { endpoint: endpoint.url, token: endpoint.token, pace, ...options });
    const paths = result.summary.sent.map((record) => record.path);
    return { ...result, paths, slept: pace.slept };
  };
  return { api, run, uploads: intercept.uploads };
}

for (const [what, fault] of [
  ['is busy', busy],
  ['answers 502', answers({ status: 502 })],
  ['hangs up', reset],
] as const) {
  test(`a storage that ${what}: the files behind the first are tried once each`, async (context) => {
    const { run, uploads } = await scene(context, [fault]);
    const { summary, slept } = await run();
    assert.equal(uploads(), tries + 3);
    assert.equal(summary.failed.length, 4);
    assert.deepEqual(
      summary.failed.map(({ error }) =>
        error.message.endsWith(' Tried once, because an earlier file had waited in vain.'),
      ),
      [false, true, true, true],
    );
    // Where the connection broke, the next try also pauses behind its fields.
    assert.equal(sum(slept.filter((milliseconds) => milliseconds !== 2000)), wholePatience);
  });
}

test('once a file arrives, the next one is waited for again', async (context) => {
  const { run, uploads } = await scene(context, [...inVain(busy), busy, undefined, busy, busy, undefined]);
  const { paths, slept } = await run();
  assert.deepEqual(paths, [names[2], names[3]]);
  assert.deepEqual([uploads(), slept.slice(tries - 1)], [tries + 5, [750, 1500]]);
});

test('so it is once the storage refuses a file for itself: it is there', async (context) => {
  const { run } = await scene(context, [...inVain(busy), tooLarge, busy, undefined]);
  const { summary, paths } = await run();
  assert.deepEqual(
    summary.failed.map(({ error }) => error.reason),
    ['server-error', 'too-large'],
  );
  assert.deepEqual(paths, [names[2], names[3]]);
});

for (const [what, fault] of [
  ['a line that is too slow for it', answers(s3Error(400, 'RequestTimeout'))],
  ['another checksum', answers({ status: 204, headers: { ETag: `"${'0'.repeat(32)}"` } })],
] as const) {
  test(`a fault of one file's own says nothing about the next: ${what}`, async (context) => {
    const { run } = await scene(context, [...inVain(fault), busy, undefined]);
    assert.deepEqual((await run()).paths, names.slice(1));
  });
}

test('without patience every file is tried once, and nobody has waited', async (context) => {
  const { run, uploads } = await scene(context, [busy]);
  const { summary, slept } = await run({ patience: 0 });
  assert.deepEqual([uploads(), slept], [4, []]);
  for (const { error } of summary.failed) assert.doesNotMatch(error.message, /waited/);
});

/** A run of which no file is known to have arrived, and an API that is away since. */
async function unknownScene(context: TestContext, status: number) {
  const made = await scene(context, [takeAndReset]);
  assert.equal((await made.run({ tries: 1 })).summary.failed.length, 4);
  const listing = answers({ status });
  made.api.list = listing;
  return { ...made, listings: listing.requests };
}

test('an API that is away is waited for once, though each file is looked for', async (context) => {
  const { listings, run } = await unknownScene(context, 503);
  const { summary, slept } = await run();
  assert.deepEqual(
    summary.failed.map(({ error }) => error.reason),
    Array(4).fill('outcome-unknown'),
  );
  assert.deepEqual([listings(), sum(slept)], [tries + 3, wholePatience]);
});

test('a call that the API cannot carry out does not make it away', async (context) => {
  const { listings, run } = await unknownScene(context, 500);
  const { slept } = await run();
  assert.deepEqual([listings(), slept], [4 * 3, Array(4).fill([750, 1500]).flat()]);
});

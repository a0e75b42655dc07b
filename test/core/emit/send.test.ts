/** Faults on the way of one file, each put before the local endpoint's real storage. */
import assert from 'node:assert/strict';
import { EventEmitter, once } from 'node:events';
import { appendFile, readdir, rename, truncate } from 'node:fs/promises';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { readJournal } from '../../../core/emit/journal/journal.ts';
import type { EmitEvent, EmitOptions } from '../../../core/emit/types.ts';
import type { LocalEndpointOptions } from '../../../local/server.ts';
import { emissionFolder, emitted, hash, localEndpoint, planOf, quickPace, write } from './fixture.ts';
import {
  interceptUploads,
  loseAnswer,
  refuseEarly,
  reset,
  resetInside,
  sendOn,
  takeAndReset,
  deaf,
  mute,
} from './faults.ts';
import type { UploadFaults } from './faults.ts';
import { answers, deadOrigin, s3Error } from './server.ts';
import type { Handler } from './server.ts';

const name = 'pat/periodic_exam_mst.zip';
const megabyte = 1024 * 1024;

interface Scene {
  /** Size of the file in bytes; a small zip when absent. */
  readonly bytes?: number;
  /** What happens to each upload, the last for ever; undefined lets it pass to the storage. */
  readonly uploads?: UploadFaults;
  readonly options?: Partial<EmitOptions>;
  readonly endpoint?: Partial<LocalEndpointOptions>;
  readonly onEvent?: (event: EmitEvent, file: string) => void;
}

/** Emits one file through the scene's faults; what came of it on all sides. */
async function play(context: TestContext, scene: Scene) {
  const { root, plan } = await emissionFolder(context, [[name]]);
  const file = path.join(root, name);
  if (scene.bytes !== undefined) await write(file, Buffer.alloc(scene.bytes, 'cQube'));
  const intercept = interceptUploads(scene.uploads ?? [undefined]);
  const endpoint = await localEndpoint(context, {
    intercept,
    ...scene.endpoint,
  });
  const { summary, events } = await emitted(
    scene.bytes === undefined ? plan : planOf(root, [[name]], () => scene.bytes ?? 0),
    {
      endpoint: endpoint.url,
      token: endpoint.token,
      ...scene.options,
      onEvent: (event) => scene.onEvent?.(event, file),
    },
  );
  const objects = await readdir(path.join(endpoint.emissionFolder, 'pat')).catch(() => []);
  const { records } = await readJournal(root);
  const forms = events.filter(({ type }) => type === 'form').length;
  return { summary, events, objects, records, forms, uploads: intercept.uploads };
}

const expired = s3Error(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');

for (const [what, fault] of [
  ['before the body', reset],
  ['inside the body', resetInside],
  ['instead of an answer', takeAndReset],
  ['after the file was stored', loseAnswer],
] as const) {
  test(`a connection that breaks ${what} is made anew with the same form`, async (context) => {
    const { summary, objects, forms } = await play(context, { bytes: megabyte, uploads: [fault, undefined] });
    assert.equal(summary.sent.length, 1);
    assert.deepEqual([forms, objects.length], [1, 1]);
  });
}

test('a file whose every answer was lost is acknowledged by the bucket’s listing', async (context) => {
  const { summary, objects, forms } = await play(context, { uploads: [loseAnswer] });
  assert.deepEqual(
    summary.sent.map(({ by }) => by),
    ['list'],
  );
  assert.deepEqual([forms, objects.length], [1, 1]);
});

test('a file that nobody can tell about is called unknown', async (context) => {
  const { summary, records, uploads } = await play(context, { uploads: [takeAndReset] });
  assert.deepEqual(
    summary.failed.map(({ error, stored }) => [error.reason, stored]),
    [['interrupted', 'unknown']],
  );
  assert.equal(uploads(), 9);
  const record = records.find(({ event }) => event === 'failed');
  assert.equal(record?.event === 'failed' && record.stored, 'unknown');
});

test('a file of which a part alone left is not stored', async (context) => {
  const { summary } = await play(context, { bytes: 16 * megabyte, uploads: [resetInside] });
  assert.deepEqual(
    summary.failed.map(({ error, stored }) => [error.reason, stored]),
    [['interrupted', 'no']],
  );
});

test('an expired form is replaced', async (context) => {
  const { summary, objects, forms } = await play(context, { uploads: [answers(expired), undefined] });
  assert.deepEqual([summary.sent.length, forms, objects.length], [1, 2, 1]);
});

test('an expired form is not replaced where the file may be stored under its key', async (context) => {
  const { summary, forms } = await play(context, { uploads: [takeAndReset, answers(expired), undefined] });
  assert.deepEqual(
    summary.failed.map(({ error, stored }) => [error.reason, stored]),
    [['form-expired', 'unknown']],
  );
  assert.equal(forms, 1);
});

test('two expired forms mean a wrong clock', async (context) => {
  const { summary, forms } = await play(context, { uploads: [answers(expired)] });
  assert.deepEqual([summary.stoppedBy?.reason, forms], ['clock-wrong', 2]);
});

/** A pace whose waits are an hour long for the forms. */
function hourlyPace() {
  let hours = 0;
  const pace = quickPace();
  return {
    ...pace,
    monotonic: () => hours * 3_600_000,
    sleep: (milliseconds: number, signal?: AbortSignal) => (hours++, pace.sleep(milliseconds, signal)),
  };
}

test('a form that has less than a minute to live is not used again', async (context) => {
  const busy = answers(s3Error(503, 'SlowDown'));
  const scene = { uploads: [busy, undefined], options: { pace: hourlyPace() } };
  const { summary, forms } = await play(context, scene);
  assert.deepEqual([summary.sent.length, forms], [1, 2]);
});

test('before a second form is asked for, the bucket is looked into', async (context) => {
  const scene = { uploads: [loseAnswer], options: { pace: hourlyPace() } };
  const { summary, objects, forms } = await play(context, scene);
  assert.deepEqual([summary.sent[0]?.by, forms, objects.length], ['list', 1, 1]);
});

test('a busy storage is given time', async (context) => {
  const pace = quickPace();
  const busy = answers({ ...s3Error(503, 'SlowDown'), headers: { 'Retry-After': '20' } });
  const slow = answers(s3Error(400, 'RequestTimeout'));
  const { summary, forms } = await play(context, { uploads: [busy, slow, undefined], options: { pace } });
  assert.deepEqual([summary.sent.length, forms, pace.slept], [1, 1, [20_000, 1500]]);
});

test('an early refusal is read although most of the file has yet to leave', async (context) => {
  const { summary, uploads } = await play(context, { bytes: 32 * megabyte, uploads: [refuseEarly(false)] });
  const { reason, code, requestId } = summary.stoppedBy ?? {};
  assert.deepEqual([reason, code, requestId], ['refused', 'SignatureDoesNotMatch', '4442587FB7D0A2F9']);
  assert.equal(uploads(), 1);
});

test('a refusal that was lost in the closing is read the next time, when the file waits for it', async (context) => {
  const pace = quickPace();
  const waits = {
    ...pace,
    sleep: (milliseconds: number, signal?: AbortSignal) =>
      milliseconds === 2000
        ? new Promise<void>((_, reject) => signal?.addEventListener('abort', reject))
        : pace.sleep(milliseconds, signal),
  };
  const { summary } = await play(context, {
    bytes: 32 * megabyte,
    uploads: [resetInside, refuseEarly(true)],
    options: { pace: waits },
  });
  assert.deepEqual(
    [summary.stoppedBy?.reason, summary.stoppedBy?.code],
    ['refused', 'SignatureDoesNotMatch'],
  );
});

test('a success before the whole file has left is not believed', async (context) => {
  // It takes nothing in, so that the file cannot have left before the answer is read.
  const hasty: Handler = (_, response) => response.writeHead(204).flushHeaders();
  const { summary } = await play(context, { bytes: 32 * megabyte, uploads: [hasty] });
  assert.equal(summary.stoppedBy?.reason, 'bad-answer');
  assert.equal(summary.failed[0]?.stored, 'no');
});

test('a web page in place of the storage is not taken for success', async (context) => {
  const { summary } = await play(context, { uploads: [answers({ body: '<!DOCTYPE html><title>Log in' })] });
  assert.deepEqual([summary.stoppedBy?.reason, summary.sent.length], ['login-page', 0]);
});

test('another checksum than the file’s is not taken for success', async (context) => {
  const altered = answers({ status: 204, headers: { ETag: `"${'0'.repeat(32)}"` } });
  const { summary, uploads } = await play(context, { uploads: [altered] });
  assert.deepEqual(
    [summary.failed[0]?.error.reason, summary.failed[0]?.stored, uploads()],
    ['not-identical', 'unknown', 9],
  );
});

test('a storage that takes nothing more ends in a time-out', async (context) => {
  const options = { tries: 1, timeOuts: { stall: 100 } };
  const { summary } = await play(context, { bytes: 32 * megabyte, uploads: [deaf], options });
  assert.deepEqual([summary.failed[0]?.error.reason, summary.failed[0]?.stored], ['time-out', 'no']);
});

test('a storage that takes everything and says nothing ends in a time-out, outcome unknown', async (context) => {
  const options = { tries: 1, timeOuts: { answer: 50 } };
  const { summary } = await play(context, { uploads: [mute], options });
  assert.deepEqual([summary.failed[0]?.error.reason, summary.failed[0]?.stored], ['time-out', 'unknown']);
});

test('a file cut short while it is sent fails at once and is not stored', async (context) => {
  // It takes nothing in until the file is cut, so that most of the file has yet to be read then.
  const cut = new EventEmitter();
  const whenCut = once(cut, 'done');
  const waitForCut: Handler = (request) => void whenCut.then(() => request.resume());
  let begun = false;
  const { summary, objects } = await play(context, {
    bytes: 32 * megabyte,
    uploads: [waitForCut],
    onEvent: (event, file) => {
      if (event.type !== 'progress' || begun) return;
      begun = true;
      void truncate(file, megabyte).then(() => cut.emit('done'));
    },
  });
  assert.deepEqual([summary.failed[0]?.error.reason, summary.failed[0]?.stored], ['file-changed', 'no']);
  assert.deepEqual(objects, []);
});

for (const [how, change] of [
  ['grown', (file: string) => appendFile(file, 'more')],
  [
    'replaced',
    (file: string) =>
      write(`${file}.new`, Buffer.alloc(8 * megabyte, 'x')).then(() => rename(`${file}.new`, file)),
  ],
] as const) {
  test(`a file ${how} while it is sent does not count as sent`, async (context) => {
    let changed: Promise<void> | undefined;
    const waitForChange: Handler = (request, response) => {
      request.resume().on('end', () => void changed?.then(() => response.writeHead(204).end()));
    };
    const { summary } = await play(context, {
      bytes: 8 * megabyte,
      uploads: [waitForChange],
      onEvent: (event, file) => {
        if (event.type === 'progress') changed ??= change(file);
      },
    });
    assert.deepEqual(
      [summary.failed[0]?.error.reason, summary.failed[0]?.stored],
      ['file-changed', 'unknown'],
    );
  });
}

test('cancelling while the answer is awaited leaves the file unknown', async (context) => {
  const stop = new AbortController();
  const stopThere: Handler = (request) => {
    request.resume().on('end', () => stop.abort());
  };
  const { summary } = await play(context, { uploads: [stopThere], options: { signal: stop.signal } });
  assert.deepEqual([summary.cancelled, summary.failed[0]?.stored], [true, 'unknown']);
});

test('a form sent on to the same bucket goes there from the file’s start', async (context) => {
  const onward = sendOn((port, target) => `http://localhost:${port}${target}`);
  const { summary, objects, forms } = await play(context, {
    bytes: megabyte,
    endpoint: {
      intercept: (request, response) => {
        if (request.method !== 'POST' || request.url?.startsWith('/data/')) return false;
        if (request.headers.host?.startsWith('localhost')) return false;
        onward(request, response);
        return true;
      },
    },
  });
  assert.equal(summary.sent[0]?.etag, hash('md5', Buffer.alloc(megabyte, 'cQube')));
  assert.deepEqual([forms, objects.length], [1, 1]);
});

for (const [where, location] of [
  ['another host', () => 'https://s3.example.org/cqube-local-emission'],
  ['another bucket', (port: string) => `http://127.0.0.1:${port}/other`],
] as const) {
  test(`a form sent on to ${where} goes nowhere`, async (context) => {
    const { summary, uploads } = await play(context, { uploads: [sendOn(location)] });
    assert.deepEqual([summary.stoppedBy?.status, uploads()], [307, 1]);
  });
}

test('a form sent round in circles ends the run', async (context) => {
  const circle = sendOn((port, target) => `http://127.0.0.1:${port}${target}`);
  const { summary, uploads } = await play(context, { uploads: [circle] });
  assert.deepEqual([summary.stoppedBy?.reason, uploads()], ['redirected', 4]);
});

test('a storage that cannot be reached stops the run', async (context) => {
  const keys = { accessKeyId: 'A', secretAccessKey: 'S', region: 'us-east-1' };
  const storage = { endpoint: await deadOrigin(), keys };
  const { summary } = await play(context, { endpoint: { storage } });
  assert.deepEqual([summary.stoppedBy?.reason, summary.failed[0]?.stored], ['unreachable', 'no']);
});

test('the form post holds the returned fields in their order, then the file under its base name', async (context) => {
  let head: IncomingMessage['headers'] = {};
  let body = Buffer.of();
  const record: Handler = (request, response) => {
    head = request.headers;
    request.on('data', (chunk: Buffer) => (body = Buffer.concat([body, chunk])));
    request.on('end', () => response.writeHead(204).end());
  };
  await play(context, { uploads: [record] });
  const parts = body.toString('latin1').split(/^--/m);
  const names = parts.map((part) => /name="([^"]*)"/.exec(part)?.[1]).filter((part) => part !== undefined);
  assert.deepEqual(names, [
    ...['key', 'policy', 'x-amz-algorithm', 'x-amz-credential', 'x-amz-date', 'x-amz-signature', 'file'],
  ]);
  assert.match(body.toString('latin1'), /name="file"; filename="periodic_exam_mst\.zip"/);
  assert.equal(Number(head['content-length']), body.length);
  assert.deepEqual([head.authorization, head['transfer-encoding']], [undefined, undefined]);
});

test('a file over 5 GiB is refused before anything is asked for', async (context) => {
  const { root } = await emissionFolder(context, [[name]]);
  const bytes = 5 * 1024 ** 3 + 1;
  await truncate(path.join(root, name), bytes);
  const { url, token } = await localEndpoint(context);
  const { summary, events } = await emitted(
    planOf(root, [[name]], () => bytes),
    { endpoint: url, token },
  );
  assert.equal(summary.failed[0]?.error.reason, 'too-large');
  assert.equal(
    events.some(({ type }) => type === 'form'),
    false,
  );
});

/**
 * The error tables of the emission protocol (../shared/spec/emission-protocol.md, sections 2, 3 and 5) row by row, each
 * played by the local endpoint: what becomes of the file and of the run, what the person is told, what the journal
 * holds. Behind each row bucket, journal and summary must agree byte for byte, and nothing may hold a secret.
 */
import assert from 'node:assert/strict';
import { EventEmitter, once as first } from 'node:events';
import { appendFile, readFile, truncate } from 'node:fs/promises';
import path from 'node:path';
import { test } from 'node:test';
import type { TestContext } from 'node:test';
import { createApi } from '../../../core/emit/api/api.ts';
import { historyOf } from '../../../core/emit/journal/history.ts';
import { journalPath, readJournal } from '../../../core/emit/journal/journal.ts';
import type { EmitOptions, EmitSummary } from '../../../core/emit/types.ts';
import type { LocalEndpoint, LocalEndpointOptions } from '../../../local/server.ts';
import {
  deaf,
  interceptUploads,
  loseAnswer,
  mute,
  refuseEarly,
  reset,
  sendOn,
  takeAndReset,
} from './faults.ts';
import { emissionFolder, emitted, hash, localEndpoint, planOf, write } from './fixture.ts';
import type { EmissionFolder } from './fixture.ts';
import { answers, s3Error } from './server.ts';
import type { Canned, Handler } from './server.ts';

const district = 'district_master/district_mst.zip';
const block = 'block_master/block_mst.zip';
const attendance = 'student_attendance/student_attendance.zip';

/** How the district file, the first of two in its wave, and the run end. */
interface Expected {
  /** Reason and fate of the district file; absent when it is acknowledged. */
  readonly failed?: readonly [reason: string, stored: 'no' | 'unknown'];
  /** Reason for which the run stops. */
  readonly stopped?: string;
  readonly message?: RegExp;
  /** Paths that are acknowledged. */
  readonly sent: readonly string[];
  /** Steps of the district file in the journal, before its outcome. */
  readonly steps?: readonly string[];
}

const everything = [district, block, attendance];
const once = ['form', 'sent'];

interface Row {
  readonly what: string;
  /** Faults of the API's calls by their name, one for each call, the last for ever. */
  readonly api?: Readonly<Record<string, Canned | readonly [Canned, ...Canned[]]>>;
  readonly uploads?: readonly (Handler | undefined)[];
  readonly options?: Partial<EmitOptions>;
  /** Size of the district file, when it must be large. */
  readonly bytes?: number;
  readonly endpoint?: Partial<LocalEndpointOptions>;
  /** What happens to the district file once it begins to leave. */
  readonly during?: (file: string) => void;
  readonly expected: Expected;
}

function play(row: Row) {
  test(row.what, async (context: TestContext) => {
    const folder = await emissionFolder(context, [[district, block], [attendance]]);
    const plan = row.bytes === undefined ? folder.plan : await enlarge(folder, row.bytes);
    const uploads = interceptUploads(row.uploads ?? [undefined]);
    const calls = new Map(
      Object.entries(row.api ?? {}).map(([call, canned]) => [
        `/data/${call}`,
        answers(...(Array.isArray(canned) ? (canned as [Canned, ...Canned[]]) : ([canned] as [Canned]))),
      ]),
    );
    let secrets: readonly string[] = [];
    let begun = false;
    const endpoint = await localEndpoint(context, {
      intercept: (request, response) => {
        const fault = calls.get(request.url ?? '');
        fault?.(request, response);
        return fault === undefined ? uploads(request, response) : true;
      },
      ...row.endpoint,
    });
    if (row.api === undefined) secrets = await secretsOf(endpoint);
    const { summary, events } = await emitted(plan, {
      ...{ endpoint: endpoint.url, token: endpoint.token },
      ...row.options,
      onEvent: (event) => {
        if (event.type !== 'progress' || begun) return;
        begun = true;
        row.during?.(path.join(folder.root, district));
      },
    });
    assertOutcome(summary, row.expected);
    await assertJournal(folder.root, row.expected);
    await assertAgreement(folder.root, endpoint, summary);
    const said = JSON.stringify([summary, events]) + (await readFile(journalPath(folder.root), 'utf8'));
    for (const secret of [endpoint.token, ...secrets]) assert.ok(!said.includes(secret), 'no secret is told');
    assert.doesNotMatch(said, /x-amz-signature|"policy"|Bearer/i);
  });
}

async function enlarge({ root, zips }: EmissionFolder, bytes: number) {
  await write(path.join(root, district), Buffer.alloc(bytes, 'cQube'));
  return planOf(root, [[district, block], [attendance]], (name) =>
    name === district ? bytes : zips.get(name)!.length,
  );
}

/** What of a form must never be told. */
async function secretsOf({ url, token }: LocalEndpoint): Promise<readonly string[]> {
  const { fields } = await createApi({ endpoint: url, token }).requestForm('x/y.zip');
  return fields.filter(([name]) => /credential/i.test(name)).map(([, value]) => value);
}

function assertOutcome(summary: EmitSummary, { failed, stopped, message, sent }: Expected) {
  assert.deepEqual(
    summary.sent.map((record) => record.path),
    sent,
  );
  const failure = summary.failed.find(({ file }) => file.path === district);
  assert.deepEqual(failure && [failure.error.reason, failure.stored], failed);
  assert.equal(summary.stoppedBy?.reason, stopped);
  if (message) assert.match((failure?.error ?? summary.stoppedBy)?.message ?? '', message);
  assert.equal(summary.sent.length + summary.failed.length + summary.notTried.length, everything.length);
}

async function assertJournal(root: string, { failed, sent, steps, stopped }: Expected) {
  const { records, damaged } = await readJournal(root);
  assert.equal(damaged, 0);
  if (failed === undefined && sent.length === 0) {
    assert.deepEqual(records, []);
    return;
  }
  const ofDistrict = records.filter((record) => 'path' in record && record.path === district);
  assert.deepEqual(
    ofDistrict.map(({ event }) => event),
    [...(steps ?? once), failed === undefined ? 'acknowledged' : 'failed'],
  );
  const [first, last] = [records[0], records.at(-1)];
  assert.deepEqual([first?.event, last?.event], ['started', 'ended']);
  assert.equal(last?.event === 'ended' && last.stoppedBy, stopped);
}

/** Every acknowledged object is in the bucket, every object is acknowledged or unknown, and the summary says the same. */
async function assertAgreement(
  root: string,
  { emissionFolder: bucket, url, token, buckets }: LocalEndpoint,
  summary: EmitSummary,
) {
  const { records } = await readJournal(root);
  const acknowledged = records.filter((record) => record.event === 'acknowledged');
  assert.deepEqual(acknowledged, summary.sent);
  assert.deepEqual(
    records
      .filter((record) => record.event === 'failed')
      .map((record) => [record.path, record.reason, record.stored]),
    summary.failed.map(({ file, error, stored }) => [file.path, error.reason, stored]),
  );
  for (const { key, path: name, sha256 } of acknowledged) {
    const object = await readFile(path.join(bucket, key));
    assert.deepEqual(object, await readFile(path.join(root, name)));
    assert.equal(hash('sha256', object), sha256);
  }
  const listed = await listing(url, token, buckets.emission);
  const unknown = [...historyOf(records).unsettled.values()].flat().map(({ key }) => key);
  for (const key of listed) {
    assert.ok(acknowledged.some((record) => record.key === key) || unknown.includes(key), key);
  }
}

async function listing(url: string, token: string, bucket: string): Promise<readonly string[]> {
  const { files } = await createApi({ endpoint: url, token })
    .listFiles(bucket)
    .catch(() => ({ files: [] }));
  return files.map(({ key }) => key);
}

const kong = (status: number, message: string): Canned => ({
  status,
  headers: { 'Content-Type': 'application/json; charset=utf-8' },
  body: { message },
});
const page = (status: number, title: string): Canned => ({
  status,
  headers: { 'Content-Type': 'text/html' },
  body: `<!DOCTYPE HTML><title>${title}</title><h1>${title}</h1><p>The token was Bearer none</p>`,
});

/** A fault of the API met by the first call, and by the call for a form: the run ends, whatever there is to send. */
function apiRow(what: string, fault: Canned, reason: string, message: RegExp) {
  play({
    what: `list_s3_buckets: ${what}`,
    api: { list_s3_buckets: fault },
    expected: { stopped: reason, message, sent: [] },
  });
  play({
    what: `upload-url: ${what}`,
    api: { 'upload-url': fault },
    expected: { failed: [reason, 'no'], stopped: reason, message, sent: [], steps: [] },
  });
}

// Section 2: the bearer token.
for (const [words, message] of [
  ['Unauthorized', /without a token/],
  ['Bad token; invalid JSON', /damaged or cut short/],
  ["No credentials found for given 'iss'", /another cQube installation or has been withdrawn/],
  ['Invalid signature', /the token is damaged/],
  ['Invalid algorithm', /not an emission token/],
  ["No mandatory 'iss' in claims", /not an emission token/],
  ['Multiple tokens provided', /does not accept the token/],
] as const) {
  apiRow(`401 ${words}`, kong(401, words), 'unauthorized', message);
}
apiRow(
  'Kong’s 404',
  kong(404, 'no Route matched with those values'),
  'not-found',
  /no emission API at this address/,
);
apiRow('Flask’s 404', page(404, '404 Not Found'), 'not-found', /no emission API at this address/);
apiRow(
  '502',
  kong(502, 'An invalid response was received from the upstream server'),
  'server-error',
  /not ready \(502\)/,
);
apiRow('503', kong(503, 'currently unavailable'), 'server-error', /not ready \(503\)/);
apiRow('504', kong(504, 'timing out'), 'server-error', /not ready \(504\)/);
apiRow('429', kong(429, 'too many'), 'server-error', /asked too often \(429\)/);
apiRow('413', page(413, '413 Request Entity Too Large'), 'bad-answer', /does not take the call \(413\)/);

// Section 3: the calls.
apiRow('400 in HTML', page(400, '400 Bad Request'), 'bad-answer', /does not take the call \(400\)/);
apiRow('405', page(405, '405 Method Not Allowed'), 'bad-answer', /does not take the call \(405\)/);
apiRow('500', page(500, '500 Internal Server Error'), 'server-error', /internal error \(500\)/);
apiRow('403 of a firewall', page(403, 'Blocked'), 'refused', /firewall or proxy/);
apiRow('a login page', page(200, 'Sign in'), 'login-page', /web page instead of data/);
apiRow('other JSON', { body: { ok: true } }, 'bad-answer', /./);
apiRow('an empty body', {}, 'bad-answer', /not as the cQube emission API does/);
apiRow(
  'a redirect',
  { status: 301, headers: { Location: 'https://example.org/data/' } },
  'redirected',
  /not followed/,
);

const form = (changes: object) => ({
  body: {
    url: 'https://bucket.s3.amazonaws.com/',
    fields: { key: 'district_master/district_mst_1.zip' },
    ...changes,
  },
});
for (const [what, canned, message] of [
  [
    'plain http to another computer',
    form({ url: 'http://bucket.s3.amazonaws.com/' }),
    /does not begin with https/,
  ],
  ['the key of another file', form({ fields: { key: 'block_master/block_mst_1.zip' } }), /another file name/],
  ['no address', form({ url: undefined }), /holds no address/],
  ['no fields', form({ fields: undefined }), /holds no fields/],
  ['a field that is no text', form({ fields: { key: 1 } }), /is no text/],
] as const) {
  play({
    what: `upload-url: a form with ${what}`,
    api: { 'upload-url': canned },
    expected: { failed: ['bad-answer', 'no'], stopped: 'bad-answer', message, sent: [], steps: [] },
  });
}
for (const status of [429, 500, 502, 503, 504]) {
  const passing = [kong(status, 'busy'), kong(status, 'busy')] as const;
  play({
    what: `${status} twice, then the API is well again`,
    api: { list_s3_buckets: [...passing, { body: { input: 'i', output: 'o', emission: 'e' } }] },
    expected: { sent: everything },
  });
}

// Section 5: S3's answers to the form post.
const expired = s3Error(403, 'AccessDenied', 'Invalid according to Policy: Policy expired.');
const condition = s3Error(
  403,
  'AccessDenied',
  'Invalid according to Policy: Policy Condition failed: ["eq", "$key", "x"]',
);
const extra = s3Error(403, 'AccessDenied', 'Invalid according to Policy: Extra input fields: x');

play({
  what: '403 Policy expired once: another form',
  uploads: [answers(expired), undefined],
  expected: { sent: everything, steps: [...once, ...once] },
});
play({
  what: '403 Policy expired for a fresh form as well: the server’s clock is wrong',
  uploads: [answers(expired)],
  expected: {
    ...{ failed: ['clock-wrong', 'no'], stopped: 'clock-wrong', sent: [], steps: [...once, ...once] },
    message: /clock of the cQube server is wrong/,
  },
});

/** S3's refusals that every other file would meet. */
for (const [canned, reason, message] of [
  [condition, 'refused', /may not write, or the form was altered.*AccessDenied, request 4442587FB7D0A2F9/],
  [extra, 'refused', /may not write, or the form was altered/],
  [s3Error(403, 'AccessDenied', 'Access Denied'), 'refused', /may not write/],
  [s3Error(403, 'SignatureDoesNotMatch'), 'refused', /storage keys are wrong/],
  [s3Error(403, 'InvalidAccessKeyId'), 'refused', /storage keys are wrong/],
  [s3Error(403, 'RequestTimeTooSkewed'), 'clock-wrong', /clock of the cQube server is wrong/],
  [s3Error(404, 'NoSuchBucket'), 'no-bucket', /bucket of the emission does not exist/],
  [s3Error(301, 'PermanentRedirect'), 'refused', /in another region/],
  [s3Error(400, 'IllegalLocationConstraintException'), 'refused', /in another region/],
  [page(403, 'Blocked'), 'refused', /proxy or firewall/],
  [page(407, 'Proxy Authentication Required'), 'refused', /proxy or firewall/],
  [page(200, 'Sign in'), 'login-page', /a web page answered/],
] as const satisfies readonly (readonly [Canned, string, RegExp])[]) {
  play({
    what: `the storage: ${canned.status ?? 200} ${code(canned)}: stops the run`,
    uploads: [answers(canned)],
    expected: { failed: [reason, 'no'], stopped: reason, message, sent: [] },
  });
}

/** What is wrong with this file alone: the other one of its wave goes. */
for (const [canned, reason, message] of [
  [s3Error(400, 'EntityTooLarge'), 'too-large', /too large/],
  [s3Error(400, 'EntityTooSmall'), 'file-refused', /too small/],
  [s3Error(400, 'KeyTooLongError'), 'file-refused', /path is too long/],
  [s3Error(400, 'InvalidArgument'), 'file-refused', /refuses this file.*InvalidArgument/],
  [s3Error(400, 'MalformedPOSTRequest'), 'file-refused', /refuses this file/],
  [s3Error(411, 'MissingContentLength'), 'file-refused', /refuses this file/],
] as const satisfies readonly (readonly [Canned, string, RegExp])[]) {
  play({
    what: `the storage: ${canned.status} ${code(canned)}: fails the file`,
    uploads: [answers(canned), undefined],
    expected: { failed: [reason, 'no'], message, sent: [block] },
  });
}

/** What passes: the same form again. */
for (const [canned, reason] of [
  [s3Error(400, 'RequestTimeout'), 'interrupted'],
  [s3Error(400, 'IncompleteBody'), 'interrupted'],
  [s3Error(500, 'InternalError'), 'server-error'],
  [s3Error(503, 'SlowDown'), 'server-error'],
  [s3Error(503, 'ServiceUnavailable'), 'server-error'],
  [page(502, 'Bad Gateway'), 'server-error'],
  [page(504, 'Gateway Time-out'), 'server-error'],
] as const satisfies readonly (readonly [Canned, string])[]) {
  play({
    what: `the storage: ${canned.status} ${code(canned)} once: the same form again`,
    uploads: [answers(canned), undefined],
    expected: { sent: everything, steps: [...once, 'sent'] },
  });
  play({
    what: `the storage: ${canned.status} ${code(canned)} for ever: fails after two minutes of tries`,
    uploads: [...Array.from({ length: 9 }, () => answers(canned)), undefined],
    expected: { failed: [reason, 'no'], sent: [block], steps: [...once, ...Array<string>(8).fill('sent')] },
  });
}

function code({ body }: Canned): string {
  return /<(Code|title)>(.*?)<\/\1>/.exec(typeof body === 'string' ? body : '')?.[2] ?? '';
}

const onward = sendOn((port, target) => `http://localhost:${port}${target}`);
const followed: Handler = (request, response) => onward(request, response);
play({
  what: '307 to the same bucket: the same form from the start of the file',
  uploads: [followed, undefined],
  expected: { sent: everything, steps: [...once, 'sent'] },
});
play({
  what: '307 to elsewhere: not followed',
  uploads: [sendOn(() => 'https://s3.example.org/cqube-local-emission')],
  expected: { failed: ['refused', 'no'], stopped: 'refused', message: /307/, sent: [] },
});

// No answer at all.
play({
  what: 'a connection that is reset inside the file: the same form again',
  uploads: [reset, undefined],
  bytes: 32 * 1024 * 1024,
  expected: { sent: everything, steps: ['form', 'sent'] },
});
play({
  what: 'a connection that is reset behind the file: the same form again',
  uploads: [takeAndReset, undefined],
  expected: { sent: everything, steps: [...once, 'sent'] },
});
play({
  what: 'an answer that is lost behind a stored file: the same form again, one object',
  uploads: [loseAnswer, undefined],
  expected: { sent: everything, steps: [...once, 'sent'] },
});
play({
  what: 'no answer to any try, and nothing in the bucket: unknown',
  uploads: [...Array.from({ length: 9 }, () => takeAndReset), undefined],
  expected: {
    ...{ failed: ['interrupted', 'unknown'], message: /broke before it answered/, sent: [block] },
    steps: [...once, ...Array<string>(8).fill('sent')],
  },
});
play({
  what: 'a stall inside the file: given up, not stored',
  uploads: [deaf, undefined],
  bytes: 32 * 1024 * 1024,
  options: { tries: 1, timeOuts: { stall: 4000 } },
  expected: { failed: ['time-out', 'no'], message: /Nothing could be sent/, sent: [block], steps: ['form'] },
});
play({
  what: 'a stall behind the file: given up, unknown',
  uploads: [mute, undefined],
  options: { tries: 1, timeOuts: { answer: 4000 } },
  expected: {
    failed: ['time-out', 'unknown'],
    message: /received the file but does not answer/,
    sent: [block],
  },
});
play({
  what: 'an early 403 with most of the file to send: read, the run stops',
  uploads: [refuseEarly(false)],
  bytes: 32 * 1024 * 1024,
  expected: {
    ...{ failed: ['refused', 'no'], stopped: 'refused', sent: [], steps: ['form'] },
    message: /SignatureDoesNotMatch/,
  },
});

// The file on the disk.
const cut = new EventEmitter();
const whenCut = first(cut, 'done');
play({
  what: 'a file that is cut short while it leaves: not stored, the others go',
  // Takes nothing in until the file is cut, so that most of it has yet to be read then.
  uploads: [(request) => void whenCut.then(() => request.resume()), undefined],
  bytes: 32 * 1024 * 1024,
  during: (file) => void truncate(file, 1024 * 1024).then(() => cut.emit('done')),
  expected: {
    ...{ failed: ['file-changed', 'no'], sent: [block], steps: ['form'] },
    message: /became shorter while it was being sent/,
  },
});
const growth = new EventEmitter();
const whenGrown = first(growth, 'done');
play({
  what: 'a file that grows while it leaves: its old length leaves, and does not count as sent',
  uploads: [
    (request, response) => {
      request.resume().on('end', () => void whenGrown.then(() => response.writeHead(204).end()));
    },
    undefined,
  ],
  bytes: 8 * 1024 * 1024,
  during: (file) => void appendFile(file, 'more').then(() => growth.emit('done')),
  expected: {
    ...{ failed: ['file-changed', 'unknown'], sent: [block] },
    message: /written to while it was being sent/,
  },
});

// Clocks.
for (const hours of [-30, 30]) {
  play({
    what: `a server whose clock is ${hours} h from this computer’s: no matter`,
    endpoint: { now: () => new Date(Date.now() + hours * 3_600_000) },
    expected: { sent: everything },
  });
}

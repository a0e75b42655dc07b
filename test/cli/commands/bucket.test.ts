/** bucket and history against the local endpoint and against servers that are none. */
import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import {
  defaultBuckets,
  startLocalEndpoint,
  type Intercept,
  type LocalEndpoint,
} from '../../../local/server.ts';
import { zipOf } from '../../core/emit/fixture.ts';
import { stock, type Stock } from '../../local/stock.ts';
import {
  assertClear,
  districts,
  emissionFolder,
  run,
  temporaryFolder,
  type Outcome,
} from '../command-line.ts';

const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';
const waitingKey = 'district_master/district_mst_20261123122513.zip';
const takenKey = `district_master/2026/2026-11/2026-11-22_district_master/22-11-2026_10:00:00.000_${uuid}_district_mst_20261122095950.zip`;
const oldTime = new Date('2026-11-20T00:00:00Z');

async function endpoint(
  context: TestContext,
  objects: Stock = {},
  intercept: Intercept = () => false,
): Promise<LocalEndpoint> {
  const directory = await temporaryFolder(context);
  await stock(directory, objects, oldTime);
  const local = await startLocalEndpoint({ directory, intercept });
  context.after(() => local.stop());
  return local;
}

const connected = ({ url, token }: LocalEndpoint) => ({
  CQUBE_EMISSION_URL: url,
  CQUBE_EMISSION_TOKEN: token,
});

/** Runs a command that must tell neither token nor a pre-signed address. */
async function told(words: readonly string[], cwd: string, local: LocalEndpoint): Promise<Outcome> {
  const outcome = await run(words, { cwd, env: connected(local) });
  const said = `${outcome.stdout}${outcome.stderr}`;
  assert.ok(!said.includes(local.token), 'no token is shown');
  assert.doesNotMatch(said, /X-Amz|Signature=/i);
  assert.doesNotMatch(said, /Something went wrong inside/);
  return outcome;
}

const sha256 = (bytes: Uint8Array) => createHash('sha256').update(bytes).digest('hex');

test('the names of the buckets', async (context) => {
  const local = await endpoint(context);
  const cwd = await temporaryFolder(context);
  const text = await told(['bucket'], cwd, local);
  assert.equal(text.code, 0);
  assert.equal(
    text.stdout,
    'emission  cqube-local-emission  what was sent and waits for ingestion\n' +
      'input     cqube-local-input     what ingestion has taken in\n' +
      'output    cqube-local-output    what reports are made of\n',
  );
  const { buckets } = JSON.parse((await told(['bucket', '--format', 'json'], cwd, local)).stdout) as {
    readonly buckets: readonly { readonly role: string; readonly name: string }[];
  };
  assert.deepEqual(
    buckets.map(({ role, name }) => [role, name]),
    Object.entries(defaultBuckets).sort(([a], [b]) => (a < b ? -1 : 1)),
  );
});

test('what the buckets hold, by dataset, with what waits and what nobody takes', async (context) => {
  const local = await endpoint(context, {
    emission: { [waitingKey]: '1234567', 'attic/x_20261123122513.zip': '1', 'pat/y_20261123122513.zip': '1' },
    input: { [takenKey]: '12' },
    output: { 'student_attendance/district.json': '{}' },
  });
  const { code, stdout, stderr } = await told(['bucket', 'files'], await temporaryFolder(context), local);
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(stdout.split('\n'), [
    'emission: cqube-local-emission: 3 objects, 9 bytes',
    '  District Master (district_mst)',
    `    2026-11-23 12:25:13  7 bytes  district_mst.zip  waits for ingestion  ${waitingKey}`,
    '  attic/',
    '    2026-11-23 12:25:13  1 byte  x.zip  no route takes it  attic/x_20261123122513.zip',
    '  pat/',
    '    2026-11-23 12:25:13  1 byte  y.zip  ingestion will drop it  pat/y_20261123122513.zip',
    '  1 object waits for ingestion.',
    '  1 object will be moved away and dropped: no dataset has such a name.',
    '  1 object will stay there for ever: no route of ingestion takes such a key.',
    '',
    'input: cqube-local-input: 1 object, 2 bytes',
    '  District Master (district_mst)',
    `    2026-11-22 10:00:00  2 bytes  district_mst.zip  taken in  ${takenKey}`,
    '',
    'output: cqube-local-output: 1 object, 2 bytes',
    '  student_attendance/',
    '    2026-11-20 00:00:00 UTC  2 bytes  district.json  student_attendance/district.json',
    '',
  ]);
});

test('one bucket, one dataset, a time; as CSV and as JSON', async (context) => {
  const local = await endpoint(context, {
    emission: { [waitingKey]: '1234567', 'pat/periodic_exam_mst_20261123122513.zip': '1', 'a/"b,c".zip': '' },
  });
  const cwd = await temporaryFolder(context);
  const files = ['bucket', 'files', '--bucket', 'emission'];
  const csv = await told([...files, '--format', 'csv'], cwd, local);
  const [head, first, second] = csv.stdout.split('\n');
  assert.equal(head, 'bucket,role,key,dataset,name,time,stored,bytes,etag,state,sent_from_here');
  assert.equal(
    first,
    'cqube-local-emission,emission,"a/""b,c"".zip",,"""b,c"".zip",,2026-11-20T00:00:00.000Z,0,d41d8cd98f00b204e9800998ecf8427e,stays,false',
  );
  assert.match(second ?? '', /^cqube-local-emission,emission,district_master\/.*,waiting,false$/);

  const json = await told([...files, '--dataset', 'district_mst', '--format', 'json'], cwd, local);
  const { buckets } = JSON.parse(json.stdout) as {
    readonly buckets: readonly { readonly truncated: boolean; readonly objects: readonly object[] }[];
  };
  assert.equal(buckets.length, 1);
  assert.deepEqual(buckets[0]?.objects, [
    {
      key: waitingKey,
      dataset: 'district_mst',
      folder: 'district_master',
      name: 'district_mst.zip',
      time: '2026-11-23 12:25:13',
      stored: '2026-11-20T00:00:00.000Z',
      bytes: 7,
      etag: createHash('md5').update('1234567').digest('hex'),
      state: 'waiting',
    },
  ]);
  const since = await told([...files, '--since', '2026-11-21'], cwd, local);
  assert.match(
    since.stdout,
    /^emission: cqube-local-emission: 0 objects; 3 others left out by your choice\n/,
  );
});

test('an answer that is cut at 1,000 keys says so, in every format', async (context) => {
  const many = Object.fromEntries(
    Array.from({ length: 1001 }, (_, index) => [
      `pat/periodic_exam_mst_${20_261_101_000_000 + index}.zip`,
      '1',
    ]),
  );
  const local = await endpoint(context, { emission: many });
  const cwd = await temporaryFolder(context);
  const files = ['bucket', 'files', '--bucket', 'emission', '--format'];
  const cut =
    /ends after 1,000 objects at pat\/periodic_exam_mst_20261101000999\.zip, and nothing can ask for the rest/;
  assert.match((await told([...files, 'text'], cwd, local)).stdout, cut);
  const csv = await told([...files, 'csv'], cwd, local);
  assert.equal(csv.stdout.trim().split('\n').length, 1001);
  assert.match(csv.stderr, cut);
  assert.match((await told([...files, 'json'], cwd, local)).stdout, /"truncated": true/);
});

test('a key that a terminal would obey is shown, not obeyed', async (context) => {
  const local = await endpoint(context, { emission: { 'pat/\u001b[2Jx\u202e.zip': '1' } });
  const { stdout } = await told(['bucket', 'files'], await temporaryFolder(context), local);
  assert.ok(stdout.includes('pat/\\u{1b}[2Jx\\u{202e}.zip'));
  assert.ok(!stdout.includes('\u001b'));
});

test('a bucket that cannot be listed does not hide the others', async (context) => {
  let lists = 0;
  const local = await endpoint(context, { input: { [takenKey]: '12' } }, (request, response) => {
    if (request.url !== '/data/list_s3_files' || lists++ > 2) return false;
    response.writeHead(500, { 'Content-Type': 'text/html' }).end('<title>500</title>');
    return true;
  });
  const { code, stdout } = await told(['bucket', 'files'], await temporaryFolder(context), local);
  assert.equal(code, 2);
  assert.match(stdout, /^emission: cqube-local-emission: not listed\. .* cannot list the emission bucket/);
  assert.match(stdout, /\ninput: cqube-local-input: 1 object/);
});

/** What `emit` sends, and the endpoint that has it. */
async function emitted(context: TestContext, stocked: Stock = {}) {
  const local = await endpoint(context, stocked);
  const cwd = await emissionFolder(context, { 'district_master/district_mst.csv': districts });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  const { stdout } = await told(['emit', '--format', 'json'], cwd, local);
  const { sent } = JSON.parse(stdout) as { readonly sent: readonly { readonly key: string }[] };
  const zip = await readFile(path.join(cwd, 'cqube_emission/district_master/district_mst.zip'));
  return { local, cwd, zip, key: sent[0]!.key };
}

test('what was sent comes back, is known by its checksum, and is checked', async (context) => {
  const { local, cwd, zip, key } = await emitted(context);
  const files = await told(['bucket', 'files', '--bucket', 'emission'], cwd, local);
  assert.match(files.stdout, /waits for ingestion, sent from here/);
  const { code, stdout, stderr } = await told(
    ['bucket', 'download', key, '-o', 'back', '--check'],
    cwd,
    local,
  );
  assert.deepEqual([code, stderr], [0, '']);
  const file = path.join(cwd, 'back', path.basename(key));
  assert.ok(
    stdout.startsWith(
      `${key}: ${file}: ${zip.length} bytes, the very bytes that were sent from district_master/district_mst.zip, checked: 2 rows, 0 errors, 0 warnings\n`,
    ),
    stdout,
  );
  assert.deepEqual(await readFile(file), zip);
  assert.deepEqual(await readdir(path.join(cwd, 'back')), [path.basename(key)]);
});

test('a file that is there already is left as it is', async (context) => {
  const { local, cwd, key } = await emitted(context);
  await writeFile(path.join(cwd, path.basename(key)), 'mine');
  const { code, stdout } = await told(['bucket', 'download', key], cwd, local);
  assert.equal(code, 1);
  assert.match(stdout, /not downloaded\. .* is there already, and is left as it is/);
  assert.equal(await readFile(path.join(cwd, path.basename(key)), 'utf8'), 'mine');
});

test('other bytes than were sent, under the same key, are told and kept', async (context) => {
  const { local, cwd, zip, key } = await emitted(context);
  const journal = path.join(cwd, 'cqube_emission.journal.jsonl');
  const text = await readFile(journal, 'utf8');
  await writeFile(journal, text.replaceAll(sha256(zip), '0'.repeat(64)));
  const { code, stdout } = await told(['bucket', 'download', key], cwd, local);
  assert.equal(code, 1);
  assert.match(stdout, /NOT the bytes that were sent from district_master\/district_mst\.zip/);
  assert.ok(existsSync(path.join(cwd, path.basename(key))));
});

test('errors in what came back, by the CSV that ingestion would read', async (context) => {
  const bad = await zipOf('district_mst.csv', districts.replace('7502', '75x2'));
  const local = await endpoint(context, {
    input: { [takenKey]: bad, 'notes/read.me': 'x' },
    emission: { [waitingKey]: 'no zip' },
  });
  const cwd = await temporaryFolder(context);
  const json = await told(['bucket', 'download', takenKey, '--check', '--format', 'json'], cwd, local);
  assert.equal(json.code, 1);
  const name = `22-11-2026_10-00-00.000_${uuid}_district_mst_20261122095950.zip`;
  const { downloads } = JSON.parse(json.stdout) as {
    readonly downloads: readonly {
      readonly file: string;
      readonly sha256: string;
      readonly check: {
        readonly errors: number;
        readonly rows: number;
        readonly findings: readonly { rule: string; line: number }[];
      };
    }[];
  };
  const [got] = downloads;
  assert.equal(got?.file, path.join(cwd, name));
  assert.equal(got.sha256, sha256(bad));
  assert.deepEqual([got.check.errors, got.check.rows], [1, 2]);
  assert.deepEqual(
    got.check.findings.map(({ rule, line }) => [rule, line]),
    [['cell/type', 3]],
  );
  assert.ok(!json.stdout.includes('75x2'), 'no value of a cell');

  const text = await told(['bucket', 'download', waitingKey, '--check'], cwd, local);
  assert.equal(text.code, 1);
  assert.match(
    text.stdout,
    /checked: 1 error, 0 warnings\n {2}district_mst_20261123122513\.zip:1:1: error: .*layout\/zip-content/,
  );

  const other = await told(
    ['bucket', 'download', 'notes/read.me', '--bucket', 'input', '--check'],
    cwd,
    local,
  );
  assert.equal(other.code, 0);
  assert.match(other.stdout, /not checked: it is no dataset’s file/);
});

test('a key that wants to leave the folder does not', async (context) => {
  const keys = [
    ...['..\\..\\escaped.zip', 'C:\\escaped.zip', '/etc/escaped.zip', 'pat/con.zip'],
    ...['pat/a\u0007:b.zip', 'a/'],
  ];
  const local = await endpoint(context, { output: Object.fromEntries(keys.map((key) => [key, key])) });
  const cwd = await temporaryFolder(context);
  await mkdir(path.join(cwd, 'a/b/c'), { recursive: true });
  const { code, stdout } = await told(
    ['bucket', 'download', ...keys, '--bucket', 'output', '-o', 'a/b/c'],
    cwd,
    local,
  );
  assert.equal(code, 0, stdout);
  const entries = await readdir(cwd, { recursive: true, withFileTypes: true });
  assert.deepEqual(
    entries
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => path.join(path.relative(cwd, parentPath), name))
      .sort(),
    ['_con.zip', 'a--b.zip', 'escaped (2).zip', 'escaped (3).zip', 'escaped.zip', 'a']
      .map((name) => path.join('a/b/c', name))
      .sort(),
  );
  assert.equal(await readFile(path.join(cwd, 'a/b/c/a'), 'utf8'), 'a/');
  for (const key of ['../../gone.zip', '..', 'a/./gone.zip']) {
    const dotted = await told(['bucket', 'download', key, '--bucket', 'output', '-o', 'a/b/c'], cwd, local);
    assert.equal(dotted.code, 1);
    assert.match(dotted.stdout, /no web address can hold/);
  }
});

test('a key that is not there fails alone', async (context) => {
  const { local, cwd, key } = await emitted(context);
  const gone = 'pat/periodic_exam_mst_20261101000000.zip';
  const { code, stdout } = await told(['bucket', 'download', gone, key], cwd, local);
  assert.equal(code, 1);
  assert.match(stdout, /^pat\/periodic_exam_mst_20261101000000\.zip: not downloaded\. The bucket holds no /);
  assert.match(stdout, /\n1 of 2 objects downloaded\.\n$/);
});

for (const [what, words, message] of [
  ['an unknown use', ['bucket', 'upload'], /takes files or download KEY…; not "upload"/],
  ['no key', ['bucket', 'download'], /Name the keys/],
  ['a key without a bucket', ['bucket', 'download', 'a/b.json'], /does not tell its bucket/],
  [
    'a bucket that is none',
    ['bucket', 'files', '--bucket', 'outbox'],
    /--bucket takes all, emission, input, output/,
  ],
  [
    'the same for a download',
    ['bucket', 'download', 'a', '--bucket', 'all'],
    /--bucket takes emission, input, output; not "all"/,
  ],
  ['an unknown dataset', ['bucket', 'files', '--dataset', 'nobody'], /There is no dataset nobody/],
  ['no time', ['bucket', 'files', '--since', 'yesterday'], /--since takes a day/],
  ['a day that is none', ['history', '--since', '2026-13-01'], /--since takes a day/],
  ['an option of another use', ['bucket', 'files', '--check'], /--check means nothing to `bucket files`/],
  ['words that mean nothing', ['bucket', 'files', 'pat'], /takes no "pat"/],
  ['a folder that is none', ['bucket', 'files', '--folder', 'nowhere'], /nowhere is not there/],
  ['csv for downloads', ['bucket', 'download', waitingKey, '--format', 'csv'], /--format takes text, json/],
  ['no emission folder', ['history'], /no emission folder/],
] as const) {
  test(`wrong usage: ${what}`, async (context) => {
    const local = await endpoint(context);
    const { code, stdout, stderr } = await told(words, await temporaryFolder(context), local);
    assert.deepEqual([code, stdout], [2, ''], stderr);
    assertClear(stderr);
    assert.match(stderr, message);
  });
}

/** Address of a server that answers everything with `listener`. */
async function server(context: TestContext, listener: RequestListener): Promise<string> {
  const http = createServer(listener);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    http.closeAllConnections();
    http.close();
  });
  return `http://127.0.0.1:${(http.address() as AddressInfo).port}/data`;
}

for (const words of [['bucket'], ['bucket', 'files'], ['bucket', 'download', waitingKey]]) {
  test(`${words.join(' ')}: no right, no API, no endpoint, no token`, async (context) => {
    const local = await endpoint(context);
    const cwd = await temporaryFolder(context);
    const url = await server(context, (_, response) => response.writeHead(404).end());
    const { CQUBE_EMISSION_URL, CQUBE_EMISSION_TOKEN } = connected(local);
    for (const [env, message] of [
      [{ CQUBE_EMISSION_URL, CQUBE_EMISSION_TOKEN: 'not.a.token' }, /does not accept the token/],
      [{ CQUBE_EMISSION_URL: url, CQUBE_EMISSION_TOKEN }, /no emission API at this address/],
      [{ CQUBE_EMISSION_TOKEN }, /No endpoint/],
      [{ CQUBE_EMISSION_URL }, /No token/],
    ] as const) {
      const { code, stdout, stderr } = await run(words, { cwd, env });
      assert.deepEqual([code, stdout], [2, ''], stderr);
      assertClear(stderr);
      assert.match(stderr, message);
      assert.ok(!stderr.includes('not.a.token'));
    }
    assert.deepEqual(await readdir(cwd), []);
  });
}

test('history: what was sent, when, and under which key; the journal stays as it is', async (context) => {
  const { local, cwd, zip, key } = await emitted(context);
  const journal = path.join(cwd, 'cqube_emission.journal.jsonl');
  const before = await readFile(journal);
  const text = await run(['history'], { cwd });
  assert.equal(text.code, 0);
  const [first, second, third, , last] = text.stdout.split('\n');
  assert.match(
    first ?? '',
    new RegExp(
      `^\\d{4}-\\d\\d-\\d\\dT[\\d:.]+Z {2}district_master/district_mst\\.zip: ${zip.length} bytes, acknowledged$`,
    ),
  );
  assert.equal(second, `    ${key} at ${new URL(local.url).origin}`);
  assert.equal(third, `    SHA-256 ${sha256(zip)}`);
  assert.equal(last, '1 file sent.');

  const json = await run(['history', '--format', 'json', '--rows', 'district_mst'], { cwd });
  const { sendings } = JSON.parse(json.stdout) as { readonly sendings: readonly { readonly rows: number }[] };
  assert.equal(sendings[0]?.rows, 2);
  const csv = await run(['history', '--format', 'csv'], { cwd });
  assert.match(
    csv.stdout,
    /^time,dataset,path,key,rows,bytes,sha256,endpoint,outcome,bucket\n.*,acknowledged,\n$/,
  );
  const other = await run(['history', '--since', '2999-01-01'], { cwd });
  assert.match(other.stdout, /^Nothing was sent from here/);
  assert.deepEqual(await readFile(journal), before);
});

test('history --rows tells no rows of a zip that has changed since', async (context) => {
  const { cwd } = await emitted(context);
  const zip = path.join(cwd, 'cqube_emission/district_master/district_mst.zip');
  await writeFile(zip, await zipOf('district_mst.csv', districts.slice(0, -10)));
  const { stdout } = await run(['history', '--rows', '--format', 'json'], { cwd });
  assert.match(stdout, /"rows": null/);
});

test('history --bucket: waiting, taken in, gone, and other endpoints that are not asked', async (context) => {
  const { local, cwd, key } = await emitted(context, { input: { [takenKey]: '12' } });
  const place = async () => {
    const { code, stdout } = await told(['history', '--bucket', '--format', 'json'], cwd, local);
    assert.equal(code, 0);
    const { sendings } = JSON.parse(stdout) as {
      readonly sendings: readonly {
        readonly bucket?: { readonly kind: string; readonly inputKey?: string };
      }[];
    };
    return sendings.map(({ bucket }) => bucket?.inputKey ?? bucket?.kind);
  };
  assert.deepEqual(await place(), ['waiting']);
  await rm(path.join(local.emissionFolder, key));
  assert.deepEqual(await place(), ['gone']);
  const journal = path.join(cwd, 'cqube_emission.journal.jsonl');
  const text = await readFile(journal, 'utf8');
  await writeFile(journal, text.replaceAll(key, 'district_master/district_mst_20261122095950.zip'));
  assert.deepEqual(await place(), [takenKey]);
  await writeFile(journal, text.replaceAll(new URL(local.url).origin, 'https://cqube.example.org'));
  assert.deepEqual(await place(), [undefined]);
});

test('history of a folder from which nothing was sent, and of a journal with a torn line', async (context) => {
  const cwd = await emissionFolder(context, { 'district_master/district_mst.csv': districts });
  assert.match((await run(['history'], { cwd })).stdout, /^Nothing was sent from here/);
  await writeFile(path.join(cwd, 'cqube_emission.journal.jsonl'), '{"event":"sent"}\n{"ev');
  const { code, stderr } = await run(['history'], { cwd });
  assert.equal(code, 0);
  assert.match(stderr, /lines that cannot be read: 2/);
});

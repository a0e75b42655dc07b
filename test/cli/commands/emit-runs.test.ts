/** `emit` as it is scheduled: one run after the other, read by machines, quiet, with a log, waiting for ingestion. */
import assert from 'node:assert/strict';
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { createApi } from '../../../core/emit/api/api.ts';
import { lockEmission } from '../../../core/emit/journal/lock.ts';
import { interceptUploads, takeAndReset, tooLarge } from '../../core/emit/faults.ts';
import { startLocalEndpoint, type Intercept, type LocalEndpoint } from '../../../local/server.ts';
import { assertClear, blocks, districts, emissionFolder, run, temporaryFolder } from '../command-line.ts';

async function endpoint(context: TestContext, intercept?: Intercept): Promise<LocalEndpoint> {
  const local = await startLocalEndpoint({
    directory: await temporaryFolder(context),
    ...(intercept ? { intercept } : {}),
  });
  context.after(() => local.stop());
  return local;
}

async function zipped(context: TestContext, files: Readonly<Record<string, string>> = {}): Promise<string> {
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': districts,
    'block_master/block_mst.csv': blocks,
    ...files,
  });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  return cwd;
}

const connected = ({ url, token }: LocalEndpoint) => ({
  CQUBE_EMISSION_URL: url,
  CQUBE_EMISSION_TOKEN: token,
});

interface Event {
  readonly time: string;
  readonly event: string;
  readonly path?: string;
  readonly key?: string;
  readonly exitCode?: number;
  readonly message?: string;
}

const eventsIn = (text: string) =>
  text
    .split(/\r?\n/)
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Event);

async function stored(local: LocalEndpoint): Promise<string[]> {
  const entries = await readdir(local.emissionFolder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile()).map(({ name }) => name);
}

const journalOf = (cwd: string) => readFile(path.join(cwd, 'cqube_emission.journal.jsonl'), 'utf8');

/** Answers every upload of a path that begins so with an error that fails the file alone. */
function refusing(prefix: string): Intercept & { stop: () => void } {
  let on = true;
  let forms = '';
  const intercept: Intercept = (request, response) => {
    if (!on || request.method !== 'POST') return false;
    if (request.url === '/data/upload-url') {
      request.on('data', (chunk: Buffer) => (forms = chunk.toString()));
      return false;
    }
    if (request.url?.startsWith('/data/') === true || !forms.includes(prefix)) return false;
    const body = '<Error><Code>EntityTooLarge</Code></Error>';
    request.resume().on('end', () => response.writeHead(400).end(body));
    return true;
  };
  return Object.assign(intercept, { stop: () => (on = false) });
}

test('ndjson: a line for each event, from the plan to the exit code', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = connected(local);
  const { code, stdout, stderr } = await run(['emit', '--format', 'ndjson'], { cwd, env });
  assert.deepEqual([code, stderr], [0, '']);
  const events = eventsIn(stdout);
  const steps = ['file', 'form', 'sent', 'acknowledged'];
  assert.deepEqual(
    events.map(({ event }) => event).filter((event) => event !== 'wave'),
    ['plan', 'forecast', 'forecast', 'connected', ...steps, ...steps, 'ended'],
  );
  for (const { time } of events) assert.match(time, /^\d{4}-\d\d-\d\dT[\d:.]+Z$/);
  assert.equal(events.at(-1)?.exitCode, 0);

  const again = eventsIn((await run(['emit', '--format', 'ndjson'], { cwd, env })).stdout);
  assert.deepEqual(
    again.map(({ event }) => event),
    ['plan', 'skipped', 'skipped', 'ended'],
  );
  assert.deepEqual(keysOf(again, 'skipped'), keysOf(events, 'acknowledged'));
});

const keysOf = (events: readonly Event[], kind: string) =>
  events
    .filter(({ event }) => event === kind)
    .map(({ key }) => key)
    .sort();

test('a run in which nothing changed says so in three lines', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = connected(local);
  await run(['emit'], { cwd, env });
  const { code, stdout, stderr } = await run(['emit'], { cwd, env });
  assert.deepEqual([code, stderr], [0, '']);
  assert.deepEqual(stdout.trimEnd().split('\n'), [
    'Nothing to send.',
    'Unchanged since they were acknowledged, so not sent again: 2 files.',
    '0 files acknowledged, 2 unchanged since an earlier acknowledgement, 0 failed, 0 not tried, 0 left out by the plan.',
  ]);
});

test('a cause is told once, with what it kept from being sent and how to go on', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = { ...connected(local), CQUBE_EMISSION_TOKEN: 'another' };
  for (const words of [['emit'], ['emit', '-q']]) {
    const { code, stdout, stderr } = await run(words, { cwd, env });
    assert.equal(code, 2);
    const said = stdout + stderr;
    assert.equal(said.split('does not accept the token').length, 2, said);
    assert.match(
      said,
      /^Not tried: 2 files \(district_master\/district_mst\.zip, block_master\/block_mst\.zip\)\.$/m,
    );
    assert.match(said, /^Nothing was sent\. Once that is mended, `cqube-emission emit` begins again\.$/m);
  }
});

test('a quiet dry run says what needs attention alone', async (context) => {
  const cwd = await zipped(context);
  assert.deepEqual(await run(['emit', '--dry-run', '-q'], { cwd }), { code: 0, stdout: '', stderr: '' });
  await rename(
    path.join(cwd, 'cqube_emission/district_master'),
    path.join(cwd, 'cqube_emission/district_masters'),
  );
  const { code, stdout, stderr } = await run(['emit', '--dry-run', '-q'], { cwd });
  assert.deepEqual([code, stdout], [1, '']);
  assert.match(stderr, /^ {2}district_masters: left out\. /);
});

test('the whole address is told, and stands in the journal', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const { stdout } = await run(['emit'], { cwd, env: connected(local) });
  assert.match(stdout, new RegExp(`^Sending to ${local.url} …$`, 'm'));
  const [started] = (await readFile(path.join(cwd, 'cqube_emission.journal.jsonl'), 'utf8')).split('\n');
  assert.equal((JSON.parse(started!) as { address: string }).address, local.url);
});

test('https to a port that speaks http is called so, at once', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const url = local.url.replace('http:', 'https:');
  for (const words of [['emit'], ['test']]) {
    const { code, stdout, stderr } = await run(words, {
      cwd,
      env: { ...connected(local), CQUBE_EMISSION_URL: url },
    });
    assert.equal(code, 2);
    assert.match(stdout + stderr, /does not speak https there \(\w+\)\. Check the scheme and the port/);
    assert.doesNotMatch(stdout + stderr, /no luck/);
  }
});

test('test tries endpoint and token, and sends nothing', async (context) => {
  const local = await endpoint(context);
  const cwd = await temporaryFolder(context);
  const good = await run(['test'], { cwd, env: connected(local) });
  assert.deepEqual([good.code, good.stderr], [0, '']);
  assert.match(
    good.stdout,
    /answers and accepts the token\. Files go to the bucket "cqube-local-emission"\.$/m,
  );
  const bad = await run(['test', '--format', 'json'], {
    cwd,
    env: { ...connected(local), CQUBE_EMISSION_TOKEN: 'another' },
  });
  assert.equal(bad.code, 2);
  assert.equal((JSON.parse(bad.stdout) as { reason: string }).reason, 'unauthorized');
  const none = await run(['test'], { cwd });
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^No endpoint\./);
});

test('help for a command that there is not is wrong usage', async (context) => {
  const cwd = await temporaryFolder(context);
  for (const words of [['help', 'chek'], ['chek']]) {
    const { code, stderr } = await run(words, { cwd });
    assert.equal(code, 2);
    assert.match(stderr, /^There is no command chek\. Did you mean check\?/);
  }
  assert.equal((await run(['help', 'check'], { cwd })).code, 0);
});

test('--force sends again and warns of it', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = connected(local);
  await run(['emit'], { cwd, env });
  const { code, stdout } = await run(['emit', '--force'], { cwd, env });
  assert.equal(code, 0);
  assert.match(stdout, /ingestion takes it twice/);
  assert.match(stdout, /2 files acknowledged/);
});

test('quiet: nothing when all is well, what needs attention otherwise', async (context) => {
  const refuse = refusing('block_master');
  const local = await endpoint(context, refuse);
  const cwd = await zipped(context);
  const env = connected(local);
  const bad = await run(['emit', '--quiet'], { cwd, env });
  assert.deepEqual([bad.code, bad.stdout], [1, '']);
  assert.match(bad.stderr, /block_mst\.zip: not acknowledged\. .*too large/);
  assert.match(bad.stderr, /1 file acknowledged, 0 unchanged since an earlier acknowledgement, 1 failed/);
  assertClear(bad.stderr);
  refuse.stop();
  const good = await run(['emit', '-q'], { cwd, env });
  assert.deepEqual([good.code, good.stdout, good.stderr], [0, '', '']);
});

test('quiet: a file that is sent and will not be loaded is told, though its check warns alone', async (context) => {
  const local = await endpoint(context);
  const header = 'DistrictId|Distric\n7501|Ambagarh\n';
  const cwd = await zipped(context, { 'district_master/district_mst.csv': header });
  const words = ['emit', '--quiet', '--rule', 'header/misspelt-column=warning'];
  const { code, stdout, stderr } = await run(words, { cwd, env: connected(local) });
  assert.deepEqual([code, stdout], [0, '']);
  assert.equal(
    stderr,
    'Ingestion will load nothing of 1 file to be sent:\n' +
      '  district_master/district_mst.zip: the whole file is refused: Ingestion misses the column and refuses the whole file. [header/misspelt-column]\n',
  );
});

test('a log file that is rotated away between two runs, or gone, is begun anew', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = connected(local);
  const emit = () => run(['emit', '--quiet', '--log-file', 'emission.log'], { cwd, env });
  const log = path.join(cwd, 'emission.log');
  await emit();
  await emit();
  const runs = eventsIn(await readFile(log, 'utf8')).filter(({ event }) => event === 'ended');
  assert.equal(runs.length, 2);
  await rename(log, `${log}.1`);
  await emit();
  assert.deepEqual(
    eventsIn(await readFile(log, 'utf8')).map(({ event }) => event),
    ['plan', 'skipped', 'skipped', 'ended'],
  );
});

test('what ends a run before it begins is in the log as well', async (context) => {
  const cwd = await zipped(context);
  const words = ['emit', '--log-file', 'emission.log', '--endpoint', 'https://127.0.0.1/data'];
  assert.equal((await run(words, { cwd })).code, 2);
  const [error] = eventsIn(await readFile(path.join(cwd, 'emission.log'), 'utf8'));
  assert.match(error?.message ?? '', /^No token/);
  const nowhere = await run(['emit', '--log-file', 'missing/emission.log'], { cwd });
  assert.equal(nowhere.code, 2);
  assert.match(nowhere.stderr, /log file .* cannot be written to/);
});

test('--resume does what the last run has left, and that alone', async (context) => {
  const refuse = refusing('district_master');
  const local = await endpoint(context, refuse);
  const cwd = await zipped(context);
  const env = connected(local);
  const first = await run(['emit', 'district_mst'], { cwd, env });
  assert.equal(first.code, 1);
  refuse.stop();
  const { code, stdout } = await run(['emit', '--resume'], { cwd, env });
  assert.equal(code, 0, stdout);
  assert.match(stdout, /Going on with the emission of 20/);
  assert.deepEqual(
    (await stored(local)).map((name) => name.slice(0, 12)),
    ['district_mst'],
  );
  // Nothing is left: a run as usual, which finds the file that nobody asked for before.
  assert.equal((await run(['emit', '--resume'], { cwd, env })).code, 0);
  assert.equal((await stored(local)).length, 2);
});

test('--resume goes on with --include and --force of the run that it finishes', async (context) => {
  const refuse = refusing('block_master');
  const local = await endpoint(context, refuse);
  const cwd = await zipped(context, {
    'district_master/district_mst.csv': districts.replace('7502', '75x2'),
  });
  const env = connected(local);
  assert.equal((await run(['emit', '--force', '--include', 'district_mst'], { cwd, env })).code, 1);
  refuse.stop();
  assert.equal((await run(['emit', '--resume'], { cwd, env })).code, 0);
  assert.equal((await stored(local)).length, 2);
});

test('one emission of a folder at a time', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = connected(local);
  const lock = await lockEmission(path.join(cwd, 'cqube_emission'));
  const { code, stdout } = await run(['emit'], { cwd, env });
  await lock.release();
  assert.equal(code, 2);
  assert.match(stdout, /Another emission of this folder is under way/);
  assert.deepEqual(await stored(local), []);
});

test('--wait ends well once ingestion has taken every file', async (context) => {
  let looks = 0;
  const local: LocalEndpoint = await endpoint(context, (request) => {
    if (request.url === '/data/list_s3_files') looks++;
    return false;
  });
  const cwd = await zipped(context);
  const env = connected(local);
  const taken = await run(['emit', 'district_mst', '--wait', '5'], {
    cwd,
    env,
    // As ingestion does, but before it is looked for.
    onOutput: (text) => {
      if (text.includes('acknowledged as'))
        void rm(path.join(local.emissionFolder, 'district_master'), { recursive: true, force: true });
    },
  });
  assert.equal(taken.code, 0, taken.stdout);
  assert.match(taken.stdout, /Ingestion has taken 1 of 1 file\./);
  assert.ok(looks >= 1);

  const left = await run(['emit', 'block_mst', '--wait', '0'], { cwd, env });
  assert.equal(left.code, 1);
  assert.match(left.stdout, /Still in the bucket: block_master\/block_mst_/);
});

for (const [what, words] of [
  ['minutes that are none', ['--wait', 'long']],
  ['quiet JSON', ['--quiet', '--format', 'json']],
  ['--resume with --force', ['--resume', '--force']],
  ['an unknown choice', ['--unknown', 'maybe']],
] as const) {
  test(`wrong usage: ${what}`, async (context) => {
    const cwd = await zipped(context);
    const { code, stderr } = await run(['emit', ...words], { cwd });
    assert.equal(code, 2);
    assertClear(stderr);
  });
}

/** A value of a cell that nothing else could be. */
const cell = 'Xylophonpur';

test('nothing that is written or said during a run holds a token, a policy, a signature or a cell', async (context) => {
  const seen: string[] = [];
  const refuse = refusing('block_master');
  const local: LocalEndpoint = await endpoint(context, refuse);
  const { fields } = await createApi({ endpoint: local.url, token: local.token }).requestForm('a/b.zip');
  const constant = fields.filter(([name]) => /credential/i.test(name)).map(([, value]) => value);
  const cwd = await zipped(context, {
    'district_master/district_mst.csv': districts.replace('Ambagarh', cell),
    'block_master/block_mst.csv': blocks.replace('|7501', `|${cell}`),
  });
  const env = connected(local);
  for (const words of [
    ['--include', 'block_mst', '--format', 'ndjson'],
    ['--resume', '--format', 'json'],
    ['--force', '--include', 'block_mst', '--log-file', 'emission.log'],
    ['--quiet', '--unknown', 'send'],
    ['--dry-run'],
  ]) {
    const { stdout, stderr } = await run(['emit', ...words], { cwd, env });
    seen.push(stdout, stderr);
  }
  await writeFile(path.join(cwd, 'token'), 'wrong.token.here');
  const wrong = await run(['emit', '--token-file', 'token', '--force'], { cwd, env });
  seen.push(wrong.stdout, wrong.stderr, await journalOf(cwd));
  seen.push(await readFile(path.join(cwd, 'emission.log'), 'utf8'));
  const all = seen.join('\n');
  assert.match(all, /acknowledged/);
  for (const secret of [local.token, 'wrong.token.here', cell, ...constant]) {
    assert.ok(!all.includes(secret), `${secret.slice(0, 12)}… is told`);
  }
  assert.doesNotMatch(all, /signature|x-amz|eyJ[A-Za-z0-9]{10}/i);
});

test('a file that counts as stored because the user says so is not called acknowledged', async (context) => {
  const cwd = await zipped(context);
  // The upload arrives, its answer is lost, and the next try is refused.
  const local = await endpoint(context, interceptUploads([takeAndReset, tooLarge, undefined]));
  const env = connected(local);
  const first = await run(['emit', 'district_mst'], { cwd, env });
  assert.equal(first.code, 1);
  assert.match(first.stdout, /Whether 1 file of the failed arrived is unknown\./);
  const settled = await run(['emit', 'district_mst', '--unknown', 'stored'], { cwd, env });
  assert.match(
    settled.stdout,
    /district_mst\.zip: counted as stored, as you said, as district_master\/district_mst_/,
  );
  assert.match(settled.stdout, /^0 files acknowledged, .* 1 counted as stored, as you said, 0 failed, /m);
  assert.equal(settled.code, 0);
  assert.deepEqual(await stored(local), []);
});

/** zip, plan, emit and status against the local endpoint and against servers that are none. */
import assert from 'node:assert/strict';
import { cp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { createServer, type RequestListener } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { startLocalEndpoint, type LocalEndpoint, type LocalEndpointOptions } from '../../../local/server.ts';
import { assertClear, blocks, districts, emissionFolder, run, temporaryFolder } from '../command-line.ts';

const secret = 'not-a-real-token-0123456789';

async function endpoint(
  context: TestContext,
  options: Partial<LocalEndpointOptions> = {},
): Promise<LocalEndpoint> {
  const local = await startLocalEndpoint({ directory: await temporaryFolder(context), ...options });
  context.after(() => local.stop());
  return local;
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

/** An emission folder of two datasets that refer to each other, zipped. */
async function zipped(context: TestContext, district = districts): Promise<string> {
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': district,
    'block_master/block_mst.csv': blocks,
  });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  return cwd;
}

const connected = ({ url, token }: LocalEndpoint) => ({
  CQUBE_EMISSION_URL: url,
  CQUBE_EMISSION_TOKEN: token,
});

interface Summary {
  readonly sent: readonly { readonly path: string; readonly key: string }[];
}

async function stored(local: LocalEndpoint): Promise<string[]> {
  const entries = await readdir(local.emissionFolder, { recursive: true, withFileTypes: true });
  return entries.filter((entry) => entry.isFile() && entry.name.endsWith('.zip')).map(({ name }) => name);
}

test('from CSVs to acknowledgements, and nothing twice', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  const env = connected(local);
  assert.equal((await run(['plan'], { cwd })).code, 0);

  const first = await run(['emit', '--format', 'json'], { cwd, env });
  assert.deepEqual([first.code, first.stderr], [0, '']);
  const { sent } = JSON.parse(first.stdout) as Summary;
  assert.deepEqual(sent.map((each) => each.path).sort(), [
    'block_master/block_mst.zip',
    'district_master/district_mst.zip',
  ]);
  assert.match(sent[0]!.key, /^[a-z_]+\/[a-z_]+_\d{14}\.zip$/);
  assert.equal((await stored(local)).length, 2);

  const again = await run(['emit'], { cwd, env });
  assert.equal(again.code, 0);
  assert.equal((await stored(local)).length, 2);

  const status = await run(['status', '--format', 'json'], { cwd });
  const { datasets } = JSON.parse(status.stdout) as { datasets: { state: string }[] };
  assert.deepEqual(
    datasets.map(({ state }) => state),
    ['emitted', 'emitted'],
  );
  for (const { stdout, stderr } of [first, again, status])
    assert.ok(!`${stdout}${stderr}`.includes(local.token), 'no token is shown');
});

test('a storage that tells no checksum, and a bucket that cannot be listed: said once, and no reason to fail', async (context) => {
  const local = await endpoint(context, {
    likeCeph: true,
    intercept: (request, response) => {
      if (request.url !== '/data/list_s3_files') return false;
      request.resume().on('end', () => response.writeHead(500).end());
      return true;
    },
  });
  const cwd = await zipped(context);
  const first = await run(['emit'], { cwd, env: connected(local) });
  assert.deepEqual([first.code, first.stderr], [0, '']);
  const names = 'district_master/district_mst.zip, block_master/block_mst.zip';
  assert.equal(first.stdout.split(`The storage told no checksum of 2 files (${names})`).length, 2);
  const quiet = await run(['emit', '--force', '--quiet'], { cwd, env: connected(local) });
  assert.deepEqual([quiet.code, quiet.stdout, quiet.stderr], [0, '', '']);
});

test('the token may come from a file, with Bearer before it', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context);
  await writeFile(path.join(cwd, 'token'), `Bearer ${local.token}\n`);
  const { code } = await run(['emit', '--endpoint', local.url, '--token-file', 'token'], { cwd });
  assert.equal(code, 0);
});

test('a dry run sends nothing and needs neither endpoint nor token', async (context) => {
  const cwd = await zipped(context);
  const { code, stdout } = await run(['emit', '--dry-run'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /district_mst\.zip/);
});

const repeated = `${districts}7502|Belgaon\n7503|\n`;

test('what ingestion will do with each file is shown before anything is sent', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context, repeated);
  const words = ['emit', '--include', 'district_mst'];
  const lines = [
    '  district_master/district_mst.zip: 2 of 4 rows loaded; dropped: 1 with a null, 1 repeat',
    '  block_master/block_mst.zip: 1 of 1 row loaded',
    '  In all 3 of 5 rows will be loaded. `cqube-emission forecast` tells more.',
  ];
  for (const dry of [['--dry-run'], []]) {
    const { code, stdout } = await run([...words, ...dry], { cwd, env: connected(local) });
    assert.equal(code, 0, stdout);
    const forecast = stdout.indexOf(`What ingestion will do with them:\n${lines.join('\n')}\n`);
    assert.ok(forecast > 0, stdout);
    assert.ok(dry.length > 0 || forecast < stdout.indexOf('Sending to'), stdout);
  }
});

interface Forecasted {
  readonly forecast: readonly {
    readonly path: string;
    readonly outcome: string;
    readonly rows: { readonly total: number; readonly loaded: number; readonly repeats: number };
    readonly summary: string;
  }[];
}

test('the forecast is a field of the JSON, of the run and of what comes before it', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context, repeated);
  const included = ['--include', 'district_mst', '--format', 'json'];
  for (const words of [['plan'], ['emit', '--dry-run'], ['emit']]) {
    const { stdout } = await run([...words, ...included], { cwd, env: connected(local) });
    const { forecast } = JSON.parse(stdout) as Forecasted;
    const [district] = forecast.filter(({ path: file }) => file === 'district_master/district_mst.zip');
    assert.equal(forecast.length, 2);
    assert.equal(district?.outcome, 'loads');
    assert.deepEqual([district.rows.total, district.rows.loaded, district.rows.repeats], [4, 2, 1]);
    assert.equal(district.summary, '2 of 4 rows loaded; dropped: 1 with a null, 1 repeat');
  }
});

test('nothing is said on standard error of a folder with many datasets', async (context) => {
  const cwd = await temporaryFolder(context);
  await cp(path.join(import.meta.dirname, '../../../samples/state'), cwd, { recursive: true });
  const { stderr } = await run(['plan', '--no-progress'], { cwd });
  assert.equal(stderr, '');
});

test('a dataset with errors is left out and the exit code says so, unless it is included', async (context) => {
  const local = await endpoint(context);
  const cwd = await zipped(context, districts.replace('7502', '75x2'));
  const env = connected(local);
  const held = await run(['emit'], { cwd, env });
  assert.equal(held.code, 1);
  assert.match(held.stdout, /district_mst/);
  assert.equal((await stored(local)).length, 1);
  const sent = await run(['emit', '--include', 'district_mst'], { cwd, env });
  assert.equal(sent.code, 0);
  assert.equal((await stored(local)).length, 2);
});

for (const [what, words, env] of [
  ['no endpoint', [], { CQUBE_EMISSION_TOKEN: secret }],
  ['no token', ['--endpoint', 'https://127.0.0.1/data'], {}],
  ['a token of blanks', ['--endpoint', 'https://127.0.0.1/data'], { CQUBE_EMISSION_TOKEN: '  ' }],
  ['a broken token', ['--endpoint', 'https://127.0.0.1/data'], { CQUBE_EMISSION_TOKEN: 'two words' }],
  ['a token file that is not there', ['--endpoint', 'https://127.0.0.1/data', '--token-file', 'none'], {}],
  ['an endpoint that is none', ['--endpoint', 'https://'], { CQUBE_EMISSION_TOKEN: secret }],
  ['plain http', ['--endpoint', 'http://cqube.invalid/data'], { CQUBE_EMISSION_TOKEN: secret }],
  [
    'an endpoint with a query',
    ['--endpoint', 'https://127.0.0.1/data?a=b'],
    { CQUBE_EMISSION_TOKEN: secret },
  ],
] as const) {
  test(`wrong usage: ${what}`, async (context) => {
    const cwd = await zipped(context);
    const { code, stdout, stderr } = await run(['emit', ...words], { cwd, env });
    assert.deepEqual([code, stdout], [2, '']);
    assertClear(stderr);
    assert.ok(!stderr.includes(secret));
  });
}

/** Emits to an address that cannot take the files: exit code 2, one message, nothing in the journal. */
async function refused(context: TestContext, url: string, token = secret): Promise<string> {
  const cwd = await zipped(context);
  const env = { CQUBE_EMISSION_URL: url, CQUBE_EMISSION_TOKEN: token };
  const { code, stdout, stderr } = await run(['emit', '--patience', '0.03'], { cwd, env });
  const said = `${stdout}${stderr}`;
  assert.equal(code, 2, said);
  assertClear(said);
  assert.ok(!said.includes(token), 'no token is shown');
  const beside = await readdir(cwd);
  for (const name of beside.filter((each) => each.endsWith('.jsonl')))
    assert.doesNotMatch(await readFile(path.join(cwd, name), 'utf8'), /acknowledged/);
  assert.deepEqual(await readdir(path.join(cwd, 'cqube_emission')), ['block_master', 'district_master']);
  return said;
}

test('a wrong token', async (context) => {
  const local = await endpoint(context);
  assert.match(await refused(context, local.url), /token/);
  assert.match(await refused(context, local.url, `${local.token}x`), /token/);
  assert.deepEqual(await stored(local), []);
});

test('an address without the emission API', async (context) => {
  const local = await endpoint(context);
  const said = await refused(context, local.url.replace('/data', '/report'), local.token);
  assert.match(said, /404|\/data/);
});

const page = '<!DOCTYPE html><html><body><h1>Sign in</h1></body></html>';

for (const [what, listener] of [
  ['a web page', (_, response) => response.writeHead(200, { 'Content-Type': 'text/html' }).end(page)],
  [
    'another JSON',
    (_, response) => response.writeHead(200, { 'Content-Type': 'application/json' }).end('{"ok":true}'),
  ],
  ['no body', (_, response) => response.writeHead(200).end()],
  ['a redirection', (_, response) => response.writeHead(302, { Location: 'https://127.0.0.1/login' }).end()],
  ['403 and a page', (_, response) => response.writeHead(403, { 'Content-Type': 'text/html' }).end(page)],
] as const satisfies readonly (readonly [string, RequestListener])[]) {
  test(`a server that answers ${what}`, async (context) => {
    const said = await refused(context, await server(context, listener));
    assert.doesNotMatch(said, /<html|<h1/);
  });
}

test('no server, and one that hangs up: tried again for a while, then told', async (context) => {
  const gone = createServer();
  await new Promise<void>((resolve) => gone.listen(0, '127.0.0.1', resolve));
  const { port } = gone.address() as AddressInfo;
  await new Promise((resolve) => gone.close(resolve));
  const hangsUp = await server(context, (request) => request.socket.destroy());
  await Promise.all([refused(context, `http://127.0.0.1:${port}/data`), refused(context, hangsUp)]);
});

test('a server that never answers can be left with Ctrl-C', async (context) => {
  const url = await server(context, () => undefined);
  const cwd = await zipped(context);
  const { code, stdout, stderr } = await run(['emit'], {
    cwd,
    env: { CQUBE_EMISSION_URL: url, CQUBE_EMISSION_TOKEN: secret },
    onOutput: (text, interrupt) => {
      if (text.includes('Sending to')) interrupt();
    },
  });
  assert.equal(code, 130);
  assertClear(`${stdout}${stderr}`);
});

test('serve: an endpoint to try out, which ends with Ctrl-C', async (context) => {
  const cwd = await zipped(context);
  let emitted: ReturnType<typeof run> | undefined;
  const served = await run(['serve', 'store'], {
    cwd,
    onOutput: (text, interrupt) => {
      const url = /endpoint: (\S+)\n/.exec(text)?.[1];
      const token = /Token[^:]*: (\S+)\n/.exec(text)?.[1];
      if (emitted || url === undefined || token === undefined) return;
      emitted = run(['emit'], { cwd, env: { CQUBE_EMISSION_URL: url, CQUBE_EMISSION_TOKEN: token } });
      void emitted.then(interrupt);
    },
  });
  assert.equal((await emitted)?.code, 0);
  assert.equal(served.stderr, '');
});

/** An inspection, and a location that counts only with its inspection; zipped. */
async function inspected(context: TestContext): Promise<{ cwd: string; root: string }> {
  const today = new Date().toISOString().slice(0, 10);
  const cwd = await emissionFolder(context, {
    'inspection_master/inspection_master.csv': `InspectionId|ObserverId|ObserverName|SchoolId|BeginningStandard|EndStandard|TotalClassRooms|VisitDate|VisitStartTime|VisitEndTime|ActualClassRooms|TotalSuggestionLastMonth|ResolvedFromThat|IsInspection|ReasonType|ReasonDesc|TotalScore|Score|IsOffline\n11|7|Asha Patel|24010100101|1|8|6|${today}|10:15|13:40|5|2|1|1|||100|63.75|FALSE\n`,
    'user_location_master/user_location_master.csv': `UserLocationMasterId|UserMasterId|SchoolId|InspectionId|Latitude|Longitude|InSchoolLocation|CreatedOn\n31|7|24010100101|11|23.24|69.71|TRUE|${today} 10:20:10.000\n`,
  });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  return { cwd, root: path.join(cwd, 'cqube_emission') };
}

test('a misspelt folder holds back what needs it, and counts as left out, also quietly', async (context) => {
  const local = await endpoint(context);
  const { cwd, root } = await inspected(context);
  await rename(path.join(root, 'inspection_master'), path.join(root, 'inspection_masters'));

  const plan = await run(['plan'], { cwd });
  assert.equal(plan.code, 1);
  assert.match(plan.stdout, /inspection_masters: .*Did you mean inspection_master\/\?/);
  const quiet = await run(['emit', '-q'], { cwd, env: connected(local) });
  assert.deepEqual([quiet.code, quiet.stdout], [1, '']);
  assert.match(quiet.stderr, /inspection_masters: left out\./);
  assert.match(
    quiet.stderr,
    /user_location_master\.zip: left out\. user_location_master waits for inspection_master/,
  );
  assert.deepEqual(await stored(local), []);
});

test('a needed file that nobody knows of is told quietly too', async (context) => {
  const local = await endpoint(context);
  const { cwd, root } = await inspected(context);
  await rm(path.join(root, 'inspection_master'), { recursive: true });
  const quiet = await run(['emit', '-q'], { cwd, env: connected(local) });
  assert.deepEqual([quiet.code, quiet.stdout], [0, '']);
  assert.match(quiet.stderr, /^user_location_master wants inspection_master .* to be in cQube first/m);
});

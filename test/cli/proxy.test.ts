/** The command line behind a proxy: a name that this proxy alone can reach, over https with an authority of its own. */
import assert from 'node:assert/strict';
import { writeFile } from 'node:fs/promises';
import { createServer, request as forward, type Server } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo } from 'node:net';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { proxiesFrom } from '../../cli/connection/proxy.ts';
import { startLocalEndpoint } from '../../local/server.ts';
import { certificateFor } from '../certificate.ts';
import { assertClear, districts, emissionFolder, run, temporaryFolder } from './command-line.ts';

const host = 'cqube.test';

async function listen(context: TestContext, server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  context.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return (server.address() as AddressInfo).port;
}

/** A folder to emit, the endpoint as `https://cqube.test/data`, and a proxy that knows the way and remembers it. */
async function scene(context: TestContext, credentials = '') {
  const local = await startLocalEndpoint({
    directory: await temporaryFolder(context),
    publicOrigin: `https://${host}`,
  });
  context.after(() => local.stop());
  const inside = new URL(local.url);
  const { certificate, key } = certificateFor(host);
  const front = createTlsServer({ cert: certificate, key }, (request, response) => {
    const headers = { ...request.headers, host: inside.host };
    const { method, url } = request;
    const onward = forward(
      { host: inside.hostname, port: inside.port, method, path: url, headers },
      (answer) => {
        response.writeHead(answer.statusCode ?? 0, answer.headers);
        answer.pipe(response);
      },
    );
    request.pipe(onward);
  });
  const frontPort = await listen(context, front);
  const asked: string[] = [];
  const proxy = createServer();
  proxy.on('connect', (request, socket) => {
    asked.push(request.url ?? '');
    socket.on('error', () => undefined);
    const authorization = request.headers['proxy-authorization'] ?? '';
    if (credentials !== '' && authorization !== `Basic ${Buffer.from(credentials).toString('base64')}`) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n');
      return;
    }
    const onward = connect(frontPort, '127.0.0.1', () => {
      socket.write('HTTP/1.1 200 Connection established\r\n\r\n');
      socket.pipe(onward).pipe(socket);
    });
    onward.on('error', () => socket.destroy());
  });
  const proxyPort = await listen(context, proxy);
  const cwd = await emissionFolder(context, { 'district_master/district_mst.csv': districts });
  assert.equal((await run(['zip'], { cwd })).code, 0);
  const authority = path.join(cwd, 'authority.pem');
  await writeFile(authority, certificate);
  const env = {
    CQUBE_EMISSION_URL: `https://${host}/data`,
    CQUBE_EMISSION_TOKEN: local.token,
    NODE_EXTRA_CA_CERTS: authority,
  };
  return { cwd, env, asked, proxyPort };
}

test('API calls and uploads alike go through the proxy', async (context) => {
  const { cwd, env, asked, proxyPort } = await scene(context);
  const proxy = { HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` };
  const { code, stdout, stderr } = await run(['emit'], { cwd, env: { ...env, ...proxy } });
  assert.equal(code, 0, stdout + stderr);
  assert.match(stdout, new RegExp(`through the proxy 127\\.0\\.0\\.1:${proxyPort}`));
  // The buckets, a form, the upload.
  assert.deepEqual(asked, Array(3).fill(`${host}:443`));
});

test('an authority that nobody knows is told, and nothing is sent', async (context) => {
  const { cwd, env, proxyPort } = await scene(context);
  const { code, stdout } = await run(['emit'], {
    cwd,
    env: { ...env, NODE_EXTRA_CA_CERTS: '', HTTPS_PROXY: `http://127.0.0.1:${proxyPort}` },
  });
  assert.equal(code, 2);
  assert.match(stdout, /certificate of cqube\.test is not trusted/);
});

test('the proxy’s password is used and never shown', async (context) => {
  const { cwd, env, proxyPort } = await scene(context, 'clerk:opensesame');
  const emit = (user: string) =>
    run(['emit', '--log-file', 'log'], {
      cwd,
      env: { ...env, https_proxy: `http://${user}@127.0.0.1:${proxyPort}` },
    });
  const refused = await emit('clerk:wrong');
  assert.equal(refused.code, 2);
  assert.match(refused.stdout, /proxy refuses/);
  assertClear(refused.stdout);
  const sent = await emit('clerk:opensesame');
  assert.equal(sent.code, 0);
  const said = `${refused.stdout}${refused.stderr}${sent.stdout}${sent.stderr}`;
  assert.doesNotMatch(said, /opensesame|wrong@|clerk/);
});

test('NO_PROXY is obeyed', async (context) => {
  const { cwd, env, asked, proxyPort } = await scene(context);
  const { code } = await run(['emit'], {
    cwd,
    env: { ...env, HTTPS_PROXY: `http://127.0.0.1:${proxyPort}`, NO_PROXY: 'example.org, .test' },
    // Without the proxy nobody knows the name.
    onOutput: (text, interrupt) => {
      if (text.includes('no luck with try 1')) interrupt();
    },
  });
  assert.equal(code, 130);
  assert.deepEqual(asked, []);
});

test('a proxy that is none is wrong usage', async (context) => {
  const { cwd, env } = await scene(context);
  for (const proxy of ['socks5://user:opensesame@127.0.0.1:1080', 'http://']) {
    const { code, stderr } = await run(['emit'], { cwd, env: { ...env, HTTPS_PROXY: proxy } });
    assert.equal(code, 2);
    assert.match(stderr, /HTTPS_PROXY is no address of a proxy/);
    assert.ok(!stderr.includes('opensesame'));
  }
});

const nameFor = (environment: Readonly<Record<string, string>>, url: string) =>
  proxiesFrom(environment).nameFor(new URL(url));

test('each scheme has its variable; ALL_PROXY stands in for both; small letters win', () => {
  assert.equal(nameFor({ HTTPS_PROXY: 'http://a:1' }, 'https://x.org'), 'a:1');
  assert.equal(nameFor({ HTTP_PROXY: 'http://a:1' }, 'https://x.org'), undefined);
  assert.equal(nameFor({ HTTP_PROXY: 'http://a:1' }, 'http://x.org'), 'a:1');
  assert.equal(nameFor({ ALL_PROXY: 'a:1' }, 'https://x.org'), 'a:1');
  assert.equal(nameFor({ HTTPS_PROXY: 'http://a:1', https_proxy: 'http://b:2' }, 'https://x.org'), 'b:2');
  assert.equal(nameFor({ HTTPS_PROXY: ' ' }, 'https://x.org'), undefined);
});

test('NO_PROXY names hosts with everything below them, ports and addresses', () => {
  const direct = (list: string, url: string) =>
    nameFor({ HTTPS_PROXY: 'http://a:1', NO_PROXY: list }, url) === undefined;
  for (const [list, url, expected] of [
    ['x.org', 'https://x.org', true],
    ['x.org', 'https://s3.x.org', true],
    ['x.org', 'https://box.org', false],
    ['.x.org, y.org', 'https://s3.X.org', true],
    ['*.x.org', 'https://s3.x.org', true],
    ['x.org:8443', 'https://x.org', false],
    ['x.org:443', 'https://x.org', true],
    ['10.0.0.7', 'https://10.0.0.7', true],
    ['2001:db8::1', 'https://[2001:db8::1]', true],
    ['[2001:db8::1]:443', 'https://[2001:db8::1]', true],
    ['*', 'https://x.org', true],
    ['', 'https://x.org', false],
  ] as const) {
    assert.equal(direct(list, url), expected, `${list} and ${url}`);
  }
});

test('this computer is never reached through a proxy', () => {
  for (const url of ['http://127.0.0.1:8080', 'http://localhost', 'http://[::1]:80']) {
    assert.equal(nameFor({ ALL_PROXY: 'http://a:1' }, url), undefined);
  }
});

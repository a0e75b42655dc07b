import assert from 'node:assert/strict';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../client/extension.ts';
import { commands } from '../../../client/identifiers.ts';
import { startLocalEndpoint } from '../../../local/server.ts';
import type { LocalEndpoint } from '../../../local/server.ts';
import { activated, answering, eventually, layOut } from './harness.ts';

const setting = (name: string, value: unknown): Thenable<void> =>
  vscode.workspace.getConfiguration().update(name, value, vscode.ConfigurationTarget.Global);
const run = (command: string) => async () => vscode.commands.executeCommand(command);

suite('endpoint and token', () => {
  let api: TestApi;
  let endpoint: LocalEndpoint;
  let origin: string;
  let directory: string;

  suiteSetup(async () => {
    api = await activated();
    directory = mkdtempSync(path.join(os.tmpdir(), 'cqube-endpoint-'));
    endpoint = await startLocalEndpoint({ directory });
    ({ origin } = new URL(endpoint.url));
  });

  suiteTeardown(async () => {
    await api.tokens.remove(origin);
    await setting('cqubeEmission.endpoint', undefined);
    await endpoint.stop();
    rmSync(directory, { recursive: true });
  });

  test('an address is checked, stored, and asks for its token', async () => {
    const { inputs, messages } = await answering({ inputs: [`${endpoint.url}/`] }, run(commands.setEndpoint));
    const [asked] = inputs;
    assert.match(JSON.stringify(await asked?.validateInput?.('http://cqube.example.org/data')), /https/);
    assert.equal(await asked?.validateInput?.('https://cqube.example.org/data'), undefined);
    assert.equal(vscode.workspace.getConfiguration('cqubeEmission').get('endpoint'), endpoint.url);
    assert.match(messages.join(), /token for 127\.0\.0\.1/);
  });

  test('a wrong token is not stored', async () => {
    const { messages } = await answering({ inputs: ['wrong.token.here'] }, run(commands.setToken));
    assert.match(messages.join(), /not stored/);
    assert.ok(!messages.join().includes('wrong.token.here'));
    assert.equal(await api.tokens.get(origin), undefined);
  });

  test('a wrong token may be mended at once', async () => {
    const inputs = ['wrong.token.here', endpoint.token];
    await answering({ inputs, buttons: ['Try Again'] }, run(commands.setToken));
    assert.equal(await api.tokens.get(origin), endpoint.token);
    await api.tokens.remove(origin);
  });

  test('a token is typed in secret, stripped, proved, stored for its server alone, and removed', async () => {
    layOut();
    const pasted = `  Bearer ${endpoint.token}\n`;
    const asked = await answering({ inputs: [pasted] }, run(commands.setToken));
    const [box] = asked.inputs;
    assert.equal(box?.password, true);
    assert.equal(box.value, undefined);
    assert.equal(await api.tokens.get(origin), endpoint.token);
    assert.equal(await api.tokens.get('https://cqube.example.org'), undefined);
    await eventually('the tree no longer asks for a token', () => api.tree.view.message === '');
    await answering({}, run(commands.removeToken));
    assert.equal(await api.tokens.get(origin), undefined);
    await eventually('the tree asks for a token', () => api.tree.view.message?.includes('token'));
  });

  test('the connection test says what is missing and what is well', async () => {
    const without = await answering({}, run(commands.testConnection));
    assert.match(without.messages.join(), /no token/);
    await api.tokens.store(origin, endpoint.token);
    const well = await answering({}, run(commands.testConnection));
    assert.match(well.messages.join(), /accepts the token/);
  });

  test('a server that is not there is named in one clear message', async () => {
    const dead = 'http://127.0.0.1:9/data';
    await setting('cqubeEmission.endpoint', dead);
    await api.tokens.store(new URL(dead).origin, 'some.stored.token');
    const { messages } = await answering({}, run(commands.testConnection));
    assert.equal(messages.length, 1);
    assert.match(messages.join(), /127\.0\.0\.1:9 could not be reached/);
    assert.ok(!messages.join().includes('some.stored.token'));
    await api.tokens.remove(new URL(dead).origin);
  });

  test('calls go through the proxy of the VS Code settings', async () => {
    const asked: string[] = [];
    const proxy = createServer();
    proxy.on('connect', (request, socket) => {
      asked.push(request.url ?? '');
      socket.end('HTTP/1.1 502 Bad Gateway\r\n\r\n');
    });
    await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
    const remote = 'https://cqube.example.org/data';
    await setting('http.proxy', `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`);
    await setting('http.proxySupport', 'override');
    await setting('cqubeEmission.endpoint', remote);
    await api.tokens.store(new URL(remote).origin, 'some.stored.token');
    try {
      await answering({}, run(commands.testConnection));
      assert.deepEqual(asked, ['cqube.example.org:443']);
    } finally {
      await api.tokens.remove(new URL(remote).origin);
      for (const name of ['http.proxy', 'http.proxySupport']) await setting(name, undefined);
      proxy.close();
    }
  });
});

import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { test } from 'node:test';
import { fileURLToPath, pathToFileURL } from 'node:url';
import {
  createProtocolConnection,
  StreamMessageReader,
  StreamMessageWriter,
  type DefinitionLink,
  type InitializeResult,
  type Location,
  type ProtocolConnection,
  type PublishDiagnosticsParams,
  type RegistrationParams,
} from 'vscode-languageserver/node';
import { brief } from './language-server.ts';
import { blockFile, districtFile, state } from './state.ts';

const cli = fileURLToPath(new URL('../../dist/cli.js', import.meta.url));

/** An editor that knows one folder, no settings, and waits for findings to be sent. */
async function withPlainEditor(
  work: (connection: ProtocolConnection, root: string) => Promise<void>,
): Promise<number | null> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'stdio-'));
  for (const [file, content] of Object.entries(state)) {
    const target = path.join(folder, 'cqube_emission', file);
    await mkdir(path.dirname(target), { recursive: true });
    await writeFile(target, content);
  }
  const child = spawn(process.execPath, [cli, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
  const connection = createProtocolConnection(
    new StreamMessageReader(child.stdout),
    new StreamMessageWriter(child.stdin),
  );
  connection.listen();
  const rootUri = pathToFileURL(folder).toString();
  const capabilities = {
    workspace: { didChangeWatchedFiles: { dynamicRegistration: true } },
    textDocument: { definition: {} },
  };
  const watched = new Promise<string[]>((resolve) => {
    connection.onRequest('client/registerCapability', ({ registrations }: RegistrationParams) => {
      resolve(registrations.map(({ method }) => method));
      return null;
    });
  });
  const initialized: InitializeResult = await connection.sendRequest('initialize', {
    processId: process.pid,
    rootUri,
    capabilities,
  });
  assert.equal(initialized.serverInfo?.name, 'cQube Emission');
  await connection.sendNotification('initialized', {});
  assert.deepEqual(await watched, ['workspace/didChangeWatchedFiles']);
  await work(connection, `${rootUri}/cqube_emission`);
  const ended = once(child, 'exit');
  await connection.sendRequest('shutdown');
  await connection.sendNotification('exit');
  const [code] = (await ended) as [number | null];
  connection.dispose();
  await rm(folder, { recursive: true });
  return code;
}

/** Resolves with the findings that are sent for a file as soon as they are as wanted. */
function published(connection: ProtocolConnection, uri: string, wanted: readonly string[]): Promise<void> {
  return new Promise((resolve) => {
    connection.onNotification('textDocument/publishDiagnostics', (params: PublishDiagnosticsParams) => {
      if (params.uri === uri && brief(params.diagnostics).join() === wanted.join()) resolve();
    });
  });
}

test('the command line is the server over standard input and output, for editors that wait for findings', async () => {
  const code = await withPlainEditor(async (connection, root) => {
    const uri = `${root}/${blockFile}`;
    const bad = published(connection, uri, ['cell/type 1 1:0-1:1']);
    const text = 'BlockId|Block|DistrictId\nx|Ambagarh East|7501\n750201|Belgaon North|7502\n';
    await connection.sendNotification('textDocument/didOpen', {
      textDocument: { uri, languageId: 'csv', version: 1, text },
    });
    await bad;
    const position = { line: 1, character: 18 };
    const found: (Location | DefinitionLink)[] = await connection.sendRequest('textDocument/definition', {
      textDocument: { uri },
      position,
    });
    const range = { start: { line: 1, character: 0 }, end: { line: 1, character: 4 } };
    assert.deepEqual(found, [{ uri: `${root}/${districtFile}`, range }]);
    const good = published(connection, uri, []);
    await connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: 2 },
      contentChanges: [
        { range: { start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, text: '750101' },
      ],
    });
    await good;
    // A master that another program has changed, of which a save tells.
    const unknown = published(connection, uri, ['reference/unknown 2 1:21-1:25']);
    await writeFile(fileURLToPath(`${root}/${districtFile}`), 'DistrictId|District\n7502|Belgaon\n');
    await connection.sendNotification('textDocument/didSave', { textDocument: { uri } });
    await unknown;
  });
  assert.equal(code, 0);
});

test('without --stdio the command says how it is started', async () => {
  const child = spawn(process.execPath, [cli, 'lsp'], { stdio: ['ignore', 'ignore', 'pipe'] });
  let told = '';
  child.stderr.on('data', (chunk: Buffer) => (told += chunk.toString()));
  const [code] = (await once(child, 'close')) as [number];
  assert.equal(code, 2);
  assert.match(told, /lsp --stdio/);
});

test(
  'a request to end ends it',
  { skip: process.platform === 'win32' && 'Windows has no such request' },
  async () => {
    const child = spawn(process.execPath, [cli, 'lsp', '--stdio'], { stdio: ['pipe', 'pipe', 'inherit'] });
    const connection = createProtocolConnection(
      new StreamMessageReader(child.stdout),
      new StreamMessageWriter(child.stdin),
    );
    connection.listen();
    await connection.sendRequest('initialize', { processId: null, rootUri: null, capabilities: {} });
    const ended = once(child, 'exit');
    child.kill('SIGTERM');
    const [code] = (await ended) as [number];
    assert.equal(code, 130);
    connection.dispose();
  },
);

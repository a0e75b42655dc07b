// The hosted VS Code: the complete VS Code server build that the npm package code-server carries, on the loopback
// address. It serves the tests and `npm start`; a browser is its window. Plain JavaScript for Node 24.
import { spawn, spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { root, toolEnvironment } from './install.mjs';

const version = '4.139.1';
export const hostDir = path.join(root, '.vscode-host');
const vscodeDir = path.join(hostDir, 'node_modules', 'code-server', 'lib', 'vscode');
const serverMain = path.join(vscodeDir, 'out', 'server-main.js');
const stamp = path.join(hostDir, '.installed');

/** Node 24 out of the development dependencies: older ones run neither the server nor the packaged browser. */
export const node24 = path.join(
  root,
  'node_modules',
  'node',
  'bin',
  process.platform === 'win32' ? 'node.exe' : 'node',
);

/** Where the server says its port, and how long it may take to get there. */
const listening = /listening on (\d+)/;
const startMilliseconds = 120_000;

function npmInstall(directory, args) {
  const result = spawnSync(
    'npm',
    ['install', ...args, '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'],
    {
      cwd: directory,
      env: toolEnvironment(),
      encoding: 'utf8',
      shell: process.platform === 'win32',
    },
  );
  if (result.status !== 0) {
    const why = result.error?.message ?? result.stderr.trim();
    throw new Error(`The hosted VS Code could not be installed from npm.\n${why}`);
  }
}

/**
 * Installs the hosted VS Code into `.vscode-host/` unless it is there. A run that was cut short leaves no stamp and is
 * done again from the start.
 */
export function ensureHost() {
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === version && existsSync(serverMain)) return;
  console.error('Installing the hosted VS Code from npm (about 600 MB, once) …');
  rmSync(path.join(hostDir, 'node_modules'), { recursive: true, force: true });
  rmSync(stamp, { force: true });
  mkdirSync(hostDir, { recursive: true });
  writeFileSync(path.join(hostDir, 'package.json'), JSON.stringify({ private: true }));
  npmInstall(hostDir, [`code-server@${version}`]);
  npmInstall(vscodeDir, ['--omit=dev']);
  writeFileSync(stamp, version);
}

const running = new Set();

/** Ends a server and the extension hosts below it: they share its process group. */
function endGroup(child, signal) {
  try {
    process.kill(process.platform === 'win32' ? child.pid : -child.pid, signal);
  } catch {
    // It has ended by itself.
  }
}

function endAll() {
  for (const child of running) endGroup(child, 'SIGKILL');
}

let watchingOurEnd = false;

/** No server outlives us, whether we end by a signal, an exception or an ordinary exit. */
function endWithUs(child) {
  running.add(child);
  child.once('exit', () => running.delete(child));
  if (watchingOurEnd) return;
  watchingOurEnd = true;
  process.once('exit', endAll);
  for (const [signal, code] of Object.entries({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 })) {
    process.once(signal, () => {
      endAll();
      // Whoever else listens cleans up and ends the process; nobody else means that it is ours to end.
      if (process.listenerCount(signal) === 0) process.exit(code);
    });
  }
}

function stopServer(child) {
  if (child.exitCode !== null || child.signalCode !== null) return Promise.resolve();
  return new Promise((resolve) => {
    const late = setTimeout(() => endGroup(child, 'SIGKILL'), 5_000);
    child.once('exit', () => {
      clearTimeout(late);
      // The extension hosts are told to go by the server; whatever stays behind goes now.
      endGroup(child, 'SIGKILL');
      resolve();
    });
    endGroup(child, 'SIGTERM');
  });
}

/** Resolves with the port once the server listens; rejects when it ends or does not get there in time. */
function portOf(child, onOutput) {
  return new Promise((resolve, reject) => {
    let output = '';
    const late = setTimeout(() => {
      reject(
        new Error(`The hosted VS Code did not start within ${startMilliseconds / 1000} seconds.\n${output}`),
      );
    }, startMilliseconds);
    const read = (chunk) => {
      onOutput?.(chunk);
      if (output === undefined) return;
      output += chunk;
      const found = listening.exec(output);
      if (!found) return;
      output = undefined;
      clearTimeout(late);
      resolve(Number(found[1]));
    };
    child.stdout.setEncoding('utf8').on('data', read);
    child.stderr.setEncoding('utf8').on('data', read);
    child.once('error', reject);
    child.once('exit', (code) => {
      clearTimeout(late);
      reject(new Error(`The hosted VS Code ended with code ${code} before it was ready.\n${output ?? ''}`));
    });
  });
}

/**
 * Starts the hosted VS Code on 127.0.0.1.
 * @param {object} options
 * @param {string} options.extensionsDir where its extensions are installed
 * @param {string} options.serverDataDir where it keeps logs, settings and extension storage
 * @param {number} [options.port] 0, the default, leaves the choice to the operating system
 * @param {boolean} [options.workspaceTrust] true to open folders in Restricted Mode until the user trusts them
 * @param {boolean} [options.testDriver] true to let a page run extension tests
 * @param {Record<string, unknown>} [options.settings] machine settings
 * @param {Record<string, string>} [options.env] added to its environment, which the extensions see
 * @param {(text: string) => void} [options.onOutput] gets what the server prints
 * @returns {Promise<{port: number, authority: string, url: (folder: string, payload?: string[][]) => string, stop: () => Promise<void>}>}
 *   `url` is the address of the workbench on a folder; it holds the token that lets a browser in.
 */
export async function startHost({
  extensionsDir,
  serverDataDir,
  port = 0,
  workspaceTrust = false,
  testDriver = false,
  settings,
  env,
  onOutput,
}) {
  ensureHost();
  if (settings) {
    const machine = path.join(serverDataDir, 'data', 'Machine');
    mkdirSync(machine, { recursive: true });
    writeFileSync(path.join(machine, 'settings.json'), JSON.stringify(settings, null, 2));
  }
  const connectionToken = randomUUID();
  const args = [
    serverMain,
    ...['--host', '127.0.0.1', '--port', String(port), '--connection-token', connectionToken],
    ...['--server-data-dir', serverDataDir, '--extensions-dir', extensionsDir],
    ...['--accept-server-license-terms', '--telemetry-level', 'off'],
    ...(workspaceTrust ? [] : ['--disable-workspace-trust']),
    ...(testDriver ? ['--enable-smoke-test-driver'] : []),
  ];
  const child = spawn(node24, args, {
    // No gallery: nothing is looked up in, or offered from, the network.
    env: { ...process.env, EXTENSIONS_GALLERY: '{}', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: process.platform !== 'win32',
  });
  endWithUs(child);
  const bound = await portOf(child, onOutput);
  const authority = `127.0.0.1:${bound}`;
  return {
    port: bound,
    authority,
    url(folder, payload) {
      const address = new URL(`http://${authority}/`);
      address.searchParams.set('tkn', connectionToken);
      address.searchParams.set('folder', folder);
      if (payload) address.searchParams.set('payload', JSON.stringify(payload));
      return address.href;
    },
    stop: () => stopServer(child),
  };
}

/** Installs a packed extension for hosts that start with the same folders. */
export function installVsix({ vsix, extensionsDir, serverDataDir }) {
  ensureHost();
  const args = [serverMain, '--install-extension', vsix, '--force', '--extensions-dir', extensionsDir];
  const result = spawnSync(
    node24,
    [...args, '--server-data-dir', serverDataDir, '--accept-server-license-terms'],
    {
      encoding: 'utf8',
    },
  );
  if (result.status !== 0 || !/successfully installed/.test(result.stdout)) {
    throw new Error(`${path.basename(vsix)} could not be installed.\n${result.stdout}${result.stderr}`);
  }
}

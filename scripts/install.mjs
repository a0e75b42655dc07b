// Installs the npm dependencies when they are missing or older than the lock file, so that every command of
// package.json runs from a clean clone. Plain JavaScript for Node 20: nothing is installed yet when it starts.
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');

/** What npm itself writes when it has installed everything, whoever asked for it: the lock file of what is there. */
const installedLock = path.join(modules, '.package-lock.json');

/** The environment in which the installed tools come first, Node 24 among them. */
export function toolEnvironment() {
  return { ...process.env, PATH: path.join(modules, '.bin') + path.delimiter + (process.env.PATH ?? '') };
}

/** Without it Node 24 says of each TypeScript file that package.json does not call it a module. */
export const typeScriptFlag = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';

/** Runs a command with the installed tools and waits for it. Returns its exit code. */
export function statusOf(command, args, options = {}) {
  const result = spawnSync(command, args, {
    cwd: root,
    stdio: 'inherit',
    env: toolEnvironment(),
    shell: process.platform === 'win32',
    ...options,
  });
  if (!result.error) return result.status ?? 1;
  console.error(`${command} could not be started: ${result.error.message}`);
  return 2;
}

/** Runs a command with the installed tools; ends this process with its exit code when it fails. */
export function run(command, args, options = {}) {
  const status = statusOf(command, args, options);
  if (status !== 0) process.exit(status);
}

/**
 * Whether what is installed is what the lock file asks for. Packages for other systems are in the lock file alone.
 *
 * @param {{packages?: Record<string, {version?: string, integrity?: string, optional?: boolean}>}} lock
 * @param {{packages?: Record<string, {version?: string, integrity?: string}>}} installed
 */
export function isInstalled(lock, installed) {
  const wanted = lock.packages ?? {};
  const there = installed.packages ?? {};
  const complete = Object.entries(wanted).every(
    ([place, { optional }]) => place === '' || optional || place in there,
  );
  return (
    complete &&
    Object.entries(there).every(
      ([place, { version, integrity }]) =>
        wanted[place]?.version === version && wanted[place]?.integrity === integrity,
    )
  );
}

function readLock(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Makes node_modules match package-lock.json; does nothing where it already does. */
export function ensureInstalled() {
  const installed = readLock(installedLock);
  const lock = readLock(path.join(root, 'package-lock.json'));
  if (lock && installed && isInstalled(lock, installed)) return;
  console.error('Installing the development dependencies (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
}

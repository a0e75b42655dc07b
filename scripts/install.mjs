// Installs the npm dependencies when they are missing or older than the lock file, so that every command of
// package.json runs from a clean clone. Plain JavaScript for Node 20: nothing is installed yet when it starts.
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createHash } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const modules = path.join(root, 'node_modules');
const stamp = path.join(modules, '.installed-from');

/** The environment in which the installed tools come first, Node 24 among them. */
export function toolEnvironment() {
  return { ...process.env, PATH: path.join(modules, '.bin') + path.delimiter + (process.env.PATH ?? '') };
}

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

/** Makes node_modules match package-lock.json; does nothing where it already does. */
export function ensureInstalled() {
  const lock = createHash('sha256')
    .update(readFileSync(path.join(root, 'package-lock.json')))
    .digest('hex');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === lock) return;
  console.error('Installing the development dependencies (npm ci) …');
  run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error']);
  writeFileSync(stamp, lock);
}

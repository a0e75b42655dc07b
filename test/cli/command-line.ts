/** Runs the built command as a user would, in a folder of its own. */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import type { TestContext } from 'node:test';

const cli = path.join(import.meta.dirname, '../../dist/cli.js');

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Options {
  readonly cwd: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Called with all of standard output so far; for a command that has to be interrupted. */
  readonly onOutput?: (stdout: string, interrupt: () => void) => void;
}

/** A command that neither ends nor says anything for this long hangs: far more than any needs. */
const PATIENCE = 120_000;

/** Runs `cqube-emission` with arguments; nothing of this process' environment tells it an endpoint, a token, a proxy or a cache. */
export function run(words: readonly string[], { cwd, env, onOutput }: Options): Promise<Outcome> {
  const own = Object.entries(process.env).filter(
    ([name]) => !/^(CQUBE_|NO_COLOR|FORCE_COLOR|NODE_)|_proxy$/i.test(name),
  );
  const child = spawn(process.execPath, [cli, ...words], {
    cwd,
    env: { ...Object.fromEntries(own), CQUBE_EMISSION_CACHE: 'off', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const patience = setTimeout(() => child.kill('SIGKILL'), PATIENCE);
  let stdout = '';
  let stderr = '';
  // A second Ctrl-C would end the command at once, as everywhere.
  let interrupted = false;
  const interrupt = () => {
    if (!interrupted) child.kill('SIGINT');
    interrupted = true;
  };
  // A sign may come in two pieces.
  child.stdout.setEncoding('utf8');
  child.stderr.setEncoding('utf8');
  child.stdout.on('data', (chunk: string) => {
    stdout += chunk;
    onOutput?.(stdout, interrupt);
  });
  child.stderr.on('data', (chunk: string) => (stderr += chunk));
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code) => {
      clearTimeout(patience);
      resolve({ code, stdout, stderr });
    });
  });
}

/** An empty folder that is removed after the test. */
export async function temporaryFolder(context: TestContext): Promise<string> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'cqube-cli-'));
  context.after(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A folder that holds `cqube_emission` with these files; contents by the path below it. */
export async function emissionFolder(
  context: TestContext,
  files: Readonly<Record<string, string | Uint8Array>>,
): Promise<string> {
  const folder = await temporaryFolder(context);
  const root = path.join(folder, 'cqube_emission');
  await mkdir(root);
  for (const [name, content] of Object.entries(files)) {
    await mkdir(path.dirname(path.join(root, name)), { recursive: true });
    await writeFile(path.join(root, name), content);
  }
  return folder;
}

/** One clear message: some text, short, of no stack trace and no inside error. */
export function assertClear(text: string): void {
  assert.notEqual(text.trim(), '');
  assert.doesNotMatch(
    text,
    /^\s+at |node:internal|\bError:|undefined|\[object |Something went wrong inside/m,
  );
  assert.ok(text.length < 3000, `${text.length} characters`);
}

export const districts = 'DistrictId|District\n7501|Ambagarh\n7502|Belgaon\n';
export const blocks = 'BlockId|Block|DistrictId\n750101|Ambagarh East|7501\n';

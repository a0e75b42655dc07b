// Makes the peers ready to run, in bench/.work.
import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from '../../scripts/install.mjs';

/** DuckDB, installed for the benchmark alone: it is no dependency of the project. @returns whether it is there */
export function installDuckDb(work) {
  if (existsSync(path.join(work, 'node_modules', '@duckdb', 'node-api'))) return true;
  writeFileSync(path.join(work, 'package.json'), '{ "private": true }\n');
  console.error('Installing DuckDB for the benchmark …');
  const { status } = spawnSync(
    'npm',
    [
      'install',
      '--no-save',
      '--no-audit',
      '--no-fund',
      '--loglevel=error',
      '--prefix',
      work,
      '@duckdb/node-api',
    ],
    { cwd: work, stdio: ['ignore', 'ignore', 'inherit'], shell: process.platform === 'win32' },
  );
  return status === 0;
}

/** The scripts of this folder that import TypeScript, each bundled into `work`. */
export async function buildPeers(work) {
  const peers = ['papaparse', 'jszip', 'read-entry', 'upload'];
  await build({
    entryPoints: peers.map((name) => path.join(root, 'bench', 'peers', `${name}.ts`)),
    outdir: work,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    logLevel: 'warning',
    // They ask for Node's own modules by `require`.
    banner: {
      js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url);",
    },
  });
}

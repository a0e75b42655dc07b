// Bundles the tests that run inside VS Code into dist/test/client/: the extension host loads no TypeScript.
import { globSync, realpathSync, rmSync } from 'node:fs';
import path from 'node:path';
import { build } from 'esbuild';
import { root } from './install.mjs';

const outdir = path.join(root, 'dist', 'test', 'client');

export async function buildClientTests() {
  rmSync(outdir, { recursive: true, force: true });
  await build({
    entryPoints: ['test/client/index.ts', ...globSync('test/client/host/*.test.ts', { cwd: root })],
    outdir,
    absWorkingDir: root,
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node22',
    sourcemap: 'inline',
    external: ['vscode', 'mocha'],
    logLevel: 'warning',
  });
}

if (realpathSync(process.argv[1]) === import.meta.filename) await buildClientTests();

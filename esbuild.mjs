// Bundles the client, the server and the command line into dist/, each to run alone.
import { readFile } from 'node:fs/promises';
import { build } from 'esbuild';
import { engineVersion } from './scripts/engine-version.mjs';
import { compileKernel } from './scripts/proof-kernel.mjs';

const production = process.argv.includes('--production');
const kernel = await compileKernel();

/** Puts the compiled kernel of the row proof into the bundle: core/csv/proof/proof-kernel-node.ts reads it from the disk. */
const kernelInside = {
  name: 'proof-kernel',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]proof-kernel-node\.ts$/ }, () => ({ contents: kernel, loader: 'binary' }));
  },
};

/** Keeps the dataset specs as text until they are wanted: a program starts sooner so than with objects in its code. */
const specsAsText = {
  name: 'dataset-specs',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]schemas[\\/].*\.json$/ }, async ({ path }) => {
      const text = JSON.stringify(JSON.parse(await readFile(path, 'utf8')));
      return { contents: `export default JSON.parse(${JSON.stringify(text)});`, loader: 'js' };
    });
  },
};

/** Puts a hash of the engine's source into the bundle in the place of core/cache/engine-version.ts. */
const engineInside = {
  name: 'engine-version',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]cache[\\/]engine-version\.ts$/ }, () => ({
      contents: JSON.stringify(engineVersion()),
      loader: 'json',
    }));
  },
};

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outdir: 'dist',
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
  plugins: [kernelInside, specsAsText, engineInside],
  // node-fetch takes it where Node has no web streams of its own: no Node that we take.
  external: ['web-streams-polyfill'],
};

await Promise.all([
  // VS Code 1.105, the oldest that we take, runs extensions on Node 22.
  build({
    ...common,
    entryPoints: { client: 'client/extension.ts' },
    target: 'node22',
    external: [...common.external, 'vscode'],
    // VS Code puts the user's proxy and certificates under `http` and `https`, but not under their `node:` names.
    alias: { 'node:http': 'http', 'node:https': 'https' },
  }),
  // The command line loads it too (`lsp`).
  build({ ...common, entryPoints: { server: 'server/main.ts' }, target: 'node20' }),
  build({
    ...common,
    entryPoints: { cli: 'cli/main.ts' },
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
  }),
]);

// Bundles the client, the server and the command line into dist/, each to run alone.
import { build } from 'esbuild';

const production = process.argv.includes('--production');

const common = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  outdir: 'dist',
  minify: production,
  sourcemap: production ? false : 'linked',
  logLevel: 'warning',
};

await Promise.all([
  // VS Code 1.105, the oldest that we take, runs extensions on Node 22.
  build({
    ...common,
    entryPoints: { client: 'client/extension.ts' },
    target: 'node22',
    external: ['vscode'],
    // VS Code puts the user's proxy and certificates under `http` and `https`, but not under their `node:` names.
    alias: { 'node:http': 'http', 'node:https': 'https' },
  }),
  build({ ...common, entryPoints: { server: 'server/main.ts' }, target: 'node22' }),
  build({
    ...common,
    entryPoints: { cli: 'cli/main.ts' },
    target: 'node20',
    banner: { js: '#!/usr/bin/env node' },
  }),
]);

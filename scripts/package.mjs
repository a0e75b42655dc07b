// `node scripts/package.mjs`: builds for production and packs cqube-emission-<version>.vsix.
import { readFileSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, run } from './install.mjs';

const { name, version } = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8'));

/** Where the packed extension lies. */
export const vsix = path.join(root, `${name}-${version}.vsix`);

/** Builds and packs; everything is bundled, so no dependency goes along. */
export function packageExtension() {
  ensureInstalled();
  // vsce runs `vscode:prepublish`, which builds for production.
  run('vsce', [
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    '--out',
    vsix,
  ]);
  return vsix;
}

if (realpathSync(process.argv[1]) === import.meta.filename) packageExtension();

// Our command as it is measured.
import path from 'node:path';
import { root } from '../../scripts/install.mjs';

export const cli = path.join(root, 'dist', 'cli.js');

export const KERNEL = 'ours, WebAssembly';
export const WORDS = 'ours, plain TypeScript';
export const TWO = 'ours, WebAssembly, 2 threads';

/** Our check; it ends with 1 where it finds errors. @param jobs threads; `auto` for as many as there are processors */
export function ours({ node }, name, target, { words = false, file = target, jobs = 1, cache = 'off' } = {}) {
  return {
    name,
    file,
    good: [0, 1],
    command: [node, cli, 'check', target, ...(jobs === 'auto' ? [] : ['--jobs', String(jobs)])],
    env: { CQUBE_EMISSION_CACHE: cache, ...(words ? { CQUBE_EMISSION_PROOF: 'words' } : {}) },
  };
}

/** A check of ours without the rules for which each row must be compared with all others. */
export function withoutIdentity(run) {
  const off = ['key/duplicate-record', 'key/duplicate-key'].flatMap((rule) => ['--rule', `${rule}=off`]);
  return { ...run, command: [...run.command, ...off] };
}

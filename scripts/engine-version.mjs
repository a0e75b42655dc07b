// A hash of everything that decides what a check says; see core/cache/engine-version.ts.
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { root } from './install.mjs';

/** @returns 16 hexadecimal digits; another one as soon as a byte of core/, schemas/ or the lock file is another */
export function engineVersion() {
  const hash = createHash('sha256');
  const files = ['core', 'schemas'].flatMap((folder) =>
    readdirSync(path.join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => path.relative(root, path.join(entry.parentPath, entry.name)).replaceAll('\\', '/')),
  );
  for (const file of ['package-lock.json', ...files.sort()]) {
    const content = readFileSync(path.join(root, file));
    hash.update(`${file} ${content.length}\n`).update(content);
  }
  return hash.digest('hex').slice(0, 16);
}

// What our check is measured beside.
import path from 'node:path';
import { root, typeScriptFlag } from '../../scripts/install.mjs';

const duckDbPeer = path.join(root, 'bench', 'peers', 'duckdb.mjs');

export const papaparse = ({ node, work }, file, ...more) => ({
  name: 'papaparse',
  file,
  command: [node, path.join(work, 'papaparse.mjs'), file, ...more],
});

/** DuckDB once for each number of threads; nothing where it is not installed. */
export function duckDbRuns({ duckDb }, file, threads, ...more) {
  if (!duckDb) return [];
  // The script needs a Node that reads the catalogue's TypeScript.
  return threads.map((count) => ({
    name: `DuckDB, ${count} ${count === 1 ? 'thread' : 'threads'}`,
    file,
    command: [process.execPath, typeScriptFlag, duckDbPeer, file, String(count), ...more],
  }));
}

/** `wc` and `grep`, which look at each byte and no more. */
export function systemTools(file) {
  if (process.platform === 'win32') return [];
  return [
    { name: 'wc -l', file, command: ['wc', '-l', file] },
    { name: 'grep -c', file, command: ['grep', '-c', '|', file] },
  ];
}

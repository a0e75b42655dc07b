// `npm run bench`: this project's check beside papaparse, DuckDB, wc and grep, its zip beside JSZip and Info-ZIP, and its
// upload beside plain node:http, on generated files; whole processes, their start included, in turn, medians. Needs
// about 11 GB in bench/.work, 19 GB with --large. Options:
//   --rounds N    how often each command runs (5)
//   --scale X     size of the files against the usual one (1)
//   --only A,B    these cases alone; their names stand before their tables
//   --node FILE   the Node that runs ours and papaparse (the one of this script)
//   --large       also the 30 million rows of the memory case, and a zip of more than 4 GiB
//   --no-build    measures what is in dist/ already
//   --against DIR another checkout, such as the commit before, built by its own `node esbuild.mjs --production`: its
//                 command runs in turn with ours, the peers are left out, the ratio of the medians is told
import { spawnSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { root, run } from '../scripts/install.mjs';
import { beside } from './against.mjs';
import { cases } from './cases/cases.mjs';
import { measure } from './measure.mjs';
import { buildPeers, installDuckDb } from './peers/prepare.mjs';
import { showCase } from './report.mjs';

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '5' },
    scale: { type: 'string', default: '1' },
    only: { type: 'string' },
    node: { type: 'string', default: process.execPath },
    large: { type: 'boolean', default: false },
    'no-build': { type: 'boolean', default: false },
    against: { type: 'string' },
  },
});
const work = path.join(root, 'bench', '.work');
const rounds = Number(options.rounds);
const only = options.only?.split(',');

mkdirSync(work, { recursive: true });
if (!options['no-build']) run('node', ['esbuild.mjs', '--production']);
await buildPeers(work);
const duckDb = !options.against && installDuckDb(work);
if (!duckDb && !options.against) console.error('DuckDB could not be installed: its rows are left out.');
const [cpu] = os.cpus();
console.log(
  `${os.cpus().length} × ${cpu?.model ?? '?'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, ${os.type()} ${os.release()}`,
);
const version = spawnSync(options.node, ['--version'], { encoding: 'utf8' }).stdout.trim();
console.log(`Node ${version}, ${rounds} rounds, ${new Date().toISOString().slice(0, 10)}`);
for (const { id, title, large, prepare } of cases) {
  if (only && !only.includes(id)) continue;
  if (large && !options.large) continue;
  const { node, large: withLarge } = options;
  const prepared = prepare({ work, scale: Number(options.scale), node, duckDb, large: withLarge });
  const made = options.against ? beside(prepared, options.against) : prepared;
  if (made.runs.length === 0) {
    console.log(`\n## ${id}: left out, none of it is the command that another checkout has too`);
    continue;
  }
  const runs = made.runs.map((each) => ({
    ...each,
    bytes: each.file ? statSync(each.file).size : undefined,
  }));
  showCase({ ...made, id, title, runs }, measure(runs, made.rounds ?? rounds));
}

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
import { existsSync, mkdirSync, statSync, writeFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { build } from 'esbuild';
import { root, run } from '../scripts/install.mjs';
import { cases } from './cases.mjs';
import { measure } from './measure.mjs';

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

/** DuckDB, installed for this alone: it is no dependency of the project. */
function installDuckDb() {
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

async function buildPeers() {
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

/** Our runs alone, each beside the same by another checkout's build. */
function beside({ runs, rounds }, checkout) {
  const [ours, theirs] = [root, path.resolve(checkout)].map((folder) => path.join(folder, 'dist', 'cli.js'));
  const pairs = runs
    .filter(({ command }) => command.includes(ours))
    .map((one) => ({
      one,
      other: {
        ...one,
        name: `${one.name}, against`,
        command: one.command.map((word) => (word === ours ? theirs : word)),
      },
    }));
  return {
    rounds,
    runs: pairs.flatMap(({ one, other }) => [one, other]),
    targets: (results) =>
      pairs.map(({ one, other }) => ({
        text: `${one.name}: time against the other's`,
        value: results.get(one.name).median / results.get(other.name).median,
        most: 1.03,
      })),
  };
}

const columns = [34, 9, 17, 8, 9];
const line = (cells) =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(columns[0]) : cell.padStart(columns[index] ?? 0)))
    .join('  ');

function showCase({ id, title, runs, targets }, results) {
  console.log(`\n## ${id}: ${title}\n`);
  console.log(line(['', 'median', 'min..max', 'MB/s', 'MiB']));
  for (const { name, bytes } of runs) {
    const result = results.get(name);
    if (result.failure) {
      console.log(`${name.padEnd(columns[0])}  failed: ${result.failure}`);
      continue;
    }
    const { median, min, max, memory } = result;
    const speed = bytes ? (bytes / 1e6 / median).toFixed(0) : '';
    const range = `${min.toFixed(3)}..${max.toFixed(3)}`;
    console.log(line([name, `${median.toFixed(3)} s`, range, speed, memory?.toFixed(0) ?? '?']));
  }
  for (const { name, command, env } of runs) {
    const set = Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`);
    console.log(
      `  ${name}: ${[...set, ...command.map((word) => word.replace(`${root}${path.sep}`, ''))].join(' ')}`,
    );
    const said = results.get(name)?.said;
    if (said) console.log(`    ${said.slice(0, 160)}`);
  }
  for (const { text, value, least, most } of targets(results)) {
    if (!Number.isFinite(value)) continue;
    const met = least === undefined ? value <= most : value >= least;
    const wanted = least === undefined ? `at most ${most}` : `at least ${least}`;
    console.log(`${met ? 'met   ' : 'MISSED'} ${text}: ${value.toFixed(2)} (${wanted})`);
  }
}

if (process.argv[1] === import.meta.filename) {
  mkdirSync(work, { recursive: true });
  if (!options['no-build']) run('node', ['esbuild.mjs', '--production']);
  await buildPeers();
  const duckDb = !options.against && installDuckDb();
  if (!duckDb && !options.against) console.error('DuckDB could not be installed: its rows are left out.');
  const [cpu] = os.cpus();
  console.log(
    `${os.cpus().length} × ${cpu?.model ?? '?'}, ${(os.totalmem() / 2 ** 30).toFixed(0)} GiB, ${os.type()} ${os.release()}`,
  );
  const version = spawnSync(options.node, ['--version'], { encoding: 'utf8' }).stdout.trim();
  console.log(`Node ${version}, ${rounds} rounds, ${new Date().toISOString().slice(0, 10)}`);
  const only = options.only?.split(',');
  for (const make of cases) {
    if (only && !only.includes(make.id)) continue;
    if (make.large && !options.large) continue;
    const prepared = make.prepare({
      work,
      scale: Number(options.scale),
      node: options.node,
      duckDb,
      large: options.large,
    });
    const made = options.against ? beside(prepared, options.against) : prepared;
    const known = made.runs.map((each) => ({
      ...each,
      bytes: each.file ? statSync(each.file).size : undefined,
    }));
    showCase({ ...made, id: make.id, title: make.title, runs: known }, measure(known, made.rounds ?? rounds));
  }
}

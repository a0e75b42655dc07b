// `npm start`: the main job from end to end, in the terminal and then in a real VS Code, against an emission endpoint
// on this computer. `--once` ends after the terminal part; `--hosted` opens the hosted VS Code even where a desktop
// one is installed. Plain JavaScript for Node 20.
import { spawn, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync } from 'node:fs';
import path from 'node:path';
import { ensureInstalled, root, run, statusOf, toolEnvironment } from './install.mjs';

const once = process.argv.includes('--once');
const hosted = process.argv.includes('--hosted');
const cli = path.join(root, 'dist', 'cli.js');

ensureInstalled();
run('node', ['esbuild.mjs']);

// Every start works on a copy of its own: what was tried in an earlier one stays.
mkdirSync(path.join(root, '.try'), { recursive: true });
const work = mkdtempSync(path.join(root, '.try', 'work-'));
cpSync(path.join(root, 'samples', 'state'), work, { recursive: true });
cpSync(path.join(root, 'samples', 'mistakes'), path.join(work, 'mistakes'), { recursive: true });

const endpoint = await startEndpoint(path.join(work, 'uploaded'));
const status = walkThrough();
if (once) {
  endpoint.process.kill('SIGTERM');
  process.exitCode = status;
} else {
  await openWorkbench();
}

/** The local endpoint as a process of its own; resolves with its address and token once it listens. */
function startEndpoint(folder) {
  return new Promise((resolve, reject) => {
    const child = spawn('node', [cli, 'serve', folder], {
      cwd: work,
      env: toolEnvironment(),
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    process.once('exit', () => child.kill('SIGTERM'));
    let output = '';
    child.stdout.setEncoding('utf8').on('data', (text) => {
      output += text;
      const url = /endpoint: (\S+)/.exec(output)?.[1];
      const token = /Token.*: (\S+)\n/.exec(output)?.[1];
      if (url && token) resolve({ url, token, process: child });
    });
    child.once('exit', (code) => reject(new Error(`The local endpoint ended with code ${code}.`)));
  });
}

/** Runs a command of the tool as a user would see it. Returns its exit code. */
function show(title, ...args) {
  console.log(`\n\u2500\u2500 ${title}\n$ cqube-emission ${args.join(' ')}`);
  return statusOf('node', [cli, ...args], {
    cwd: work,
    env: { ...toolEnvironment(), CQUBE_EMISSION_URL: endpoint.url, CQUBE_EMISSION_TOKEN: endpoint.token },
  });
}

/** Check, plan, zip, emit. Returns the first exit code that tells of a failure, 0 when there is none. */
function walkThrough() {
  console.log(`Work copy of the sample: ${work}`);
  console.log(`Local emission endpoint: ${endpoint.url}`);
  show(
    'A file with mistakes, to see what findings look like',
    'check',
    'mistakes/school_master/school_mst.csv',
  );
  const codes = [show('Check the emission folder', 'check')];
  show('The plan: nothing is zipped yet', 'plan');
  codes.push(show('Zip', 'zip'));
  codes.push(show('Emit to the local endpoint, in order', 'emit'));
  codes.push(show('State of every dataset', 'status'));
  return codes.find((code) => code !== 0) ?? 0;
}

async function openWorkbench() {
  run('node', ['scripts/package.mjs']);
  const { vsix } = await import('./package.mjs');
  const desktop =
    !hosted && spawnSync('code', ['--version'], { stdio: 'ignore', shell: process.platform === 'win32' });
  console.log(`\n\u2500\u2500 VS Code`);
  if (desktop && desktop.status === 0) openDesktop(vsix);
  else await openHosted(vsix);
  console.log(`Endpoint: ${endpoint.url}`);
  console.log(`Token for "cQube: Set Token…": ${endpoint.token}`);
  console.log('Ctrl-C ends everything.');
}

function openDesktop(vsix) {
  run('code', ['--install-extension', vsix, '--force']);
  run('code', [work]);
  console.log('The work copy is open in your VS Code. Set the endpoint with "cQube: Set Endpoint…".');
}

/** Node 24 of the development dependencies runs the hosted VS Code; this process may be an older one. */
async function openHosted(vsix) {
  const child = spawn('node', ['scripts/workbench.mjs', vsix, work, endpoint.url], {
    cwd: root,
    env: toolEnvironment(),
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  process.once('SIGINT', () => {
    child.kill('SIGTERM');
    endpoint.process.kill('SIGTERM');
  });
  await new Promise((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (text) => {
      process.stdout.write(text);
      if (text.includes('http://')) resolve();
    });
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`The hosted VS Code ended with code ${code}.`));
    });
  });
}

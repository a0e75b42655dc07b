// A real S3 server for the upload tests: one-node Ceph (monitor, one object store on a sparse file, RADOS Gateway) on
// the loopback address, from Debian packages, all its files in `.s3/` of the checkout.
//   node scripts/s3.mjs up     starts it and leaves it running; prints the environment for the tests
//   node scripts/s3.mjs down   stops it and removes its files
import { execFile, spawn } from 'node:child_process';
import { randomBytes, randomUUID } from 'node:crypto';
import {
  closeSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  readdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const exec = promisify(execFile);
const directory = path.join(path.dirname(path.dirname(fileURLToPath(import.meta.url))), '.s3');
const stateFile = path.join(directory, 'state.json');
const packages = ['radosgw', 'ceph-mon', 'ceph-osd', 'ceph-common'];
const commands = ['radosgw', 'radosgw-admin', 'ceph-mon', 'ceph-osd', 'ceph', 'monmaptool'];
const searchPath = `${process.env.PATH ?? ''}:/usr/local/sbin:/usr/sbin:/sbin`;
const megabyte = 1024 ** 2;

function isInstalled(command) {
  return searchPath.split(':').some((folder) => folder !== '' && existsSync(path.join(folder, command)));
}

/** Installs the Debian packages when a command of theirs is missing. */
async function install() {
  if (commands.every(isInstalled)) return;
  console.error(`Installing the Debian packages ${packages.join(', ')} …`);
  const prefix = process.getuid?.() === 0 ? [] : ['sudo'];
  const apt = async (...args) => {
    const [command, ...rest] = [...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'apt-get', '-q', ...args];
    await exec(command, rest, { maxBuffer: 64 * megabyte });
  };
  try {
    await apt('update');
    await apt('install', '--yes', '--no-install-recommends', ...packages);
  } catch (error) {
    throw new Error(
      `The packages ${packages.join(', ')} could not be installed. This needs Debian or a relative of it, and root or sudo.\n${error.stderr ?? error.message}`,
      { cause: error },
    );
  }
}

/** `count` ports that nothing listens on, all found before any is used. */
async function freePorts(count) {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer();
      await new Promise((resolve, reject) => server.once('error', reject).listen(0, '127.0.0.1', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

function configuration({ fsid, monitor, gateway, store, sockets }) {
  const address = `v1:127.0.0.1:${monitor}`;
  return `[global]
fsid = ${fsid}
mon host = [${address}]
public addr = 127.0.0.1
cluster addr = 127.0.0.1
public network = 127.0.0.0/8
cluster network = 127.0.0.0/8
ms bind ipv6 = false
ms bind msgr2 = false
# One user on one machine needs no keys between its own daemons.
auth cluster required = none
auth service required = none
auth client required = none
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd crush chooseleaf type = 0
mon max pg per osd = 1000
mon allow pool size one = true
mon warn on pool no redundancy = false
# Without keys these calls race with the daemon's own greeting of the monitor ("wrong fsid"), and then it gives up.
osd class update on start = false
osd crush update on start = false
osd objectstore = bluestore
bluestore block create = true
bluestore block size = ${store}
osd memory target = ${1024 * megabyte}
run dir = ${sockets}
admin socket = ${sockets}/$name.asok
pid file = ${sockets}/$name.pid
log file = ${directory}/log/$name.log
log to stderr = false
[mon.a]
host = localhost
mon data = ${directory}/mon
[osd.0]
host = localhost
osd data = ${directory}/osd
[client.rgw.a]
host = localhost
rgw frontends = beast endpoint=127.0.0.1:${gateway}
rgw enable usage log = false
rgw enable ops log = false
rgw gc max objs = 1
rgw num rados handles = 1
`;
}

/** Waits until `probe` returns true for a started process; each attempt may take a few seconds itself. */
async function until(what, seconds, pid, probe) {
  const end = Date.now() + seconds * 1000;
  while (!(await probe())) {
    if (!isOurs(pid)) throw new Error(`Ceph: ${what} ended at its start. See ${directory}/log.`);
    if (Date.now() > end)
      throw new Error(`Ceph: ${what} is not ready after ${seconds} s. See ${directory}/log.`);
    await sleep(250);
  }
}

/**
 * Installs what is missing and starts the server.
 *
 * Returns the environment for the tests, and the process ids in the order of their start.
 */
async function start() {
  await install();
  if (existsSync(stateFile)) await stop();
  rmSync(directory, { recursive: true, force: true });
  for (const folder of ['mon', 'osd', 'log']) mkdirSync(path.join(directory, folder), { recursive: true });
  // A socket's path may be no longer than some hundred characters; that of a checkout may.
  const sockets = mkdtempSync(path.join(tmpdir(), 'cqube-s3-'));
  const [monitor, gateway] = await freePorts(2);
  const fsid = randomUUID();
  const config = path.join(directory, 'ceph.conf');
  writeFileSync(config, configuration({ fsid, monitor, gateway, store: 8192 * megabyte, sockets }));

  const environment = { ...process.env, PATH: searchPath, CEPH_ARGS: '' };
  const state = { pids: [], sockets };
  const save = () => writeFileSync(stateFile, JSON.stringify(state));
  save();
  const daemon = (command, ...args) => {
    const log = openSync(path.join(directory, 'log', `${command}.out`), 'a');
    const child = spawn(command, ['-c', config, ...args, '-f'], {
      env: environment,
      detached: true,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', () => {});
    child.unref();
    state.pids.push(child.pid);
    save();
    return child.pid;
  };
  const ceph = (...args) =>
    exec('ceph', ['-c', config, '--connect-timeout', '3', ...args], { env: environment, timeout: 15_000 });
  const answers = (...args) =>
    ceph(...args).then(
      ({ stdout }) => stdout,
      () => '',
    );

  try {
    const map = path.join(directory, 'monmap');
    await exec('monmaptool', ['--create', '--addv', 'a', `[v1:127.0.0.1:${monitor}]`, '--fsid', fsid, map], {
      env: environment,
    });
    await exec('ceph-mon', ['-c', config, '-i', 'a', '--mkfs', '--monmap', map], { env: environment });
    const mon = daemon('ceph-mon', '-i', 'a');
    await until('the monitor', 60, mon, async () => (await answers('-s')) !== '');

    const store = randomUUID();
    await ceph('osd', 'new', store, '0');
    await exec('ceph-osd', ['-c', config, '-i', '0', '--mkfs', '--osd-uuid', store], { env: environment });
    const osd = daemon('ceph-osd', '-i', '0');
    await until('the object store', 60, osd, async () => (await answers('osd', 'stat')).includes('1 up'));
    await ceph('osd', 'crush', 'add', 'osd.0', '1.0', 'root=default', 'host=localhost');

    const rgw = daemon('radosgw', '-n', 'client.rgw.a');
    const endpoint = `http://127.0.0.1:${gateway}`;
    await until('the gateway', 120, rgw, () =>
      fetch(endpoint).then(
        (answer) => answer.ok,
        () => false,
      ),
    );
    const accessKey = randomBytes(10).toString('hex').toUpperCase();
    const secretKey = randomBytes(20).toString('hex');
    await exec(
      'radosgw-admin',
      [
        ...['-c', config, '-n', 'client.rgw.a', 'user', 'create', '--uid=cqube', '--display-name=cqube'],
        ...[`--access-key=${accessKey}`, `--secret-key=${secretKey}`],
      ],
      { env: environment, maxBuffer: megabyte },
    );
    return {
      CQUBE_S3_ENDPOINT: endpoint,
      CQUBE_S3_ACCESS_KEY: accessKey,
      CQUBE_S3_SECRET_KEY: secretKey,
      CQUBE_S3_ADMIN_SOCKET: path.join(sockets, 'client.rgw.a.asok'),
    };
  } catch (error) {
    await stop({ keepLogs: true });
    throw error;
  }
}

/** True while the process runs and is one of ours: a number may meanwhile belong to another one. */
function isOurs(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8').includes(directory);
  } catch {
    return false;
  }
}

/** Stops the processes that `start` noted, the last one first, and removes the files, except the logs on request. */
async function stop({ keepLogs = false } = {}) {
  if (!existsSync(stateFile)) return;
  const { pids, sockets } = JSON.parse(readFileSync(stateFile, 'utf8'));
  for (const pid of pids.toReversed()) {
    for (const signal of ['SIGTERM', 'SIGKILL']) {
      if (!isOurs(pid)) break;
      process.kill(pid, signal);
      for (let waited = 0; isOurs(pid) && waited < 5000; waited += 50) await sleep(50);
    }
  }
  rmSync(sockets, { recursive: true, force: true });
  const kept = keepLogs ? ['log'] : [];
  for (const name of readdirSync(directory)) {
    if (!kept.includes(name)) rmSync(path.join(directory, name), { recursive: true, force: true });
  }
  if (!keepLogs) rmSync(directory, { recursive: true, force: true });
}

/**
 * Starts the server, calls `use` with the environment variables that the tests read (CQUBE_S3_…), and stops the
 * server, whatever happened. Returns what `use` returns.
 */
export async function withS3(use) {
  const interrupted = () => {
    void stop().finally(() => process.exit(130));
  };
  process.once('SIGINT', interrupted).once('SIGTERM', interrupted);
  try {
    return await use(await start());
  } finally {
    process.off('SIGINT', interrupted).off('SIGTERM', interrupted);
    await stop();
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const command = process.argv[2];
  if (command === 'up') {
    for (const [name, value] of Object.entries(await start())) console.log(`export ${name}=${value}`);
  } else if (command === 'down') {
    await stop();
  } else {
    console.error('Usage: node scripts/s3.mjs up|down');
    process.exitCode = 2;
  }
}

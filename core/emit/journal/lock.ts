/**
 * One emission at a time for one folder. The lock is a file beside the journal that says who holds it. The holder
 * listens on a loopback port for as long as it lives, and the operating system ends that with it, on Linux, macOS and
 * Windows alike: so the lock of a dead process is known for one, even where another process has got its number.
 */
import { randomBytes } from 'node:crypto';
import { readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import type { AddressInfo, Server } from 'node:net';
import { hostname } from 'node:os';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { EmissionError } from '../error.ts';
import { journalPath } from './journal.ts';

export interface EmissionLock {
  /** @throws EmissionError `locked` when somebody has taken the lock away. */
  readonly check: () => Promise<void>;
  readonly release: () => Promise<void>;
}

interface Holder {
  readonly pid: number;
  readonly host: string;
  /** ISO time. */
  readonly since: string;
  /** Port on the loopback address at which the holder tells `id`. */
  readonly port: number;
  readonly id: string;
}

/** Milliseconds after which a holder that is there and says nothing counts as alive. */
const patience = 2000;
/** Looks at a lock that nobody can read before it counts as left by a crash: its holder may be writing it. */
const looks = 5;
const lookPause = 100;

/** Where the lock of the emission folder `root` (a path) lies. */
export function lockPath(root: string): string {
  return journalPath(root).replace(/\.jsonl$/, '.lock');
}

/**
 * Takes the lock of `root`. A lock whose holder is dead is taken over; one of another computer never is, because
 * nothing can be known of its holder.
 *
 * @throws EmissionError `locked` when another process emits the folder, `journal` when the lock cannot be written
 */
export async function lockEmission(root: string): Promise<EmissionLock> {
  const file = lockPath(root);
  const id = randomBytes(12).toString('hex');
  const sign = await putUpSign(id);
  try {
    const holder: Holder = {
      pid: process.pid,
      host: hostname(),
      since: new Date().toISOString(),
      port: (sign.address() as AddressInfo).port,
      id,
    };
    await take(file, holder);
  } catch (error) {
    sign.close();
    throw error;
  }
  const mine = async () => (await readHolder(file))?.id === id;
  return {
    check: async () => {
      if (!(await mine())) {
        throw locked('The lock of this emission was taken away. Another emission of the folder may run.');
      }
    },
    release: async () => {
      if (await mine()) await rm(file, { force: true });
      sign.close();
    },
  };
}

/** What lives exactly as long as the holder: a port at which it tells its id. */
async function putUpSign(id: string): Promise<Server> {
  const server = createServer((socket) => socket.on('error', () => undefined).end(id));
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(0, '127.0.0.1', resolve);
  });
  return server.unref();
}

async function take(file: string, holder: Holder): Promise<void> {
  for (;;) {
    try {
      await writeFile(file, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
      return;
    } catch (error) {
      if (!hasCode(error, 'EEXIST')) throw notWritten(file, error);
    }
    const other = await settledHolder(file);
    if (other !== 'gone') await refuseTheLiving(file, other);
    if (other !== 'gone') await remove(file, other, holder);
  }
}

/** @throws EmissionError `locked` unless the holder is surely dead. */
async function refuseTheLiving(file: string, other: Holder | undefined): Promise<void> {
  if (other === undefined) return;
  const name = path.basename(file);
  if (other.host !== hostname()) {
    throw locked(
      `The computer ${other.host} is emitting this folder since ${other.since}, or was cut off. If nothing runs there any more, delete ${name} beside the emission folder.`,
    );
  }
  if (await isAlive(other)) {
    throw locked(
      `Another emission of this folder is under way (process ${other.pid}, since ${other.since}). Wait until it is done.`,
    );
  }
}

/**
 * Removes a dead lock. Of several who saw it dead one alone may: whoever writes a second file, named after that lock,
 * and finds the dead one still there.
 */
async function remove(file: string, dead: Holder | undefined, holder: Holder): Promise<void> {
  const right = `${file}.${dead?.id ?? 'unreadable'}`;
  try {
    await writeFile(right, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
  } catch (error) {
    if (!hasCode(error, 'EEXIST')) throw notWritten(right, error);
    await leaveToOther(right);
    return;
  }
  try {
    const now = await readHolder(file);
    if (now?.id === dead?.id) await rm(file, { force: true });
  } finally {
    await rm(right, { force: true });
  }
}

/** Waits a moment for whoever may remove a dead lock; one who has died before he did leaves that to others. */
async function leaveToOther(right: string): Promise<void> {
  const other = await settledHolder(right);
  if (other === 'gone') return;
  const isDead = other === undefined || (other.host === hostname() && !(await isAlive(other)));
  if (isDead) await rm(right, { force: true });
  else await delay(lookPause);
}

async function isAlive({ pid, port, id }: Holder): Promise<boolean> {
  if (!exists(pid)) return false;
  return new Promise((resolve) => {
    let told = '';
    const socket = connect({ port, host: '127.0.0.1' });
    const end = (alive: boolean) => {
      socket.destroy();
      resolve(alive);
    };
    socket.setTimeout(patience, () => end(true));
    socket.on('data', (chunk) => {
      told += chunk.toString();
      if (!id.startsWith(told)) end(false);
    });
    socket.once('end', () => end(told === id));
    socket.once('error', (error) => end(!hasCode(error, 'ECONNREFUSED')));
  });
}

function exists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return hasCode(error, 'EPERM');
  }
}

/** The holder that a lock names; undefined when nobody could be read out of it for a while. */
async function settledHolder(file: string): Promise<Holder | undefined | 'gone'> {
  for (let look = 1; ; look++) {
    try {
      const holder = parseHolder(await readFile(file, 'utf8'));
      if (holder !== undefined || look === looks) return holder;
    } catch (error) {
      if (hasCode(error, 'ENOENT')) return 'gone';
      if (look === looks) throw notWritten(file, error);
    }
    await delay(lookPause);
  }
}

async function readHolder(file: string): Promise<Holder | undefined> {
  return parseHolder(await readFile(file, 'utf8').catch(() => ''));
}

function parseHolder(text: string): Holder | undefined {
  try {
    const value = JSON.parse(text) as Partial<Holder> | null;
    const known = typeof value?.id === 'string' && typeof value.host === 'string';
    return known && typeof value.pid === 'number' && typeof value.port === 'number'
      ? (value as Holder)
      : undefined;
  } catch {
    return undefined;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}

function locked(message: string): EmissionError {
  return new EmissionError('locked', message, { consequence: 'stop-run' });
}

function notWritten(file: string, cause: unknown): EmissionError {
  const code = cause instanceof Error && 'code' in cause ? ` (${String(cause.code)})` : '';
  return new EmissionError(
    'journal',
    `The lock ${path.basename(file)} beside the emission folder cannot be written${code}. Check the permissions of its folder.`,
    { consequence: 'stop-run', cause },
  );
}

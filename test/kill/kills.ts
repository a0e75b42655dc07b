/**
 * Kills `zip` and `emit` at random moments and lets them go on, until the emission is complete; then looks whether
 * anything was lost, stored twice or left half done. Uses the built command against the local endpoint.
 */
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { holdsSameBytes } from '../../core/archive/read/compare.ts';
import { inspectArchive } from '../../core/archive/read/inspect.ts';
import { readJournal } from '../../core/emit/journal/journal.ts';
import { startLocalEndpoint, type LocalEndpoint } from '../../local/server.ts';

const cli = path.join(import.meta.dirname, '../../dist/cli.js');

export interface KillOptions {
  /** Kills that must have struck a living process. */
  readonly kills: number;
  readonly seed: number;
  /** Told behind each round. */
  readonly onRound?: (tally: Tally) => void;
}

export interface Tally {
  readonly rounds: number;
  readonly kills: number;
  /** Kills by the command that they struck. */
  readonly zip: number;
  readonly emit: number;
  /** Objects in the buckets at the end of all rounds. */
  readonly objects: number;
  /** Files that were called unknown, and sent again on the user's word. */
  readonly unknown: number;
  /** Acknowledgements known from a listing, because the process was killed before it read the answer. */
  readonly settled: number;
}

/** Numbers from 0 to below 1 that follow from a seed (mulberry32). */
function randomFrom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

const masters = {
  'district_master/district_mst': ['DistrictId|District', (i: number) => `${1000 + i}|District ${i}`],
  'block_master/block_mst': ['BlockId|Block|DistrictId', (i: number) => `${100_000 + i}|Block ${i}|1000`],
  'cluster_master/cluster_mst': [
    'ClusterId|Cluster|BlockId|DistrictId',
    (i: number) => `${1_000_000 + i}|Cluster ${i}|100000|1000`,
  ],
} as const;
const names = Object.keys(masters) as (keyof typeof masters)[];

class Round {
  readonly #random: () => number;
  readonly #folder: string;
  readonly #local: LocalEndpoint;
  /** Kills that the round may still make. */
  #budget: number;
  kills = { zip: 0, emit: 0 };
  unknown = 0;
  /** Milliseconds that the last undisturbed run of a command took. */
  static readonly #usual = { zip: 800, emit: 1500 };

  constructor(folder: string, local: LocalEndpoint, budget: number, random: () => number) {
    this.#folder = folder;
    this.#local = local;
    this.#budget = budget;
    this.#random = random;
  }

  get root(): string {
    return path.join(this.#folder, 'cqube_emission');
  }

  async write(name: keyof typeof masters, rows: number): Promise<void> {
    const [header, row] = masters[name];
    await mkdir(path.dirname(path.join(this.root, name)), { recursive: true });
    const lines = Array.from({ length: rows }, (_, i) => row(i));
    await writeFile(path.join(this.root, `${name}.csv`), `${header}\n${lines.join('\n')}\n`);
  }

  /**
   * Runs a command until it comes to its end by itself; its exit code and what its last run printed.
   *
   * @param kills how often it is killed before, at most
   */
  async persist(
    words: readonly string[],
    again: readonly string[],
    kills: number,
  ): Promise<{ code: number; stdout: string }> {
    let next = words;
    for (let left = Math.min(kills, this.#budget); ; left--) {
      const { code, stdout, killed } = await this.#run(next, left > 0);
      if (!killed) return { code, stdout };
      this.#budget--;
      await this.#checkAfterKill(stdout);
      next = again;
    }
  }

  /** Runs a command, and kills it at a random time, or a random moment behind one of its events. */
  #run(
    words: readonly string[],
    mortal: boolean,
  ): Promise<{ code: number; stdout: string; killed: boolean }> {
    const command = words[0] === 'zip' ? 'zip' : 'emit';
    const child = spawn(process.execPath, [cli, ...words], {
      cwd: this.#folder,
      env: {
        PATH: process.env.PATH,
        SystemRoot: process.env.SystemRoot,
        CQUBE_EMISSION_CACHE: 'off',
        CQUBE_EMISSION_URL: this.#local.url,
        CQUBE_EMISSION_TOKEN: this.#local.token,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    const since = performance.now();
    let killed = false;
    const kill = () => {
      if (child.exitCode === null && child.signalCode === null) killed = child.kill('SIGKILL');
    };
    const timers: NodeJS.Timeout[] = [];
    let event = Infinity;
    if (mortal) {
      if (command === 'emit' && this.#random() < 0.6) event = Math.floor(this.#random() * 16);
      else timers.push(setTimeout(kill, this.#random() * Round.#usual[command]));
    }
    let [stdout, stderr] = ['', ''];
    child.stdout.on('data', (chunk: Buffer) => {
      stdout += chunk.toString();
      if (stdout.split('\n').length <= event) return;
      event = Infinity;
      timers.push(setTimeout(kill, this.#random() ** 3 * 12));
    });
    child.stderr.on('data', (chunk: Buffer) => (stderr += chunk.toString()));
    return new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code, signal) => {
        timers.forEach(clearTimeout);
        const struck = killed && signal === 'SIGKILL';
        if (struck) this.kills[command]++;
        else if (code === null || code > 1) {
          reject(new Error(`${words.join(' ')}: ${stdout}${stderr}`));
          return;
        } else Round.#usual[command] = performance.now() - since;
        resolve({ code: code ?? -1, stdout, killed: struck });
      });
    });
  }

  /** No partial zip is in place, and whatever was told to be acknowledged is in the journal. */
  async #checkAfterKill(stdout: string): Promise<void> {
    for (const name of names) {
      const zip = path.join(this.root, `${name}.zip`);
      const inspection = await inspectArchive(zip).catch((error: unknown) => {
        assert.match(String(error), /not there any more/, `${zip} is partial`);
        return undefined;
      });
      if (!inspection) continue;
      assert.equal(inspection.refusal, undefined, `${zip} is partial`);
      assert.equal(inspection.entries.length, 1);
    }
    const { records } = await readJournal(this.root);
    const keys = records.filter((record) => record.event === 'acknowledged').map(({ key }) => key);
    for (const line of stdout.split('\n').slice(0, -1)) {
      if (!line.startsWith('{')) continue;
      const told = JSON.parse(line) as { event: string; key?: string };
      if (told.event === 'acknowledged')
        assert.ok(keys.includes(told.key ?? ''), 'an acknowledgement is lost');
    }
  }

  /** Zips and emits with kills; a file that is called unknown is found out about, and sent on the user's word. */
  async emit(): Promise<void> {
    await this.persist(['zip'], ['zip'], Math.floor(this.#random() * 2));
    for (const name of names) {
      const { entries } = await inspectArchive(path.join(this.root, `${name}.zip`));
      const declared = entries[0]?.declared;
      assert.ok(
        declared && (await holdsSameBytes(path.join(this.root, `${name}.csv`), declared)),
        `${name} is not zipped`,
      );
    }
    const ndjson = ['--format', 'ndjson'];
    const { code, stdout } = await this.persist(
      ['emit', ...ndjson],
      ['emit', '--resume', ...ndjson],
      Infinity,
    );
    if (code === 0) return;
    const unknown = stdout
      .split('\n')
      .filter((line) => line.includes('"outcome-unknown"') && line.includes('"failed"'));
    assert.ok(unknown.length > 0, stdout);
    this.unknown += unknown.length;
    const resolved = await this.persist(['emit', '--resume', '--unknown', 'send', ...ndjson], [], 0);
    assert.equal(resolved.code, 0, resolved.stdout);
  }

  /**
   * Each content of each file is stored exactly once, and bucket and journal agree.
   *
   * @param contents how many contents each file has had
   * @returns objects in the bucket, and how many of them were acknowledged by the listing
   */
  async check(contents: (name: string) => number): Promise<{ objects: number; settled: number }> {
    const { records, damaged } = await readJournal(this.root);
    assert.equal(damaged, 0);
    const acknowledged = records.filter((record) => record.event === 'acknowledged');
    const objects = new Map<string, string>();
    for (const entry of await readdir(this.#local.emissionFolder, { recursive: true, withFileTypes: true })) {
      if (!entry.isFile()) continue;
      const file = path.join(entry.parentPath, entry.name);
      const key = path.relative(this.#local.emissionFolder, file).split(path.sep).join('/');
      objects.set(
        key,
        createHash('sha256')
          .update(await readFile(file))
          .digest('hex'),
      );
    }
    for (const name of names) {
      const hashes = [...objects].filter(([key]) => key.startsWith(`${name}_`)).map(([, hash]) => hash);
      assert.equal(new Set(hashes).size, hashes.length, `${name} is stored twice`);
      assert.equal(hashes.length, contents(name), name);
      const now = createHash('sha256')
        .update(await readFile(path.join(this.root, `${name}.zip`)))
        .digest('hex');
      assert.ok(hashes.includes(now), `${name} as it is now is not stored`);
    }
    for (const { key, sha256 } of acknowledged) assert.equal(objects.get(key), sha256, key);
    for (const key of objects.keys()) {
      assert.ok(
        acknowledged.some((record) => record.key === key),
        `${key} is stored and not in the journal`,
      );
    }
    return { objects: objects.size, settled: acknowledged.filter(({ by }) => by === 'list').length };
  }
}

/** Rounds of two emissions, the second with one file changed, until enough processes were killed. @throws AssertionError */
export async function killUntil({ kills, seed, onRound }: KillOptions): Promise<Tally> {
  const random = randomFrom(seed);
  let tally: Tally = { rounds: 0, kills: 0, zip: 0, emit: 0, objects: 0, unknown: 0, settled: 0 };
  while (tally.kills < kills) {
    const folder = await mkdtemp(path.join(tmpdir(), 'cqube-kill-'));
    // A second for each look at the clock: keys are told apart by seconds.
    let seconds = Date.UTC(2026, 10, 23) / 1000;
    const local = await startLocalEndpoint({
      directory: path.join(folder, 'bucket'),
      now: () => new Date(seconds++ * 1000),
    });
    try {
      const budget = Math.min(kills - tally.kills, 2 + Math.floor(random() * 5));
      const round = new Round(folder, local, budget, random);
      const rows = () => 1 + Math.floor(random() * random() * 60_000);
      for (const name of names) await round.write(name, rows());
      await round.emit();
      const changed = names[Math.floor(random() * names.length)]!;
      await round.write(changed, rows() + 70_000);
      await round.emit();
      const { objects, settled } = await round.check((name) => (name === changed ? 2 : 1));
      tally = {
        rounds: tally.rounds + 1,
        kills: tally.kills + round.kills.zip + round.kills.emit,
        zip: tally.zip + round.kills.zip,
        emit: tally.emit + round.kills.emit,
        objects: tally.objects + objects,
        unknown: tally.unknown + round.unknown,
        settled: tally.settled + settled,
      };
    } finally {
      await local.stop();
      await rm(folder, { recursive: true, force: true });
    }
    onRound?.(tally);
  }
  return tally;
}

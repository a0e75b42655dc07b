// Runs commands side by side: in turn, so that a slow minute of the machine meets them all.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const gnuTime = '/usr/bin/time';
const canTellMemory = process.platform === 'linux' && existsSync(gnuTime);

/**
 * Runs a command and waits for it.
 *
 * @param run `command` are its words, `env` variables on top of this process's; `before` is called first with the run, out
 *   of the time
 * @returns seconds of the whole process, its start included, and its largest resident memory in MiB (undefined where
 *   GNU time is missing)
 */
function runOnce(run) {
  const { command, env = {}, good = [0], before } = run;
  before?.(run);
  const folder = mkdtempSync(path.join(tmpdir(), 'bench-'));
  const report = path.join(folder, 'memory');
  const words = canTellMemory ? [gnuTime, '-q', '-f', '%M', '-o', report, ...command] : command;
  const since = process.hrtime.bigint();
  const { status, error, stderr, stdout } = spawnSync(words[0], words.slice(1), {
    env: { ...process.env, ...env },
    maxBuffer: 1 << 28,
    encoding: 'utf8',
  });
  const seconds = Number(process.hrtime.bigint() - since) / 1e9;
  const memory = existsSync(report) ? Number(readFileSync(report, 'utf8').trim()) / 1024 : undefined;
  rmSync(folder, { recursive: true, force: true });
  if (error || !good.includes(status ?? -1)) {
    throw new Error(`${command.join(' ')} ended with ${status}: ${error?.message ?? stderr.trim()}`);
  }
  return { seconds, memory, said: stdout.trim().split('\n').at(-1) ?? '' };
}

const middle = (numbers) => {
  const sorted = [...numbers].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : (sorted[half - 1] + sorted[half]) / 2;
};

/**
 * Measures runs in turn.
 *
 * @param runs each `{ name, command, env, good, before }`; `good` are the exit codes that are none of a failure
 * @returns for each name `{ median, min, max, memory, said }`; `failure` instead for a run that failed
 */
export function measure(runs, rounds) {
  const results = new Map(runs.map(({ name }) => [name, { seconds: [], memory: [] }]));
  for (let round = 0; round < rounds; round++) {
    for (const run of runs) {
      const result = results.get(run.name);
      if (result.failure) continue;
      try {
        const { seconds, memory, said } = runOnce(run);
        result.seconds.push(seconds);
        if (memory !== undefined) result.memory.push(memory);
        result.said = said;
      } catch (error) {
        result.failure = error.message;
      }
    }
  }
  return new Map(
    [...results].map(([name, { seconds, memory, said, failure }]) => [
      name,
      failure
        ? { failure }
        : {
            median: middle(seconds),
            min: Math.min(...seconds),
            max: Math.max(...seconds),
            memory: memory.length > 0 ? middle(memory) : undefined,
            said,
          },
    ]),
  );
}

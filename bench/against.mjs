// The same runs by another checkout's build, beside ours.
import path from 'node:path';
import { cli } from './cases/ours.mjs';

/**
 * Our runs of a case alone, each beside the same by another checkout's build.
 *
 * @param made what a case's `prepare` returns; peers among its runs are left out, and so are its targets
 * @param checkout folder of the other checkout, built
 * @returns the same shape; no runs where none is the command of dist/
 */
export function beside({ runs, rounds }, checkout) {
  const theirs = path.join(path.resolve(checkout), 'dist', 'cli.js');
  const pairs = runs
    .filter(({ command }) => command.includes(cli))
    .map((one) => ({ one, other: byOther(one, theirs) }));
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

function byOther(run, theirs) {
  const cache = run.env?.CQUBE_EMISSION_CACHE;
  // What one build keeps is nothing to the other, and each forgets its own.
  const own = cache === undefined || cache === 'off' ? {} : { CQUBE_EMISSION_CACHE: `${cache}-against` };
  return {
    ...run,
    name: `${run.name}, against`,
    command: run.command.map((word) => (word === cli ? theirs : word)),
    env: { ...run.env, ...own },
  };
}

// How the results of a case are printed: a table, the commands, the targets.
import path from 'node:path';
import { root } from '../scripts/install.mjs';

const columns = [34, 9, 17, 8, 9];
const line = (cells) =>
  cells
    .map((cell, index) => (index === 0 ? cell.padEnd(columns[0]) : cell.padStart(columns[index] ?? 0)))
    .join('  ');

function resultLine({ name, bytes }, result) {
  if (result.failure) return `${name.padEnd(columns[0])}  failed: ${result.failure}`;
  const { median, min, max, memory } = result;
  const speed = bytes ? (bytes / 1e6 / median).toFixed(0) : '';
  const range = `${min.toFixed(3)}..${max.toFixed(3)}`;
  return line([name, `${median.toFixed(3)} s`, range, speed, memory?.toFixed(0) ?? '?']);
}

/** The command as it was run, and below it the last line that it said. */
function commandLines({ name, command, env }, said) {
  const words = [
    ...Object.entries(env ?? {}).map(([key, value]) => `${key}=${value}`),
    ...command.map((word) => word.replace(`${root}${path.sep}`, '')),
  ];
  return [`  ${name}: ${words.join(' ')}`, ...(said ? [`    ${said.slice(0, 160)}`] : [])];
}

function targetLine({ text, value, least, most }) {
  const met = least === undefined ? value <= most : value >= least;
  const wanted = least === undefined ? `at most ${most}` : `at least ${least}`;
  return `${met ? 'met   ' : 'MISSED'} ${text}: ${value.toFixed(2)} (${wanted})`;
}

/**
 * Prints a case.
 *
 * @param runs each `{ name, command, env, bytes }`; `bytes` of the file that it reads, for its speed
 * @param targets from the results to `{ text, value, least or most }`; those without a number are left out
 * @param results as `measure` returns them
 */
export function showCase({ id, title, runs, targets }, results) {
  console.log(`\n## ${id}: ${title}\n`);
  console.log(line(['', 'median', 'min..max', 'MB/s', 'MiB']));
  for (const run of runs) console.log(resultLine(run, results.get(run.name)));
  for (const run of runs) console.log(commandLines(run, results.get(run.name)?.said).join('\n'));
  for (const target of targets(results)) {
    if (Number.isFinite(target.value)) console.log(targetLine(target));
  }
}

// Zips made and read, beside JSZip and Info-ZIP.
import { spawnSync } from 'node:child_process';
import { existsSync, linkSync, mkdirSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { attendance, repeatRows } from './files.mjs';
import { cli } from './ours.mjs';
import { factor, memoryOf } from './targets.mjs';

/** The same CSV in an emission folder of its own, so that each run writes its own zip. */
function emissionOf(csv, name) {
  const folder = path.join(path.dirname(csv), name, 'cqube_emission', 'student_attendance');
  const file = path.join(folder, path.basename(csv));
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) linkSync(csv, file);
  return { emission: path.dirname(folder), zip: path.join(folder, 'student_attendance.zip') };
}

/** Our zip of a CSV; `zip` is the path that it writes. */
function ourZip({ node }, name, csv, level) {
  const { emission, zip } = emissionOf(csv, level === undefined ? 'default' : `level-${level}`);
  return {
    name,
    file: csv,
    zip,
    before: () => rmSync(zip, { force: true }),
    command: [node, cli, 'zip', ...(level === undefined ? [] : ['--level', String(level)]), emission],
    env: { CQUBE_EMISSION_CACHE: 'off' },
  };
}

const hasInfoZip = () => ['zip', 'unzip'].every((name) => spawnSync(name, ['-v']).status === 0);

/** How large one run's zip is against that of another; NaN where one of them failed. */
function sizeAgainst(results, one, other) {
  if ([one, other].some((run) => !run || results.get(run.name)?.failure)) return NaN;
  return statSync(one.zip).size / statSync(other.zip).size;
}

export const zipCases = [
  {
    id: 'zip',
    title: 'student_attendance zipped: made, read back and compared, put in its place',
    prepare(context) {
      const file = attendance(context, 'attendance', 300);
      const six = ourZip(context, 'ours, level 6', file, 6);
      const usual = ourZip(context, 'ours, default level', file);
      const jszip = {
        name: 'JSZip, level 6',
        file,
        zip: path.join(context.work, 'jszip.zip'),
        command: [context.node, path.join(context.work, 'jszip.mjs'), 'write', file],
      };
      jszip.command.push(jszip.zip, '6');
      const infoZip = { name: 'zip -6', file, zip: path.join(context.work, 'info-zip.zip') };
      infoZip.command = ['zip', '-6', '-q', '-j', infoZip.zip, file];
      infoZip.before = () => rmSync(infoZip.zip, { force: true });
      const native = hasInfoZip() ? infoZip : undefined;
      return {
        runs: [six, usual, jszip, ...(native ? [native] : [])],
        targets: (results) => [
          factor(results, six.name, jszip.name, 3.5),
          factor(results, six.name, infoZip.name, 1.8),
          { text: 'size at level 6 against zip -6', value: sizeAgainst(results, six, native), most: 1.01 },
          factor(results, usual.name, jszip.name, 10),
          {
            text: 'size at the default level against JSZip',
            value: sizeAgainst(results, usual, jszip),
            most: 1.2,
          },
          ...[six, usual].map(({ name }) => ({
            text: `MiB, ${name}`,
            value: memoryOf(results, name),
            most: 110,
          })),
        ],
      };
    },
  },
  {
    id: 'zip-read',
    title: 'an entry of 1 GB read out of its zip',
    prepare(context) {
      const csv = attendance(context, 'attendance-1000', 1000);
      const { zip, command, env } = ourZip(context, '', csv);
      if (!existsSync(zip)) spawnSync(command[0], command.slice(1), { env: { ...process.env, ...env } });
      const reader = (name, ...words) => ({ name, file: csv, command: [context.node, ...words, zip] });
      return {
        runs: [
          reader('ours', path.join(context.work, 'read-entry.mjs')),
          reader('JSZip', path.join(context.work, 'jszip.mjs'), 'read'),
        ],
        targets: (results) => [
          factor(results, 'ours', 'JSZip', 1.5),
          { text: 'MiB', value: memoryOf(results, 'ours'), most: 80 },
        ],
      };
    },
  },
  {
    id: 'zip-large',
    title: 'a CSV of more than 4 GiB zipped',
    large: true,
    prepare(context) {
      const rows = attendance({ ...context, scale: 1 }, 'attendance', 300);
      const csv = path.join(context.work, 'data', 'attendance-4400', 'student_attendance.csv');
      repeatRows(rows, 4.4 * 2 ** 30, csv);
      const made = ourZip(context, 'ours, default level', csv);
      const tested = { name: 'unzip -t', file: csv, command: ['unzip', '-tq', made.zip] };
      return {
        rounds: 1,
        runs: [made, ...(hasInfoZip() ? [tested] : [])],
        targets: (results) => [
          { text: 'MiB', value: memoryOf(results, made.name), most: 110 },
          ...(results.has(tested.name)
            ? [{ text: 'unzip -t finds no fault', value: results.get(tested.name).failure ? 0 : 1, least: 1 }]
            : []),
        ],
      };
    },
  },
];

// How much memory a check takes at most.
import { spawnSync } from 'node:child_process';
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { attendance, fillFile } from './files.mjs';
import { cli, ours, withoutIdentity } from './ours.mjs';
import { memoryOf } from './targets.mjs';

export const memoryCases = [
  {
    id: 'memory',
    title: 'student_attendance: largest resident memory',
    prepare(context) {
      const sizes = context.large ? [300, 3000] : [300];
      const files = sizes.map((size) => attendance(context, size === 300 ? 'attendance' : 'large', size));
      const most = (file, indexes) => 80 + (indexes * 5 * statSync(file).size) / 104e6;
      return {
        rounds: 1,
        runs: files.flatMap((file, index) => [
          withoutIdentity(ours(context, `${sizes[index]} MB, rows alone`, file)),
          ours(context, `${sizes[index]} MB, all checks`, file),
        ]),
        targets: (results) =>
          files.flatMap((file, index) =>
            ['rows alone', 'all checks'].map((what, indexes) => ({
              text: `MiB, ${sizes[index]} MB, ${what}`,
              value: memoryOf(results, `${sizes[index]} MB, ${what}`),
              most: Math.round(most(file, indexes * 2)),
            })),
          ),
      };
    },
  },
  {
    id: 'long-line',
    title:
      'district_mst of 3 GB: one line, a quote that is never closed, the same in zips; largest resident memory',
    prepare(context) {
      const bytes = 3e9 * context.scale;
      const folder = path.join(context.work, `long-line-${context.scale}`);
      const kinds = [
        ['one line', '7502|', 'x'],
        // Long lines: many rows would take memory to be compared with each other.
        ['an open quote', '7502|"', `${'Ambagarh '.repeat(10_000)}\n`],
      ];
      const files = kinds.map(([name, begin, unit]) => {
        const emission = path.join(folder, name.replaceAll(' ', '-'), 'cqube_emission');
        const file = path.join(emission, 'district_master', 'district_mst.csv');
        fillFile(file, begin, unit, bytes);
        const zip = file.replace('.csv', '.zip');
        if (!existsSync(zip)) spawnSync(context.node, [cli, 'zip', '--no-cache', emission]);
        return { name, file, zip };
      });
      const forecast = (name, target) => {
        const run = ours(context, name, target);
        return { ...run, command: run.command.with(2, 'forecast') };
      };
      // Such a line unpacks to more than a CSV can: it would be told and not read.
      const unbounded = (run) => ({ ...run, command: [...run.command, '--large-entries'] });
      const runs = files.flatMap(({ name, file, zip }) => [
        ours(context, name, file),
        { ...unbounded(ours(context, `${name}, zip`, zip)), file },
        { ...forecast(`${name}, forecast`, file) },
      ]);
      return {
        rounds: 1,
        runs,
        targets: (results) =>
          runs.map(({ name }) => ({
            text: `MiB, ${name}`,
            value: memoryOf(results, name),
            most: 128,
          })),
      };
    },
  },
];

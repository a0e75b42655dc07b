// Uploads to the local endpoint, beside plain node:http.
import { spawn } from 'node:child_process';
import { mkdirSync, openSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { randomFile } from './files.mjs';
import { cli } from './ours.mjs';
import { memoryOf, times } from './targets.mjs';

/** Starts the local endpoint in a process of its own, which ends with this one; the file that names address and token. */
function startEndpoint({ node, work }) {
  const directory = path.join(work, 'endpoint');
  rmSync(directory, { recursive: true, force: true });
  mkdirSync(directory);
  const said = path.join(directory, 'said');
  const child = spawn(node, [cli, 'serve', directory], { stdio: ['ignore', openSync(said, 'w'), 'inherit'] });
  child.unref();
  process.once('exit', () => child.kill());
  for (let tries = 0; tries < 200; tries++) {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 50);
    if (readFileSync(said, 'utf8').includes('Objects: ')) return { said, directory };
  }
  throw new Error('The local endpoint did not start.');
}

export const uploadCases = [
  {
    id: 'upload',
    title: 'a zip of 1 GB to the local endpoint',
    prepare(context) {
      const emission = path.join(context.work, 'upload', 'cqube_emission');
      const file = path.join(emission, 'student_attendance', 'student_attendance.zip');
      randomFile(file, Math.round(1e9 * context.scale));
      const { said, directory } = startEndpoint(context);
      const upload = (way) => ({
        name: way,
        file,
        command: [context.node, path.join(context.work, 'upload.mjs'), way, said, emission],
        // Objects that are stored already would fill the disk.
        before: () => rmSync(path.join(directory, 'cqube-local-emission'), { recursive: true, force: true }),
      });
      return {
        runs: [upload('ours'), upload('raw')],
        targets: (results) => [
          { text: 'speed against plain node:http', value: times(results, 'ours', 'raw'), least: 0.8 },
          { text: 'MiB at most', value: memoryOf(results, 'ours'), most: 114 },
        ],
      };
    },
  },
];

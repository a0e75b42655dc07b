// What is measured: files, commands, and the targets that follow from their times.
import { Buffer } from 'node:buffer';
import { spawn, spawnSync } from 'node:child_process';
import { randomFillSync } from 'node:crypto';
import {
  closeSync,
  existsSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { root } from '../scripts/install.mjs';
import { generate, generateSchools } from './generate.mjs';

const cli = path.join(root, 'dist', 'cli.js');
const duckDbPeer = path.join(root, 'bench', 'peers', 'duckdb.mjs');

/** Generates a file once. */
function dataFile({ work, scale }, folder, name, options) {
  const file = path.join(work, scale === 1 ? 'data' : `data-${scale}`, folder, name);
  if (!existsSync(file)) generate({ ...options, bytes: options.bytes * scale }, file);
  return file;
}

const attendance = (context, folder, megabytes, more = {}) =>
  dataFile(context, folder, 'student_attendance.csv', {
    kind: 'attendance',
    bytes: megabytes * 1e6,
    ...more,
  });

/** Our check; it ends with 1 where it finds errors. @param jobs threads; `auto` for as many as there are processors */
function ours(
  { node },
  name,
  target,
  { words = false, rules = [], file = target, jobs = 1, cache = 'off' } = {},
) {
  return {
    name,
    file,
    good: [0, 1],
    command: [
      node,
      cli,
      'check',
      target,
      ...(jobs === 'auto' ? [] : ['--jobs', String(jobs)]),
      ...rules.flatMap((rule) => ['--rule', `${rule}=off`]),
    ],
    env: { CQUBE_EMISSION_CACHE: cache, ...(words ? { CQUBE_EMISSION_PROOF: 'words' } : {}) },
  };
}

/** Rules for which each row must be compared with all others. */
const identityRules = ['key/duplicate-record', 'key/duplicate-key'];

const papaparse = ({ node, work }, file, ...more) => ({
  name: 'papaparse',
  file,
  command: [node, path.join(work, 'papaparse.mjs'), file, ...more],
});

/** The script that asks DuckDB needs a Node that reads the catalogue's TypeScript. */
function duckDbRuns({ duckDb }, file, threads, ...more) {
  if (!duckDb) return [];
  const warnings = '--disable-warning=MODULE_TYPELESS_PACKAGE_JSON';
  return threads.map((count) => ({
    name: `DuckDB, ${count} ${count === 1 ? 'thread' : 'threads'}`,
    file,
    command: [process.execPath, warnings, duckDbPeer, file, String(count), ...more],
  }));
}

function tools(file) {
  if (process.platform === 'win32') return [];
  return [
    { name: 'wc -l', file, command: ['wc', '-l', file] },
    { name: 'grep -c', file, command: ['grep', '-c', '|', file] },
  ];
}

/** How many times longer the second takes than the first. */
function times(results, fast, slow) {
  const [a, b] = [results.get(fast), results.get(slow)];
  return a?.median && b?.median ? b.median / a.median : NaN;
}

const factor = (results, fast, slow, least) => ({
  text: `${fast} against ${slow}`,
  value: times(results, fast, slow),
  least,
});

/** The same CSV in an emission folder of its own, so that each run writes its own zip. */
function emissionOf(context, csv, name) {
  const folder = path.join(path.dirname(csv), name, 'cqube_emission', 'student_attendance');
  const file = path.join(folder, path.basename(csv));
  mkdirSync(folder, { recursive: true });
  if (!existsSync(file)) linkSync(csv, file);
  return { emission: path.dirname(folder), zip: path.join(folder, 'student_attendance.zip') };
}

/** Our zip of a CSV; `zip` is the path that it writes. */
function ourZip(context, name, csv, level) {
  const { emission, zip } = emissionOf(context, csv, level === undefined ? 'default' : `level-${level}`);
  return {
    name,
    file: csv,
    zip,
    before: () => rmSync(zip, { force: true }),
    command: [context.node, cli, 'zip', ...(level === undefined ? [] : ['--level', String(level)]), emission],
    env: { CQUBE_EMISSION_CACHE: 'off' },
  };
}

const hasInfoZip = () => ['zip', 'unzip'].every((name) => spawnSync(name, ['-v']).status === 0);

/** How large one run's zip is against that of another; NaN where one of them failed. */
function sizeAgainst(results, one, other) {
  if ([one, other].some((run) => !run || results.get(run.name)?.failure)) return NaN;
  return statSync(one.zip).size / statSync(other.zip).size;
}

/** The rows of a CSV so often that there are at least so many bytes. */
function repeatRows(csv, bytes, file) {
  const all = readFileSync(csv);
  const rows = all.subarray(all.indexOf(10) + 1);
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  for (let written = writeSync(descriptor, all); written < bytes;) written += writeSync(descriptor, rows);
  closeSync(descriptor);
}

/** A CSV of so many bytes between two good rows, once. @param unit what it is made of */
function fillFile(file, begin, unit, bytes) {
  if (existsSync(file)) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const descriptor = openSync(file, 'w');
  writeSync(descriptor, `DistrictId|District\n7501|Ambagarh\n${begin}`);
  const block = Buffer.from(unit.repeat(Math.ceil((1 << 20) / unit.length)));
  for (let written = 0; written < bytes;) written += writeSync(descriptor, block);
  writeSync(descriptor, '\n7503|Belgaon\n');
  closeSync(descriptor);
}

const WORDS = 'ours, plain TypeScript';
/** A file of random bytes, which no archiver would make smaller, once. */
function randomFile(file, bytes) {
  if (existsSync(file) && statSync(file).size === bytes) return;
  mkdirSync(path.dirname(file), { recursive: true });
  const handle = openSync(file, 'w');
  const block = Buffer.alloc(1 << 20);
  for (let left = bytes; left > 0; left -= block.length) {
    writeSync(handle, randomFillSync(block), 0, Math.min(left, block.length));
  }
  closeSync(handle);
}

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

const KERNEL = 'ours, WebAssembly';
const TWO = 'ours, WebAssembly, 2 threads';

function sideBySide(context, file, { peers = [], kernel, words, duck }) {
  return {
    runs: [
      ours(context, KERNEL, file),
      ours(context, WORDS, file, { words: true }),
      papaparse(context, file),
      ...duckDbRuns(context, file, [1]),
      ...peers,
    ],
    targets: (results) => [
      factor(results, WORDS, 'papaparse', words),
      factor(results, KERNEL, 'papaparse', kernel),
      ...(duck ?? []).map(([name, least]) => factor(results, name, 'DuckDB, 1 thread', least)),
    ],
  };
}

export const cases = [
  {
    id: 'start',
    title: 'a file of 1 kB',
    prepare(context) {
      const file = attendance({ ...context, scale: 1 }, 'tiny', 0.001, { rows: 8 });
      return {
        rounds: 15,
        runs: [{ name: 'node -e 0', command: [context.node, '-e', '0'] }, ours(context, KERNEL, file)],
        targets: (results) => [
          {
            text: 'ms over Node’s own start',
            value: (results.get(KERNEL).median - results.get('node -e 0').median) * 1000,
            most: 40,
          },
        ],
      };
    },
  },
  {
    id: 'integers',
    title: 'student_attendance: structure, types, required cells, limits, months',
    prepare(context) {
      const file = attendance(context, 'attendance', 300);
      const made = sideBySide(context, file, {
        peers: tools(file),
        words: 12,
        kernel: 20,
        duck: [
          [WORDS, 5],
          [KERNEL, 9],
        ],
      });
      // As the peers do it: no row is compared with another.
      for (const each of made.runs.slice(0, 2)) {
        each.command.push(...identityRules.flatMap((rule) => ['--rule', `${rule}=off`]));
      }
      return made;
    },
  },
  {
    id: 'all-checks',
    title: 'the same file with all our checks: repeated rows and conflicting keys too',
    prepare: (context) =>
      sideBySide(context, attendance(context, 'attendance', 300), { words: 12, kernel: 20 }),
  },
  {
    id: 'crlf',
    title: 'student_attendance with CR LF',
    prepare(context) {
      const lf = attendance(context, 'attendance', 300);
      const crLf = attendance(context, 'attendance-crlf', 300, { crLf: true });
      const pairs = [
        [`${KERNEL}, LF`, lf, false],
        [`${KERNEL}, CR LF`, crLf, false],
        [`${WORDS}, LF`, lf, true],
        [`${WORDS}, CR LF`, crLf, true],
      ];
      return {
        runs: pairs.map(([name, file, words]) => ours(context, name, file, { words, rules: identityRules })),
        targets: (results) =>
          [KERNEL, WORDS].map((name) => ({
            text: `${name}: CR LF against LF`,
            value: times(results, `${name}, LF`, `${name}, CR LF`),
            most: 1.15,
          })),
      };
    },
  },
  {
    id: 'wide',
    title: 'sch_facility: 172 columns, numbers of one to four digits',
    prepare(context) {
      const file = dataFile(context, 'facility', 'sch_facility.csv', { kind: 'facility', bytes: 100e6 });
      return sideBySide(context, file, { words: 10, kernel: 16 });
    },
  },
  {
    id: 'text',
    title: 'school_mst: quotes, Devanagari, decimals',
    prepare(context) {
      const file = dataFile(context, 'schools', 'school_mst.csv', { kind: 'schools', bytes: 60e6 });
      return sideBySide(context, file, { words: 3.5, kernel: 5, duck: [[WORDS, 1.8]] });
    },
  },
  {
    id: 'identity',
    title: 'student_attendance with schools: repeated rows, conflicting keys, the reference',
    prepare(context) {
      const file = attendance(context, 'state/cqube_emission/student_attendance', 300, { repeats: true });
      const emission = path.dirname(path.dirname(file));
      const schools = path.join(emission, 'school_master', 'school_mst.csv');
      if (!existsSync(schools)) generateSchools(schools);
      return {
        runs: [
          ours(context, KERNEL, emission, { file }),
          ours(context, WORDS, emission, { file, words: true }),
          ours(context, TWO, emission, { file, jobs: 2 }),
          { ...papaparse(context, file, schools), name: 'papaparse and Sets' },
          ...duckDbRuns(context, file, [1, 2], schools),
        ],
        targets: (results) => [
          ...[WORDS, KERNEL].flatMap((name) => [
            factor(results, name, 'papaparse and Sets', 12),
            factor(results, name, 'DuckDB, 1 thread', 4),
          ]),
          factor(results, TWO, 'DuckDB, 2 threads', 4),
        ],
      };
    },
  },
  {
    id: 'bad',
    title: 'student_attendance: every row wrong, every cell wrong',
    prepare(context) {
      const clean = attendance(context, 'clean', 60);
      const rows = attendance(context, 'bad-rows', 60, { bad: 'rows' });
      const cells = attendance(context, 'bad-cells', 60, { bad: 'cells' });
      const words = attendance(context, 'bad-words', 60, { bad: 'words' });
      const speed = (results, name, file) => statSync(file).size / (results.get(name)?.median ?? NaN);
      return {
        runs: [
          ours(context, 'clean', clean),
          ours(context, 'every row wrong', rows),
          ours(context, 'every cell wrong', cells),
          ours(context, 'every cell wrong, no row like another', words),
        ],
        targets: (results) => [
          {
            text: 'speed with every row wrong against clean',
            value: speed(results, 'every row wrong', rows) / speed(results, 'clean', clean),
            least: 0.3,
          },
          {
            text: 'speed with every cell wrong against clean',
            value: speed(results, 'every cell wrong', cells) / speed(results, 'clean', clean),
            least: 0.33,
          },
          {
            text: 'MiB more than clean',
            value: (results.get('every row wrong')?.memory ?? NaN) - (results.get('clean')?.memory ?? NaN),
            most: 20,
          },
        ],
      };
    },
  },
  {
    id: 'growth',
    title: 'student_attendance: 20, 80 and 320 MB',
    prepare(context) {
      const sizes = [20, 80, 320];
      const files = sizes.map((size) => attendance(context, `grow-${size}`, size));
      const tiny = attendance({ ...context, scale: 1 }, 'tiny', 0.001, { rows: 8 });
      const rate = (results, index) =>
        (results.get(`${sizes[index]} MB`).median - results.get('1 kB').median) / statSync(files[index]).size;
      return {
        runs: [
          ours(context, '1 kB', tiny),
          ...sizes.map((size, index) => ours(context, `${size} MB`, files[index])),
        ],
        targets: (results) =>
          [1, 2].map((index) => ({
            text: `seconds per byte of ${sizes[index]} MB against ${sizes[0]} MB, start left out`,
            value: rate(results, index) / rate(results, 0),
            most: 1.15,
          })),
      };
    },
  },
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
          ours(context, `${sizes[index]} MB, rows alone`, file, { rules: identityRules }),
          ours(context, `${sizes[index]} MB, all checks`, file),
        ]),
        targets: (results) =>
          files.flatMap((file, index) =>
            ['rows alone', 'all checks'].map((what, indexes) => ({
              text: `MiB, ${sizes[index]} MB, ${what}`,
              value: results.get(`${sizes[index]} MB, ${what}`)?.memory ?? NaN,
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
            value: results.get(name)?.memory ?? NaN,
            most: 128,
          })),
      };
    },
  },
  {
    id: 'cache',
    title: 'an emission folder of 100 MB that was checked before',
    prepare(context) {
      const kinds = [
        ['attendance', 'student_attendance', 'student_attendance.csv', 40],
        ['teacher_attendance', 'teacher_attendance', 'teacher_attendance.csv', 20],
        ['schools', 'school_master', 'school_mst.csv', 20],
        ['facility', 'udise', 'sch_facility.csv', 20],
      ];
      const files = kinds.map(([kind, folder, name, size]) =>
        dataFile(context, `cache/cqube_emission/${folder}`, name, { kind, bytes: size * 1e6 }),
      );
      const emission = path.dirname(path.dirname(files[0]));
      const cache = path.join(context.work, 'kept');
      const forget = () => rmSync(cache, { recursive: true, force: true });
      const tiny = attendance({ ...context, scale: 1 }, 'tiny', 0.001, { rows: 8 });
      return {
        runs: [
          ours(context, '1 kB', tiny),
          ours(context, 'without cache', emission),
          { ...ours(context, 'first run', emission, { cache }), before: forget },
          ours(context, 'second run', emission, { cache }),
        ].map((each) => ({ ...each, file: undefined })),
        targets: (results) => [
          { text: 'second run against 1 kB', value: times(results, '1 kB', 'second run'), most: 3 },
        ],
      };
    },
  },
  {
    id: 'ranges',
    title: 'student_attendance of 300 MB and 1.2 GB in ranges: two threads against one',
    prepare(context) {
      const sizes = [300, 1200];
      const files = sizes.map((size) => attendance(context, size === 300 ? 'attendance' : 'ranges', size));
      const name = (size, jobs) => `${size} MB, ${jobs} ${jobs === 1 ? 'thread' : 'threads'}`;
      return {
        runs: files.flatMap((file, index) =>
          [1, 2].map((jobs) => ours(context, name(sizes[index], jobs), file, { jobs })),
        ),
        // What the study measured with two workers on two cores (performance study, section 7).
        targets: (results) =>
          [1.26, 1.7].map((least, index) =>
            factor(results, name(sizes[index], 2), name(sizes[index], 1), least),
          ),
      };
    },
  },
  {
    id: 'cores',
    title: 'an emission folder with large files: two cores against one',
    prepare(context) {
      const kinds = {
        attendance: ['student_attendance', 'student_attendance.csv', 250],
        teacher_attendance: ['teacher_attendance', 'teacher_attendance.csv', 150],
        facility: ['udise', 'sch_facility.csv', 150],
        sch_profile: ['udise', 'sch_profile.csv', 150],
        periodic_exam_result_trans: ['pat', 'periodic_exam_result_trans.csv', 150],
        semester_exam_result_trans: ['sat', 'semester_exam_result_trans.csv', 150],
      };
      const files = Object.entries(kinds).map(([kind, [folder, name, size]]) =>
        dataFile(context, `cores/cqube_emission/${folder}`, name, { kind, bytes: size * 1e6 }),
      );
      const emission = path.dirname(path.dirname(files[0]));
      const pinned = spawnSync('taskset', ['--version']).status === 0 && os.availableParallelism() > 1;
      const two = ours(context, 'two cores', emission, { file: files[0], jobs: 'auto' });
      return {
        runs: pinned
          ? [
              { ...two, command: ['taskset', '-c', '0,1', ...two.command] },
              { ...two, name: 'one core', command: ['taskset', '-c', '0', ...two.command] },
            ]
          : [two],
        targets: (results) => [
          { text: 'one core against two', value: times(results, 'two cores', 'one core'), least: 1.6 },
        ],
      };
    },
  },
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
            value: results.get(name)?.memory ?? NaN,
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
          { text: 'MiB', value: results.get('ours')?.memory ?? NaN, most: 80 },
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
      if (!existsSync(csv)) repeatRows(rows, 4.4 * 2 ** 30, csv);
      const made = ourZip(context, 'ours, default level', csv);
      const tested = { name: 'unzip -t', file: csv, command: ['unzip', '-tq', made.zip] };
      return {
        rounds: 1,
        runs: [made, ...(hasInfoZip() ? [tested] : [])],
        targets: (results) => [
          { text: 'MiB', value: results.get(made.name)?.memory ?? NaN, most: 110 },
          ...(results.has(tested.name)
            ? [{ text: 'unzip -t finds no fault', value: results.get(tested.name).failure ? 0 : 1, least: 1 }]
            : []),
        ],
      };
    },
  },
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
          { text: 'MiB at most', value: results.get('ours')?.memory ?? NaN, most: 114 },
        ],
      };
    },
  },
];

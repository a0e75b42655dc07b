// What a check of one file costs: its start, each kind of content, faults, and growth with the size.
import { existsSync, statSync } from 'node:fs';
import path from 'node:path';
import { generateSchools } from '../generate.mjs';
import { attendance, dataFile, tinyFile } from './files.mjs';
import { KERNEL, ours, TWO, withoutIdentity, WORDS } from './ours.mjs';
import { duckDbRuns, papaparse, systemTools } from './peers.mjs';
import { factor, memoryOf, times } from './targets.mjs';

/** Both of our proofs beside the peers. @param duck names of our runs, and how much faster than DuckDB they are wanted */
function sideBySide(context, file, { peers = [], kernel, words, duck = [] }) {
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
      ...duck.map(([name, least]) => factor(results, name, 'DuckDB, 1 thread', least)),
    ],
  };
}

export const checkCases = [
  {
    id: 'start',
    title: 'a file of 1 kB',
    prepare(context) {
      return {
        rounds: 15,
        runs: [
          { name: 'node -e 0', command: [context.node, '-e', '0'] },
          ours(context, KERNEL, tinyFile(context)),
        ],
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
        peers: systemTools(file),
        words: 12,
        kernel: 20,
        duck: [
          [WORDS, 5],
          [KERNEL, 9],
        ],
      });
      // As the peers do it: no row is compared with another.
      const isOurs = ({ name }) => name === KERNEL || name === WORDS;
      return { ...made, runs: made.runs.map((run) => (isOurs(run) ? withoutIdentity(run) : run)) };
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
        runs: pairs.map(([name, file, words]) => withoutIdentity(ours(context, name, file, { words }))),
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
            value: memoryOf(results, 'every row wrong') - memoryOf(results, 'clean'),
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
      const rate = (results, index) =>
        (results.get(`${sizes[index]} MB`).median - results.get('1 kB').median) / statSync(files[index]).size;
      return {
        runs: [
          ours(context, '1 kB', tinyFile(context)),
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
];

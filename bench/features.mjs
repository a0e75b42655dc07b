// `npm run bench:features`: how long an editor waits for hover, completion and definition, over the real protocol with the
// built server, in an attendance file whose schools stand in a long master. Options:
//   --megabytes A,B   sizes of the documents (20,50)
//   --schools N       megabytes of the master; 125 are a million rows (125)
//   --asks N          requests of each kind, at random cells (1000)
//   --no-build        measures what is in dist/ already
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { performance } from 'node:perf_hooks';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { findDataset } from '../core/catalogue/catalogue.ts';
import { root, run } from '../scripts/install.mjs';
import { generate } from './generate.mjs';
import { below, startServer, stopServer } from './language-server.mjs';

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '20,50' },
    schools: { type: 'string', default: '125' },
    asks: { type: 'string', default: '1000' },
    'no-build': { type: 'boolean', default: false },
  },
});
const work = path.join(root, 'bench', '.work', 'features');
const fileOf = ({ folder, csv }) => path.join(work, 'cqube_emission', folder, csv);

const capabilities = {
  workspace: { workspaceFolders: true },
  textDocument: { diagnostic: {}, hover: {}, completion: {}, definition: { linkSupport: true } },
};

const percentile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];

/** What is asked for, and where in a row: in the school's id, or anywhere. */
const asked = [
  { name: 'hover, any cell', method: 'textDocument/hover', place: (line) => below(line.length) },
  { name: 'hover, school', method: 'textDocument/hover', place: schoolIn },
  { name: 'completion, any cell', method: 'textDocument/completion', place: (line) => below(line.length) },
  { name: 'completion, school', method: 'textDocument/completion', place: schoolIn },
  { name: 'definition, school', method: 'textDocument/definition', place: schoolIn },
];

/** Behind the fifth digit of the third cell. */
function schoolIn(line) {
  return line.indexOf('|', line.indexOf('|') + 1) + 6;
}

if (!options['no-build']) run('node', ['esbuild.mjs']);
const schools = findDataset('school_mst');
const attendance = findDataset('student_attendance');
rmSync(work, { recursive: true, force: true });
for (const spec of [schools, attendance]) mkdirSync(path.dirname(fileOf(spec)), { recursive: true });
generate({ kind: 'schools', bytes: Number(options.schools) * 1e6 }, fileOf(schools));
// The schools that the attendance is of come first: they are to be looked for as long as any.
const [header, ...rows] = readFileSync(fileOf(schools), 'utf8').trimEnd().split('\n');
writeFileSync(fileOf(schools), [header, ...rows.reverse(), ''].join('\n'));
console.log(`Node ${process.version}; a master of ${rows.length} rows`);
console.log('    MB  request                     first      p50      p95      p99      max   ms');
for (const megabytes of options.megabytes.split(',').map(Number)) {
  generate({ kind: 'attendance', bytes: megabytes * 1e6 }, fileOf(attendance));
  const text = readFileSync(fileOf(attendance), 'utf8');
  const lines = text.split('\n');
  const uri = pathToFileURL(fileOf(attendance)).toString();
  const running = await startServer(work, capabilities);
  const { connection } = running;
  void connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'csv', version: 1, text },
  });
  await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
  for (const { name, method, place } of asked) {
    const latencies = [];
    for (let i = 0; i < Number(options.asks); i++) {
      const line = 1 + below(lines.length - 2);
      const position = { line, character: place(lines[line]) };
      const since = performance.now();
      await connection.sendRequest(method, { textDocument: { uri }, position });
      latencies.push(performance.now() - since);
    }
    const [first, ...more] = latencies;
    const shown = [first, ...[0.5, 0.95, 0.99, 1].map((share) => percentile(more, share))];
    console.log(
      [
        String(megabytes).padStart(6),
        ` ${name.padEnd(22)}`,
        ...shown.map((each) => each.toFixed(2).padStart(8)),
      ].join(' '),
    );
  }
  await stopServer(running);
}
rmSync(work, { recursive: true, force: true });

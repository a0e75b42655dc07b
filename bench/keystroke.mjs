// `npm run bench:keystroke`: how long an editor waits for findings, over the real protocol with the built server: from
// opening a document to its first findings, and from a keystroke to the findings after it. Options:
//   --megabytes A,B   sizes of the documents (5,20,50)
//   --kind NAME       attendance, schools or facility (attendance)
//   --bad rows        a wrong cell in every row; `cells` for every cell
//   --repeats         some rows and keys stand twice
//   --edits N         keystrokes in each document (1000)
//   --opens N         how often each is opened (5)
//   --no-build        measures what is in dist/ already
import { copyFileSync, existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import path from 'node:path';
import { pathToFileURL } from 'node:url';
import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { findDataset } from '../core/catalogue/catalogue.ts';
import { root, run } from '../scripts/install.mjs';
import { generate, generateSchools } from './generate.mjs';
import { below, startServer, stopServer } from './language-server.mjs';

const { values: options } = parseArgs({
  options: {
    megabytes: { type: 'string', default: '5,20,50' },
    kind: { type: 'string', default: 'attendance' },
    bad: { type: 'string' },
    repeats: { type: 'boolean', default: false },
    edits: { type: 'string', default: '1000' },
    opens: { type: 'string', default: '5' },
    'no-build': { type: 'boolean', default: false },
  },
});
const work = path.join(root, 'bench', '.work', 'keystroke');
const emission = path.join(work, 'cqube_emission');
const datasets = { attendance: 'student_attendance', schools: 'school_mst', facility: 'sch_facility' };

const capabilities = { workspace: { workspaceFolders: true, diagnostics: { refreshSupport: true } } };

/** Opens the document and pulls its findings. Returns the milliseconds of both together, and how many findings. */
async function open({ connection }, uri, text) {
  const since = performance.now();
  void connection.sendNotification('textDocument/didOpen', {
    textDocument: { uri, languageId: 'cqube-csv', version: 1, text },
  });
  const { items } = await connection.sendRequest('textDocument/diagnostic', { textDocument: { uri } });
  return { milliseconds: performance.now() - since, findings: items.length };
}

/** The start of each line of a text, and its end. */
function lineStarts(text) {
  const starts = [0];
  for (let at = text.indexOf('\n') + 1; at > 0; at = text.indexOf('\n', at) + 1) starts.push(at);
  return starts;
}

/**
 * Signs typed and deleted again at random places, now and then a whole line.
 *
 * @returns for each edit the milliseconds from its notification to the findings after it
 */
async function type({ connection }, uri, text, edits) {
  const starts = lineStarts(text);
  const latencies = [];
  let version = 1;
  let previousResultId;
  const send = async (range, inserted) => {
    const since = performance.now();
    void connection.sendNotification('textDocument/didChange', {
      textDocument: { uri, version: ++version },
      contentChanges: [{ range, text: inserted }],
    });
    const answer = await connection.sendRequest('textDocument/diagnostic', {
      textDocument: { uri },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });
    latencies.push(performance.now() - since);
    previousResultId = answer.resultId;
    // An editor's user types slower: what is left to do after an answer is done before the next keystroke.
    await new Promise((resolve) => setTimeout(resolve, 2));
  };
  const at = (line, character, length = 0) => ({
    start: { line, character },
    end: { line, character: character + length },
  });
  while (latencies.length < edits) {
    const line = 1 + below(starts.length - 2);
    const length = starts[line + 1] - starts[line] - 1;
    if (below(10) === 0) {
      const whole = `${text.slice(starts[line], starts[line] + length)}${below(2) === 0 ? '|x' : ''}\n`;
      await send(at(line, 0), whole);
      await send({ start: { line, character: 0 }, end: { line: line + 1, character: 0 } }, '');
      continue;
    }
    const character = below(length);
    const sign = ['1', '7', 'x', '|', ' '][below(5)];
    await send(at(line, character), sign);
    await send(at(line, character, 1), '');
  }
  return latencies;
}

const percentile = (numbers, share) =>
  [...numbers].sort((a, b) => a - b)[Math.min(numbers.length - 1, Math.floor(numbers.length * share))];
const ms = (number) => number.toFixed(2).padStart(8);

/** Memory of a process in MiB; undefined where it cannot be told. */
function memoryOf(pid) {
  const status = `/proc/${pid}/status`;
  if (!existsSync(status)) return undefined;
  return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(status, 'utf8'))?.[1]) / 1024;
}

if (!options['no-build']) run('node', ['esbuild.mjs']);
const dataset = findDataset(datasets[options.kind] ?? '');
if (!dataset) {
  console.error(`--kind is one of ${Object.keys(datasets).join(', ')}.`);
  process.exit(2);
}
console.log(`Node ${process.version}; ${options.kind}${options.bad ? `, every ${options.bad} bad` : ''}`);
console.log('    MB    lines  findings     open   (min..max)       p50      p95      p99      max   MiB');
for (const megabytes of options.megabytes.split(',').map(Number)) {
  rmSync(work, { recursive: true, force: true });
  const file = path.join(emission, dataset.folder, dataset.csv);
  mkdirSync(path.dirname(file), { recursive: true });
  generate({ kind: options.kind, bytes: megabytes * 1e6, bad: options.bad, repeats: options.repeats }, file);
  const master = findDataset('school_mst');
  if (dataset !== master) {
    const schools = path.join(work, 'schools.csv');
    generateSchools(schools);
    mkdirSync(path.join(emission, master.folder), { recursive: true });
    copyFileSync(schools, path.join(emission, master.folder, master.csv));
  }
  const text = readFileSync(file, 'utf8');
  const uri = pathToFileURL(file).toString();
  const opened = [];
  let latencies;
  let memory;
  for (let i = 0; i < Number(options.opens); i++) {
    const running = await startServer(work, capabilities);
    opened.push(await open(running, uri, text));
    if (i === 0) {
      latencies = await type(running, uri, text, Number(options.edits));
      memory = memoryOf(running.server.pid);
    }
    await stopServer(running);
  }
  const times = opened.map(({ milliseconds }) => milliseconds);
  console.log(
    [
      String(megabytes).padStart(6),
      String(lineStarts(text).length - 1).padStart(8),
      String(opened[0].findings).padStart(9),
      percentile(times, 0.5).toFixed(0).padStart(8),
      `  (${Math.min(...times).toFixed(0)}..${Math.max(...times).toFixed(0)})`.padEnd(13),
      ...[0.5, 0.95, 0.99, 1].map((share) => ms(percentile(latencies, share))),
      memory === undefined ? '' : memory.toFixed(0).padStart(5),
    ].join(' '),
  );
}
rmSync(work, { recursive: true, force: true });

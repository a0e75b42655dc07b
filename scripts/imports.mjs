// `npm run imports`: who imports whom, by files and by rooms (folders). Ends with 1 and says where, when files import
// each other in a circle, a folder holds too many files, or a long file does not say why. Options:
//   --rooms FOLDER   the rooms of a folder alone, such as core/check
//   --mermaid        prints the picture as a Mermaid flowchart, in place of the list
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { parseArgs } from 'node:util';
import ts from 'typescript';
import { root } from './install.mjs';

/** What a person still takes in at a glance. */
const FOLDER_FILES = 15;
const FILE_LINES = 400;
const sources = ['core', 'server', 'client', 'cli', 'local', 'bench', 'scripts', 'test'];

/** @returns the source files below the root, with `/` between folders; the compiled kernel's, which is no module of ours, aside */
export function sourceFiles() {
  const listed = execFileSync('git', ['ls-files', '-co', '--exclude-standard', ...sources], {
    cwd: root,
    encoding: 'utf8',
  });
  return listed.split('\n').filter((file) => /\.(ts|mjs)$/.test(file) && !file.includes('/proof-kernel/'));
}

/** @returns for each file the files among them that it imports; types count */
export function importsOf(files) {
  const known = new Set(files);
  const imported = (file) =>
    ts
      .preProcessFile(readFileSync(path.join(root, file), 'utf8'))
      .importedFiles.map(({ fileName }) => path.posix.join(path.posix.dirname(file), fileName))
      .filter((target) => known.has(target));
  return new Map(files.map((file) => [file, [...new Set(imported(file))]]));
}

/** Tarjan's strongly connected components. @returns those of more than one node: the circles */
export function circles(graph) {
  const found = [];
  const order = new Map();
  const lowest = new Map();
  const stack = [];
  const visit = (node) => {
    order.set(node, order.size);
    lowest.set(node, order.get(node));
    stack.push(node);
    for (const next of graph.get(node) ?? []) {
      if (!order.has(next)) visit(next);
      if (stack.includes(next)) lowest.set(node, Math.min(lowest.get(node), lowest.get(next)));
    }
    if (lowest.get(node) !== order.get(node)) return;
    const circle = stack.splice(stack.indexOf(node));
    if (circle.length > 1) found.push(circle);
  };
  for (const node of graph.keys()) if (!order.has(node)) visit(node);
  return found;
}

const roomOf = (file) => path.posix.dirname(file);

/** @returns for each room the rooms that its files import, with the number of such imports */
export function roomsOf(graph) {
  const rooms = new Map();
  for (const [file, targets] of graph) {
    const room = rooms.get(roomOf(file)) ?? new Map();
    rooms.set(roomOf(file), room);
    for (const target of targets.map(roomOf)) {
      if (target !== roomOf(file)) room.set(target, (room.get(target) ?? 0) + 1);
    }
  }
  return rooms;
}

/** @returns folders with more files than a person takes in, as `core/check: 55 files` */
export function crowdedFolders(files) {
  const counts = Map.groupBy(files, roomOf);
  return [...counts]
    .filter(([, inside]) => inside.length > FOLDER_FILES)
    .map(([folder, inside]) => `${folder}: ${inside.length} files`);
}

/** @returns long files of the product whose first comment does not say why they are: `Long because …` */
export function unexplainedLength(files) {
  return files.flatMap((file) => {
    if (file.startsWith('test/')) return [];
    const text = readFileSync(path.join(root, file), 'utf8');
    const lines = text.split('\n').length - 1;
    const [comment = ''] = /\/\*\*[^]*?\*\/|(?:^\/\/.*\n)+/m.exec(text) ?? [];
    return lines > FILE_LINES && !/\bLong because\b/.test(comment) ? [`${file}: ${lines} lines`] : [];
  });
}

function show(rooms, mermaid) {
  const sorted = [...rooms].sort(([a], [b]) => (a < b ? -1 : 1));
  if (mermaid) console.log('flowchart TD');
  for (const [room, targets] of sorted) {
    if (mermaid) {
      for (const [target, count] of targets)
        console.log(`  ${JSON.stringify(room)} --${count}--> ${JSON.stringify(target)}`);
    } else {
      const list = [...targets]
        .sort(([, a], [, b]) => b - a)
        .map(([target, count]) => `${target} (${count})`);
      console.log(`${room} -> ${list.join(', ') || 'nothing'}`);
    }
  }
}

if (process.argv[1] === import.meta.filename) {
  const { values: options } = parseArgs({
    options: { rooms: { type: 'string' }, mermaid: { type: 'boolean', default: false } },
  });
  const files = sourceFiles();
  const graph = importsOf(files);
  const shown = [...graph].filter(([file]) => !options.rooms || file.startsWith(`${options.rooms}/`));
  show(roomsOf(new Map(shown)), options.mermaid);
  const faults = [
    ...circles(graph).map((circle) => `Files import each other: ${circle.join(', ')}`),
    ...crowdedFolders(files).map((folder) => `Too many files for one folder: ${folder}`),
    ...unexplainedLength(files).map((file) => `Long without a reason in its first comment: ${file}`),
  ];
  for (const fault of faults) console.error(fault);
  if (faults.length > 0) process.exitCode = 1;
}

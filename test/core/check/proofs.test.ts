/**
 * A proof changes the speed and nothing else: the same findings with words, with blocks, and by the scanner alone, for
 * the fixtures, the samples and files with random mistakes, of rows that are alike too.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasets, variantsOf } from '../../../core/catalogue/catalogue.ts';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import type { ColumnSpec, DatasetSpec } from '../../../core/catalogue/spec.ts';
import type { MakeProof } from '../../../core/check/file.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { WordProof } from '../../../core/csv/proof/proof-words.ts';
import { BlockProof } from '../../../core/csv/proof/proof-wasm.ts';
import { Random } from '../csv/random.ts';
import { checkWhole } from './whole.ts';

const root = path.join(import.meta.dirname, '../../..');

const proofs: readonly (readonly [name: string, make: MakeProof])[] = [
  ['words', (shape) => new WordProof(shape)],
  [
    'blocks',
    (shape) => {
      const proof = BlockProof.create(shape);
      assert.ok(proof, 'the kernel is built: run `npm run build`');
      return proof;
    },
  ],
];

function assertSame(spec: DatasetSpec, name: string, bytes: Uint8Array, settings: CheckSettings): void {
  const look = (makeProof: MakeProof, chunkBytes?: number) => {
    const options = { makeProof, ...(chunkBytes === undefined ? {} : { chunkBytes }) };
    const { findings, rows, totals, tally } = checkWhole(spec, spec.csv, bytes, settings, options);
    return { findings, rows, totals, tally };
  };
  const exact = look(() => undefined);
  for (const [proof, make] of proofs) {
    assert.deepEqual(look(make), exact, `${name} by ${proof}`);
    assert.deepEqual(look(make, 1000), exact, `${name} by ${proof} in chunks`);
  }
}

function csvFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.csv'))
    .map((file) => path.join(folder, file));
}

test('fixtures and samples', () => {
  const files = ['test/fixtures/check', 'samples'].flatMap((folder) => csvFiles(path.join(root, folder)));
  assert.ok(files.length > 100);
  for (const file of files) {
    const spec = datasetNamed(path.basename(file));
    if (!spec) continue;
    const own = path.join(path.dirname(file), 'settings.json');
    const settings = existsSync(own) ? (JSON.parse(readFileSync(own, 'utf8')) as Partial<CheckSettings>) : {};
    assertSame(spec, path.relative(root, file), readFileSync(file), { ...defaultSettings, ...settings });
  }
});

function goodText(random: Random, column: ColumnSpec): string {
  if (!column.required && random.once(5)) return '';
  switch (column.type) {
    case 'integer':
    case 'long':
      return String(1 + random.below(random.pick([9, 9, 99, 9999, 99_999_999])));
    case 'decimal':
    case 'double':
      return `${10 + random.below(80)}.${random.below(1000)}`;
    case 'date':
    case 'timestamp':
      return column.format === 'dd/MM/yyyy'
        ? '05/03/2026'
        : `2026-0${1 + random.below(9)}-1${random.below(10)}`;
    default:
      return random.pick([
        '2026-27',
        'Govt. School',
        'a',
        'शाला',
        '"x | y"',
        'yes',
        random.text(8, 'abc 12'),
      ]);
  }
}

const odd = [
  '',
  ' ',
  '0',
  '00012',
  '-1',
  '+7',
  '1.5',
  'x',
  'NULL',
  'null',
  '99999',
  '2147483648',
  '1e3',
  'é',
  '\0',
];
const odder = [
  ...odd,
  '"',
  '""',
  '"q"',
  'a"b',
  '\\',
  '\\"',
  '2026-02-30',
  '2026-01-05x',
  ' 5',
  '5 ',
  '12345678901234567890',
];

function randomFile(random: Random, spec: DatasetSpec): Uint8Array {
  const { columns } = random.pick(variantsOf(spec));
  const sign = spec.reading.delimiter;
  const lineEnd = random.pick(['\n', '\r\n']);
  const names = columns.map(({ name }) => name);
  if (random.once(4)) names.push('further');
  const lines = [names.join(sign)];
  const rows = 20 + random.below(60);
  for (let row = 0; row < rows; row++) {
    const cells = names.map((_, index) => {
      const column = columns[index];
      if (random.once(200)) return random.pick(odder);
      return column ? goodText(random, column) : 'more';
    });
    if (random.once(60)) cells.pop();
    if (random.once(60)) cells.push('1');
    lines.push(random.once(30) ? (lines.at(-1) ?? '') : cells.join(sign));
    if (random.once(100)) lines.push('');
  }
  return new TextEncoder().encode(lines.join(lineEnd) + random.pick(['', lineEnd]));
}

test('files of all datasets with random mistakes', () => {
  const random = new Random(20260202);
  for (const spec of datasets.filter(({ sections }) => !sections)) {
    for (let file = 0; file < 3; file++) {
      assertSame(spec, `${spec.csv}, file ${file}`, randomFile(random, spec), defaultSettings);
    }
  }
});

/** Rows that are wrong in the same way: each is the one before with other digits, and now and then another cell. */
function alikeFile(random: Random, spec: DatasetSpec): Uint8Array {
  const { columns } = random.pick(variantsOf(spec));
  const sign = spec.reading.delimiter;
  const wrong = () => random.pick([...odd, 'x7', '1.0', '12a', '+5x', '007', '2026-1x-05']);
  const often = random.pick([2, 4, 20]);
  let cells = columns.map((column) => (random.once(often) ? wrong() : goodText(random, column)));
  const lines = [columns.map(({ name }) => name).join(sign)];
  for (let row = 0; row < 80; row++) {
    lines.push(cells.join(sign));
    cells = cells.map((cell) =>
      random.once(3) ? cell.replace(/\d/g, () => random.text(1, '0123456789')) : cell,
    );
    if (random.once(15)) cells[random.below(cells.length)] = wrong();
    if (random.once(60)) lines.push('');
    if (random.once(40)) lines.push('"a"x"y"', '"a"x"y"');
  }
  return new TextEncoder().encode(lines.join(random.pick(['\n', '\r\n'])) + '\n');
}

test('files of all datasets whose rows are wrong alike', () => {
  const random = new Random(20261125);
  for (const spec of datasets.filter(({ sections }) => !sections)) {
    for (let file = 0; file < 6; file++) {
      assertSame(spec, `${spec.csv}, file ${file}`, alikeFile(random, spec), defaultSettings);
    }
  }
});

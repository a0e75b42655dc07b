/**
 * Both proofs against a plain regular expression for each kind of cell. A proof may leave a good row to the scanner, but
 * must never take a bad one for good.
 */
import assert from 'node:assert/strict';
import { isUtf8 } from 'node:buffer';
import { test } from 'node:test';
import { Fingerprint } from '../../../core/csv/fingerprint.ts';
import {
  mayHideDelimiter,
  fingerprintOf,
  type FingerprintSpec,
} from '../../../core/csv/proof/fingerprints.ts';
import type { CellShape, RowProof, RowShape } from '../../../core/csv/proof/proof.ts';
import { WordProof } from '../../../core/csv/proof/proof-words.ts';
import { BlockProof, createProof } from '../../../core/csv/proof/proof-wasm.ts';
import { Random } from './random.ts';

const PIPE = 0x7c;
const SLACK = 64;

function blockProof(shape: RowShape): RowProof {
  const proof = BlockProof.create(shape);
  assert.ok(proof, 'the kernel is built: run `npm run build`');
  return proof;
}

const makers: readonly (readonly [name: string, make: (shape: RowShape) => RowProof])[] = [
  ['words', (shape) => new WordProof(shape)],
  ['blocks', blockProof],
];

/** A cell as it stands in the file, one sign for each byte, and its value. */
interface Cell {
  readonly raw: string;
  readonly value: string;
}

/** The cells of a row without its line end: one in quotes ends where its quotes do, if a delimiter follows. */
function cellsOf({ delimiter }: RowShape, line: string): readonly Cell[] {
  const sign = String.fromCharCode(delimiter);
  const cells: Cell[] = [];
  let rest: string | undefined = line.replace(/\r$/, '');
  while (rest !== undefined) {
    const quoted = /^"((?:[^"]|"")*)"/.exec(rest);
    const isQuoted = quoted && [sign, undefined].includes(rest[quoted[0].length]);
    const raw: string = isQuoted ? quoted[0] : rest.split(sign)[0]!;
    cells.push({ raw, value: isQuoted ? quoted[1]!.replaceAll('""', '"') : raw });
    rest = raw.length < rest.length ? rest.slice(raw.length + 1) : undefined;
  }
  return cells;
}

function isPlain(cell: CellShape, { raw, value }: Cell, delimiter: string): boolean {
  const inside = raw === value ? raw : raw.slice(1, -1).replaceAll(delimiter, '|');
  if (raw === value && raw.includes('"')) return false;
  switch (cell.kind) {
    case 'digits':
      return /^\d*$/.test(inside) && inside.length >= cell.min && inside.length <= cell.max;
    case 'text':
      return (
        /^(?! )[ -[\]-~\x80-\xee\xf0-\xff]*(?<! )$/.test(inside) &&
        inside.length >= cell.min &&
        inside.length <= cell.max &&
        inside.toUpperCase() !== 'NULL'
      );
    case 'decimal':
      return (cell.empty && inside === '') || (/^[1-9]\d*(\.\d*)?$/.test(inside) && inside.length <= 40);
    case 'date': {
      const date = '(19|20)\\d\\d-(0[1-9]|1[0-2])-(0[1-9]|1\\d|2[0-8])';
      const time = cell.time ? '( \\d\\d:\\d\\d[\\d:.]*)?' : '';
      return (cell.empty && inside === '') || new RegExp(`^${date}${time}$`).test(inside);
    }
  }
}

/** True for a row without its LF. */
function isPlainRow(shape: RowShape, line: string): boolean {
  const cells = cellsOf(shape, line);
  return (
    isUtf8(Buffer.from(line, 'latin1')) &&
    cells.length === shape.cells.length &&
    cells.every((cell, index) => isPlain(shape.cells[index]!, cell, String.fromCharCode(shape.delimiter))) &&
    !cells.some((cell, index) => hidesInVain(shape, cell, index))
  );
}

/** True for a delimiter inside quotes where a fingerprint is compared with those of files with another one. */
function hidesInVain({ delimiter, fingerprints = [] }: RowShape, { value }: Cell, index: number): boolean {
  return value.includes(String.fromCharCode(delimiter)) && !mayHideDelimiter(fingerprints, index);
}

/**
 * Good rows that a proof may leave to the scanner all the same: n..l looks like NULL to it, bytes beyond ASCII stand
 * beside wrong ones, quotes around a number or a tab are seldom.
 */
function mayBeLeft(shape: RowShape, line: string): boolean {
  return cellsOf(shape, line).some(
    ({ raw, value }, index) =>
      /^n..l$/i.test(value) ||
      raw.length > 1000 ||
      /[\x80-\xff]/.test(raw) ||
      (raw !== value && (shape.cells[index]!.kind !== 'text' || value.includes('\t'))),
  );
}

/** Proved rows with quotes, and with bytes beyond ASCII. */
const met = { quotes: 0, beyondAscii: 0 };

/** Proves what it can of a buffer and compares each row; rows that are not proved are passed over one at a time. */
function compare(proof: RowProof, shape: RowShape, bytes: Uint8Array, from: number, to: number): number {
  const lineOf = (start: number, end: number) => Buffer.from(bytes.subarray(start, end)).toString('latin1');
  let at = from;
  let proved = 0;
  while (at < to) {
    const next = proof.prove(bytes, at, to);
    let crLf = false;
    let lf = false;
    for (let row = 0; row < proof.rows; row++) {
      const end = proof.ends[row]!;
      const line = lineOf(at, end);
      assert.ok(end >= at && bytes[end] === 0x0a && !line.includes('\n'), 'a row ends at its LF');
      assert.ok(isPlainRow(shape, line), `${JSON.stringify(line)} is no ${JSON.stringify(shape)}`);
      if (line.includes('"')) met.quotes++;
      if (/[\x80-\xff]/.test(line)) met.beyondAscii++;
      if (line.endsWith('\r')) crLf = true;
      else lf = true;
      at = end + 1;
      proved++;
    }
    assert.equal(next, at, 'the first row that is not proved follows the last one that is');
    assert.deepEqual([proof.sawCrLf, proof.sawLf], [crLf, lf]);
    if (at >= to) break;
    if (!proof.refused) continue;
    const end = bytes.indexOf(0x0a, at);
    const line = lineOf(at, end);
    assert.ok(
      !isPlainRow(shape, line) || mayBeLeft(shape, line),
      `${JSON.stringify(line)} is ${JSON.stringify(shape)}`,
    );
    at = end + 1;
  }
  return proved;
}

function randomCell(random: Random): CellShape {
  switch (random.below(6)) {
    case 0:
      return { kind: 'text', min: random.below(2), max: random.pick([3, 4, 10, 100, 1 << 20]) };
    case 1:
      return { kind: 'decimal', empty: random.once(2) };
    case 2:
      return { kind: 'date', empty: random.once(2), time: random.once(2) };
    case 3:
      return { kind: 'digits', min: random.below(2), max: random.pick([1, 9, 18]) };
    default:
      return { kind: 'digits', min: 0, max: 4 };
  }
}

function randomShape(random: Random): RowShape {
  const cells = Array.from({ length: 1 + random.below(8) }, () => randomCell(random));
  // Cells of one shape side by side are taken together.
  const repeated = randomCell(random);
  const at = random.below(cells.length + 1);
  cells.splice(at, 0, ...Array.from({ length: random.pick([0, 2, 5, 40, 150]) }, () => repeated));
  return { delimiter: random.pick([PIPE, PIPE, 0x2c, 0x09]), cells };
}

const printable = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index)).join('');

function randomText(random: Random, cell: CellShape): string {
  switch (cell.kind) {
    case 'digits': {
      const usual = Math.min(cell.max, 1 + random.below(4));
      return random.text(
        random.once(4) ? cell.min + random.below(cell.max - cell.min + 1) : usual,
        '0123456789',
      );
    }
    case 'decimal': {
      if (cell.empty && random.once(4)) return '';
      const whole = random.pick('123456789'.split('')) + random.text(random.below(4), '0123456789');
      return random.once(2) ? whole : `${whole}.${random.text(random.below(8), '0123456789')}`;
    }
    case 'date': {
      if (cell.empty && random.once(4)) return '';
      const two = (from: number, count: number) => String(from + random.below(count)).padStart(2, '0');
      const date = `${random.pick(['19', '20'])}${two(0, 100)}-${two(1, 12)}-${two(1, 28)}`;
      return cell.time && random.once(2)
        ? `${date} ${two(0, 24)}:${two(0, 60)}${random.pick(['', ':07.5'])}`
        : date;
    }
    case 'text': {
      const length = random.once(20) ? random.below(300) : random.below(12);
      const text = random
        .text(length, printable)
        .replace(/["\\|,]/g, 'x')
        .trim()
        .slice(0, cell.max)
        .trim()
        .padEnd(cell.min, 'a');
      if (random.once(8)) return text.replace(/^.?/, random.pick(beyondAscii));
      return random.once(8) ? `"${text.replace(/[xyz]/g, () => random.pick(['""', '|', ',', '\t']))}"` : text;
    }
  }
}

/** UTF-8, one sign for each byte. */
const beyondAscii = ['é', 'शाला', '€', '𝄞', '\ufffd', 'ｅ'].map((text) =>
  Buffer.from(text).toString('latin1'),
);

const nasty = ['|', ',', '\t', '\n', '\r', '\r\n', ' ', '"', '\\', '/', ':', '0', '9', '.', '-', '+', 'NULL'];
const nastier = [
  ...nasty,
  ...beyondAscii,
  '""',
  '|"',
  '"|',
  'null',
  'N',
  '\0',
  '\x1f',
  '\x7f',
  '\x80',
  '\xff',
  '\xa0',
  '1234567890',
];

function mutate(random: Random, line: string): string {
  const at = random.below(line.length + 1);
  const taken = random.below(3);
  return line.slice(0, at) + (random.once(4) ? '' : random.pick(nastier)) + line.slice(at + taken);
}

function randomFile(random: Random, shape: RowShape, rows: number, badOnceIn: number): Buffer {
  const delimiter = String.fromCharCode(shape.delimiter);
  const lineEnd = random.pick(['\n', '\r\n']);
  const lines = Array.from({ length: rows }, () => {
    const line = shape.cells.map((cell) => randomText(random, cell)).join(delimiter);
    const end = random.once(200) ? random.pick(['\n', '\r\n', '\r\r\n']) : lineEnd;
    return (random.once(badOnceIn) ? mutate(random, line) : line) + end;
  });
  return Buffer.from(lines.join(''), 'latin1');
}

for (const [name, make] of makers) {
  test(`${name}: random shapes, rows and mistakes`, () => {
    const random = new Random(20260101);
    let proved = 0;
    Object.assign(met, { quotes: 0, beyondAscii: 0 });
    for (let round = 0; round < 400; round++) {
      const shape = randomShape(random);
      const text = randomFile(random, shape, 1 + random.below(60), random.pick([2, 10, 1000]));
      const bytes = new Uint8Array(text.length + SLACK);
      // What stands behind the last row may look like more of it.
      bytes.set(text);
      bytes.fill(random.pick([0, 0x31, shape.delimiter, 0x0a]), text.length);
      proved += compare(make(shape), shape, bytes, 0, text.length);
    }
    assert.ok(proved > 5000, `${proved} rows proved`);
    assert.ok(met.quotes > 300 && met.beyondAscii > 300, JSON.stringify(met));
  });

  test(`${name}: rows from anywhere, to anywhere`, () => {
    const random = new Random(7);
    const shape: RowShape = {
      delimiter: PIPE,
      cells: [
        { kind: 'digits', min: 1, max: 18 },
        { kind: 'text', min: 1, max: 40 },
        ...Array.from({ length: 31 }, () => ({ kind: 'digits', min: 0, max: 4 }) as const),
      ],
    };
    const text = randomFile(random, shape, 40, 15);
    const ends = [...text.keys()].filter((index) => text[index] === 0x0a);
    const proof = make(shape);
    for (const from of ends) {
      for (const to of ends.filter((end) => end > from)) {
        const bytes = new Uint8Array(text.length + SLACK);
        bytes.set(text);
        compare(proof, shape, bytes, from + 1, to + 1);
      }
    }
  });

  test(`${name}: more rows than any window holds, and one longer than that`, () => {
    const shape: RowShape = {
      delimiter: PIPE,
      cells: [
        { kind: 'digits', min: 1, max: 9 },
        { kind: 'text', min: 0, max: 1 << 20 },
      ],
    };
    const rows = Array.from({ length: 30_000 }, (_, index) => `${index}|${'x'.repeat(index % 50)}\n`);
    const long = `1|${'long '.repeat(30_000)}end\n`;
    const text = Buffer.from(`${rows.join('')}${long}${rows.join('')}`);
    const bytes = new Uint8Array(text.length + SLACK);
    bytes.set(text);
    assert.ok(compare(make(shape), shape, bytes, 0, text.length) >= 60_000);
  });

  test(`${name}: several proofs take turns`, () => {
    const shapes = [1, 2, 3].map((count): RowShape => ({
      delimiter: PIPE,
      cells: Array.from({ length: count }, () => ({ kind: 'digits', min: 1, max: count })),
    }));
    const proofs = shapes.map((shape) => make(shape));
    const bytes = Buffer.from(`1\n22|22\n333|333|333\n${' '.repeat(SLACK)}`);
    for (let round = 0; round < 3; round++) {
      assert.deepEqual(
        proofs.map((proof, index) => proof.prove(bytes, [0, 2, 8][index]!, 20)),
        [2, 8, 20],
      );
    }
  });
}

function randomPrint(random: Random, { cells }: RowShape): FingerprintSpec {
  const seed = random.below(1 << 30);
  if (random.once(4)) return { seed };
  const parts = Array.from({ length: 1 + random.below(3) }, () => {
    const first = random.below(cells.length);
    const number = cells[first]?.kind === 'digits' && random.once(2);
    return { first, last: number ? first : first + random.below(cells.length - first), number };
  });
  return {
    seed,
    parts,
    skipsEmpty: random.once(2),
    acrossFiles: random.once(4),
    changesOnly: random.once(2),
  };
}

/** A row without its quotes, where its cells start and end, and room behind it. */
function plainRow(shape: RowShape, line: string) {
  const sign = String.fromCharCode(shape.delimiter);
  const values = cellsOf(shape, line).map(({ value }) => value.replaceAll(sign, '\xff'));
  const row = values.join(sign);
  let at = 0;
  const starts = values.map(({ length }) => (at += length + 1) - length - 1);
  const bytes = new Uint8Array(row.length + SLACK);
  bytes.set(Buffer.from(row, 'latin1'));
  return {
    view: new DataView(bytes.buffer),
    end: row.length,
    starts: Int32Array.from(starts),
    ends: Int32Array.from(starts, (start, index) => start + values[index]!.length),
  };
}

/** Compares the fingerprints of proved rows, the first of which begins at `from`, with those of the rows themselves. */
function comparePrints(proof: RowProof, shape: RowShape, bytes: Uint8Array, from: number): number {
  const fingerprint = new Fingerprint();
  const specs = shape.fingerprints ?? [];
  const expected: number[][] = specs.map(() => []);
  let start = from;
  for (let row = 0; row < proof.rows; row++) {
    const lineEnd = proof.ends[row]!;
    const { view, end, starts, ends } = plainRow(
      shape,
      Buffer.from(bytes.subarray(start, lineEnd)).toString('latin1'),
    );
    specs.forEach((spec, index) => {
      const { low, high } = fingerprintOf(spec, view, { start: 0, end }, starts, ends, fingerprint);
      const list = expected[index]!;
      const isAsBefore = row > 0 && list.at(-2) === low && list.at(-1) === high;
      if (!spec.changesOnly) list.push(low, high);
      else if (!isAsBefore) list.push(row, low, high);
    });
    start = lineEnd + 1;
  }
  specs.forEach(({ changesOnly }, index) => {
    const { count, rows, halves } = proof.fingerprints[index]!;
    const found = Array.from({ length: count }, (_, i) => [
      ...(changesOnly ? [rows[i]!] : []),
      halves[i * 2]!,
      halves[i * 2 + 1]!,
    ]);
    assert.deepEqual(found.flat(), expected[index]);
  });
  return proof.rows;
}

for (const [name, make] of makers) {
  test(`${name}: fingerprints of proved rows are those of the rows themselves`, () => {
    const random = new Random(99);
    let compared = 0;
    for (let round = 0; round < 300; round++) {
      const cells = randomShape(random);
      const fingerprints = Array.from({ length: 1 + random.below(5) }, () => randomPrint(random, cells));
      const shape: RowShape = { ...cells, fingerprints };
      const lines = randomFile(random, shape, 1 + random.below(random.once(30) ? 3000 : 60), 1000)
        .toString('latin1')
        .split(/(?<=\n)/);
      // A row is often like the one before.
      const repeated = lines.flatMap((line) => (random.once(2) ? [line, line] : [line]));
      const text = Buffer.from(repeated.join(''), 'latin1');
      const bytes = new Uint8Array(text.length + SLACK);
      bytes.set(text);
      const proof = make(shape);
      let at = 0;
      do {
        const next = proof.prove(bytes, at, text.length);
        compared += comparePrints(proof, shape, bytes, at);
        at = next;
      } while (!proof.refused && at < text.length);
    }
    assert.ok(compared > 5000, `${compared} rows compared`);
  });
}

test('a shape that no kernel takes is proved by words', () => {
  const never: RowShape = { delimiter: PIPE, cells: [{ kind: 'digits', min: 60, max: 70 }] };
  const many: RowShape = {
    delimiter: PIPE,
    cells: Array.from({ length: 5000 }, () => ({ kind: 'digits', min: 0, max: 4 })),
  };
  for (const shape of [never, many]) assert.ok(createProof(shape) instanceof WordProof);
});

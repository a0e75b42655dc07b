/** Random files without a fault, each with one fault put in that has one reading: mending it gives the file again. */
import assert from 'node:assert/strict';
import { datasets, variantsOf } from '../../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec } from '../../../core/catalogue/spec.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { mendText } from '../../../core/fix/file/mend.ts';
import type { Finding } from '../../../core/finding.ts';
import { encode, goodValue } from '../../reference/cells.ts';
import { Random } from '../../reference/comparison/random.ts';
import { checkWhole } from '../check/whole.ts';

const settings: CheckSettings = {
  ...defaultSettings,
  // What no fix is for: the values may be right, or the fault is ingestion’s.
  rules: {
    'release/defect': 'off',
    'cell/not-counted': 'off',
    'cell/exam-date': 'off',
    'cell/leading-zeros': 'off',
    'dialect/diksha-delimiter': 'off',
    'row/none': 'off',
    'key/duplicate-key': 'off',
    'key/not-earliest': 'off',
  },
};

const tables = datasets.filter(({ sections }) => !sections);

/** A table as cells that are written as they stand in the file. */
interface Sample {
  readonly spec: DatasetSpec;
  readonly columns: readonly ColumnSpec[];
  readonly delimiter: string;
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
  readonly lineEnd: string;
}

type Fault = (sample: Sample, random: Random) => string | Uint8Array | undefined;

function sampleOf(random: Random): Sample {
  const spec = random.pick(tables);
  const { columns } = random.pick(variantsOf(spec));
  const delimiter = spec.reading.delimiter;
  const rows = Array.from({ length: random.int(2, 5) }, (_, row) =>
    columns.map((column) => encode(goodValue(column, row, random), delimiter, random)),
  );
  const names = columns.map(({ name }) => name);
  return { spec, columns, delimiter, names, rows, lineEnd: random.pick(['\n', '\r\n']) };
}

function textOf({ names, rows, delimiter, lineEnd }: Sample): string {
  return [names, ...rows].map((cells) => cells.join(delimiter) + lineEnd).join('');
}

/** The text with another cell in a random row, of a column that fits; undefined where none does. */
function otherCell(
  sample: Sample,
  random: Random,
  other: (cell: string, column: ColumnSpec) => string | undefined,
): string | undefined {
  const row = random.int(0, sample.rows.length - 1);
  const cells = sample.rows[row]!;
  const fits = cells.flatMap((cell, index) => {
    const value = other(cell, sample.columns[index]!);
    return value === undefined ? [] : [[index, value] as const];
  });
  if (fits.length === 0) return undefined;
  const [index, value] = random.pick(fits);
  const rows = sample.rows.map((each, at) => (at === row ? each.with(index, value) : each));
  return textOf({ ...sample, rows });
}

function otherLine(sample: Sample, random: Random, other: (line: string) => string): string {
  const lines = textOf(sample).split(sample.lineEnd);
  const at = random.int(1, sample.rows.length);
  return lines.map((line, index) => (index === at ? other(line) : line)).join(sample.lineEnd);
}

const isWhole = ({ type, processor }: ColumnSpec) =>
  (type === 'integer' || type === 'long') && processor !== undefined && processor !== 'StrNotNullOrEmpty';
const months = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

const faults: Readonly<Record<string, Fault>> = {
  'zeros behind a point': (sample, random) =>
    otherCell(sample, random, (cell, column) =>
      isWhole(column) && /^\d+$/.test(cell) ? `${cell}.0` : undefined,
    ),
  'an apostrophe': (sample, random) =>
    otherCell(sample, random, (cell, column) =>
      isWhole(column) && /^\d+$/.test(cell) ? `'${cell}` : undefined,
    ),
  'a sign that is not seen': (sample, random) =>
    otherCell(sample, random, (cell, column) =>
      isWhole(column) && /^\d+$/.test(cell) ? `${cell}\u200b` : undefined,
    ),
  'blanks round a number or text': (sample, random) =>
    otherCell(sample, random, (cell, { storedAs }) =>
      sample.spec.reading.trim || storedAs === undefined || !/^[a-z\d]+$/i.test(cell)
        ? undefined
        : random.pick([` ${cell}`, `${cell} `, ` ${cell}\t`]),
    ),
  'the month as a name': (sample, random) =>
    otherCell(sample, random, (cell, { type, format }) => {
      const date = /^(\d{4})-(\d{2})-(\d{2})$/.exec(cell);
      return type === 'date' && format !== 'dd/MM/yyyy' && date
        ? `${date[3]!}-${months[Number(date[2]) - 1]!}-${date[1]!}`
        : undefined;
    }),
  'slashes in a date': (sample, random) =>
    otherCell(sample, random, (cell, { type }) =>
      type === 'date' && /^\d{4}-\d{2}-\d{2}$/.test(cell) ? cell.replaceAll('-', '/') : undefined,
    ),
  'a NUL byte': (sample, random) =>
    otherCell(sample, random, (cell) =>
      /^\w{2,}$/.test(cell) ? `${cell[0]!}\0${cell.slice(1)}` : undefined,
    ),
  'a delimiter at the end': (sample, random) => otherLine(sample, random, (line) => line + sample.delimiter),
  'delimiters at the end of each line': (sample) =>
    textOf({ ...sample, names: [...sample.names, ''], rows: sample.rows.map((row) => [...row, '']) }),
  'a row of delimiters': (sample, random) =>
    sample.columns.length > 1 && sample.columns.some(({ required }) => required)
      ? otherLine(
          sample,
          random,
          (line) => `${sample.delimiter.repeat(sample.columns.length - 1)}${sample.lineEnd}${line}`,
        )
      : undefined,
  'a row once more': (sample, random) =>
    sample.spec.key.repeatsRemoved
      ? otherLine(sample, random, (line) => `${line}${sample.lineEnd}${line}`)
      : undefined,
  'a blank line': (sample, random) => otherLine(sample, random, (line) => sample.lineEnd + line),
  'a blank line before the header': (sample) => sample.lineEnd + textOf(sample),
  'another line end': (sample, random) => {
    const lines = textOf(sample).split(sample.lineEnd).slice(0, -1);
    const other = sample.lineEnd === '\n' ? '\r\n' : '\n';
    const at = random.int(1, lines.length - 1);
    return lines.map((line, index) => line + (index === at ? other : sample.lineEnd)).join('');
  },
  'a byte order mark': (sample) => `\ufeff${textOf(sample)}`,
  'UTF-16': (sample) => Buffer.from(`\ufeff${textOf(sample)}`, 'utf16le'),
  'a line that tells the delimiter': (sample) => `sep=${sample.delimiter}${sample.lineEnd}${textOf(sample)}`,
  'another delimiter': (sample) => {
    const text = textOf(sample);
    const isFree = sample.columns.length > 2 && sample.delimiter === '|' && !/[;\\]/.test(text);
    // A cell may hold the delimiter inside quotes, where it needs none any more but keeps them.
    return isFree ? textOf({ ...sample, delimiter: ';' }) : undefined;
  },
  'a name with an underscore': (sample, random) => {
    const cell = random.int(0, sample.names.length - 1);
    const name = sample.names[cell]!;
    if (name.length < 6 || /\d/.test(name)) return undefined;
    return textOf({ ...sample, names: sample.names.with(cell, `${name.slice(0, 3)}_${name.slice(3)}`) });
  },
  'two columns in each other’s place': (sample, random) => {
    const [a, b] = [random.int(0, sample.names.length - 1), random.int(0, sample.names.length - 1)];
    if (a === b) return undefined;
    const swap = (cells: readonly string[]) => cells.with(a, cells[b]!).with(b, cells[a]!);
    return textOf({ ...sample, names: swap(sample.names), rows: sample.rows.map(swap) });
  },
  'quotes round the names': (sample) =>
    sample.spec.header.match === 'substring'
      ? textOf({ ...sample, names: sample.names.map((name) => `"${name}"`) })
      : undefined,
};

function findingsOf(spec: DatasetSpec, bytes: Uint8Array): readonly Finding[] {
  return checkWhole(spec, spec.csv, bytes, settings).findings;
}

/**
 * Puts one fault into a file without any, mends it, and compares.
 *
 * @returns the fault's name; undefined where the random file had a fault, or none could be put into it
 */
export function tryFault(seed: number): string | undefined {
  const random = new Random(seed);
  const sample = sampleOf(random);
  const good = textOf(sample);
  if (findingsOf(sample.spec, Buffer.from(good)).length > 0) return undefined;
  const name = random.pick(Object.keys(faults));
  const damaged = faults[name]!(sample, random);
  if (damaged === undefined) return undefined;
  const bytes = typeof damaged === 'string' ? Buffer.from(damaged) : damaged;
  const { bytes: mended } = mendText(sample.spec, settings, bytes);
  // A sign that ingestion cuts itself is no fault.
  if (findingsOf(sample.spec, bytes).length === 0) {
    assert.deepEqual(Buffer.from(mended), Buffer.from(bytes), `seed ${seed}: ${sample.spec.id}, ${name}`);
    return undefined;
  }
  assert.equal(Buffer.from(mended).toString(), good, `seed ${seed}: ${sample.spec.id}, ${name}`);
  return name;
}

export const faultNames: readonly string[] = Object.keys(faults);

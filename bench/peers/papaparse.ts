/**
 * What a good program on papaparse takes for the same file: streamed, structure, types, required cells and limits by
 * the catalogue, in plain TypeScript. With a file of schools also repeated rows, keys and the reference, by `Set`.
 *   node papaparse.js FILE [SCHOOLS]
 */
import { createReadStream } from 'node:fs';
import path from 'node:path';
import Papa from 'papaparse';
import { datasetNamed } from '../../core/catalogue/match.ts';
import type { ColumnSpec, DatasetSpec } from '../../core/catalogue/spec.ts';

/** True for a value that is not empty and fits the column. */
type CellCheck = (value: string) => boolean;

/** Rows of a file, the header first, in the parts in which papaparse hands them over. */
function readRows(file: string, take: (rows: readonly string[][]) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    Papa.parse<string[]>(createReadStream(file, { encoding: 'utf8' }), {
      delimiter: '|',
      skipEmptyLines: true,
      chunk: ({ data }) => take(data),
      complete: () => resolve(),
      error: reject,
    });
  });
}

function integerCheck([min, max]: readonly [string, string]): CellCheck {
  const low = BigInt(min);
  const high = BigInt(max);
  const plain = Math.min(String(high).length, 15) - 1;
  return (value) => {
    const { length } = value;
    if (length <= plain) {
      let at = 0;
      for (; at < length; at++) {
        const digit = value.charCodeAt(at) - 0x30;
        if (digit < 0 || digit > 9) break;
      }
      if (at === length) return true;
    }
    if (!/^[+-]?\d+$/.test(value)) return false;
    const number = BigInt(value);
    return number >= low && number <= high;
  };
}

function checkOf(column: ColumnSpec): CellCheck {
  switch (column.type) {
    case 'integer':
    case 'long':
      return integerCheck(column.dbRange ?? ['-9223372036854775808', '9223372036854775807']);
    case 'decimal':
    case 'double':
      return (value) => /^[+-]?\d+(\.\d*)?$/.test(value);
    case 'date':
      return (value) => /^\d{4}-\d{2}-\d{2}$/.test(value) && !Number.isNaN(Date.parse(value));
    default: {
      const max = column.dbMaxLength ?? Infinity;
      return (value) => value.length <= max;
    }
  }
}

/** Counts what is wrong with the rows of a file, cell by cell. */
class TableCheck {
  rows = 0;
  faults = 0;
  readonly #names: readonly string[];
  readonly #required: readonly boolean[];
  readonly #checks: readonly CellCheck[];
  #headerSeen = false;

  constructor({ columns }: DatasetSpec) {
    this.#names = columns.map(({ name }) => name);
    this.#required = columns.map(({ required }) => required);
    this.#checks = columns.map(checkOf);
  }

  take(rows: readonly string[][]): void {
    const checks = this.#checks;
    const required = this.#required;
    for (const row of rows) {
      if (!this.#headerSeen) {
        this.#headerSeen = true;
        if (row.join('|') !== this.#names.join('|')) this.faults++;
        continue;
      }
      this.rows++;
      if (row.length !== checks.length) {
        this.faults++;
        continue;
      }
      for (let cell = 0; cell < checks.length; cell++) {
        const value = row[cell]!;
        if (value === '' ? required[cell]! : !checks[cell]!(value)) this.faults++;
      }
    }
  }
}

/** Counts repeated rows, keys with other values, and values that have no master row. */
class IdentityCheck {
  repeats = 0;
  conflicts = 0;
  unknown = 0;
  readonly #key: readonly number[];
  readonly #rows = new Set<string>();
  readonly #keys = new Set<string>();
  readonly #reference: number;
  readonly #known: ReadonlySet<string>;

  constructor({ columns, key, references }: DatasetSpec, known: ReadonlySet<string>) {
    const cellOf = (name: string | undefined) => columns.findIndex((column) => column.name === name);
    this.#key = key.columns.map(cellOf);
    this.#reference = cellOf(references[0]?.columns[0]);
    this.#known = known;
  }

  take(rows: readonly string[][]): void {
    for (const row of rows) {
      const whole = row.join('|');
      if (this.#rows.has(whole)) {
        this.repeats++;
        continue;
      }
      this.#rows.add(whole);
      let key = '';
      for (const cell of this.#key) key += `${row[cell] ?? ''}|`;
      if (this.#keys.has(key)) this.conflicts++;
      else this.#keys.add(key);
      if (!this.#known.has(row[this.#reference] ?? '')) this.unknown++;
    }
  }
}

const [file, schools] = process.argv.slice(2);
const spec = file === undefined ? undefined : datasetNamed(path.basename(file));
if (file === undefined || !spec) throw new Error('Name a dataset’s CSV.');
const table = new TableCheck(spec);
if (schools === undefined) {
  await readRows(file, (rows) => table.take(rows));
  console.log(`${table.rows} rows, ${table.faults} faults`);
} else {
  const known = new Set<string>();
  await readRows(schools, (rows) => {
    for (const row of rows) known.add(row[0] ?? '');
  });
  const identity = new IdentityCheck(spec, known);
  await readRows(file, (rows) => {
    table.take(rows);
    identity.take(rows);
  });
  console.log(
    `${table.rows} rows, ${table.faults} faults, ${identity.repeats} repeats, ${identity.conflicts} conflicts, ${identity.unknown} unknown`,
  );
}

import { open } from 'node:fs/promises';
import type { DatasetSpec } from '../catalogue/spec.ts';
import type { CheckSettings } from '../check/settings.ts';
import { LF } from '../csv/dialect.ts';
import { cellsOf, keyOf, kindsOf, longestExact, searchFor } from './references.ts';
import { rowAt, type RowAt } from './row-at.ts';
import { headerOf, tableOf, type TableAt } from './table-at.ts';

const READ_BYTES = 1 << 20;

/** A row that has certain values. */
export interface FoundRow {
  readonly table: TableAt;
  readonly row: RowAt;
  /** 0-based cells of the values. */
  readonly cells: readonly number[];
}

/**
 * The rows of a file that have certain values, one after the other. The file is looked through for the bytes of the
 * longest value, so that gigabytes take seconds; a number that is written with leading zeros and a row with line breaks in
 * its values are passed over.
 *
 * @param columns of the values, named as in the dataset's main header
 * @param signal ends the search
 * @throws the file system's error when the file cannot be read, the signal's reason when it is cancelled
 */
export async function* rowsWithValues(
  path: string,
  spec: DatasetSpec,
  columns: readonly string[],
  values: readonly string[],
  settings: CheckSettings,
  signal?: AbortSignal,
): AsyncGenerator<FoundRow> {
  const handle = await open(path, 'r');
  try {
    let rest = Buffer.alloc(0);
    let line = 0;
    let search: Search | undefined;
    for (;;) {
      const buffer = Buffer.alloc(READ_BYTES);
      const { bytesRead } = await handle.read(buffer, 0, READ_BYTES);
      signal?.throwIfAborted();
      const bytes = Buffer.concat([rest, buffer.subarray(0, bytesRead)]);
      const end = bytesRead === 0 ? bytes.length : bytes.lastIndexOf(LF) + 1;
      // A line of many megabytes is none of a table.
      if (end === 0 && bytes.length > READ_BYTES * 16) return;
      const whole = bytes.subarray(0, end);
      rest = bytes.subarray(end);
      if (!search && end > 0) {
        search = searchOf(whole, spec, columns, values, settings);
        if (!search) return;
      }
      if (search) yield* search.rowsIn(whole, line);
      if (bytesRead === 0) return;
      line += lineEndsIn(whole, 0, whole.length);
    }
  } finally {
    await handle.close();
  }
}

function searchOf(
  start: Buffer,
  spec: DatasetSpec,
  columns: readonly string[],
  values: readonly string[],
  settings: CheckSettings,
): Search | undefined {
  const mark = start.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])) ? 3 : 0;
  const head = start
    .subarray(mark, mark + (1 << 16))
    .toString('utf8')
    .split(/\r\n|\r|\n/);
  const lines = { count: head.length, slice: (from: number, to: number) => head.slice(from, to) };
  const table = tableOf(headerOf(lines), spec, settings);
  const cells = table && cellsOf(table, columns);
  return cells && new Search(table, columns, cells, values);
}

/** Looks for the values in whole lines of a file. */
class Search {
  readonly #table: TableAt;
  readonly #cells: readonly number[];
  readonly #kinds: ReturnType<typeof kindsOf>;
  readonly #key: string;
  /** Undefined where a value counts in any case: then every line is looked at. */
  readonly #needle: Buffer | undefined;
  readonly #mayHold: (text: string) => boolean;

  constructor(
    table: TableAt,
    columns: readonly string[],
    cells: readonly number[],
    values: readonly string[],
  ) {
    this.#table = table;
    this.#cells = cells;
    this.#kinds = kindsOf(table.spec, table.variant, columns);
    this.#key = keyOf(values, this.#kinds);
    const longest = longestExact(values, this.#kinds);
    this.#mayHold = searchFor(values, this.#kinds);
    this.#needle = longest === '' ? undefined : Buffer.from(longest);
  }

  /** @param line 0-based line of the first byte */
  *rowsIn(bytes: Buffer, line: number): Generator<FoundRow> {
    let counted = 0;
    let at = 0;
    for (;;) {
      const hit = this.#needle ? bytes.indexOf(this.#needle, at) : at;
      if (hit < 0 || hit >= bytes.length) return;
      const start = bytes.subarray(0, hit).lastIndexOf(LF) + 1;
      const lineEnd = bytes.indexOf(LF, hit);
      const end = lineEnd < 0 ? bytes.length : lineEnd;
      line += lineEndsIn(bytes, counted, start);
      counted = start;
      at = end + 1;
      const found = this.#rowOf(bytes.subarray(start, end).toString('utf8').replace(/\r$/, ''), line);
      if (found) yield found;
    }
  }

  #rowOf(text: string, line: number): FoundRow | undefined {
    const table = this.#table;
    const cells = this.#cells;
    if (line === table.headerLine || !this.#mayHold(text)) return undefined;
    const lines = { count: 1, slice: (from: number) => (from === line ? [text] : []) };
    const row = rowAt(lines, line, table.dialect, table.columns.length);
    const values = row && cells.map((cell) => row.value(cell));
    return values && keyOf(values, this.#kinds) === this.#key ? { table, row, cells } : undefined;
  }
}

function lineEndsIn(bytes: Buffer, from: number, to: number): number {
  let count = 0;
  for (let at = bytes.indexOf(LF, from); at >= 0 && at < to; at = bytes.indexOf(LF, at + 1)) count++;
  return count;
}

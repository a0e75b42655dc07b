import type { ColumnSpec, DatasetSpec, VariantSpec } from '../catalogue/spec.ts';
import { cellText } from '../csv/cell.ts';
import { QUOTE, type Dialect } from '../csv/dialect.ts';
import { decodeUtf8 } from '../csv/encoding.ts';
import type { CellShape, ProvedRows, RowShape } from '../csv/proof.ts';
import { ENCODED, ESCAPED, QUOTED, STRAY_QUOTE, type Row } from '../csv/row.ts';
import { compileCell, type CellCheck } from './cell.ts';
import { fileStart, type FindingCollector } from './collector.ts';
import type { RowChecker } from './file.ts';
import { checkHeader, type HeaderCell } from './header.ts';
import { shapeOf } from './shape.ts';
import { describeCell, describeEmpty } from './message.ts';
import { placeOfCell, placeOfRow } from './place.ts';

interface CompiledColumn {
  readonly spec: ColumnSpec;
  readonly check: CellCheck;
  /** True where the word NULL, exactly so, is an empty value. */
  readonly nullIsEmpty: boolean;
  /** True where the null step takes NULL in any case for an empty value. */
  readonly anyNullIsEmpty: boolean;
  /** True where NULL is read as 0. */
  readonly nullIsZero: boolean;
}

const encoder = new TextEncoder();

/** Checks a file of one header and its rows: header, number of cells, values. */
export class TableRows implements RowChecker, ProvedRows {
  readonly #spec: DatasetSpec;
  readonly #variant: VariantSpec;
  readonly #dialect: Dialect;
  readonly #collector: FindingCollector;
  readonly #firstLine: string;
  readonly #byPosition: boolean;
  #header: (CompiledColumn | undefined)[] | undefined;
  #hopeless = false;
  rows = 0;

  constructor(
    spec: DatasetSpec,
    variant: VariantSpec,
    dialect: Dialect,
    collector: FindingCollector,
    firstLine: string,
  ) {
    this.#spec = spec;
    this.#variant = variant;
    this.#dialect = dialect;
    this.#collector = collector;
    this.#firstLine = firstLine;
    this.#byPosition = spec.reading.reader === 'super-csv';
  }

  /** The shape of rows that surely have no finding; undefined before the header is read, or when there is none. */
  shape(): RowShape | undefined {
    if (!this.#header || this.#hopeless || this.#byPosition) return undefined;
    const cells: CellShape[] = [];
    for (const column of this.#header) {
      const cell = shapeOf(column?.spec, this.#spec);
      if (!cell) return undefined;
      cells.push(cell);
    }
    // A line without any byte is no row of one empty cell.
    const [only] = cells;
    if (only && cells.length === 1)
      return only.kind === 'text'
        ? { delimiter: this.#dialect.delimiter, cells: [{ ...only, min: 1 }] }
        : undefined;
    return { delimiter: this.#dialect.delimiter, cells };
  }

  proved(_bytes: Uint8Array, _from: number, _ends: Int32Array, count: number): void {
    this.rows += count;
  }

  row(row: Row): void {
    if (!this.#header) {
      this.#readHeader(row);
      return;
    }
    this.rows++;
    if (this.#hopeless) return;
    if (row.count !== this.#header.length) {
      this.#addCount(row, this.#header.length);
      return;
    }
    for (let i = 0; i < row.count; i++) {
      const column = this.#header[i];
      if (column) this.#checkCell(row, i, column);
    }
  }

  blankLines(line: number, count: number): void {
    const { match } = this.#spec.header;
    if (!this.#header && (match === 'substring' || match === 'contains')) {
      this.#collector.add(
        'header/form',
        'error',
        () => ({ line, column: 0, endLine: line + count - 1, endColumn: 0 }),
        () =>
          'A blank line stands before the header. Ingestion looks for the header of this file in the first line alone and refuses the whole file: remove the blank line.',
      );
      return;
    }
    const message =
      count === 1
        ? 'A blank line. Ingestion counts it and skips it.'
        : `${count} blank lines. Ingestion counts them and skips them.`;
    this.#collector.add(
      'dialect/blank-line',
      'information',
      () => ({ line, column: 0, endLine: line + count - 1, endColumn: 0 }),
      () => message,
    );
  }

  end(line: number): void {
    if (this.rows > 0 || this.#hopeless) return;
    // These two are looked at for a data row before anything else, and dropped without one.
    const dropped = this.#spec.reading.reparsed || this.#spec.header.match === 'contains';
    const message = dropped
      ? 'No row stands below the header. Ingestion drops the file ("has no records in").'
      : 'No row stands below the header: nothing is loaded.';
    this.#collector.add(
      'row/none',
      dropped ? 'error' : 'warning',
      () => ({ ...fileStart, line, endLine: line }),
      () => message,
    );
  }

  #readHeader(row: Row): void {
    const cells: HeaderCell[] = [];
    for (let i = 0; i < row.count; i++) {
      const name = cellText(row, i, this.#dialect);
      cells.push({ name, dressed: (row.flags[i]! & QUOTED) !== 0 || name !== name.trim() });
    }
    const verdict = checkHeader(this.#spec, this.#variant, cells, this.#firstLine);
    for (const { rule, severity, cell, message } of verdict.faults) {
      this.#collector.add(
        rule,
        severity,
        () => placeOfCell(row, cell),
        () => message,
      );
    }
    this.#hopeless = verdict.hopeless;
    this.#header = verdict.columns.map((column, index) =>
      // A column that stands twice is told once, in the header; its first one is checked.
      column && verdict.columns.indexOf(column) === index ? this.#compile(column) : undefined,
    );
  }

  #compile(spec: ColumnSpec): CompiledColumn {
    const { reading, key } = this.#spec;
    return {
      spec,
      check: compileCell(spec, this.#spec),
      nullIsEmpty: reading.nullWord === 'empty',
      anyNullIsEmpty: reading.nullWordInKey && key.columns.includes(spec.name),
      nullIsZero: reading.nullWord === 'zero-day' && /^\d+$/.test(spec.name),
    };
  }

  #checkCell(row: Row, index: number, column: CompiledColumn): void {
    const flags = row.flags[index]!;
    let bytes = row.bytes;
    let start = row.starts[index]!;
    let end = row.ends[index]!;
    if (flags > QUOTED) {
      this.#checkForm(row, index, flags, column.spec);
      if ((flags & ENCODED) !== 0) {
        bytes = encoder.encode(cellText(row, index, this.#dialect));
        start = 0;
        end = bytes.length;
      }
    }
    if (this.#spec.reading.trim) {
      while (start < end && bytes[start]! <= 0x20) start++;
      while (end > start && bytes[end - 1]! <= 0x20) end--;
    }
    if (start === end || isNullWord(bytes, start, end, column)) {
      if (column.spec.required) {
        const { rule, severity, text } = describeEmpty(column.spec);
        this.#collector.add(
          rule,
          severity,
          () => placeOfCell(row, index),
          () => text,
        );
      }
      return;
    }
    if (column.nullIsZero && isWordNull(bytes, start, end)) return;
    const fault = column.check(bytes, start, end);
    if (fault === undefined) return;
    const { rule, severity, text } = describeCell(fault, column.spec, decodeUtf8(bytes, start, end));
    this.#collector.add(
      rule,
      severity,
      () => placeOfCell(row, index),
      () => text,
    );
  }

  /** Quotes and escapes whose value is hardly the one that was meant. */
  #checkForm(row: Row, index: number, flags: number, column: ColumnSpec): void {
    const place = () => placeOfCell(row, index);
    if ((flags & ESCAPED) !== 0) {
      const message = `"${column.name}" holds a backslash. Ingestion takes it for an escape sign, so another value may be stored: leave it out.`;
      this.#collector.add('dialect/escape', 'warning', place, () => message);
    }
    if ((flags & STRAY_QUOTE) !== 0 && startsWithQuote(row, index)) {
      const message = `Blanks stand before the quote of "${column.name}": the quotes are kept as part of the value. Remove the blanks.`;
      this.#collector.add('dialect/stray-quote', 'warning', place, () => message);
    }
    if (this.#byPosition && (flags & QUOTED) !== 0 && !isQuotedWhole(row, index)) {
      const message = `A quote stands inside "${column.name}". Ingestion’s reader removes it: put the whole value in quotes and double the inner one ("").`;
      this.#collector.add('dialect/stray-quote', 'warning', place, () => message);
    }
  }

  #addCount(row: Row, expected: number): void {
    const few = row.count < expected;
    const only = row.count === 1 && row.starts[0] === row.ends[0];
    const cells = (count: number) => `${count} ${count === 1 ? 'cell' : 'cells'}`;
    const effect = this.#byPosition
      ? 'Ingestion drops the row.'
      : few
        ? `Ingestion reads the missing ${cells(expected - row.count)} as empty.`
        : `Ingestion leaves the last ${cells(row.count - expected)} out; after a stray delimiter every value is in the wrong column.`;
    const message = `${only ? 'An empty row' : cells(row.count)} instead of ${expected}. ${effect}`;
    this.#collector.add(
      'row/column-count',
      'error',
      () => placeOfRow(row),
      () => message,
    );
  }
}

function isNullWord(bytes: Uint8Array, start: number, end: number, column: CompiledColumn): boolean {
  if (end - start !== 4) return false;
  if (column.nullIsEmpty) return isWordNull(bytes, start, end);
  return column.anyNullIsEmpty && decodeUtf8(bytes, start, end).toUpperCase() === 'NULL';
}

function isWordNull(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    bytes[start] === 0x4e &&
    bytes[start + 1] === 0x55 &&
    bytes[start + 2] === 0x4c &&
    bytes[start + 3] === 0x4c
  );
}

function startsWithQuote(row: Row, index: number): boolean {
  let at = row.starts[index]!;
  while (at < row.ends[index]! && row.bytes[at]! <= 0x20) at++;
  return row.bytes[at] === QUOTE;
}

/** True for a cell that starts and ends with a quote and has only doubled ones between. */
function isQuotedWhole(row: Row, index: number): boolean {
  return /^"([^"]|"")*"$/.test(decodeUtf8(row.bytes, row.starts[index]!, row.ends[index]!));
}

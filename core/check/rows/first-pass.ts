import { ROW_BYTES, type Dialect } from '../../csv/dialect.ts';
import { isLongRow, type Row, type RowSink } from '../../csv/row.ts';
import { Scanner } from '../../csv/scanner.ts';
import {
  addLongRow,
  addScanFault,
  checkEncoding,
  checkNul,
  isFatal,
  PlaceColumns,
  ruleOfScanFault,
} from './bytes.ts';
import { fileStart } from '../findings/text-range.ts';
import { type FindingCollector } from '../findings/collector.ts';
import { HEAD_BYTES } from '../header/head.ts';
import type { RowChecker } from './row-checker.ts';

/** Below a header that is broken, or too long to be read, no cell has a column. */
export type HeaderState = 'read' | 'broken' | 'too-long';

/** Blank lines one after the other; `line` is the 0-based first. */
export interface BlankLines {
  readonly line: number;
  readonly count: number;
}

/**
 * The look at rows that finds everything but repeats: of a file from its start, or of rows in its middle by
 * themselves.
 */
export class FirstPass implements RowSink {
  readonly scanner: Scanner;
  readonly #dialect: Dialect;
  readonly #rows: RowChecker;
  readonly #collector: FindingCollector;
  readonly #onHeader: (() => void) | undefined;
  readonly #fromMiddle: boolean;
  readonly #columns = new PlaceColumns();
  #brokenRow = -1;
  #longRow = -1;
  #header: HeaderState | undefined;
  /** Blank lines not told yet: more of them may follow. */
  #blank: BlankLines | undefined;
  #leadingBlankLines = 0;
  #allBlankLines = 0;
  #sawRow = false;

  /**
   * @param header what became of the header, for rows in the middle of a file; undefined for its start
   * @param onHeader called once the header row has been taken
   */
  constructor(
    dialect: Dialect,
    rows: RowChecker,
    collector: FindingCollector,
    header: HeaderState | undefined,
    onHeader?: () => void,
  ) {
    this.#dialect = dialect;
    this.#rows = rows;
    this.#collector = collector;
    this.#header = header;
    this.#onHeader = onHeader;
    this.#fromMiddle = header !== undefined;
    this.scanner = this.#fromMiddle ? new Scanner(dialect, this) : headerScanner(dialect, this);
  }

  /** What became of the header; undefined before it was met. */
  get header(): HeaderState | undefined {
    return this.#header;
  }

  /** True when ingestion's reader fails on one of the rows. */
  get broken(): boolean {
    return this.#brokenRow >= 0;
  }

  /** True when a row was met that had not been proved. */
  get sawRow(): boolean {
    return this.#sawRow;
  }

  /** In the middle of a file: how many blank lines stand before the first row. They are not told here. */
  get leadingBlankLines(): number {
    return this.#leadingBlankLines;
  }

  /** How many blank lines were met, wherever they stand. */
  get allBlankLines(): number {
    return this.#allBlankLines;
  }

  /** Hands over the blank lines behind the last row, if any: they are not told here. */
  takeTrailingBlankLines(): BlankLines | undefined {
    const blank = this.#blank;
    // Rows that were proved may have followed.
    if (blank && blank.line + blank.count < this.scanner.line) this.#tellBlankLines();
    const trailing = this.#blank;
    this.#blank = undefined;
    return trailing;
  }

  row(row: Row): void {
    this.#tellBlankLines();
    this.#sawRow = true;
    if (row.nonAscii) checkEncoding(this.#collector, row);
    if (row.hasNul) checkNul(this.#collector, row, this.#dialect, (cell) => this.#rows.isStored(cell));
    const broken = row.line === this.#brokenRow;
    const isHeader = this.#header === undefined;
    this.#header ??= !broken ? 'read' : row.line === this.#longRow ? 'too-long' : 'broken';
    if (!broken && this.#header === 'read') this.#rows.row(row);
    if (!isHeader) return;
    this.scanner.rowBytes = rowBytesOf(this.#dialect);
    this.#onHeader?.();
  }

  blankLines(line: number, count: number): void {
    this.#allBlankLines += count;
    if (this.#fromMiddle && line === this.#leadingBlankLines) {
      this.#leadingBlankLines += count;
      return;
    }
    const blank = this.#blank;
    if (blank && blank.line + blank.count === line) {
      this.#blank = { line: blank.line, count: blank.count + count };
      return;
    }
    this.#tellBlankLines();
    this.#blank = { line, count };
  }

  fault(...[kind, bytes, lineStart, start, end, line]: Parameters<RowSink['fault']>): void {
    this.#tellBlankLines();
    if (isFatal(kind, this.#dialect)) {
      // The row's cells are not what they seem: one fault, one finding.
      this.#brokenRow = this.scanner.line;
      this.#rows.refuse(ruleOfScanFault(kind));
    }
    if (isLongRow(kind)) {
      this.#longRow = this.scanner.line;
      const isHeader = this.#header === undefined;
      addLongRow(this.#collector, kind, isHeader, this.scanner.rowBytes, bytes, lineStart, start, line);
    } else
      addScanFault(this.#collector, this.#columns, kind, this.#dialect, bytes, lineStart, start, end, line);
  }

  /** No row follows. */
  end(): void {
    tellLineEnds(this.#collector, this.scanner.lineEnds);
    this.#tellBlankLines();
    // After a row that the reader fails on, what is missing below it is no finding of its own.
    if (!this.broken) this.#rows.end(this.scanner.line);
  }

  #tellBlankLines(): void {
    const blank = this.#blank;
    this.#blank = undefined;
    if (blank) this.#rows.blankLines(blank.line, blank.count, this.#header === undefined);
  }
}

/** The longest row below the header, in bytes. */
export function rowBytesOf({ rowBytes = ROW_BYTES }: Dialect): number {
  return rowBytes;
}

/** The scanner of a file from its start: until `rowBytes` is set to that of the other rows, the header is expected. */
export function headerScanner(dialect: Dialect, sink: RowSink): Scanner {
  const scanner = new Scanner(dialect, sink);
  scanner.rowBytes = Math.min(HEAD_BYTES, rowBytesOf(dialect));
  return scanner;
}

/** Tells when a file has more than one kind of line ends. */
export function tellLineEnds(collector: FindingCollector, lineEnds: readonly string[]): void {
  if (lineEnds.length < 2) return;
  const message = `Line ends are mixed: ${lineEnds.join(' and ')}. Ingestion reads them all; save the file with one kind.`;
  collector.add(
    'dialect/line-ending',
    'warning',
    () => fileStart,
    () => message,
  );
}

import type { ColumnSpec, DatasetSpec } from '../../catalogue/spec.ts';
import { cellText } from '../../csv/cell.ts';
import { BACKSLASH, QUOTE, type Dialect } from '../../csv/dialect.ts';
import { headText } from '../../csv/encoding.ts';
import type { RowSpan } from '../../csv/proof/row-form.ts';
import { ESCAPED, QUOTED, STRAY_QUOTE, type Row } from '../../csv/row.ts';
import type { CellFault } from '../cells/cell.ts';
import { SecondReader } from '../cells/second-reader.ts';
import { javaTrim } from '../cells/trim.ts';
import { goesOn, type FindingCollector } from '../findings/collector.ts';
import { columnAtStart, columnName } from '../findings/column-name.ts';
import {
  describeCell,
  describeEmpty,
  describeEmptyRow,
  describeSecondReading,
  type CellMessage,
} from '../findings/message.ts';
import { placeOfCell, placeOfRow } from '../findings/place.ts';
import { RowFaults } from '../findings/tally.ts';
import { endOfDigits, type NormalRow } from '../identity/identity.ts';
import type { CheckSettings } from '../settings.ts';
import {
  compileColumn,
  isGoodNumber,
  isNoNumber,
  mayBeOther,
  mindsNoDigit,
  type CompiledColumn,
} from './compiled-column.ts';
import { describeWidth } from './row-width.ts';
import { ValueReader } from './value-reader.ts';

/** Checks the cells of one row at a time: their number, required values, types, the form they are written in. */
export class RowCheck {
  readonly #spec: DatasetSpec;
  readonly #dialect: Dialect;
  readonly #collector: FindingCollector;
  readonly #byPosition: boolean;
  /** Undefined where one reader reads all. */
  readonly #secondReader: SecondReader | undefined;
  readonly #columns: readonly (CompiledColumn | undefined)[];
  /** The cells that ingestion reads and that must not be empty, 0-based: a header may have thousands. */
  readonly #requiredCells: readonly number[];
  readonly #values: ValueReader;
  /** What the last check has found. */
  readonly faults = new RowFaults();
  /** True when the last row is plain, and each of its faults has gone on with a run that is counted. */
  isSteady = false;

  /** @param columns what each cell of the file holds; undefined for one that ingestion does not read */
  constructor(
    spec: DatasetSpec,
    dialect: Dialect,
    columns: readonly (ColumnSpec | undefined)[],
    settings: CheckSettings,
    collector: FindingCollector,
  ) {
    this.#spec = spec;
    this.#dialect = dialect;
    this.#collector = collector;
    this.#byPosition = spec.reading.reader === 'super-csv';
    this.#secondReader = this.#byPosition ? new SecondReader(dialect) : undefined;
    this.#columns = columns.map((column) => column && compileColumn(column, spec, settings));
    this.#requiredCells = this.#columns.flatMap((column, cell) => (column?.required ? [cell] : []));
    this.#values = new ValueReader(dialect, spec.reading.trim, this.#columns);
  }

  /**
   * Checks the cells of a row.
   *
   * @param tell false when what is wrong has been told before
   * @returns whether ingestion keeps the row; of one that loses cells or misses required ones nothing else is told
   */
  check(row: Row, tell: boolean): boolean {
    const width = this.#columns.length;
    const { faults } = this;
    const loads = row.count === width || this.#loadsAsItIs(row, width);
    faults.begin(!loads);
    const isEmpty = row.count > 1 && row.end - row.start === row.count - 1 && this.#losesEmpty(row.count);
    this.#checkRow(row, width, loads, tell && !isEmpty);
    if (tell && isEmpty) this.#tellEmptyRow(row);
    if (row.hasNul && !faults.mismatch && this.#holdsNul(row)) faults.notStored = true;
    return faults.kept;
  }

  /** True when a row of so many empty cells is not stored. A proof never takes one. */
  #losesEmpty(cells: number): boolean {
    return this.#requiredCells.length > 0 || (this.#byPosition && cells !== this.#columns.length);
  }

  #checkRow(row: Row, width: number, loads: boolean, tell: boolean): void {
    const { faults } = this;
    this.isSteady =
      tell && row.count === width && !row.nonAscii && !row.hasNul && !row.isFlagged && !this.#secondReader;
    if (row.count === width) this.#checkCells(row, width, tell);
    else {
      if (tell) this.#addCount(row, width, loads);
      if (this.#byPosition) faults.mismatch = true;
      else this.#checkCells(row, Math.min(row.count, width), tell && loads);
      // Read by the header, what is missing is empty, and what is too much is left out.
      for (const column of this.#missingRequired(row)) this.#missing(column);
    }
  }

  /** One finding for a row of delimiters alone, whose faults are known. */
  #tellEmptyRow(row: Row): void {
    const { mismatch, nulls } = this.faults;
    const fate = mismatch ? 'type' : nulls.length > 0 ? 'null' : 'key';
    const { rule, severity, text } = describeEmptyRow(fate);
    const at = { line: row.line, cell: this.#columns.length + 2, once: true };
    this.#collector.add(rule, severity, () => placeOfRow(row), text, at);
  }

  /** True when a row of another width loses nothing: read by the header, with empty cells too many or optional ones too few. */
  #loadsAsItIs(row: Row, width: number): boolean {
    if (this.#byPosition || (this.#requiredCells.at(-1) ?? -1) >= row.count) return false;
    for (let i = width; i < row.count; i++) {
      if (row.starts[i] !== row.ends[i] && javaTrim(cellText(row, i, this.#dialect)) !== '') return false;
    }
    return true;
  }

  /** The required columns whose cells a row has not. */
  #missingRequired(row: Row): CompiledColumn[] {
    return this.#requiredCells.flatMap((cell) => (cell < row.count ? [] : this.#columns[cell]!));
  }

  #checkCells(row: Row, count: number, tell: boolean): void {
    if (tell && this.#secondReader) this.#tellSecondReading(row, this.#secondReader);
    if (row.nonAscii || row.isFlagged) {
      for (let i = 0; i < count; i++) {
        const column = this.#columns[i];
        if (column) this.#checkCell(row, i, column, tell);
      }
    } else this.#checkPlainCells(row, count, tell);
  }

  /** The same for a row whose cells are their values as they stand, blanks and the word NULL aside. */
  #checkPlainCells(row: Row, count: number, tell: boolean): void {
    const { bytes, starts, ends, line } = row;
    const columns = this.#columns;
    for (let i = 0; i < count; i++) {
      const column = columns[i];
      if (!column) continue;
      const start = starts[i]!;
      const end = ends[i]!;
      const text = endOfDigits(bytes, start, end);
      if (text === end && isGoodNumber(column, end - start)) continue;
      if (mayBeOther(bytes, start, end)) {
        this.#checkCell(row, i, column, tell);
        continue;
      }
      const { faultOfText, textRun } = column;
      if (faultOfText === undefined || !isNoNumber(bytes, start, end, text))
        this.#checkValue(row, i, column, bytes, start, end, tell);
      else if (tell && textRun && goesOn(textRun, line)) this.#count(faultOfText, column.spec);
      else this.#takeFault(row, i, column, faultOfText, bytes, start, end, tell);
    }
  }

  /** Where a plain row holds digits that its checks mind, in bytes counted from its start. */
  mindedDigits(row: Row): readonly RowSpan[] {
    const spans: RowSpan[] = [];
    for (let i = 0; i < row.count; i++) {
      const column = this.#columns[i];
      const from = row.starts[i]!;
      const to = row.ends[i]!;
      if (column && to > from && !mindsNoDigit(column, row.bytes, from, to))
        spans.push({ from: from - row.start, to: to - row.start });
    }
    return spans;
  }

  /** Counts the faults of so many rows that follow the one of a 0-based editor line and are like it. */
  countAlike(line: number, rows: number): void {
    for (const column of this.#columns) {
      if (column?.run?.lastLine === line) column.run.lastLine += rows;
    }
  }

  /** See `ValueReader`. */
  normal(row: Row): NormalRow {
    return this.#values.normal(row);
  }

  /** The value of a required column is empty. */
  #missing({ spec }: CompiledColumn): void {
    const { faults } = this;
    if (spec.processor !== undefined && spec.optional === false) faults.mismatch = true;
    else if (spec.emptyFailsFile === true) faults.emptyKey = true;
    else faults.nulls.push(spec.name);
  }

  /**
   * True where the value of a 0-based cell goes to the database as it is: not that of a column which is not read, of a
   * setting, or one that the query of infra_trans turns into 0 and 1.
   */
  isStored(cell: number): boolean {
    const column = this.#columns[cell];
    const { match } = this.#spec.header;
    if (!column || match === 'exact-key') return false;
    return match !== 'contains' || this.#spec.key.columns.includes(column.spec.name);
  }

  /** True when a value that is stored holds a NUL byte: PostgreSQL stores none. */
  #holdsNul(row: Row): boolean {
    for (let i = 0; i < Math.min(row.count, this.#columns.length); i++) {
      const column = this.#columns[i];
      if (!column || !this.isStored(i)) continue;
      const { bytes, start, end } = this.#values.read(row, i);
      if (bytes.subarray(start, end).includes(0)) return true;
    }
    return false;
  }

  #checkCell(row: Row, index: number, column: CompiledColumn, tell: boolean): void {
    const flags = row.flags[index]!;
    if (flags > QUOTED && tell) this.#checkForm(row, index, flags, column.spec);
    const { bytes, start, end } = this.#values.read(row, index);
    if (start === end) {
      if (!column.required) return;
      this.#missing(column);
      if (tell && !this.#counted(row, index, column, 'empty'))
        this.#tell(row, index, column, 'empty', describeEmpty(column.spec));
      return;
    }
    this.#checkValue(row, index, column, bytes, start, end, tell);
  }

  /** Checks the value [start, end) of a cell, which is not empty. */
  #checkValue(
    row: Row,
    index: number,
    column: CompiledColumn,
    bytes: Uint8Array,
    start: number,
    end: number,
    tell: boolean,
  ): void {
    const fault = column.check(bytes, start, end);
    if (fault !== undefined) this.#takeFault(row, index, column, fault, bytes, start, end, tell);
  }

  /** Takes the fault of the value [start, end) of a cell. */
  #takeFault(
    row: Row,
    index: number,
    column: CompiledColumn,
    fault: CellFault,
    bytes: Uint8Array,
    start: number,
    end: number,
    tell: boolean,
  ): void {
    this.#count(fault, column.spec);
    if (tell && !this.#counted(row, index, column, fault))
      this.#tellFault(row, index, column, fault, bytes, start, end);
  }

  // By itself: a function that makes a closure takes memory for it in each call, even where it makes none.
  #tellFault(
    row: Row,
    index: number,
    column: CompiledColumn,
    fault: CellFault,
    bytes: Uint8Array,
    start: number,
    end: number,
  ): void {
    // The collector asks for the text at once or not at all, while the bytes are still there.
    const message = describeCell(fault, column.spec, () => headText(bytes, start, end));
    this.#tell(row, index, column, fault, message);
  }

  #count(fault: CellFault, column: ColumnSpec): void {
    const { faults } = this;
    switch (fault) {
      case 'type':
        faults.mismatch = true;
        return;
      case 'not-allowed':
        faults.nulls.push(column.name);
        return;
      case 'db-type':
      case 'db-range':
      case 'db-length':
      case 'db-date':
      case 'db-time':
        faults.notStored = true;
        return;
      default:
    }
  }

  #counted(row: Row, index: number, column: CompiledColumn, fault: CellFault | 'empty'): boolean {
    const { ruled, run } = column;
    if (column.fault === fault && run && goesOn(run, row.line)) return true;
    this.isSteady = false;
    if (column.fault !== fault) return false;
    return ruled !== undefined && this.#collector.counted(ruled, row.line, index);
  }

  #tell(
    row: Row,
    index: number,
    column: CompiledColumn,
    fault: CellFault | 'empty',
    { rule, severity, text }: CellMessage,
  ): void {
    column.fault = fault;
    column.ruled = this.#collector.ruled(rule, severity);
    this.#collector.add(rule, severity, () => placeOfCell(row, index), text, { line: row.line, cell: index });
    column.run = column.ruled && this.#collector.runOf(column.ruled, index);
    column.textRun = fault === column.faultOfText ? column.run : undefined;
  }

  /** Quotes and escapes whose value is hardly the one that was meant. */
  #checkForm(row: Row, index: number, flags: number, column: ColumnSpec): void {
    const place = () => placeOfCell(row, index);
    if ((flags & ESCAPED) !== 0) {
      const message = `${columnAtStart(column.name)} holds a backslash. Ingestion takes it for an escape sign, so another value may be stored: leave it out.`;
      this.#collector.add('dialect/escape', 'warning', place, () => message);
    }
    if ((flags & STRAY_QUOTE) !== 0 && startsWithQuote(row, index, this.#dialect)) {
      const message = `Blanks stand before the quote of ${columnName(column.name)}: the quotes are kept as part of the value. Remove the blanks.`;
      this.#collector.add('dialect/stray-quote', 'warning', place, () => message);
    }
  }

  /** Cells that the reader of the steps behind the type check reads in another way. */
  #tellSecondReading(row: Row, reader: SecondReader): void {
    for (const { cell, rule, reading } of reader.differences(row)) {
      const column = this.#columns[cell]?.spec;
      if (!column) continue;
      if (reading !== 'other-value') this.faults.unclear = true;
      this.#collector.add(
        rule,
        'warning',
        () => placeOfCell(row, cell),
        () => describeSecondReading(rule, reading, column),
      );
    }
  }

  #addCount(row: Row, width: number, loads: boolean): void {
    // Runs of different texts are runs of their own.
    const cell = loads ? (row.count > width ? width : width + 1) : -1;
    this.#collector.add(
      'row/column-count',
      loads ? 'warning' : 'error',
      () => placeOfRow(row),
      () =>
        describeWidth({
          cells: row.count,
          expected: width,
          first: cellText(row, 0, this.#dialect),
          byPosition: this.#byPosition,
          loads,
          missing: this.#missingRequired(row).map(({ spec }) => spec),
        }),
      { line: row.line, cell, once: loads },
    );
  }
}

function startsWithQuote(row: Row, index: number, dialect: Dialect): boolean {
  const { bytes } = row;
  let at = row.starts[index]!;
  while (at < row.ends[index]! && bytes[at]! <= 0x20) at++;
  return bytes[dialect.unescapeFirst && bytes[at] === BACKSLASH ? at + 1 : at] === QUOTE;
}

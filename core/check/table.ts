import type { ColumnSpec } from '../catalogue/spec.ts';
import type { CellShape, ProvedRows, RowProof, RowShape } from '../csv/proof/proof.ts';
import type { RowSpan } from '../csv/proof/row-form.ts';
import type { Row } from '../csv/row.ts';
import { RowSplitter } from '../csv/row-splitter.ts';
import type { RuleId } from '../finding.ts';
import { indexOfLost } from './cells/lost-letters.ts';
import { beginComparison, type RowComparison } from './comparison.ts';
import type { FindingCollector } from './findings/collector.ts';
import { bitOf, TallyCounter } from './findings/tally.ts';
import { readHeaderRow, tellDefects, type Table } from './header/header-row.ts';
import type { LogPages } from './identity/fingerprint-log.ts';
import type { RowKeeper } from './identity/keys.ts';
import type { Masters, ValueSet } from './identity/value-set.ts';
import { tellBlankLines, tellNoRow } from './rows/no-row.ts';
import { RowCheck } from './rows/row-check.ts';
import type { RowChecker } from './rows/row-checker.ts';
import { shapeOf } from './rows/shape.ts';
import type { CheckSettings } from './settings.ts';

const NOT_STORED = bitOf('value-not-stored');

/**
 * Checks a file of one header and its rows, in the order in which they come: the header says what each cell holds
 * (`header/`), each row is checked by itself (`rows/`), and compared with others where ingestion keeps it
 * (`comparison`). Where rows or keys may be repeated the file's rows are asked for a second time.
 */
export class TableRows implements RowChecker, ProvedRows {
  readonly #table: Table;
  readonly #settings: CheckSettings;
  readonly #masters: Masters | undefined;
  readonly #collector: FindingCollector;
  readonly #keeper: RowKeeper | undefined;
  /** Goes through proved rows beside the comparison. */
  readonly #splitter: RowSplitter;
  /** What each cell holds; undefined for one that ingestion does not read. */
  #columns: readonly (ColumnSpec | undefined)[] = [];
  /** Undefined until the header is read. */
  #rowCheck: RowCheck | undefined;
  #hopeless = false;
  /** Undefined where rows are compared with nothing. */
  #comparison: RowComparison | undefined;
  /** The last row and its line, if rows like it may be counted without a look at their cells: the object may change. */
  #steady: { readonly row: Row; readonly line: number } | undefined;
  /** What becomes of the rows. */
  readonly tally: TallyCounter;
  rows = 0;

  /**
   * @param masters undefined when references are not to be checked
   * @param keeper takes over the comparison of rows: there is no second pass then, and `values` are empty
   */
  constructor(
    table: Table,
    settings: CheckSettings,
    masters: Masters | undefined,
    collector: FindingCollector,
    keeper?: RowKeeper,
  ) {
    this.#table = table;
    this.#settings = settings;
    this.#masters = masters;
    this.#collector = collector;
    this.#keeper = keeper;
    this.#splitter = new RowSplitter(table.dialect);
    this.tally = new TallyCounter(table.spec);
  }

  /** Takes the next row of the first pass; the first one is the header. */
  row(row: Row): void {
    if (!this.#rowCheck) {
      this.#readHeader(row);
      return;
    }
    this.rows++;
    if (!this.#hopeless) this.#checkRow(row, this.#rowCheck, true);
  }

  #readHeader(row: Row): void {
    const table = this.#table;
    const { spec, variant, dialect } = table;
    const settings = this.#settings;
    const collector = this.#collector;
    const { tally } = this;
    const { columns, hopeless, moved } = readHeaderRow(row, table, collector, this.refuse);
    this.#columns = columns;
    this.#hopeless = hopeless;
    tally.losesAllRows =
      spec.header.extraColumns === 'lose-rows' && columns.length !== variant.columns.length;
    tally.movedColumns = moved;
    this.#rowCheck = new RowCheck(spec, dialect, columns, settings, collector);
    if (hopeless) return;
    tellDefects(row, table, columns, settings, collector);
    this.#comparison = beginComparison(
      { table, columns, settings, masters: this.#masters, keeper: this.#keeper, collector, tally },
      row,
    );
  }

  /** Takes the next row of the second pass; the header is left out. */
  rowAgain(row: Row): void {
    this.#steady = undefined;
    if (this.#rowCheck && !this.#hopeless) this.#checkRow(row, this.#rowCheck, false);
  }

  /** @param tell false in the second pass: everything but repeats and conflicts is told already */
  #checkRow(row: Row, rowCheck: RowCheck, tell: boolean): void {
    const kept = rowCheck.check(row, tell);
    const { faults } = rowCheck;
    const comparison = this.#comparison;
    const isSteady = tell && faults.mismatch && rowCheck.isSteady && comparison?.collects !== true;
    this.#steady = isSteady ? { row, line: row.line } : undefined;
    // A document is not counted, and nothing is told of a row that loses cells but its width.
    if (faults.otherWidth && this.#keeper) return;
    if (tell && faults.unclear && !faults.mismatch) this.tally.unclearReadings++;
    const bits = faults.notStored ? NOT_STORED : 0;
    if (!kept) {
      if (tell) this.tally.drop(faults, bits | (comparison?.takeDropped(row, rowCheck, faults) ?? 0));
    } else if (comparison) comparison.take(rowCheck.normal(row), row, bits, faults.otherWidth);
    else if (tell) this.tally.keep({ bits, days: undefined });
  }

  /** The shape of rows that surely have no finding; undefined before the header is read, or when there is none. */
  shape(): RowShape | undefined {
    const { spec, dialect } = this.#table;
    if (!this.#rowCheck || this.#hopeless || spec.reading.reader === 'super-csv') return undefined;
    const cells: CellShape[] = [];
    for (const column of this.#columns) {
      const cell = shapeOf(column, spec);
      if (!cell) return undefined;
      cells.push(cell);
    }
    const { delimiter } = dialect;
    // A line without any byte is no row of one empty cell.
    const [only] = cells;
    if (only && cells.length === 1) {
      return only.kind === 'text' ? { delimiter, cells: [{ ...only, min: 1 }] } : undefined;
    }
    return { delimiter, cells, fingerprints: this.#comparison?.fingerprintsOf(cells) ?? [] };
  }

  /** Takes rows that the proof has found to be without fault; see `ProvedRows`. */
  proved(bytes: Uint8Array, from: number, line: number, proof: RowProof): void {
    const rowCheck = this.#rowCheck;
    if (!rowCheck) return;
    if (this.#comparison?.isSecondPass !== true) {
      this.rows += proof.rows;
      this.#checkLostLetters(bytes, from, line, proof, rowCheck);
    }
    this.#comparison?.takeProved(bytes, from, line, proof, rowCheck);
  }

  /** A proof takes any text, also one of question marks. */
  #checkLostLetters(
    bytes: Uint8Array,
    from: number,
    line: number,
    { rows, ends }: RowProof,
    rowCheck: RowCheck,
  ): void {
    const last = ends[rows - 1]!;
    let row = 0;
    for (let at = indexOfLost(bytes, from, last); at >= 0;) {
      while (ends[row]! < at) row++;
      const start = row === 0 ? from : ends[row - 1]! + 1;
      rowCheck.check(this.#splitter.split(bytes, start, ends[row]! + 1, line + row), true);
      at = indexOfLost(bytes, ends[row]! + 1, last);
    }
  }

  /** See `ProvedRows`. */
  mindedDigits(line: number): readonly RowSpan[] | undefined {
    return this.#steady?.line === line ? this.#rowCheck?.mindedDigits(this.#steady.row) : undefined;
  }

  /** See `ProvedRows`: rows that the type check cuts out, for the same faults as the row before. */
  alike(line: number, rows: number): void {
    this.rows += rows;
    this.tally.mismatches += rows;
    this.#rowCheck?.countAlike(line, rows);
  }

  blankLines(line: number, count: number, aboveHeader: boolean): void {
    tellBlankLines(this.#table.spec, line, count, aboveHeader, this.#collector, this.refuse);
  }

  end(line: number): void {
    if (this.rows === 0 && !this.#hopeless) tellNoRow(this.#table.spec, line, this.#collector, this.refuse);
  }

  readonly refuse = (rule: RuleId): void => this.tally.refuse(rule);

  isStored(cell: number): boolean {
    return this.#rowCheck?.isStored(cell) ?? true;
  }

  /** True when the rows, header included, must come once more so that repeats can be told. */
  needsSecondPass(): boolean {
    return this.#comparison?.beginSecondPass() === true;
  }

  /** Number of cells of the header row; 0 before it is read. */
  get width(): number {
    return this.#columns.length;
  }

  /** See `RowComparison`. */
  get values(): ReadonlyMap<string, ValueSet> {
    return this.#comparison?.values ?? new Map();
  }

  /** See `RowComparison`. */
  get log(): LogPages | undefined {
    return this.#comparison?.log;
  }

  /** See `RowComparison`. */
  joinLogs(others: readonly LogPages[]): void {
    this.#comparison?.joinLogs(others);
  }
}

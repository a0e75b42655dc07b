/** What may be done about the faults of one row, by itself: the editor asks for one finding, the command line for all. */
import { compileColumn, type CompiledColumn } from '../check/rows/compiled-column.ts';
import { ValueReader } from '../check/rows/value-reader.ts';
import { footerCause } from '../check/cells/cause.ts';
import type { CellFault } from '../check/cells/cell.ts';
import { javaTrim } from '../check/cells/trim.ts';
import { describeCell } from '../check/findings/message.ts';
import { academicYearColumn } from '../check/references/meaning.ts';
import { cellText } from '../csv/cell.ts';
import { headText } from '../csv/encoding.ts';
import { STRAY_QUOTE, type Row } from '../csv/row.ts';
import { severityOf, type RuleId } from '../finding.ts';
import { byteFaults } from './byte-faults.ts';
import { blanksBeforeQuote, cellEdits } from './cell-edits.ts';
import { applyEdits, deletion, type Fix, type RowFault } from './fix.ts';
import type { TableKnowledge } from './knowledge.ts';
import { removal } from './lines.ts';
import { Trial } from './trial.ts';
import { mendAcademicYear, mendValue } from './values/value.ts';
import type { ValueFix, ValueMending } from './values/value-fix.ts';

const encoder = new TextEncoder();
const ACADEMIC_YEAR = /^\d{4}-\d{2}$/;
const NO_VALUE = 'The value is not in the file.';
const ESCAPED = 'The cell holds signs that are read in more than one way.';
const SHIFTED =
  'Which cell is missing or one too many cannot be told: a stray delimiter has moved the values behind it.';

/** Mends rows of one file, below its header. */
export class RowFixer {
  readonly #knowledge: TableKnowledge;
  readonly #columns: readonly (CompiledColumn | undefined)[];
  readonly #values: ValueReader;
  readonly #trial: Trial;
  readonly #academicYear: string | undefined;

  constructor(knowledge: TableKnowledge) {
    const { table, columns, settings } = knowledge;
    this.#knowledge = knowledge;
    this.#columns = columns.map((column) => column && compileColumn(column, table.spec, settings));
    this.#values = new ValueReader(table.dialect, table.spec.reading.trim, this.#columns);
    this.#trial = new Trial(table.dialect);
    this.#academicYear = academicYearColumn(table.spec);
  }

  /** What the header says of the rows. */
  get knowledge(): TableKnowledge {
    return this.#knowledge;
  }

  /** Number of cells of the header. */
  get width(): number {
    return this.#columns.length;
  }

  /** True for a row of which `faults` surely has none: most rows, so that it is asked first. */
  isGood(row: Row): boolean {
    const columns = this.#columns;
    if (row.count !== columns.length || row.hasNul || (row.nonAscii && row.wrongAt >= 0)) return false;
    for (let cell = 0; cell < columns.length; cell++) {
      const column = columns[cell];
      if (!column) continue;
      if ((row.flags[cell]! & STRAY_QUOTE) !== 0) return false;
      const { bytes, start, end } = this.#values.read(row, cell);
      if (start === end ? column.required : column.check(bytes, start, end) !== undefined) return false;
      if (column.spec.name === this.#academicYear) {
        if (!ACADEMIC_YEAR.test(headText(bytes, start, end))) return false;
      }
    }
    return true;
  }

  /**
   * The faults of a row, in the order of its cells; those that only a comparison with other rows shows are not among
   * them, nor are those of a rule that is turned off.
   *
   * @param row one that ingestion's reader can read
   * @param to the byte after the last one that may be read; the row's line end stands before it, if it has one
   */
  faults(row: Row, to: number): readonly RowFault[] {
    const { settings } = this.#knowledge;
    return [...this.#all(row, to)].filter(
      ({ rule }) => severityOf(rule, 'warning', settings.rules) !== undefined,
    );
  }

  *#all(row: Row, to: number): Generator<RowFault> {
    for (const fault of byteFaults(row, row.hasNul && this.#holdsNul(row))) yield this.#tried(row, fault);
    const width = this.#columns.length;
    const isEmpty = row.count > 1 && row.end - row.start === row.count - 1;
    if (isEmpty && this.#columns.some((column) => column?.required)) {
      yield rowFault('row/empty', [removal(row, to, 'row/empty', 'Remove the row', true)]);
      return;
    }
    if (row.count !== width && !(yield* this.#otherWidth(row, width, to))) return;
    for (let cell = 0; cell < Math.min(row.count, width); cell++) {
      const column = this.#columns[cell];
      if (column) yield* this.#cellFaults(row, cell, column);
    }
  }

  /** The fault without a fix after which a cell would be read in another way, as where a backslash stands before it. */
  #tried(row: Row, fault: RowFault): RowFault {
    const { dialect } = this.#knowledge.table;
    const edits = fault.fixes[0]?.edits ?? [];
    const after = this.#trial.split(applyEdits(row.bytes, edits, row.start, row.end));
    const stays =
      after?.count === row.count &&
      (fault.rule !== 'encoding/nul-byte' ||
        Array.from({ length: row.count }, (_, cell) => cell).every(
          (cell) => cellText(after, cell, dialect) === cellText(row, cell, dialect).replaceAll('\0', ''),
        ));
    return stays ? fault : { rule: fault.rule, cell: undefined, fixes: [], reason: ESCAPED };
  }

  /** True when a NUL byte is part of a value: one at its end goes with the blanks where ingestion trims. */
  #holdsNul(row: Row): boolean {
    for (let cell = 0; cell < row.count; cell++) {
      const { bytes, start, end } = this.#values.read(row, cell);
      if (bytes.subarray(start, end).includes(0)) return true;
    }
    return false;
  }

  /** @returns whether the row's cells are those of the header */
  *#otherWidth(row: Row, width: number, to: number): Generator<RowFault, boolean> {
    const { dialect, spec } = this.#knowledge.table;
    const rule = 'row/column-count';
    const byPosition = spec.reading.reader === 'super-csv';
    if (footerCause(cellText(row, 0, dialect)) !== undefined && row.count < width) {
      const fixes = [removal(row, to, rule, 'Remove the line', false)];
      yield rowFault(rule, fixes, 'It is hardly a row: remove it in the editor.');
      return false;
    }
    if (row.count > width) {
      for (let cell = width; cell < row.count; cell++) {
        if (javaTrim(cellText(row, cell, dialect)) === '') continue;
        yield rowFault(rule, [], SHIFTED);
        return false;
      }
      const start = this.#endOfCell(row, width - 1);
      const title =
        row.count === width + 1 ? 'Remove the last delimiter' : 'Remove the empty cells at the end';
      yield rowFault(rule, [{ rule, title, certain: true, edits: [deletion(start, row.end)] }]);
      return true;
    }
    const missing = this.#columns.slice(row.count);
    const loads = !byPosition && !missing.some((column) => column?.required);
    const bytes = new Uint8Array(width - row.count).fill(dialect.delimiter);
    const title = missing.length === 1 ? 'Add the empty cell at the end' : 'Add the empty cells at the end';
    const fix: Fix = { rule, title, certain: loads, edits: [{ start: row.end, end: row.end, bytes }] };
    yield rowFault(rule, loads || byPosition ? [fix] : [], loads ? undefined : SHIFTED);
    return loads;
  }

  /** The byte behind a cell, its quotes included: the delimiter, or the end of the row. */
  #endOfCell(row: Row, cell: number): number {
    if (cell + 1 >= row.count) return row.end;
    let at = row.ends[cell]!;
    while (row.bytes[at] !== this.#knowledge.table.dialect.delimiter) at++;
    return at;
  }

  *#cellFaults(row: Row, cell: number, column: CompiledColumn): Generator<RowFault> {
    if ((row.flags[cell]! & STRAY_QUOTE) !== 0) {
      const blanks = this.#blanksBeforeQuote(row, cell);
      if (blanks) yield blanks;
    }
    const { bytes, start, end } = this.#values.read(row, cell);
    if (start === end) {
      if (column.required) yield { rule: 'cell/required', cell, fixes: [], reason: NO_VALUE };
      return;
    }
    const fault = column.check(bytes, start, end);
    const isYear = column.spec.name === this.#academicYear;
    if (fault === undefined && !isYear) return;
    const value = headText(bytes, start, end);
    if (fault !== undefined) {
      const mending = mendValue(column.spec, fault, value, (other) => isGood(column, other));
      yield this.#valueFault(row, cell, ruleOf(fault, column), mending);
    }
    if (isYear && !ACADEMIC_YEAR.test(javaTrim(value)))
      yield this.#valueFault(row, cell, 'cell/format', mendAcademicYear(value));
  }

  #blanksBeforeQuote(row: Row, cell: number): RowFault | undefined {
    const blanks = blanksBeforeQuote(row, cell, this.#knowledge.table.dialect);
    if (blanks === 0) return undefined;
    const rule = 'dialect/stray-quote';
    const edits = [deletion(row.starts[cell]!, row.starts[cell]! + blanks)];
    const after = this.#trial.split(applyEdits(row.bytes, edits, row.start, row.end));
    if (after?.count !== row.count)
      return { rule, cell, fixes: [], reason: 'The quote ends in another cell.' };
    return {
      rule,
      cell,
      fixes: [{ rule, title: 'Remove the blanks before the quote', certain: true, edits }],
    };
  }

  #valueFault(row: Row, cell: number, rule: RuleId, mending: ValueMending): RowFault {
    const fixes = mending.fixes.flatMap((fix) => this.#written(row, cell, rule, fix));
    const isSure = fixes.some(({ certain }) => certain);
    const reason = isSure ? undefined : (mending.reason ?? ESCAPED);
    return { rule, cell, fixes, ...(reason === undefined ? {} : { reason }) };
  }

  /** The fix of a cell; none where the row would become another one. */
  #written(row: Row, cell: number, rule: RuleId, { value, title, certain }: ValueFix): Fix[] {
    const edits = cellEdits(row, cell, this.#knowledge.table.dialect, value);
    if (!edits) return [];
    const after = applyEdits(row.bytes, edits, row.start, row.end);
    return this.#trial.isOnlyOther(after, row, cell, value) ? [{ rule, title, certain, edits }] : [];
  }
}

function isGood(column: CompiledColumn, value: string): boolean {
  if (value === '') return !column.required;
  const bytes = encoder.encode(value);
  return column.check(bytes, 0, bytes.length) === undefined;
}

function ruleOf(fault: CellFault, column: CompiledColumn): RuleId {
  return describeCell(fault, column.spec, () => '').rule;
}

function rowFault(rule: RuleId, fixes: readonly Fix[], reason?: string): RowFault {
  return { rule, cell: undefined, fixes, ...(reason === undefined ? {} : { reason }) };
}

import type { Row } from '../../csv/row.ts';
import type { RuleId } from '../../finding.ts';

/** Checks the rows of a file: those of one table, or of sections one under the other. */
export interface RowChecker {
  /** Takes the next row; the first one is a header. */
  row(row: Row): void;
  /** Blank lines one after the other; `line` is the 0-based first. @param aboveHeader true before the first row */
  blankLines(line: number, count: number, aboveHeader: boolean): void;
  /** No row follows; `line` is the 0-based editor line after the last one. */
  end(line: number): void;
  /** The reader of ingestion fails on a row, which the rule tells: nothing of the file is taken. */
  refuse(rule: RuleId): void;
  /** Whether the value of a 0-based cell of the next row goes to the database as it is; true for a header. */
  isStored(cell: number): boolean;
  /** Rows below headers so far. */
  readonly rows: number;
}

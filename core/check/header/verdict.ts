import type { ColumnSpec } from '../../catalogue/spec.ts';
import type { RuleId, Severity } from '../../finding.ts';

/** One name of a file's header. */
export interface HeaderCell {
  /** The value as ingestion's reader hands it over, without a byte order mark. */
  readonly name: string;
  /** True when it stands in quotes or has blanks round it in the file. */
  readonly dressed: boolean;
  /** False where a value before it goes on in another line. */
  readonly isInFirstLine: boolean;
}

export interface HeaderFault {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** 0-based cell of the header where the fault is shown. */
  readonly cell: number;
  readonly message: string;
}

export interface HeaderVerdict {
  readonly faults: readonly HeaderFault[];
  /**
   * For each cell of the header the column that a row's cell in its place becomes; undefined for one that ingestion does
   * not read.
   */
  readonly columns: readonly (ColumnSpec | undefined)[];
  /** Names of columns that are read from a cell under another name, since names before them stand twice. */
  readonly moved: readonly string[];
  /** False when ingestion, which looks for the header as text in some files, does not find it there. */
  readonly taken: boolean;
  /** True when checking the rows below would only repeat the header's fault. */
  readonly hopeless: boolean;
}

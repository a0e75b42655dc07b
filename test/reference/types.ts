/** What the plain second checker is asked for and what it tells: plain data. */
import type { RuleId, Severity } from '../../core/finding.ts';
import type { SourceRow } from './readers.ts';

/** What a user may choose; the engine's settings hold the same. */
export interface ReferenceSettings {
  readonly rules: Readonly<Partial<Record<RuleId, Severity | 'off'>>>;
  readonly variant: 'auto' | 'state' | 'udise';
  readonly dikshaDelimiter: 'auto' | 'pipe' | 'comma';
  readonly release: string;
  readonly withoutMap: boolean;
  readonly today?: string;
  /** The longest row in bytes; only files of ASCII are given one. */
  readonly rowBytes?: number;
}

/** 0-based lines and columns, the end exclusive. */
export type ReferenceFinding = readonly [
  rule: RuleId,
  severity: Severity,
  line: number,
  column: number,
  endLine: number,
  endColumn: number,
  /** 1-based line of the other row of a repeat or conflict, which the message names; 0 for other findings. */
  otherLine: number,
];

export interface ReferenceReport {
  readonly findings: readonly ReferenceFinding[];
  /** How many faults of each severity there are, those of long runs one by one. */
  readonly totals: { readonly errors: number; readonly warnings: number; readonly information: number };
  /** Rows below the header, those left out that a reader of ingestion fails on. */
  readonly rows: number;
  /**
   * The values of columns of the main header that other files refer to, each row's values as one text, with the largest
   * number that stands beside them in another column.
   */
  readonly valuesOf: (columns: readonly string[], beside?: string) => ReadonlyMap<string, number> | undefined;
}

/** The values of a dataset's columns (`ReferenceReport.valuesOf`); undefined when no file of it is there. */
export type ReferenceMasters = (
  dataset: string,
  columns: readonly string[],
  beside?: string,
) => ReadonlyMap<string, number> | undefined;

/**
 * Takes a finding on the text from one index to another.
 *
 * @param run the row and the cell of it that the fault is in; the same fault in many rows is told once
 * @param other the row that this one repeats or conflicts with
 */
export type Tell = (
  rule: RuleId,
  severity: Severity,
  from: number,
  to: number,
  run?: { readonly row: SourceRow; readonly cell: number; readonly least?: number },
  other?: SourceRow,
) => void;

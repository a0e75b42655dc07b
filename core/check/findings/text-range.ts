/** A place in a file: 0-based editor lines, 0-based columns in UTF-16 units, the end exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export const fileStart: TextRange = { line: 0, column: 0, endLine: 0, endColumn: 0 };

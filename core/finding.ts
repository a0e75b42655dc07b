/** What a check found, and the registry of the rules that can find something. Plain data: no text is shown here. */

export type Severity = 'error' | 'warning' | 'information';

export interface Finding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** Path below the emission folder, with `/`; a CSV inside a zip is `folder/name.zip/entry.csv`. */
  readonly file: string;
  /** 0-based editor line. */
  readonly line: number;
  /** 0-based, in UTF-16 units. */
  readonly column: number;
  readonly endLine: number;
  /** Exclusive. */
  readonly endColumn: number;
  readonly message: string;
  /** Values for quick fixes and tests, never shown as they are. */
  readonly data?: Readonly<Record<string, string | number>>;
}

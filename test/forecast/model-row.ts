/** A row as it goes from step to step: its values by the names of the header, '' for null. */
export interface ModelRow {
  readonly values: Readonly<Record<string, string>>;
  /** What is true of it and lets it pass. */
  readonly effects: Set<string>;
  readonly unclear: boolean;
}

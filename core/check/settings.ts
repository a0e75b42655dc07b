import type { RuleSettings } from '../finding.ts';

/** What a user may choose about checking. */
export interface CheckSettings {
  readonly rules: RuleSettings;
  /** Header variant of the masters; `auto` chooses by the header. */
  readonly variant: 'auto' | 'state' | 'udise';
  /** Delimiter of the four DIKSHA files that the page and the ingestion code disagree on; `auto` takes both. */
  readonly dikshaDelimiter: 'auto' | 'pipe' | 'comma';
  /** At most so many findings are kept for a file; the rest is counted. */
  readonly maxFindings: number;
}

/** The settings of an editor: findings up to VS Code's own limit for a file. */
export const defaultSettings: CheckSettings = {
  rules: {},
  variant: 'auto',
  dikshaDelimiter: 'auto',
  maxFindings: 1000,
};

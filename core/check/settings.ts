import type { RuleSettings } from '../finding.ts';

export const releases = ['3.2', '3.3', '3.4', '3.5', '3.6', '3.7'] as const;

export type Release = (typeof releases)[number];

export const variantChoices = ['auto', 'state', 'udise'] as const;

export const delimiterChoices = ['auto', 'pipe', 'comma'] as const;

/** What a user may choose about checking. */
export interface CheckSettings {
  readonly rules: RuleSettings;
  /** Header variant of the masters; `auto` chooses by the header. */
  readonly variant: (typeof variantChoices)[number];
  /** Delimiter of the four DIKSHA files that the page and the ingestion code disagree on; `auto` takes both. */
  readonly dikshaDelimiter: (typeof delimiterChoices)[number];
  /** The release of cQube whose ingestion takes the files. */
  readonly release: Release;
  /** True when the installation has `map_name=none`: coordinates may then be missing (from 3.5 on). */
  readonly withoutMap: boolean;
  /** Today as yyyy-MM-dd; rules on months and retention are left out without it. */
  readonly today?: string;
  /** True where entries of zips are checked however large they unpack. */
  readonly largeEntries?: boolean;
  /** True where the days of attendance rows are counted for a forecast: such files then take longer. */
  readonly countsDays?: boolean;
  /** At most so many findings are kept for a file; the rest is counted. */
  readonly maxFindings: number;
  /** The longest row that is read, in bytes (`Dialect.rowBytes`); tests make it small. */
  readonly rowBytes?: number;
}

/** The settings of an editor: findings up to VS Code's own limit for a file. */
export const defaultSettings: CheckSettings = {
  rules: {},
  variant: 'auto',
  dikshaDelimiter: 'auto',
  release: '3.6',
  withoutMap: false,
  maxFindings: 1000,
};

/** True where coordinates may be missing: `map_name=none` is known from release 3.5 on. */
export function mapIsOff(settings: CheckSettings): boolean {
  return settings.withoutMap && settings.release >= '3.5';
}

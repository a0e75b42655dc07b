import type { Finding } from '../../core/finding.ts';

/** What `check` reports, whatever the format. */
export interface CheckResult {
  readonly root: string;
  readonly datasets: readonly {
    readonly dataset: string;
    readonly file: string;
    readonly variant?: string;
    readonly bytes: number;
    readonly rows: number;
    readonly errors: number;
    readonly warnings: number;
    readonly seconds: number;
  }[];
  /** In the order of the datasets, then of the file; `dataset` is empty for a file that belongs to none. */
  readonly findings: readonly { readonly finding: Finding; readonly dataset: string }[];
  readonly summary: {
    readonly files: number;
    readonly rows: number;
    readonly errors: number;
    readonly warnings: number;
    readonly information: number;
  };
}

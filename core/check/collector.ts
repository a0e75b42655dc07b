import { severityOf, severityRank, type Finding, type RuleId, type Severity } from '../finding.ts';
import type { CheckSettings } from './settings.ts';

/** A place in a file: 0-based editor lines, 0-based columns in UTF-16 units, the end exclusive. */
export interface TextRange {
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export const fileStart: TextRange = { line: 0, column: 0, endLine: 0, endColumn: 0 };

/** How many findings of each severity a file has, shown or not. */
export interface FindingTotals {
  readonly errors: number;
  readonly warnings: number;
  readonly information: number;
}

/** Where a finding stands in a table, so that runs of the same one can be told as one. */
export interface RunPlace {
  /** 0-based editor line of the row. */
  readonly line: number;
  /** 0-based cell of the row; -1 for the row as a whole. */
  readonly cell: number;
}

/** So many rows one after the other with the same fault in the same cell become one finding. */
export const RUN_ROWS = 25;

/** The same fault in the same cell of rows that follow each other; a finding by itself is a run of one row. */
interface Run {
  /** The findings of its first rows. */
  readonly findings: Finding[];
  rows: number;
  lastLine: number;
}

/**
 * Takes the findings of one file: counts them all, keeps a bounded number of each rule, and makes the texts of those
 * alone (architecture, "Findings").
 */
export class FindingCollector {
  readonly #file: string;
  readonly #settings: CheckSettings;
  readonly #kept = new Map<RuleId, Run[]>();
  /** The last run of each rule and cell. */
  readonly #runs = new Map<string, Run>();
  readonly #counts = new Map<RuleId, number>();
  readonly #totals = { error: 0, warning: 0, information: 0 };
  #unkept = 0;

  constructor(file: string, settings: CheckSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /**
   * @param place asked only when the finding is kept, like `message`
   * @param at where it stands in the table; a finding without is never part of a longer run
   */
  add(rule: RuleId, given: Severity, place: () => TextRange, message: () => string, at?: RunPlace): void {
    const severity = severityOf(rule, given, this.#settings.rules);
    if (severity === undefined) return;
    this.#totals[severity]++;
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    const run = at && this.#runs.get(`${rule} ${at.cell}`);
    if (at && run?.lastLine === at.line - 1) {
      run.lastLine++;
      run.rows++;
      if (run.findings.length >= RUN_ROWS) return;
      run.findings.push({ rule, severity, file: this.#file, ...place(), message: message() });
      return;
    }
    let kept = this.#kept.get(rule);
    if (!kept) this.#kept.set(rule, (kept = []));
    if (kept.length >= this.#settings.maxFindings) {
      this.#unkept++;
      return;
    }
    const finding: Finding = { rule, severity, file: this.#file, ...place(), message: message() };
    const begun: Run = { findings: [finding], rows: 1, lastLine: at?.line ?? -1 };
    kept.push(begun);
    if (at) this.#runs.set(`${rule} ${at.cell}`, begun);
  }

  get totals(): FindingTotals {
    return {
      errors: this.#totals.error,
      warnings: this.#totals.warning,
      information: this.#totals.information,
    };
  }

  /** The findings to show: errors first when there is not room for all, each rule with its share, in file order. */
  findings(): Finding[] {
    const max = this.#settings.maxFindings;
    const groups = [...this.#kept.values()].map((runs) => runs.flatMap(toldRun));
    const all = groups.flat();
    if (this.#unkept === 0 && all.length <= max) return all.sort(byPlace);
    const shown = shared(groups, max - 1).sort(byPlace);
    const { errors, warnings, information } = this.totals;
    const message =
      `${shown.length} findings are shown, of ${errors} errors, ${warnings} warnings and ${information} for ` +
      'information. `cqube-emission check --max 0` lists them all. ' +
      [...this.#counts].map(([rule, count]) => `${rule}: ${count}`).join(', ') +
      '.';
    return [
      { rule: 'summary/not-shown', severity: 'information', file: this.#file, ...fileStart, message },
      ...shown,
    ];
  }
}

/** The findings of a run: each one, or the first in place of a long run. */
function toldRun({ findings, rows, lastLine }: Run): readonly Finding[] {
  const [first] = findings;
  if (!first || rows < RUN_ROWS) return findings;
  const message = `${first.message} The same in lines ${first.line + 1} to ${lastLine + 1}: ${rows} rows.`;
  return [{ ...first, message }];
}

/** As many findings as there is room for: errors first, and of each severity every rule has its share. */
function shared(groups: readonly (readonly Finding[])[], places: number): Finding[] {
  const shown: Finding[] = [];
  let room = places;
  for (const severity of ['error', 'warning', 'information'] as const) {
    const ofSeverity = groups
      .map((findings) => findings.filter((finding) => finding.severity === severity))
      .filter((findings) => findings.length > 0)
      .sort((a, b) => a.length - b.length);
    ofSeverity.forEach((findings, index) => {
      const share = Math.min(findings.length, Math.floor(room / (ofSeverity.length - index)));
      shown.push(...findings.slice(0, share));
      room -= share;
    });
  }
  return shown;
}

/** Findings in the order of the file; errors first where two stand in one place. */
export function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || severityRank(a.severity) - severityRank(b.severity);
}

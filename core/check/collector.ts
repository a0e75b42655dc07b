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

/**
 * Takes the findings of one file: counts them all, keeps a bounded number of each rule, and makes the texts of those
 * alone (architecture, "Findings").
 */
export class FindingCollector {
  readonly #file: string;
  readonly #settings: CheckSettings;
  readonly #kept = new Map<RuleId, Finding[]>();
  readonly #counts = new Map<RuleId, number>();
  readonly #totals = { error: 0, warning: 0, information: 0 };

  constructor(file: string, settings: CheckSettings) {
    this.#file = file;
    this.#settings = settings;
  }

  /** @param place and @param message are asked only when the finding is kept */
  add(rule: RuleId, given: Severity, place: () => TextRange, message: () => string): void {
    const severity = severityOf(rule, given, this.#settings.rules);
    if (severity === undefined) return;
    this.#totals[severity]++;
    this.#counts.set(rule, (this.#counts.get(rule) ?? 0) + 1);
    let kept = this.#kept.get(rule);
    if (!kept) this.#kept.set(rule, (kept = []));
    if (kept.length < this.#settings.maxFindings) {
      kept.push({ rule, severity, file: this.#file, ...place(), message: message() });
    }
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
    const all = [...this.#kept.values()].flat();
    const total = this.#totals.error + this.#totals.warning + this.#totals.information;
    if (total <= max) return all.sort(byPlace);
    const shown: Finding[] = [];
    // One place is for the summary.
    let room = max - 1;
    for (const severity of ['error', 'warning', 'information'] as const) {
      const groups = [...this.#kept.values()]
        .map((findings) => findings.filter((finding) => finding.severity === severity))
        .filter((findings) => findings.length > 0)
        .sort((a, b) => a.length - b.length);
      groups.forEach((findings, index) => {
        const share = Math.min(findings.length, Math.floor(room / (groups.length - index)));
        shown.push(...findings.slice(0, share));
        room -= share;
      });
    }
    shown.sort(byPlace);
    const { errors, warnings, information } = this.totals;
    const message =
      `${shown.length} of ${total} findings are shown: ${errors} errors, ${warnings} warnings, ` +
      `${information} information in all. \`cqube-emission check --max 0\` lists every one. ` +
      [...this.#counts].map(([rule, count]) => `${rule}: ${count}`).join(', ') +
      '.';
    return [
      { rule: 'summary/not-shown', severity: 'information', file: this.#file, ...fileStart, message },
      ...shown,
    ];
  }
}

/** Findings in the order of the file; errors first where two stand in one place. */
export function byPlace(a: Finding, b: Finding): number {
  return a.line - b.line || a.column - b.column || severityRank(a.severity) - severityRank(b.severity);
}

import type { Finding } from '../../core/finding.ts';
import type { CheckResult } from './result.ts';

/** One JSON document with a version, two blanks deep. */
export function jsonDocument(content: object): string {
  return JSON.stringify({ version: 1, ...content }, null, 2);
}

/** The report of `check` (architecture, command line contract): lines and columns are 1-based. */
export function checkJson(result: CheckResult): string {
  return jsonDocument({
    root: result.root,
    datasets: result.datasets,
    findings: result.findings.map(({ finding, dataset }) => ({ ...findingJson(finding), dataset })),
    summary: result.summary,
  });
}

/** A finding with 1-based lines and columns. */
export function findingJson(finding: Finding): object {
  const { rule, severity, file, line, column, endLine, endColumn, message } = finding;
  return {
    rule,
    severity,
    file,
    line: line + 1,
    column: column + 1,
    endLine: endLine + 1,
    endColumn: endColumn + 1,
    message,
  };
}

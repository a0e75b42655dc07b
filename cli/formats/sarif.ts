import { rules, type RuleId, type Severity } from '../../core/finding.ts';
import { jsonPieces } from './json.ts';
import type { CheckResult } from './result.ts';

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** The report of `check` as a SARIF 2.1.0 log, for code scanning services. */
export function checkSarif({ findings }: CheckResult): Iterable<string> {
  const used = [...new Set(findings.map(({ finding }) => finding.rule))];
  return jsonPieces(
    (items) => ({
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'cqube-emission', rules: used.map(describeRule) } },
          columnKind: 'utf16CodeUnits',
          results: items,
        },
      ],
    }),
    findings,
    ({ finding }) => ({
      ruleId: finding.rule,
      level: levels[finding.severity],
      message: { text: finding.message },
      locations: [
        {
          physicalLocation: {
            // A name of Windows may hold half a sign, which no address can.
            artifactLocation: { uri: encodeURI(finding.file.replace(/\p{Surrogate}/gu, '\ufffd')) },
            region: {
              startLine: finding.line + 1,
              startColumn: finding.column + 1,
              endLine: finding.endLine + 1,
              endColumn: finding.endColumn + 1,
            },
          },
        },
      ],
    }),
  );
}

function describeRule(id: RuleId): object {
  const { title, effect, severity } = rules[id];
  return {
    id,
    shortDescription: { text: title },
    fullDescription: { text: effect },
    defaultConfiguration: { level: levels[severity] },
  };
}

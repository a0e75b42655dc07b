import { rules, type RuleId, type Severity } from '../../core/finding.ts';
import type { CheckResult } from './result.ts';

const levels: Readonly<Record<Severity, string>> = {
  error: 'error',
  warning: 'warning',
  information: 'note',
};

/** The report of `check` as a SARIF 2.1.0 log, for code scanning services. */
export function checkSarif(result: CheckResult): string {
  const used = [...new Set(result.findings.map(({ finding }) => finding.rule))];
  return JSON.stringify(
    {
      $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
      version: '2.1.0',
      runs: [
        {
          tool: { driver: { name: 'cqube-emission', rules: used.map(describeRule) } },
          columnKind: 'utf16CodeUnits',
          results: result.findings.map(({ finding }) => ({
            ruleId: finding.rule,
            level: levels[finding.severity],
            message: { text: finding.message },
            locations: [
              {
                physicalLocation: {
                  artifactLocation: { uri: encodeURI(finding.file) },
                  region: {
                    startLine: finding.line + 1,
                    startColumn: finding.column + 1,
                    endLine: finding.endLine + 1,
                    endColumn: finding.endColumn + 1,
                  },
                },
              },
            ],
          })),
        },
      ],
    },
    null,
    2,
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

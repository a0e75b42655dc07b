import path from 'node:path';
import { pathToFileURL } from 'node:url';
import {
  DiagnosticSeverity,
  DocumentDiagnosticReportKind,
  type Diagnostic,
  type PreviousResultId,
  type WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import type { Finding, RuleId, Severity } from '../core/finding.ts';
import type { EmissionRoot } from './emission-root.ts';

const severities: Readonly<Record<Severity, DiagnosticSeverity>> = {
  error: DiagnosticSeverity.Error,
  warning: DiagnosticSeverity.Warning,
  information: DiagnosticSeverity.Information,
};

/** The page of each rule lies beside the bundle. */
const pages = path.join(__dirname, '..', 'docs', 'rules');

/** Messages are plain text: clients show no other. */
type FindingDiagnostic = Diagnostic & { readonly code: RuleId; readonly message: string };

/** A finding as LSP wants it. One inside a zip is shown on the zip, with its place in the text. */
export function toDiagnostic(finding: Finding): FindingDiagnostic {
  const inner = /\.zip\/(.*)$/.exec(finding.file)?.[1];
  const { line, column, endLine, endColumn } = finding;
  const range =
    inner === undefined
      ? { start: { line, character: column }, end: { line: endLine, character: endColumn } }
      : { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return {
    range,
    severity: severities[finding.severity],
    source: 'cQube',
    code: finding.rule,
    codeDescription: { href: pageOf(finding.rule) },
    message:
      inner === undefined
        ? finding.message
        : `${inner}, line ${line + 1}, column ${column + 1}: ${finding.message}`,
  };
}

const pageOfRule = new Map<RuleId, string>();

function pageOf(rule: RuleId): string {
  let page = pageOfRule.get(rule);
  if (page === undefined) {
    page = pathToFileURL(path.join(pages, `${rule.replace('/', '-')}.md`)).toString();
    pageOfRule.set(rule, page);
  }
  return page;
}

/**
 * The same id for the same findings: what a client already shows need not be sent again. Two 32-bit hashes of
 * everything that is shown; a thousand findings take a fraction of a millisecond.
 */
export function resultIdOf(items: readonly FindingDiagnostic[]): string {
  let low = items.length;
  let high = 0;
  const add = (number: number) => {
    low = Math.imul(low ^ number, 0xcc9e2d51);
    low = (low << 15) | (low >>> 17);
    high = Math.imul((high + number) | 0, 0x9e3779b1);
    high ^= high >>> 15;
  };
  for (const { range, severity, code, message } of items) {
    add(range.start.line);
    add(range.start.character);
    add(range.end.line);
    add(range.end.character);
    add(severity ?? 0);
    const text = `${code}\n${message}`;
    add(text.length);
    for (let i = 0; i < text.length; i++) add(text.charCodeAt(i));
  }
  return `${(low >>> 0).toString(36)}-${(high >>> 0).toString(36)}`;
}

/** Diagnostics of a folder's files by URI. */
export function groupByUri(
  root: EmissionRoot,
  findings: readonly Finding[],
): Map<string, FindingDiagnostic[]> {
  const groups = new Map<string, FindingDiagnostic[]>();
  for (const finding of findings) {
    const uri = root.uriOf(finding.file);
    const group = groups.get(uri);
    if (group) group.push(toDiagnostic(finding));
    else groups.set(uri, [toDiagnostic(finding)]);
  }
  return groups;
}

/**
 * The answer to a workspace pull: `unchanged` for what the client has, and an empty report for every file that it
 * knows and that is gone or clean, since a client clears nothing by itself.
 */
export function workspaceReport(
  roots: readonly EmissionRoot[],
  previous: readonly PreviousResultId[],
): WorkspaceDocumentDiagnosticReport[] {
  const known = new Map(previous.map(({ uri, value }) => [uri, value]));
  const items: WorkspaceDocumentDiagnosticReport[] = [];
  const reported = new Set<string>();
  for (const root of roots) {
    for (const [uri, diagnostics] of groupByUri(root, root.findings())) {
      const resultId = resultIdOf(diagnostics);
      reported.add(uri);
      items.push(
        known.get(uri) === resultId
          ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version: null, resultId }
          : { kind: DocumentDiagnosticReportKind.Full, uri, version: null, resultId, items: diagnostics },
      );
    }
  }
  const empty = resultIdOf([]);
  for (const [uri, resultId] of known) {
    if (reported.has(uri)) continue;
    items.push(
      resultId === empty
        ? { kind: DocumentDiagnosticReportKind.Unchanged, uri, version: null, resultId }
        : { kind: DocumentDiagnosticReportKind.Full, uri, version: null, resultId: empty, items: [] },
    );
  }
  return items;
}

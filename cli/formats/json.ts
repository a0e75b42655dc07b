import type { Finding } from '../../core/finding.ts';
import type { CheckResult } from './result.ts';

/** One JSON document with a version, two blanks deep. */
export function jsonDocument(content: object): string {
  return JSON.stringify({ version: 1, ...content }, null, 2);
}

/** Stands for the items of a list in a document that is written in pieces. */
const ITEMS = '\u{10fffe}items';

/**
 * A JSON document, two blanks deep, in pieces: one text of millions of findings would be longer than a text may be.
 *
 * @param document makes the document around a list
 * @param items those of the list, each as it stands in the document
 */
export function* jsonPieces<T>(
  document: (items: readonly unknown[]) => object,
  items: readonly T[],
  asJson: (item: T) => object,
): Generator<string> {
  const around = JSON.stringify(document(items.length > 0 ? [ITEMS] : []), null, 2);
  const [before, after = ''] = around.split(JSON.stringify(ITEMS));
  const indent = `\n${/ *$/.exec(before!)![0]}`;
  yield before!;
  for (const [index, item] of items.entries()) {
    if (index > 0) yield `,${indent}`;
    yield JSON.stringify(asJson(item), null, 2).replaceAll('\n', indent);
  }
  yield after;
}

/** The report of `check` (architecture, command line contract): lines and columns are 1-based. */
export function checkJson({ root, datasets, findings, summary }: CheckResult): Iterable<string> {
  return jsonPieces(
    (items) => ({ version: 1, root, datasets, findings: items, summary }),
    findings,
    ({ finding, dataset }) => ({ ...findingJson(finding), dataset }),
  );
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

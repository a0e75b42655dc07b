import type { ColumnSpec, DatasetSpec } from '../catalogue/spec.ts';
import { FindingCollector } from '../check/findings/collector.ts';
import { readHead, type FileHead } from '../check/header/head.ts';
import { readHeaderRow, type Table } from '../check/header/header-row.ts';
import type { HeaderVerdict } from '../check/header/verdict.ts';
import { headerScanner } from '../check/rows/first-pass.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { Row } from '../csv/row.ts';

/** What the header of a file says of the rows below it: all that is needed to mend one of them. */
export interface TableKnowledge {
  readonly table: Table;
  /** What each cell of a row becomes; undefined for one that ingestion does not read. */
  readonly columns: readonly (ColumnSpec | undefined)[];
  readonly verdict: HeaderVerdict;
  readonly settings: CheckSettings;
}

/**
 * Reads the header of a file for its fixes.
 *
 * @param head the first bytes of the file, its header line among them
 * @returns undefined where the header is not read as one: another encoding or delimiter, sections, a row too long
 */
export function knowTable(
  head: Uint8Array,
  spec: DatasetSpec,
  settings: CheckSettings,
): TableKnowledge | undefined {
  const collector = silentCollector(settings);
  const start = readHead(head, spec, settings, collector, () => undefined);
  if (!start?.variant) return undefined;
  let knowledge: TableKnowledge | undefined;
  takeHeader(head.subarray(start.skip), start, (row) => {
    knowledge = knowledgeOf(row, start, spec, settings);
  });
  return knowledge;
}

/** What a header row says of the rows below it. @param start of the same file, not one of sections */
export function knowledgeOf(
  row: Row,
  { variant, dialect, firstLine }: FileHead,
  spec: DatasetSpec,
  settings: CheckSettings,
): TableKnowledge | undefined {
  if (!variant) return undefined;
  const table: Table = { spec, variant, dialect, firstLine };
  const verdict = readHeaderRow(row, table, silentCollector(settings), () => undefined);
  return { table, columns: verdict.columns, verdict, settings };
}

/** Takes findings that nobody asks for: they are told by the check. */
function silentCollector(settings: CheckSettings): FindingCollector {
  return new FindingCollector('', { ...settings, maxFindings: 0 });
}

/** Hands over the first row of a text, if it is one that can be read. */
function takeHeader(text: Uint8Array, { dialect }: FileHead, take: (row: Row) => void): void {
  const state = { isMet: false, isBroken: false };
  const scanner = headerScanner(dialect, {
    row: (row) => {
      state.isMet = true;
      if (!state.isBroken) take(row);
    },
    blankLines: () => undefined,
    fault: () => {
      state.isBroken = true;
    },
  });
  for (let at = 0; at < text.length && !state.isMet;) at = scanner.next(text, at, text.length, true);
}

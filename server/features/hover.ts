import { MarkupKind, type Hover, type HoverParams } from 'vscode-languageserver';
import { nameInHeader, type CellAt } from '../../core/explain/table-at.ts';
import { describeColumn, describeUnread } from '../../core/explain/column-words.ts';
import { describeMasterRow, describeNoRow } from '../../core/explain/master-row.ts';
import { asMarkdown, asPlainText, type Sentence } from '../../core/explain/prose.ts';
import { referencesOf } from '../../core/explain/references.ts';
import { count } from '../../core/wording.ts';
import { findingsInColumn } from './column-findings.ts';
import { cellOf, openFile, toRange, type Feature, type FeatureWorld, type OpenFile } from './feature.ts';
import { filesOf, findMasterRows, ownersOf } from './master-rows.ts';

/** What a header or a cell is, and the row that it refers to. */
export const hover: Feature = {
  offer: ({ textDocument }) => (textDocument?.hover ? { hoverProvider: true } : {}),
  listen: (world) => world.connection.onHover((params) => hoverAt(world, params)),
};

async function hoverAt(world: FeatureWorld, { textDocument, position }: HoverParams): Promise<Hover | null> {
  const open = openFile(world, textDocument.uri);
  const at = open && cellOf(open, position);
  if (!at) return null;
  const paragraphs = await describe(world, open, at);
  const formats = world.client().textDocument?.hover?.contentFormat ?? [];
  const contents = formats.includes(MarkupKind.Markdown)
    ? { kind: MarkupKind.Markdown, value: asMarkdown(paragraphs) }
    : { kind: MarkupKind.PlainText, value: asPlainText(paragraphs) };
  const range = at.cell < at.row.width ? toRange(at.row.rangeOf(at.cell)) : undefined;
  return { contents, ...(range ? { range } : {}) };
}

async function describe(world: FeatureWorld, open: OpenFile, at: CellAt): Promise<Sentence[]> {
  const { table, cell, column, isHeader, row } = at;
  if (!column) {
    if (!isHeader && cell >= table.columns.length) {
      return [[`The row has more cells than the header: ${row.width} in place of ${table.columns.length}.`]];
    }
    return describeUnread(table, nameInHeader(open.lines, table, cell));
  }
  const [title, ...more] = describeColumn(table, cell, column, open.settings);
  const own = isHeader ? findingsText(findingsInColumn(open, table, cell)) : await referred(world, open, at);
  return [...(title ? [title] : []), ...own, ...more];
}

function findingsText(findings: number): Sentence[] {
  return findings === 0 ? [] : [[`${count(findings, 'finding')} in this column.`]];
}

/** The master rows that a cell points to, in words. */
async function referred(
  world: FeatureWorld,
  open: OpenFile,
  { table, cell, row }: CellAt,
): Promise<Sentence[]> {
  const { root, settings } = open;
  const sentences: Sentence[] = [];
  for (const { reference, cells } of referencesOf(table, cell)) {
    const values = cells.map((each) => row.value(each));
    if (values.includes('')) continue;
    const rows = await findMasterRows(world, root, reference, values, settings);
    for (const master of rows) {
      const owners = await ownersOf(world, root, master, settings);
      sentences.push(describeMasterRow(master.table, master.row, owners));
    }
    if (rows.length === 0 && filesOf(root, reference.dataset).some(({ file }) => isKnown(open, file))) {
      sentences.push(describeNoRow(reference));
    }
  }
  return sentences;
}

/** True where the last look at the folder has found the file. */
function isKnown({ root }: OpenFile, file: string): boolean {
  const below = root.relative(file);
  return below !== undefined && root.statusOfCsv(below)?.examination.csv !== undefined;
}

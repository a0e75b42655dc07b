import type { TextDocumentPositionParams } from 'vscode-languageserver';
import { needInWords, typeInWords } from '../../core/explain/column-words.ts';
import { nameInHeader } from '../../core/explain/table-at.ts';
import { requests, type ColumnAt } from '../messages.ts';
import { cellOf, openFile, type Feature, type FeatureWorld } from './feature.ts';

/** The column under the cursor, for clients that show it. */
export const columnStatus: Feature = {
  offer: () => ({}),
  listen: (world) =>
    world.connection.onRequest(requests.columnAt, (params: TextDocumentPositionParams) =>
      columnAt(world, params),
    ),
};

function columnAt(
  world: FeatureWorld,
  { textDocument, position }: TextDocumentPositionParams,
): ColumnAt | null {
  const open = openFile(world, textDocument.uri);
  const at = open && cellOf(open, position);
  if (!at || at.cell >= at.table.columns.length) return null;
  const { table, cell, column } = at;
  const place = { place: cell + 1, of: table.columns.length };
  return column
    ? {
        ...place,
        name: column.name,
        type: typeInWords(table, column),
        need: needInWords(column, open.settings),
      }
    : { ...place, name: nameInHeader(open.lines, table, cell) };
}

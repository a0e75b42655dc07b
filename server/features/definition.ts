import type { DefinitionLink, DefinitionParams, Location } from 'vscode-languageserver';
import { referencesOf } from '../../core/explain/references.ts';
import { cellOf, openFile, toRange, type Feature, type FeatureWorld } from './feature.ts';
import { findMasterRows } from './master-rows.ts';

/** From a cell to the row of the master that it refers to. */
export const definition: Feature = {
  offer: ({ textDocument }) => (textDocument?.definition ? { definitionProvider: true } : {}),
  listen: (world) => world.connection.onDefinition((params) => definitionsAt(world, params)),
};

async function definitionsAt(
  world: FeatureWorld,
  { textDocument, position }: DefinitionParams,
): Promise<DefinitionLink[] | Location[] | null> {
  const open = openFile(world, textDocument.uri);
  const at = open && cellOf(open, position);
  if (!at || at.isHeader) return null;
  const { table, row, cell } = at;
  const links: DefinitionLink[] = [];
  for (const { reference, cells } of referencesOf(table, cell)) {
    const values = cells.map((each) => row.value(each));
    if (values.includes('')) continue;
    for (const master of await findMasterRows(world, open.root, reference, values, open.settings)) {
      links.push({
        originSelectionRange: toRange(row.rangeOf(cell)),
        targetUri: master.uri,
        targetRange: toRange(master.row.range),
        targetSelectionRange: toRange(master.row.rangeOf(master.cell)),
      });
    }
  }
  if (world.client().textDocument?.definition?.linkSupport === true) return links;
  return links.map(({ targetUri: uri, targetSelectionRange: range }) => ({ uri, range }));
}

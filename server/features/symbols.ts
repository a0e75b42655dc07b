import {
  SymbolKind,
  type DocumentSymbol,
  type SymbolInformation,
  type WorkspaceSymbol,
} from 'vscode-languageserver';
import { needInWords, typeInWords } from '../../core/explain/column-words.ts';
import { rowAt } from '../../core/explain/row-at.ts';
import type { TableAt } from '../../core/explain/table-at.ts';
import { openFile, toRange, type Feature, type FeatureWorld, type OpenFile } from './feature.ts';

/** The tables of a document and their columns: what an outline, breadcrumbs and a sticky header show. */
export const documentSymbols: Feature = {
  offer: ({ textDocument }) => (textDocument?.documentSymbol ? { documentSymbolProvider: true } : {}),
  listen: (world) =>
    world.connection.onDocumentSymbol(({ textDocument }) => {
      const open = openFile(world, textDocument.uri);
      if (!open) return null;
      const symbols = open.tables.flatMap((table) => symbolOf(open, table) ?? []);
      const isNested =
        world.client().textDocument?.documentSymbol?.hierarchicalDocumentSymbolSupport === true;
      return isNested ? symbols : symbols.flatMap((symbol) => flat(symbol, textDocument.uri));
    }),
};

function symbolOf({ lines, settings }: OpenFile, table: TableAt): DocumentSymbol | undefined {
  const header = rowAt(lines, table.headerLine, table.dialect, 0);
  if (!header) return undefined;
  const selectionRange = toRange(header.range);
  // The marker of a section belongs to it.
  const last = Math.min(table.endLine, lines.count - 1);
  const [text = ''] = lines.slice(last, last + 1);
  const end = {
    line: last,
    character: last === selectionRange.end.line ? selectionRange.end.character : text.length,
  };
  const children = table.columns.map((column, cell): DocumentSymbol => {
    const range = toRange(header.rangeOf(cell));
    return {
      name: column?.name ?? (header.value(cell).trim() || `column ${cell + 1}`),
      detail: column ? `${typeInWords(table, column)}, ${needInWords(column, settings)}` : 'not read',
      kind: SymbolKind.Field,
      range,
      selectionRange: range,
    };
  });
  return {
    name: table.spec.title,
    detail: table.spec.id,
    kind: table.section ? SymbolKind.Namespace : SymbolKind.File,
    range: { start: selectionRange.start, end },
    selectionRange,
    children,
  };
}

function flat(
  { name, kind, range, children = [] }: DocumentSymbol,
  uri: string,
  containerName?: string,
): SymbolInformation[] {
  const own = {
    name,
    kind,
    location: { uri, range },
    ...(containerName === undefined ? {} : { containerName }),
  };
  return [own, ...children.flatMap((child) => flat(child, uri, name))];
}

/** The datasets that have a file, by title, id or folder. */
export const workspaceSymbols: Feature = {
  offer: ({ workspace }) => (workspace?.symbol ? { workspaceSymbolProvider: true } : {}),
  listen: (world) => world.connection.onWorkspaceSymbol(({ query }) => datasetsNamed(world, query)),
};

function datasetsNamed({ session }: FeatureWorld, query: string): WorkspaceSymbol[] {
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return session.roots.flatMap((root) =>
    root.workspace.datasets.flatMap(({ examination: { spec, csv } }) => {
      if (!csv || ![spec.title, spec.id, spec.folder].some((name) => holds(name, query))) return [];
      return [
        {
          name: `${spec.title} (${spec.id})`,
          kind: SymbolKind.File,
          containerName: spec.folder,
          location: { uri: root.uriOf(csv.path), range },
        },
      ];
    }),
  );
}

/** True when the signs of a query stand in a name in their order, case and blanks aside, as editors match them. */
function holds(name: string, query: string): boolean {
  const text = name.toLowerCase();
  let at = 0;
  for (const sign of query.toLowerCase().replace(/\s+/g, '')) {
    at = text.indexOf(sign, at) + 1;
    if (at === 0) return false;
  }
  return true;
}

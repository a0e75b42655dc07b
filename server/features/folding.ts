import { FoldingRangeKind } from 'vscode-languageserver';
import { openFile, type Feature } from './feature.ts';

/** Each section of a file of sections, down to its marker. */
export const folding: Feature = {
  offer: ({ textDocument }) => (textDocument?.foldingRange ? { foldingRangeProvider: true } : {}),
  listen: (world) =>
    world.connection.onFoldingRanges(({ textDocument }) => {
      const open = openFile(world, textDocument.uri);
      const sections = open?.tables.filter(({ section }) => section !== undefined) ?? [];
      return sections.map(({ headerLine, endLine }) => ({
        startLine: headerLine,
        endLine: Math.min(endLine, (open?.lines.count ?? 1) - 1),
        kind: FoldingRangeKind.Region,
      }));
    }),
};

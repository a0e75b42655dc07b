import type { Position, SelectionRange } from 'vscode-languageserver';
import { cellOf, openFile, toRange, type Feature, type OpenFile } from './feature.ts';

/** A selection grows from the value to its cell, the row and the whole file. */
export const selectionRanges: Feature = {
  offer: ({ textDocument }) => (textDocument?.selectionRange ? { selectionRangeProvider: true } : {}),
  listen: (world) =>
    world.connection.onSelectionRanges(({ textDocument, positions }) => {
      const open = openFile(world, textDocument.uri);
      return open ? positions.map((position) => rangeAt(open, position)) : null;
    }),
};

function rangeAt(open: OpenFile, position: Position): SelectionRange {
  const { document } = open;
  const last = document.lineCount - 1;
  const all: SelectionRange = {
    range: { start: { line: 0, character: 0 }, end: document.getLineRange(last).end },
  };
  const at = cellOf(open, position);
  if (!at) return all;
  const { row, cell } = at;
  const whole: SelectionRange = { range: toRange(row.range), parent: all };
  const range = toRange(row.rangeOf(cell));
  const inCell: SelectionRange = { range, parent: whole };
  const text = document.getText(range);
  const isQuoted = text.length > 2 && text.startsWith('"') && text.endsWith('"') && isInside(position, range);
  if (!isQuoted) return inCell;
  const { start, end } = range;
  return {
    range: {
      start: { line: start.line, character: start.character + 1 },
      end: { line: end.line, character: end.character - 1 },
    },
    parent: inCell,
  };
}

/** True for a place between the quotes of a cell. */
function isInside({ line, character }: Position, { start, end }: SelectionRange['range']): boolean {
  const afterStart = line > start.line || character > start.character;
  return afterStart && (line < end.line || character < end.character);
}

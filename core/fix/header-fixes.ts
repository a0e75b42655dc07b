import type { ColumnSpec } from '../catalogue/spec.ts';
import { editDistance, mostSimilar } from '../catalogue/similar.ts';
import { javaTrim } from '../check/cells/trim.ts';
import type { HeaderFault } from '../check/header/verdict.ts';
import { cellText } from '../csv/cell.ts';
import { QUOTED, type Row } from '../csv/row.ts';
import { cellEdits } from './cell-edits.ts';
import { smallestEdits, type ByteEdit, type Fix, type RowFault } from './fix.ts';
import type { TableKnowledge } from './knowledge.ts';
import { removal } from './lines.ts';

const encoder = new TextEncoder();

const NOT_SURE = 'The name is near to that of a column, but may be another one: choose in the editor.';
/** Names of fewer signs are near to each other by chance. */
const SHORT_NAME = 5;

/**
 * The faults of a header that can be mended in its own line. Those that change the rows as well are whole-file fixes.
 *
 * @param row the header
 * @param to the byte after the last one that may be read
 */
export function headerFaults(knowledge: TableKnowledge, row: Row, to: number): readonly RowFault[] {
  return knowledge.verdict.faults.flatMap((fault) => mend(knowledge, row, to, fault) ?? []);
}

function mend(
  knowledge: TableKnowledge,
  row: Row,
  to: number,
  { rule, cell }: HeaderFault,
): RowFault | undefined {
  const { table, verdict } = knowledge;
  switch (rule) {
    case 'header/missing': {
      const isNote = /^"?sep=.?"?$/i.test(table.firstLine.trim());
      const fixes = isNote ? [removal(row, to, rule, 'Remove the line', true)] : [];
      return { rule, cell, fixes, ...(isNote ? {} : { reason: 'The header is not in the file.' }) };
    }
    case 'header/misspelt-column': {
      // Where equal names stand, the column of a cell is not that of its name.
      const column = verdict.moved.length === 0 ? verdict.columns[cell] : undefined;
      return column && renaming(knowledge, row, cell, column);
    }
    case 'header/case': {
      const edits = verdict.columns.flatMap((column, each) =>
        column && isOtherCase(nameOf(knowledge, row, each), column.name)
          ? (nameEdits(knowledge, row, each, column.name) ?? [])
          : [],
      );
      const fix: Fix = { rule, title: 'Write the names as published', certain: false, edits };
      const reason = 'Ingestion reads the names in any case: choose in the editor.';
      return { rule, cell, fixes: [fix], reason };
    }
    case 'header/form': {
      const edits = undressed(knowledge, row);
      if (!edits || edits.length === 0) return undefined;
      return { rule, cell, fixes: [{ rule, title: 'Write the bare names', certain: true, edits }] };
    }
    default:
      return undefined;
  }
}

function nameOf({ table }: TableKnowledge, row: Row, cell: number): string {
  return cellText(row, cell, table.dialect);
}

function isOtherCase(name: string, published: string): boolean {
  const bare = javaTrim(name);
  return bare !== published && bare.toLowerCase() === published.toLowerCase();
}

function renaming(knowledge: TableKnowledge, row: Row, cell: number, column: ColumnSpec): RowFault {
  const rule = 'header/misspelt-column';
  const edits = nameEdits(knowledge, row, cell, column.name);
  if (!edits)
    return { rule, cell, fixes: [], reason: 'The name holds signs that are read in more than one way.' };
  const certain = isSurelyMeant(knowledge, nameOf(knowledge, row, cell), column);
  const fix: Fix = { rule, title: `Rename to "${column.name}"`, certain, edits };
  return { rule, cell, fixes: [fix], ...(certain ? {} : { reason: NOT_SURE }) };
}

/** True when a name is that of a column but for one slip in its letters, or for signs that are no letters. */
function isSurelyMeant({ table, columns }: TableKnowledge, name: string, column: ColumnSpec): boolean {
  if (letters(name) === letters(column.name)) return true;
  // Columns of days and items differ in a digit alone.
  if (digits(name) !== digits(column.name) || column.name.length < SHORT_NAME) return false;
  if (editDistance(letters(name), letters(column.name)) > 1) return false;
  const others = table.variant.columns.filter((other) => other !== column && !columns.includes(other));
  return (
    mostSimilar(
      name,
      others.map((other) => other.name),
    ) === undefined
  );
}

function letters(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');
}

function digits(name: string): string {
  return name.replace(/\D/g, '');
}

/** The edits that write another name; undefined where the cell holds signs that are not understood. */
function nameEdits(
  { table }: TableKnowledge,
  row: Row,
  cell: number,
  name: string,
): readonly ByteEdit[] | undefined {
  return cellEdits(row, cell, table.dialect, name);
}

/** The edits that leave of each name what ingestion compares; undefined where a name cannot stand without quotes. */
function undressed({ table }: TableKnowledge, row: Row): readonly ByteEdit[] | undefined {
  const { delimiter, reader } = table.dialect;
  const edits: ByteEdit[] = [];
  let start = row.start;
  for (let cell = 0; cell < row.count; cell++) {
    let end = row.ends[cell]!;
    const isQuoted = (row.flags[cell]! & QUOTED) !== 0 && reader === 'commons-csv';
    while (isQuoted && end < row.end && row.bytes[end] !== delimiter) end++;
    const name = javaTrim(cellText(row, cell, table.dialect));
    if (name.includes('"') || name.includes(String.fromCharCode(delimiter)) || /[\r\n\\]/.test(name))
      return undefined;
    const wanted = encoder.encode(name);
    if (end - start !== wanted.length || wanted.some((byte, index) => row.bytes[start + index] !== byte))
      edits.push(...smallestEdits(row.bytes, start, end, wanted));
    start = end + 1;
  }
  return edits;
}

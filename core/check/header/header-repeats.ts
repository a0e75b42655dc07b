import type { ColumnSpec, DatasetSpec } from '../../catalogue/spec.ts';
import { cellInFile, columnAtStart, columnName } from '../findings/column-name.ts';
import type { HeaderCell, HeaderFault } from './verdict.ts';
import { columnsRead, mapNames, namePlaces } from './row-names.ts';

/** Names that stand twice, and what the cells below them become. */
export interface Repeats {
  readonly faults: readonly HeaderFault[];
  /** For each cell of the header the column that a row's cell in its place becomes. */
  readonly read: readonly (ColumnSpec | undefined)[];
  /** Names of columns that are read from a cell under another name. */
  readonly moved: readonly string[];
  /** Cells whose name makes others move. */
  readonly movers: readonly number[];
}

/**
 * Finds the names that stand twice in a header (ingestion-rules, section 6).
 *
 * @param cells the header's cells, in file order
 * @param columns the column that each of them names
 */
export function findRepeats(
  spec: DatasetSpec,
  cells: readonly HeaderCell[],
  columns: readonly (ColumnSpec | undefined)[],
): Repeats {
  const first = columns.map((column, cell) => (columns.indexOf(column) === cell ? column : undefined));
  const doubled = columns.flatMap((column, cell) => (column && first[cell] === undefined ? [cell] : []));
  const byName = spec.reading.reader === 'commons-csv';
  const names = mapNames(
    spec,
    cells.map(({ name }) => name),
  );
  const read = byName ? columnsRead(names, columns) : first;
  const places = namePlaces(names);
  const moves = byName
    ? read.flatMap((column, cell) => (column && column !== columns[cell] ? [cell] : []))
    : [];
  // The query of infra_trans, which states write themselves, may read any column.
  const mayMove =
    spec.header.match === 'contains' && places.some((place, cell) => place !== cell && names[place] !== '');
  if (moves.length === 0 && !mayMove) {
    const faults = doubled.map((cell) => doubledFault(spec, cells, columns, cell));
    return { faults, read, moved: [], movers: [] };
  }
  const firstOf = new Map(names.map((name, cell) => [name, cell] as const).toReversed());
  const lastOf = new Map(names.map((name, cell) => [name, cell]));
  const movers = names.flatMap((name, cell) =>
    name === undefined || firstOf.get(name) !== lastOf.get(name) ? [cell] : [],
  );
  const cell = movers.find((each) => names[each] === undefined || firstOf.get(names[each]) !== each) ?? 0;
  const moved = moves.map((each) => read[each]!.name);
  const message = `${repeatedText(names, movers, cells)} ${movesText(moves, read, cells)} Give each column a name of its own, or remove those that are not needed.`;
  const severity = moves.length > 0 ? 'error' : 'warning';
  return { faults: [{ rule: 'header/duplicate-column', severity, cell, message }], read, moved, movers };
}

function repeatedText(
  names: readonly (string | undefined)[],
  movers: readonly number[],
  cells: readonly HeaderCell[],
): string {
  const repeated = [...new Set(movers.map((cell) => names[cell]))].filter((name) => name !== undefined);
  const cause = movers.some((cell) => names[cell] === undefined)
    ? ['Ingestion’s reader takes the name NULL for none.']
    : [];
  if (repeated.length > 0) {
    const groups = repeated.slice(0, 3).map((name) => {
      const at = movers.filter((cell) => names[cell] === name);
      const places = at.slice(0, 8).map((cell) => cell + 1);
      return `${shownName(cells[at[0]!]!)} in columns ${places.join(', ')}`;
    });
    const more = repeated.length > groups.length ? '; and more' : '';
    cause.push(
      `Names that stand more than once: ${groups.join('; ')}${more}. Ingestion’s reader keeps only the last of equal names.`,
    );
  }
  return `${cause.join(' ')} The cells behind move to the left:`;
}

function shownName(cell: HeaderCell): string {
  return cell.name.trim() === '' ? 'an empty name' : cellInFile(cell);
}

function movesText(
  moves: readonly number[],
  read: readonly (ColumnSpec | undefined)[],
  cells: readonly HeaderCell[],
): string {
  if (moves.length === 0) return 'what your state’s query reads may be the value of another column.';
  const shown = moves
    .slice(0, 3)
    .map(
      (cell) =>
        `${columnName(read[cell]!.name)} is loaded with what stands in column ${cell + 1}, under ${shownName(cells[cell]!)}`,
    );
  if (moves.length > shown.length) shown.push(`${moves.length - shown.length} more columns likewise`);
  return `${shown.join('; ')}.`;
}

/** A column that is named twice where no other cell moves. */
function doubledFault(
  spec: DatasetSpec,
  cells: readonly HeaderCell[],
  columns: readonly (ColumnSpec | undefined)[],
  cell: number,
): HeaderFault {
  const name = `${columnAtStart(cells[cell]!.name.trim())} stands twice in the header.`;
  const lost = spec.header.extraColumns === 'lose-rows';
  const message = lost
    ? `${name} Every row then has the wrong number of cells, and ingestion drops them all: remove one.`
    : `${name} Ingestion reads what stands in column ${columns.indexOf(columns[cell]) + 1} and leaves this one out: remove the one that is not meant.`;
  return { rule: 'header/duplicate-column', severity: lost ? 'error' : 'warning', cell, message };
}

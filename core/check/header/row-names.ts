/**
 * Which column each cell of a row becomes where ingestion reads by name. NiFi 1.12.1's CSVRecordReader takes the names of a
 * row from Commons CSV's header map, ordered by their places (ingestion-rules, section 6): of equal names only the last
 * has a place there, and cells take the names that are left one by one.
 */
import type { ColumnSpec, DatasetSpec } from '../../catalogue/spec.ts';
import { javaTrim } from '../cells/trim.ts';

/**
 * The names of a row.
 *
 * @param names the header's; undefined for one that the reader takes for null, which has no place in the map
 * @returns for each cell of a row, 0-based, the cell of the header whose name it gets; as many as there are names
 */
export function namePlaces(names: readonly (string | undefined)[]): number[] {
  const last = new Map(names.map((name, cell) => [name, cell]));
  return names.flatMap((name, cell) => (name !== undefined && last.get(name) === cell ? [cell] : []));
}

/** The header's names as the map holds them. @param names as the reader hands them over, not trimmed */
export function mapNames({ reading }: DatasetSpec, names: readonly string[]): (string | undefined)[] {
  return names.map((name) => {
    const read = reading.trim ? javaTrim(name) : name;
    return reading.nullWord === 'empty' && read === 'NULL' ? undefined : read;
  });
}

/**
 * The columns that ingestion reads the cells of a row into.
 *
 * @param names those of the header, as `mapNames` gives them
 * @param columns what each cell of the header names
 * @returns for each cell of the header the column that a row's cell in its place becomes; undefined for one left out
 */
export function columnsRead(
  names: readonly (string | undefined)[],
  columns: readonly (ColumnSpec | undefined)[],
): (ColumnSpec | undefined)[] {
  const read: (ColumnSpec | undefined)[] = columns.map(() => undefined);
  namePlaces(names).forEach((place, cell) => {
    const column = columns[place];
    // The query takes the first name of the schema that is the column's without case.
    if (column !== undefined && names[columns.indexOf(column)] === names[place]) read[cell] = column;
  });
  return read;
}

/**
 * NiFi 1.12.1's CSVRecordReader over Commons CSV, as a model: the header becomes a map from names to places, and a row a
 * map from names to cells (ingestion-rules, section 6).
 */
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import { javaTrim } from './text.ts';

/** Commons CSV's header map: each name with its last place. Null names have none. */
export function headerMap(names: readonly (string | null)[]): ReadonlyMap<string, number> {
  const map = new Map<string, number>();
  names.forEach((name, place) => {
    if (name !== null) map.set(name, place);
  });
  return map;
}

/** The names that the reader gives to the cells of a row, one after the other. */
export function recordNames(map: ReadonlyMap<string, number>): string[] {
  return [...map].sort(([, a], [, b]) => a - b).map(([name]) => name);
}

/** What the reader makes of one header: a name, or null for the word that stands for it. */
export function namesRead(spec: DatasetSpec, names: readonly string[]): (string | null)[] {
  const { trim, nullWord } = spec.reading;
  return names
    .map((name) => (trim ? javaTrim(name) : name))
    .map((name) => (nullWord === 'empty' && name === 'NULL' ? null : name));
}

/** A row as a record: cells beyond the names are left out, names beyond the cells have no value. */
export function recordOf<T>(names: readonly string[], cells: readonly T[]): ReadonlyMap<string, T> {
  const record = new Map<string, T>();
  cells.forEach((cell, place) => {
    const name = names[place];
    if (name !== undefined) record.set(name, cell);
  });
  return record;
}

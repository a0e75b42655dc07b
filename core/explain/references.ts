import { counterpart, datasets, sharesTable } from '../catalogue/catalogue.ts';
import type { DatasetSpec, ReferenceSpec, VariantSpec } from '../catalogue/spec.ts';
import type { ValueKind } from '../check/identity/identity.ts';
import { wholeNumber } from '../check/cells/processor.ts';
import { kindOf } from '../check/references/reference-check.ts';
import type { TableAt } from './table-at.ts';

/** A reference with the cells of a row that it goes by. */
export interface LocatedReference {
  readonly reference: ReferenceSpec;
  /** 0-based, in the order of `reference.columns`. */
  readonly cells: readonly number[];
}

/**
 * The references that a cell is part of: those of the cell alone, or else all that need further cells (ingestion-rules,
 * section 10).
 *
 * @param cell 0-based
 */
export function referencesOf(table: TableAt, cell: number): LocatedReference[] {
  const found = table.spec.references.flatMap((reference) => {
    const cells = cellsOf(table, reference.columns);
    return cells?.includes(cell) ? [{ reference, cells }] : [];
  });
  const alone = found.filter(({ cells }) => cells.length === 1);
  return alone.length > 0 ? alone : found;
}

/** The 0-based cells of columns named as in the main header; undefined when the file lacks one of them. */
export function cellsOf(
  { spec, variant, columns }: Pick<TableAt, 'spec' | 'variant' | 'columns'>,
  names: readonly string[],
): readonly number[] | undefined {
  const cells = names.map((name) => {
    const column = counterpart(spec, variant, name);
    return column ? columns.indexOf(column) : -1;
  });
  return cells.includes(-1) ? undefined : cells;
}

/** Columns of a dataset that other files refer to, and which do. */
export interface ReferredColumns {
  readonly columns: readonly string[];
  readonly by: readonly { readonly spec: DatasetSpec; readonly reference: ReferenceSpec }[];
}

/** The lists of a dataset's columns, named as in its main header, that other datasets refer to, the shortest first. */
export function referredBy(dataset: string): ReferredColumns[] {
  const lists = new Map<string, { columns: readonly string[]; by: ReferredColumns['by'][number][] }>();
  for (const spec of datasets) {
    for (const reference of spec.references) {
      if (!sharesTable(reference.dataset, dataset)) continue;
      const name = reference.toColumns.join('|');
      const list = lists.get(name) ?? { columns: reference.toColumns, by: [] };
      list.by.push({ spec, reference });
      lists.set(name, list);
    }
  }
  return [...lists.values()].sort((a, b) => a.columns.length - b.columns.length);
}

/** What makes two values of a column the same when files are compared. */
export function kindsOf(spec: DatasetSpec, variant: VariantSpec, names: readonly string[]): ValueKind[] {
  return names.map((name) => kindOf(counterpart(spec, variant, name)));
}

const SEPARATOR = '\u001f';

/**
 * One text for values that count as the same: whole numbers without signs and leading zeros that change nothing, names
 * without case.
 *
 * @param kinds of each value, as `kindsOf` gives them for the master
 */
export function keyOf(values: readonly string[], kinds: readonly ValueKind[]): string {
  return values.map((value, index) => plainValue(value, kinds[index] ?? 'text')).join(SEPARATOR);
}

/**
 * A quick look whether a text may hold the values: their longest one as it is, or in any case where a name counts so.
 *
 * @param kinds of each value, as `kindsOf` gives them
 */
export function searchFor(values: readonly string[], kinds: readonly ValueKind[]): (text: string) => boolean {
  const needle = longestExact(values, kinds);
  if (needle !== '') return (text) => text.includes(needle);
  const name = values.map((value) => value.toLowerCase()).reduce((a, b) => (b.length > a.length ? b : a), '');
  return (text) => text.toLowerCase().includes(name);
}

/** The longest of the values that do not count in any case; empty where all do. */
export function longestExact(values: readonly string[], kinds: readonly ValueKind[]): string {
  const exact = values.filter((_, index) => kinds[index] !== 'name');
  return exact.reduce((a, b) => (b.length > a.length ? b : a), '');
}

/** The values of a key, in their plain form. */
export function valuesOf(key: string): string[] {
  return key.split(SEPARATOR);
}

function plainValue(value: string, kind: ValueKind): string {
  if (kind === 'number') {
    if (/^[1-9][0-9]{0,17}$/.test(value)) return value;
    return value.length > 100 ? oneLine(value) : (wholeNumber(value)?.toString() ?? oneLine(value));
  }
  return oneLine(kind === 'name' ? value.toLowerCase() : value);
}

function oneLine(value: string): string {
  return value.replaceAll('\n', ' ').replaceAll(SEPARATOR, ' ');
}

import { datasetFiles } from '../../schemas/index.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from './spec.ts';

/**
 * Every dataset, in the order of the published page, alternates behind their category's published ones.
 * The files obey `schemas/dataset.schema.json`, which a test checks; the compiler cannot read that out of JSON.
 */
export const datasets = datasetFiles as readonly DatasetSpec[];

const byId = new Map(datasets.map((spec) => [spec.id, spec]));

/** The dataset with this id, such as `school_mst`; undefined when there is none. */
export function findDataset(id: string): DatasetSpec | undefined {
  return byId.get(id);
}

/** The headers that a dataset's file may have, the main one first; empty for a file of sections. */
export function variantsOf(spec: DatasetSpec): readonly VariantSpec[] {
  if (spec.columns.length === 0) return [];
  const main = {
    id: spec.mainVariant?.id ?? 'main',
    when: spec.mainVariant?.when ?? '',
    columns: spec.columns,
  };
  return [main, ...spec.variants];
}

/**
 * Dataset ids that must be emitted before this one: its own `emitAfter`, and every dataset that names it in
 * `emitBefore` (ingestion-rules, section 12; the published page's order instructions).
 */
export function predecessorsOf(spec: DatasetSpec): readonly string[] {
  const before = new Set(spec.emitAfter);
  for (const other of datasets) {
    if (other.emitBefore.includes(spec.id)) before.add(other.id);
  }
  return [...before];
}

/**
 * The column of a header variant that holds what a column of the main header holds: the one of the same name, or the
 * one that is stored in the same database column.
 *
 * @param name a column of the dataset's main header
 */
export function counterpart(spec: DatasetSpec, variant: VariantSpec, name: string): ColumnSpec | undefined {
  const same = variant.columns.find((column) => column.name === name);
  if (same) return same;
  const stored = storedColumn(spec.columns.find((column) => column.name === name));
  return stored === undefined ? undefined : variant.columns.find((column) => storedColumn(column) === stored);
}

function storedColumn(column: ColumnSpec | undefined): string | undefined {
  return column?.storedAs?.split(' ')[0];
}

/**
 * True for datasets that fill the same table and so stand for each other: the three files of grades, the four of
 * subjects (ingestion-rules, section 12).
 */
export function sharesTable(a: string, b: string): boolean {
  return a === b || (byId.has(a) && byId.get(a)?.loadsInto === byId.get(b)?.loadsInto);
}

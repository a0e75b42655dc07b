import { counterpart, variantsOf } from '../../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../catalogue/spec.ts';
import { effectOfReference } from '../findings/tally.ts';

/**
 * The columns of a school that name its district, block and cluster: without one of them it is deleted from the
 * hierarchy (ingestion-rules, section 10). None for other datasets.
 */
export function hierarchyColumns(spec: DatasetSpec, variant: VariantSpec): ColumnSpec[] {
  return spec.references
    .filter((reference) => effectOfReference(spec, reference) === 'hierarchy')
    .flatMap(({ columns }) => columns.flatMap((name) => counterpart(spec, variant, name) ?? []));
}

/** True for a column of `hierarchyColumns` in any variant. */
export function isHierarchyColumn(column: ColumnSpec, spec: DatasetSpec): boolean {
  return variantsOf(spec).some((variant) => hierarchyColumns(spec, variant).includes(column));
}

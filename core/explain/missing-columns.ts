import { variantsOf } from '../catalogue/catalogue.ts';
import type { ColumnSpec } from '../catalogue/spec.ts';
import type { TableAt } from './table-at.ts';

/** Columns that a header has not got yet, in the order in which they are to stand. */
export interface MissingColumns {
  /** What tells the header from others of the dataset, such as `udise`; empty where there is one alone. */
  readonly variant: string;
  readonly columns: readonly ColumnSpec[];
}

/**
 * The columns that a header lacks.
 *
 * @param cell the 0-based cell that is being written: the column that stands in it counts as missing
 * @returns for a header that names no column yet, those of each variant
 */
export function missingColumns({ spec, variant, columns, section }: TableAt, cell: number): MissingColumns[] {
  const others = new Set(columns.filter((_, index) => index !== cell));
  others.delete(undefined);
  const named = section
    ? variant.columns.filter(({ name }) => section.columns.includes(name.toLowerCase()))
    : variant.columns;
  const variants = others.size > 0 || section ? [{ id: variant.id, columns: named }] : variantsOf(spec);
  return variants
    .map(({ id, columns: wanted }) => ({
      variant: variants.length > 1 ? id : '',
      columns: wanted.filter((column) => !others.has(column)),
    }))
    .filter(({ columns: missing }) => missing.length > 0);
}

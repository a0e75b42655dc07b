import type { ColumnSpec, DatasetSpec } from '../../catalogue/spec.ts';
import type { CellShape } from '../../csv/proof/proof.ts';
import { isStoredUnchecked } from '../cells/cell.ts';
import { isHierarchyColumn } from '../references/hierarchy.ts';

/** Longest text that is proved where the database sets no limit, in bytes. */
const ANY_LENGTH = 1 << 20;

/**
 * A shape whose cells surely have no fault: every cell that has it passes the exact check of the column (`compileCell`)
 * and is not empty where it must not be.
 *
 * @param column undefined for a column that ingestion does not read
 * @returns undefined when no shape says so; the rows of the file are then all looked at cell by cell
 */
export function shapeOf(column: ColumnSpec | undefined, spec: DatasetSpec): CellShape | undefined {
  if (!column) return { kind: 'text', min: 0, max: ANY_LENGTH };
  const min = column.required || isHierarchyColumn(column, spec) ? 1 : 0;
  const text: CellShape = { kind: 'text', min, max: column.dbMaxLength ?? ANY_LENGTH };
  if (spec.header.match === 'contains' && !spec.key.columns.includes(column.name)) return text;
  const checked = column.processor !== undefined && column.processor !== 'StrNotNullOrEmpty';
  if (!checked && !isStoredUnchecked(column)) return text;
  switch (column.type) {
    case 'string':
      return text;
    case 'integer':
    case 'long':
      return { kind: 'digits', min, max: safeDigits(column, checked) };
    case 'decimal':
    case 'double':
      return { kind: 'decimal', empty: !column.required };
    case 'date':
    case 'timestamp':
      return column.format === 'dd/MM/yyyy'
        ? undefined
        : { kind: 'date', empty: !column.required, time: column.type === 'timestamp' };
    default:
      return undefined;
  }
}

/** So many digits always make a number that the type check and the database take. */
function safeDigits(column: ColumnSpec, checked: boolean): number {
  const byCheck = checked && column.processor === 'ParseInt' ? 9 : 18;
  const byDatabase = column.storedAs !== undefined && column.dbRange ? column.dbRange[1].length - 1 : 18;
  return Math.min(byCheck, byDatabase);
}

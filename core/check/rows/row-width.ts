import type { ColumnSpec } from '../../catalogue/spec.ts';
import { footerCause } from '../cells/cause.ts';
import { describeMissing } from '../findings/message.ts';

/** A row whose number of cells is not that of the header. */
export interface RowWidth {
  readonly cells: number;
  readonly expected: number;
  /** The text of its first cell; only looked at. */
  readonly first: string;
  /** True for CRC files, whose type check counts the cells. */
  readonly byPosition: boolean;
  /** True when the row loses nothing. */
  readonly loads: boolean;
  /** Required columns that it ends before. */
  readonly missing: readonly ColumnSpec[];
}

/** The finding for a row of another width (ingestion-rules, section 6). */
export function describeWidth(row: RowWidth): string {
  const { cells, expected, first } = row;
  const found = cells === 1 && first === '' ? 'An empty row' : countOf(cells);
  const cause = footerCause(first);
  const hint = cause === undefined ? '' : ` This is hardly a row: ${cause}.`;
  return `${found} instead of ${expected}.${hint} ${effectOf(row)}`;
}

function effectOf({ cells, expected, byPosition, loads, missing }: RowWidth): string {
  if (byPosition) return 'Ingestion drops the row.';
  if (cells > expected)
    return loads
      ? 'The last ones are empty, as when a line ends with a delimiter. Ingestion leaves them out, and the row loads as it is.'
      : `Ingestion leaves the last ${countOf(cells - expected)} out; after a stray delimiter every value is in the wrong column.`;
  if (missing.length > 0) return describeMissing(missing);
  const lacking = expected - cells;
  return `Ingestion reads the missing ${countOf(lacking)} as empty, which ${lacking === 1 ? 'it' : 'they'} may be, and the row loads.`;
}

function countOf(cells: number): string {
  return `${cells} ${cells === 1 ? 'cell' : 'cells'}`;
}

import { counterpart } from '../../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../catalogue/spec.ts';
import { cellText } from '../../csv/cell.ts';
import type { Dialect } from '../../csv/dialect.ts';
import { QUOTED, type Row } from '../../csv/row.ts';
import type { RuleId } from '../../finding.ts';
import { javaTrim } from '../cells/trim.ts';
import type { FindingCollector } from '../findings/collector.ts';
import { placeOfCell, placeOfRow } from '../findings/place.ts';
import type { CheckSettings } from '../settings.ts';
import { checkHeader } from './header.ts';
import type { HeaderCell, HeaderFault, HeaderVerdict } from './verdict.ts';

/** A file of one header, as its first line shows it. */
export interface Table {
  readonly spec: DatasetSpec;
  readonly variant: VariantSpec;
  readonly dialect: Dialect;
  /** The first line, without its line end. */
  readonly firstLine: string;
}

/**
 * Reads the header row of a table, and tells what is wrong with it.
 *
 * @param refuse hears of the rules by which ingestion takes nothing of the file
 */
export function readHeaderRow(
  row: Row,
  { spec, variant, dialect, firstLine }: Table,
  collector: FindingCollector,
  refuse: (rule: RuleId) => void,
): HeaderVerdict {
  const cells: HeaderCell[] = [];
  const firstLineEnd = row.firstBreak;
  for (let i = 0; i < row.count; i++) {
    const name = cellText(row, i, dialect);
    const dressed = (row.flags[i]! & QUOTED) !== 0 || name !== javaTrim(name);
    cells.push({ name, dressed, isInFirstLine: row.starts[i]! <= firstLineEnd });
  }
  const verdict = checkHeader(spec, variant, cells, firstLine);
  for (const fault of verdict.faults) {
    const { rule, severity, cell, message } = fault;
    if (refusesFile(fault, verdict)) refuse(rule);
    collector.add(
      rule,
      severity,
      () => placeOfCell(row, cell),
      () => message,
    );
  }
  // Another error of the header may have been told in place of it.
  if (!verdict.taken && !verdict.faults.some((fault) => refusesFile(fault, verdict))) refuse('header/form');
  return verdict;
}

/** True when ingestion refuses the whole file for a fault of its header (ingestion-rules, section 5). */
function refusesFile({ rule, severity }: HeaderFault, { taken }: HeaderVerdict): boolean {
  if (severity !== 'error' || rule === 'header/duplicate-column') return false;
  // A CRC file that passes the header check all the same loses its rows in the type check.
  return rule !== 'header/unknown-column' || !taken;
}

/**
 * The 0-based cell that holds a column, named as in the main header; -1 when the file has it not.
 *
 * @param columns what each cell of the file holds
 */
export function cellOfColumn(
  { spec, variant }: Table,
  columns: readonly (ColumnSpec | undefined)[],
  name: string,
): number {
  const column = counterpart(spec, variant, name);
  return column ? columns.indexOf(column) : -1;
}

/** Tells faults of ingestion's own in the release that takes the file (ingestion-rules, section 9.3). */
export function tellDefects(
  header: Row,
  table: Table,
  columns: readonly (ColumnSpec | undefined)[],
  { release, variant }: CheckSettings,
  collector: FindingCollector,
): void {
  for (const { columns: named, effect, since, until, staticDatasource } of table.spec.defects ?? []) {
    if (release < since || release > until) continue;
    if (staticDatasource !== undefined && staticDatasource !== variant) continue;
    const cells = named.map((name) => cellOfColumn(table, columns, name)).filter((cell) => cell >= 0);
    if (named.length > 0 && cells.length === 0) continue;
    const place = () => (cells[0] === undefined ? placeOfRow(header) : placeOfCell(header, cells[0]));
    const names = named.length === 0 ? '' : ` (${named.map((name) => `"${name}"`).join(', ')})`;
    const message = `A fault of cQube ${since} to ${until}${names}: ${effect}.`;
    collector.add('release/defect', 'warning', place, () => message);
  }
}

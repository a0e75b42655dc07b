import type { Finding } from '../../core/finding.ts';
import { rowAt } from '../../core/explain/row-at.ts';
import type { TableAt } from '../../core/explain/table-at.ts';
import type { OpenFile } from './feature.ts';

/** For the findings of a check, how many stand in each cell of a row: found out once. */
const counted = new WeakMap<readonly Finding[], ReadonlyMap<number, number>>();

/** The number of findings in a column, as of the last check; those of whole rows are none. */
export function findingsInColumn({ root, path, lines }: OpenFile, table: TableAt, cell: number): number {
  const findings = root.statusOfCsv(path)?.examination.findings;
  if (!findings || table.section) return 0;
  let counts = counted.get(findings);
  if (!counts) {
    const made = new Map<number, number>();
    for (const { file, line, column, endLine, endColumn } of findings) {
      if (file !== path || (line === endLine && column === endColumn && column === 0 && line === 0)) continue;
      const row = rowAt(lines, line, table.dialect, line === table.headerLine ? 0 : table.columns.length);
      if (!row) continue;
      const index = row.cellAt(line, column);
      const own = row.rangeOf(index);
      if (own.endLine === endLine && own.endColumn >= endColumn) made.set(index, (made.get(index) ?? 0) + 1);
    }
    counts = made;
    counted.set(findings, counts);
  }
  return counts.get(cell) ?? 0;
}

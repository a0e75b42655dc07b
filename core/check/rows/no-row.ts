/** Lines that are no rows, and files without one. */
import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { RuleId } from '../../finding.ts';
import { fileStart } from '../findings/text-range.ts';
import { type FindingCollector } from '../findings/collector.ts';

/**
 * Tells blank lines one after the other (ingestion-rules, sections 5 and 6).
 *
 * @param line 0-based editor line of the first of them
 * @param aboveHeader true before the first row
 * @param refuse hears of the rule by which ingestion takes nothing of the file
 */
export function tellBlankLines(
  { header: { match } }: DatasetSpec,
  line: number,
  count: number,
  aboveHeader: boolean,
  collector: FindingCollector,
  refuse: (rule: RuleId) => void,
): void {
  const place = () => ({ line, column: 0, endLine: line + count - 1, endColumn: 0 });
  if (aboveHeader && (match === 'substring' || match === 'contains')) {
    refuse('header/form');
    collector.add(
      'header/form',
      'error',
      place,
      () =>
        'A blank line stands before the header. Ingestion looks for the header of this file in the first line alone and refuses the whole file: remove the blank line.',
    );
    return;
  }
  const message =
    count === 1
      ? 'A blank line. Ingestion counts it and skips it.'
      : `${count} blank lines. Ingestion counts them and skips them.`;
  collector.add('dialect/blank-line', 'information', place, () => message);
}

/**
 * Tells that no row stands below the header (ingestion-rules, sections 3 and 5).
 *
 * @param line 0-based editor line after the last one
 * @param refuse hears of the rule by which ingestion takes nothing of the file
 */
export function tellNoRow(
  spec: DatasetSpec,
  line: number,
  collector: FindingCollector,
  refuse: (rule: RuleId) => void,
): void {
  // These two are looked at for a data row before anything else, and dropped without one.
  const dropped = spec.reading.reparsed || spec.header.match === 'contains';
  if (dropped) refuse('row/none');
  const message = dropped
    ? 'No row stands below the header. Ingestion drops the file ("has no records in").'
    : 'No row stands below the header: nothing is loaded.';
  collector.add(
    'row/none',
    dropped ? 'error' : 'warning',
    () => ({ ...fileStart, line, endLine: line }),
    () => message,
  );
}

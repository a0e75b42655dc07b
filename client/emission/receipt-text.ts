/** What an emission left behind, to be read and kept. Knows nothing of VS Code. */
import type { EmitSummary } from '../../core/emit/types.ts';
import { withoutChecksumText } from '../../core/emit/journal/without-checksum.ts';
import { headLines, wrap } from './plan-text.ts';
import type { PlanContext } from './plan-text.ts';
import { countText, timeText } from '../wording.ts';

/** The receipt of an emission: each file with its object key and time, or with the reason why it was not sent. */
export function receiptText(result: string, summary: EmitSummary, context: PlanContext): string {
  const { sent, skipped, failed, notTried } = summary;
  const lines = [...headLines(context), '', ...wrap(result, 0)];
  for (const [title, records] of [
    ['SENT AND ACKNOWLEDGED', sent.filter(({ by }) => by !== 'user')],
    ['COUNTED AS STORED, AS YOU SAID', sent.filter(({ by }) => by === 'user')],
    ['THERE BEFORE, WITH THE SAME CONTENT', skipped],
  ] as const) {
    if (records.length === 0) continue;
    lines.push('', `${title}: ${countText(records.length, 'file')}`, '');
    const width = Math.max(...records.map(({ key }) => key.length));
    for (const { key, time } of records) lines.push(`    ${key.padEnd(width)}   ${timeText(time)}`);
  }
  const unsure = withoutChecksumText(sent);
  if (unsure !== undefined) lines.push('', ...wrap(unsure, 4));
  if (failed.length > 0) {
    lines.push('', `FAILED: ${countText(failed.length, 'file')}`);
    for (const { file, error, stored } of failed) {
      const doubt = stored === 'unknown' ? '  (perhaps stored)' : '';
      lines.push('', `    ${file.path}${doubt}`, ...wrap(error.message, 8));
    }
  }
  if (notTried.length > 0) {
    lines.push('', `NOT TRIED: ${countText(notTried.length, 'file')}`, '');
    for (const { file } of notTried) lines.push(`    ${file.path}`);
  }
  return `${lines.join('\n')}\n`;
}

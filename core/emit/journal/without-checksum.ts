/** Says of which files nothing but the storage's word is known. */
import { count, listed } from '../../wording.ts';
import type { AcknowledgedRecord } from './journal.ts';

/**
 * One sentence about acknowledged files that were not compared: the storage's answer had no checksum, and the bucket's
 * listing did not show them, or has none that can be compared.
 *
 * @returns undefined where there are none
 */
export function withoutChecksumText(sent: readonly AcknowledgedRecord[]): string | undefined {
  const names = sent.filter(({ by, etag }) => by === 'answer' && etag === undefined).map(({ path }) => path);
  if (names.length === 0) return undefined;
  return `The storage told no checksum of ${count(names.length, 'file')} (${listed(names)}), so what it holds was not compared with what was sent.`;
}

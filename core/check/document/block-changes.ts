import type { TextBlock } from '../../csv/text-blocks.ts';
import type { BlockCheck, ComparedRows, RowStart } from './rows.ts';

/** What is in one list and not in the other, in order. */
export function changed(
  before: readonly (BlockCheck | undefined)[],
  after: readonly (BlockCheck | undefined)[],
): { gone: ComparedRows[]; added: ComparedRows[] } {
  const shorter = Math.min(before.length, after.length);
  let head = 0;
  while (head < shorter && before[head] === after[head]) head++;
  let tail = 0;
  while (tail < shorter - head && before[before.length - 1 - tail] === after[after.length - 1 - tail]) tail++;
  const was = new Set(before.slice(head, before.length - tail));
  const is = new Set(after.slice(head, after.length - tail));
  const only = (these: ReadonlySet<BlockCheck | undefined>, those: ReadonlySet<BlockCheck | undefined>) =>
    [...these].flatMap((check) => (check && !those.has(check) ? check.compared : []));
  return { gone: only(was, is), added: only(is, was) };
}

/** True when a check of a block holds for rows that start there. */
export function holds(check: BlockCheck, blocks: readonly TextBlock[], start: RowStart): boolean {
  if (check.start.bytes !== start.bytes) return false;
  const behind = start.block + 1;
  const { tail } = check;
  if (check.final && behind + tail.length !== blocks.length) return false;
  for (let i = 0; i < tail.length; i++) {
    if (tail[i] !== blocks[behind + i]) return false;
  }
  return true;
}

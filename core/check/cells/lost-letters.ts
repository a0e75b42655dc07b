import { indexOfByte } from '../../csv/encoding-node.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';

const QUESTION_MARK = 0x3f;

/**
 * True for a value in which an export has put `?` for each letter that it did not know: a word begins with two of them.
 *
 * @param bytes UTF-8; the value is [start, end)
 */
export function hasLostLetters(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    indexOfLost(bytes, start, end) >= 0 && /(?:^|[^\p{L}\p{N}?])\?{2,}/u.test(decodeUtf8(bytes, start, end))
  );
}

/** Where two `?` stand side by side in bytes [start, end); -1 when they do not. */
export function indexOfLost(bytes: Uint8Array, start: number, end: number): number {
  for (let at = start - 1; (at = indexOfByte(bytes, QUESTION_MARK, at + 1, end)) >= 0;) {
    if (at + 1 < end && bytes[at + 1] === QUESTION_MARK) return at;
  }
  return -1;
}

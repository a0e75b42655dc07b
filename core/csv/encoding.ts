/** UTF-8 bytes and the UTF-16 units that editors count in. */

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of bytes [start, end); wrong bytes become U+FFFD, as Java's reader makes of them. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
}

/**
 * Longer values are never made one text of: a few of them, each as long as a row may be, would fill the memory before
 * the garbage collector looks. No number, date, word or name comes near it.
 */
const LONGEST_TEXT = 1 << 16;

/**
 * The text of a value [start, end) for a look at it: all of it up to 64 KiB; of a longer one its start, with a sign
 * behind it that ends no number, date or word.
 */
export function headText(bytes: Uint8Array, start: number, end: number): string {
  if (end - start <= LONGEST_TEXT) return decodeUtf8(bytes, start, end);
  return `${decodeUtf8(bytes, start, signStart(bytes, start + LONGEST_TEXT, start))}…`;
}

/** The first byte of the sign that the byte at `at` is part of, not before `from`; `at` where that is not UTF-8. */
function signStart(bytes: Uint8Array, at: number, from: number): number {
  for (let back = 0; back < 4 && at - back >= from; back++) {
    if ((bytes[at - back]! & 0xc0) !== 0x80) return at - back;
  }
  return at;
}

/**
 * Writes the bytes [start, end) as UTF-8, with U+FFFD for wrong bytes as `decodeUtf8` has it.
 *
 * @param into has room for three times as many bytes
 * @returns the number of bytes written, from index 0 on
 */
export function copyAsText(bytes: Uint8Array, start: number, end: number, into: Uint8Array): number {
  let length = 0;
  eachText(bytes, start, end, (text) => {
    length += encoder.encodeInto(text, into.subarray(length)).written;
  });
  return length;
}

/** How many bytes `copyAsText` would write. */
export function textBytes(bytes: Uint8Array, start: number, end: number): number {
  const into = new Uint8Array(LONGEST_TEXT * 3);
  let length = 0;
  eachText(bytes, start, end, (text) => {
    length += encoder.encodeInto(text, into).written;
  });
  return length;
}

/** Hands over the text of bytes [start, end), portion by portion. */
function eachText(bytes: Uint8Array, start: number, end: number, take: (text: string) => void): void {
  if (end - start <= LONGEST_TEXT) {
    take(decodeUtf8(bytes, start, end));
    return;
  }
  const parts = new TextDecoder('utf-8', { ignoreBOM: true });
  for (let at = start; at < end; at += LONGEST_TEXT)
    take(parts.decode(bytes.subarray(at, Math.min(end, at + LONGEST_TEXT)), { stream: true }));
  take(parts.decode());
}

/**
 * Finds the first byte that is not part of well-formed UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing
 * above U+10FFFF).
 *
 * @returns its index, or -1 when [start, end) is well formed
 */
export function firstInvalidUtf8(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end) {
    const lead = bytes[at]!;
    if (lead < 0x80) {
      at++;
      continue;
    }
    let length: number;
    let low = 0x80;
    let high = 0xbf;
    if (lead >= 0xc2 && lead <= 0xdf) length = 2;
    else if (lead >= 0xe0 && lead <= 0xef) {
      length = 3;
      if (lead === 0xe0) low = 0xa0;
      if (lead === 0xed) high = 0x9f;
    } else if (lead >= 0xf0 && lead <= 0xf4) {
      length = 4;
      if (lead === 0xf0) low = 0x90;
      if (lead === 0xf4) high = 0x8f;
    } else return at;
    if (at + length > end) return at;
    const second = bytes[at + 1]!;
    if (second < low || second > high) return at;
    for (let i = 2; i < length; i++) {
      if ((bytes[at + i]! & 0xc0) !== 0x80) return at;
    }
    at += length;
  }
  return -1;
}

/**
 * How many UTF-16 units the bytes [start, end) become in an editor: wrong bytes count as the U+FFFD that stand for
 * them, which may be fewer.
 */
export function utf16Length(bytes: Uint8Array, start: number, end: number): number {
  let units = 0;
  if (firstInvalidUtf8(bytes, start, end) >= 0) {
    eachText(bytes, start, end, ({ length }) => {
      units += length;
    });
    return units;
  }
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80 || byte >= 0xc0) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

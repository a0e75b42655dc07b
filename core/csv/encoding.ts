/** UTF-8 bytes and the UTF-16 units that editors count in. */

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** The text of bytes [start, end); wrong bytes become U+FFFD, as Java's reader makes of them. */
export function decodeUtf8(bytes: Uint8Array, start: number, end: number): string {
  return decoder.decode(bytes.subarray(start, end));
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
  if (firstInvalidUtf8(bytes, start, end) >= 0) return decodeUtf8(bytes, start, end).length;
  let units = 0;
  for (let at = start; at < end; at++) {
    const byte = bytes[at]!;
    if (byte < 0x80 || byte >= 0xc0) units += byte >= 0xf0 ? 2 : 1;
  }
  return units;
}

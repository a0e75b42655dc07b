/** Node's own looks at bytes: far faster than any loop of ours, for whole windows of rows. */
import { Buffer } from 'node:buffer';

export { isAscii, isUtf8 } from 'node:buffer';

/** To ask Node's own costs as much as a loop over so many bytes. */
const SHORT = 128;

/** The index of a byte in bytes [start, end), -1 when it is not there: a `Uint8Array` by itself looks 30 times as long. */
export function indexOfByte(bytes: Uint8Array, byte: number, start: number, end: number): number {
  if (end - start > SHORT) {
    const at = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).indexOf(byte);
    return at < 0 ? -1 : start + at;
  }
  for (let at = start; at < end; at++) {
    if (bytes[at] === byte) return at;
  }
  return -1;
}

import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { ArchiveEntry } from './inspect.ts';

/**
 * True when an entry holds exactly the bytes of a CSV: same size, same CRC-32. Reads the CSV only when the sizes agree.
 *
 * @param csv path of the CSV
 * @throws the file system's error when the CSV cannot be read
 */
export async function holdsSameBytes(
  csv: string,
  entry: ArchiveEntry,
  signal?: AbortSignal,
): Promise<boolean> {
  if ((await stat(csv)).size !== entry.bytes) return false;
  const { crc32 } = await import('node:zlib');
  let checksum = 0;
  for await (const chunk of createReadStream(csv, { highWaterMark: 1 << 20 }) as AsyncIterable<Uint8Array>) {
    signal?.throwIfAborted();
    checksum = crc32(chunk, checksum);
  }
  return checksum === entry.crc32;
}

import { open } from 'node:fs/promises';
import type { EntryFacts } from '../records.ts';

const READ_BYTES = 512 << 10;

/**
 * True when an entry holds exactly the bytes of a CSV: same size, same CRC-32. Reads the CSV only when the sizes agree.
 *
 * @param csv path of the CSV
 * @throws the file system's error when the CSV cannot be read; the signal's reason when it is cancelled
 */
export async function holdsSameBytes(
  csv: string,
  entry: Pick<EntryFacts, 'bytes' | 'crc32'>,
  signal?: AbortSignal,
): Promise<boolean> {
  const { crc32 } = await import('node:zlib');
  const file = await open(csv, 'r');
  try {
    if ((await file.stat()).size !== entry.bytes) return false;
    // One buffer for the whole file: a new one for each piece would fill the memory before it is collected.
    const buffer = Buffer.allocUnsafeSlow(READ_BYTES);
    let checksum = 0;
    let bytes = 0;
    for (;;) {
      signal?.throwIfAborted();
      const { bytesRead } = await file.read(buffer, 0, READ_BYTES, bytes);
      if (bytesRead === 0) return checksum === entry.crc32 && bytes === entry.bytes;
      checksum = crc32(buffer.subarray(0, bytesRead), checksum);
      bytes += bytesRead;
    }
  } finally {
    await file.close();
  }
}

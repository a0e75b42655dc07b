/** The records of archives that are too large to be written in a test, as yauzl and ingestion read them. */
import assert from 'node:assert/strict';
import { Readable } from 'node:stream';
import { test } from 'node:test';
import { crc32 } from 'node:zlib';
import { fromRandomAccessReaderPromise, RandomAccessReader, type Entry } from 'yauzl';
import { LOCAL_HEADER_BYTES, parseLocalHeader, viewOf } from '../../../core/archive/read/local-header.ts';
import { centralDirectory, localHeader } from '../../../core/archive/records.ts';

const GIB = 1024 ** 3;

/** An archive whose content is nothing but zeros that stand nowhere. */
class HollowArchive extends RandomAccessReader {
  readonly #parts: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  readonly size: number;

  constructor(name: string, bytes: number, compressed: number) {
    super();
    const facts = { crc32: 0x12345678, bytes, compressed };
    const header = localHeader(name, facts);
    const at = header.length + compressed;
    const directory = centralDirectory(name, facts, at);
    this.#parts = [
      { at: 0, bytes: header },
      { at, bytes: directory },
    ];
    this.size = at + directory.length;
  }

  override _readStreamForRange(start: number, end: number): Readable {
    const buffer = Buffer.alloc(end - start);
    for (const { at, bytes } of this.#parts) {
      const from = Math.max(start, at);
      const to = Math.min(end, at + bytes.length);
      if (from < to) buffer.set(bytes.subarray(from - at, to - at), from - start);
    }
    return Readable.from([buffer]);
  }
}

const name = 'student_attendance.csv';
for (const [bytes, compressed] of [
  [0, 2],
  [4 * GIB - (65 << 20), GIB],
  [4 * GIB - (64 << 20) - 1, GIB],
  [4 * GIB - 1, GIB],
  [4 * GIB, GIB],
  [4 * GIB, 4 * GIB + 1],
  [40 * GIB, 4.9 * GIB],
] as const) {
  test(`a CSV of ${bytes} bytes, deflated to ${Math.floor(compressed)}`, async () => {
    const size = Math.floor(compressed);
    const archive = new HollowArchive(name, bytes, size);
    const zip = await fromRandomAccessReaderPromise(archive, archive.size, { lazyEntries: true });
    const entries: Entry[] = [];
    for await (const entry of zip.eachEntry()) entries.push(entry);
    const [entry] = entries;
    assert.equal(entries.length, 1);
    assert.deepEqual(
      [entry!.fileName, entry!.uncompressedSize, entry!.compressedSize, entry!.crc32],
      [name, bytes, size, 0x12345678],
    );
    const header = localHeader(name, { crc32: 0x12345678, bytes, compressed: size });
    const nameEnd = LOCAL_HEADER_BYTES + name.length;
    const asIngestion = parseLocalHeader(
      viewOf(header),
      header.subarray(LOCAL_HEADER_BYTES, nameEnd),
      header.subarray(nameEnd),
      crc32,
    );
    assert.ok(typeof asIngestion !== 'string');
    assert.deepEqual(asIngestion.declared, { crc32: 0x12345678, bytes, compressed: size });
    assert.deepEqual([asIngestion.name, asIngestion.descriptor], [name, false]);
    const local = await zip.readLocalFileHeaderPromise(entry!);
    assert.equal(local.fileDataStart, localHeader(name, { crc32: 0, bytes, compressed: 0 }).length);
    assert.equal(local.fileName.toString(), name);
  });
}

import assert from 'node:assert/strict';
import { createHook } from 'node:async_hooks';
import { appendFileSync, renameSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import os from 'node:os';
import path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';
import { deflateRawSync, inflateRawSync } from 'node:zlib';
import JSZip from 'jszip';
import { ByteSource } from '../../../core/archive/read/byte-source.ts';
import { holdsSameBytes } from '../../../core/archive/read/compare.ts';
import { inspectArchive, readEntry } from '../../../core/archive/read/inspect.ts';
import {
  ArchiveTooLargeError,
  isSurelyTooLarge,
  MAX_UPLOAD_BYTES,
} from '../../../core/archive/write/limit.ts';
import { locateEntries } from '../../../core/archive/read/locate.ts';
import type { EntryFacts } from '../../../core/archive/records.ts';
import { ArchiveError } from '../../../core/archive/refusal.ts';
import { ChangedWhileReadError, writeArchive } from '../../../core/archive/write/write.ts';

let folder: string;
let csv: string;
let zip: string;
const text = 'DistrictId|District\n7501|Ambagarh\n7502|अम्बागढ़\n';
/** Of a CSV that is deflated as one piece. */
const BLOCK = 1024 * 1024;

/** So many bytes of rows that compress like those of a CSV. */
function rows(bytes: number): Buffer {
  const lines: string[] = [];
  for (let row = 0, length = 0; length < bytes; row++) {
    const line = `${100_000 + row}|${(row * 7919) % 100_003}|2026-27|${row % 12}|1|1|2||1\n`;
    lines.push(line);
    length += line.length;
  }
  return Buffer.from(lines.join('')).subarray(0, bytes);
}

/** Bytes that do not compress at all. */
function noise(bytes: number): Buffer {
  const all = Buffer.alloc(bytes);
  for (let index = 0, state = 1; index < bytes; index++) {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    all[index] = state >>> 24;
  }
  return all;
}

/** What another reader finds: the names of the entries, and the content of the first. */
async function unzip(file: string): Promise<{ names: string[]; content: Buffer }> {
  const { files } = await JSZip.loadAsync(await readFile(file), { checkCRC32: true });
  const names = Object.keys(files);
  return { names, content: await files[names[0]!]!.async('nodebuffer') };
}

/** The entry of an archive that holds one, as ingestion finds it. */
async function onlyEntry(file: string) {
  const { entries, refusal } = await inspectArchive(file);
  assert.deepEqual([entries.length, refusal], [1, undefined]);
  return entries[0]!;
}

beforeEach(async () => {
  folder = await mkdtemp(path.join(os.tmpdir(), 'archive-'));
  csv = path.join(folder, 'district_mst.csv');
  zip = path.join(folder, 'district_mst.zip');
  await writeFile(csv, text);
});

afterEach(() => rm(folder, { recursive: true, force: true }));

test('an archive holds exactly its CSV, for another reader too', async () => {
  const written = await writeArchive(csv, zip);
  const bytes = await readFile(zip);
  assert.equal(written.bytes, bytes.length);
  const other = await JSZip.loadAsync(bytes, { checkCRC32: true });
  assert.deepEqual(Object.keys(other.files), ['district_mst.csv']);
  assert.equal(await other.file('district_mst.csv')!.async('string'), text);
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

for (const [what, content] of [
  ['an empty file', Buffer.alloc(0)],
  ['one byte', Buffer.from('x')],
  ['a byte less than a block', rows(BLOCK - 1)],
  ['exactly a block', rows(BLOCK)],
  ['a byte more', rows(BLOCK + 1)],
  ['eleven blocks and a half', rows(11.5 * BLOCK)],
  ['blocks that do not compress', noise(2.5 * BLOCK)],
] as const) {
  test(`another reader finds ${what} again`, async () => {
    for (const level of [1, 4, 9]) {
      await writeFile(csv, content);
      const { bytes } = await writeArchive(csv, zip, { level });
      const found = await unzip(zip);
      assert.deepEqual(found.names, ['district_mst.csv']);
      assert.ok(found.content.equals(content), `level ${level}`);
      assert.equal((await readFile(zip)).length, bytes);
    }
  });
}

test('blocks compress as if they were one', async () => {
  await writeFile(csv, rows(8 * BLOCK));
  const inBlocks = await writeArchive(csv, zip, { level: 6 });
  const asOne = deflateRawSync(rows(8 * BLOCK), { level: 6 }).length;
  assert.ok(inBlocks.bytes < asOne * 1.01, `${inBlocks.bytes} against ${asOne}`);
});

test('the same CSV and level give the same archive, however many threads there are', async () => {
  await writeFile(csv, rows(5 * BLOCK));
  const archives: Buffer[] = [];
  const before = process.env.UV_THREADPOOL_SIZE;
  try {
    for (const threads of ['1', '4', 'many']) {
      process.env.UV_THREADPOOL_SIZE = threads;
      await writeArchive(csv, zip);
      archives.push(await readFile(zip));
    }
  } finally {
    if (before === undefined) delete process.env.UV_THREADPOOL_SIZE;
    else process.env.UV_THREADPOOL_SIZE = before;
  }
  assert.ok(archives.every((archive) => archive.equals(archives[0]!)));
});

test('a large CSV takes no more deflaters than one of a few blocks', async () => {
  const made: number[] = [];
  for (const blocks of [10, 30]) {
    await writeFile(csv, rows(blocks * BLOCK));
    let count = 0;
    const hook = createHook({ init: (_id, type) => void (count += type === 'ZLIB' ? 1 : 0) }).enable();
    await writeArchive(csv, zip, { level: 1 }).finally(() => hook.disable());
    made.push(count);
  }
  assert.equal(made[0], made[1]);
});

test('a higher level gives a smaller archive', async () => {
  await writeFile(csv, rows(BLOCK));
  const sizes: number[] = [];
  for (const level of [1, 4, 9]) sizes.push((await writeArchive(csv, zip, { level })).bytes);
  assert.deepEqual(
    sizes,
    [...sizes].sort((a, b) => b - a),
  );
});

/** Zips three blocks and does something once the first one has been read. */
async function zipWhile(change: () => void): Promise<void> {
  let done = false;
  await writeArchive(csv, zip, {
    onProgress: () => {
      if (!done) change();
      done = true;
    },
  });
}

const changes: readonly (readonly [what: string, change: () => void])[] = [
  ['grows', () => appendFileSync(csv, '7503|Cuttack\n')],
  ['is cut', () => truncateSync(csv, 100)],
  ['gets other bytes of the same number', () => writeFileSync(csv, rows(3 * BLOCK).fill('9', 0, 50))],
  [
    'gets other bytes and its old time',
    () => {
      writeFileSync(csv, rows(3 * BLOCK).fill('9', 0, 50));
      utimesSync(csv, 1_790_000_000, 1_790_000_000);
    },
  ],
  [
    'is replaced by another file',
    () => {
      writeFileSync(`${csv}.new`, rows(3 * BLOCK).fill('9', 0, 50));
      renameSync(`${csv}.new`, csv);
    },
  ],
];

for (const [what, change] of changes) {
  test(`a CSV that ${what} while it is zipped leaves the old archive`, async () => {
    await writeFile(csv, rows(3 * BLOCK));
    utimesSync(csv, 1_790_000_000, 1_790_000_000);
    await writeFile(zip, 'the old one');
    await assert.rejects(zipWhile(change), ChangedWhileReadError);
    assert.equal(await readFile(zip, 'utf8'), 'the old one');
    assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
  });
}

test('a CSV that gets another time and no other bytes is zipped', async () => {
  await writeFile(csv, rows(3 * BLOCK));
  await zipWhile(() => utimesSync(csv, 1_790_000_000, 1_790_000_000));
  assert.ok((await unzip(zip)).content.equals(rows(3 * BLOCK)));
});

test('an archive that passes the limit is given up at once, and nothing is left', async () => {
  await writeFile(csv, noise(20 * BLOCK));
  await writeFile(zip, 'the old one');
  let read = 0;
  const given = writeArchive(csv, zip, { limit: BLOCK, onProgress: (bytes) => (read = bytes) });
  await assert.rejects(given, ArchiveTooLargeError);
  assert.ok(read < 20 * BLOCK, `${read} bytes were read`);
  assert.equal(await readFile(zip, 'utf8'), 'the old one');
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

test('an archive of exactly the limit is made, one byte less is too little', async () => {
  const { bytes } = await writeArchive(csv, zip);
  assert.equal((await writeArchive(csv, zip, { limit: bytes })).bytes, bytes);
  await assert.rejects(writeArchive(csv, zip, { limit: bytes - 1 }), ArchiveTooLargeError);
});

test('what no zip can hold is refused before it is read', async () => {
  await writeFile(csv, rows(BLOCK));
  const fail = () => assert.fail('the CSV was read');
  await assert.rejects(writeArchive(csv, zip, { limit: 500, onProgress: fail }), ArchiveTooLargeError);
  // A gigabyte of one and the same byte comes down to less than a thousandth.
  assert.equal(isSurelyTooLarge(1000 * MAX_UPLOAD_BYTES, MAX_UPLOAD_BYTES), false);
  assert.equal(isSurelyTooLarge(1033 * MAX_UPLOAD_BYTES, MAX_UPLOAD_BYTES), true);
});

test('an archive tells whether its CSV has changed', async () => {
  await writeArchive(csv, zip);
  const { declared } = await onlyEntry(zip);
  assert.equal(await holdsSameBytes(csv, declared!), true);
  await writeFile(csv, text.replace('7501', '7503'));
  assert.equal(await holdsSameBytes(csv, declared!), false);
});

test('a cancelled zip leaves the old archive and no temporary file', async () => {
  await writeFile(zip, 'the old one');
  const stop = AbortSignal.abort(new Error('stopped'));
  await assert.rejects(writeArchive(csv, zip, { signal: stop }), /stopped/);
  assert.equal(await readFile(zip, 'utf8'), 'the old one');
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

test('a zip that is cancelled half-way leaves the old archive and no temporary file', async () => {
  await writeFile(csv, rows(20 * BLOCK));
  await writeFile(zip, 'the old one');
  const stop = new AbortController();
  const cancelled = writeArchive(csv, zip, {
    signal: stop.signal,
    onProgress: (bytes) => {
      if (bytes > 10 * BLOCK) stop.abort(new Error('stopped'));
    },
  });
  await assert.rejects(cancelled, /stopped/);
  assert.equal(await readFile(zip, 'utf8'), 'the old one');
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

test('a zip that cannot be put in its place leaves no temporary file', async () => {
  await mkdir(zip);
  await writeFile(path.join(zip, 'in the way'), '');
  await assert.rejects(writeArchive(csv, zip));
  assert.deepEqual(await readdir(folder), ['district_mst.csv', 'district_mst.zip']);
});

test('an entry is where both of its records say', async () => {
  const { crc32 } = await writeArchive(csv, zip);
  const [entry] = await locateEntries(zip);
  const bytes = await readFile(zip);
  const { start, compressed } = entry!;
  assert.equal(inflateRawSync(bytes.subarray(start, start + compressed)).toString(), text);
  assert.equal(entry!.crc32, crc32);
  bytes[14] = bytes[14]! ^ 1;
  await writeFile(zip, bytes);
  await assert.rejects(locateEntries(zip), ArchiveError);
});

for (const [what, content] of [
  ['an empty file', Buffer.alloc(0)],
  ['rows', rows(2.5 * BLOCK)],
  ['bytes that do not compress', noise(BLOCK + 1)],
] as const) {
  test(`an entry of ${what} is read in pieces, deflated or not`, async () => {
    await writeFile(csv, content);
    await writeArchive(csv, zip);
    const stored = path.join(folder, 'stored.zip');
    await writeFile(
      stored,
      await new JSZip().file('district_mst.csv', content).generateAsync({ type: 'nodebuffer' }),
    );
    for (const archive of [zip, stored]) {
      const pieces: Buffer[] = [];
      for await (const piece of readEntry(archive, await onlyEntry(archive))) pieces.push(Buffer.from(piece));
      assert.ok(Buffer.concat(pieces).equals(content), archive);
    }
  });
}

test('an entry can be left after its first piece', async () => {
  await writeFile(csv, noise(8 * BLOCK));
  await writeArchive(csv, zip);
  for await (const piece of readEntry(zip, await onlyEntry(zip))) {
    assert.ok(piece.length < BLOCK);
    break;
  }
});

test('an entry that is larger or smaller than it says is read to its end, which is told', async () => {
  await writeFile(csv, rows(3 * BLOCK));
  const { crc32 } = await writeArchive(csv, zip);
  const bytes = await readFile(zip);
  for (const wrong of [3 * BLOCK - 1, 3 * BLOCK + 1, 5]) {
    // Where the record before the content has its size.
    bytes.writeUInt32LE(wrong, 22);
    await writeFile(zip, bytes);
    const entry = await onlyEntry(zip);
    assert.equal(entry.declared?.bytes, wrong);
    let read = 0;
    let told: EntryFacts | undefined;
    for await (const piece of readEntry(zip, entry, { onEnd: (facts) => (told = facts) }))
      read += piece.length;
    assert.equal(read, 3 * BLOCK);
    assert.deepEqual([told?.bytes, told?.crc32], [3 * BLOCK, crc32]);
  }
});

test('a zip of nothing but an end with 64-bit marks, with hardly anything before it, holds no file', async () => {
  const end = Buffer.alloc(22, 0xff);
  end.writeUInt32LE(0x06054b50, 0);
  for (const before of [0, 1, 19, 20, 75]) {
    await writeFile(zip, Buffer.concat([Buffer.alloc(before), end]));
    const { refusal } = await inspectArchive(zip);
    assert.equal(refusal?.kind, before === 0 ? 'empty' : 'no-zip', `${before} bytes`);
  }
});

test('a zip that is cut off while it is read is told so', async () => {
  await writeFile(csv, noise(3 * BLOCK));
  await writeArchive(csv, zip);
  const source = await ByteSource.open(zip);
  truncateSync(zip, 100);
  const cut = { kind: 'unreachable', message: /cut off while it was read/ };
  try {
    await assert.rejects(source.bytes(1000, 30), cut);
    await assert.rejects(async () => {
      for await (const piece of source.pieces(0)) assert.ok(piece.length > 0);
    }, cut);
  } finally {
    await source.close();
  }
});

test('what is no zip, and what is damaged, is told', async () => {
  await writeFile(zip, 'not a zip at all');
  assert.equal((await inspectArchive(zip)).refusal?.kind, 'no-zip');
  await rm(zip);
  await assert.rejects(inspectArchive(zip), /not there/);
  await writeArchive(csv, zip);
  const bytes = await readFile(zip);
  // The first byte of the content: a block of a kind that there is not.
  bytes[46] = 0xff;
  await writeFile(zip, bytes);
  assert.equal((await inspectArchive(zip, { contents: 'read' })).refusal?.kind, 'damaged');
  await assert.rejects(async () => {
    for await (const chunk of readEntry(zip, await onlyEntry(zip))) assert.ok(chunk.length > 0);
  }, ArchiveError);
});

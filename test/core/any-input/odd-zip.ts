/** Odd zips, the same for a seed: entries and records that no program should write, zips cut off and changed in place. */
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { constants, crc32, deflateRawSync } from 'node:zlib';
import { DEFLATED, STORED } from '../../../core/archive/read/content.ts';
import { signatures } from '../../../core/archive/records.ts';
import type { Random } from '../csv/random.ts';
import { randomChanges, changed as edited } from '../../vectors/zip/changes.ts';
import { joined } from './odd-csv.ts';

const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
const UTF_8 = 0x0800;
const DESCRIPTOR = 0x0008;
const vectors = path.join(import.meta.dirname, '../../vectors/zip');

export interface OddZip {
  readonly bytes: Uint8Array;
  /** True for a zip of exactly the CSV, in which nothing is odd. */
  readonly isGood: boolean;
}

/** A zip of some CSVs that is hardly one. @param name the usual name of its entry */
export function oddZip(random: Random, name: string, csv: Uint8Array, other: Uint8Array): OddZip {
  if (random.once(6)) return { bytes: goodZip(name, csv, random), isGood: true };
  if (random.once(5)) return { bytes: vectorZip(random), isGood: false };
  const bytes = zipOf(random, name, csv, other);
  return { bytes: random.once(2) ? damaged(random, bytes) : bytes, isGood: false };
}

function goodZip(name: string, csv: Uint8Array, random: Random): Uint8Array {
  const entry = { ...plainEntry(name, csv), ...(random.once(2) ? deflated(random, csv) : {}) };
  const local = record(entry, false);
  const listed = record(entry, true);
  return joined(
    local,
    entry.content,
    listed,
    endRecord(1, listed.length, local.length + entry.content.length),
  );
}

/** One of the recorded zips, with a few changes to its records. */
function vectorZip(random: Random): Uint8Array {
  const names = readdirSync(vectors).filter((file) => file.endsWith('.zip'));
  const name = random.pick(names);
  const zip = readFileSync(path.join(vectors, name));
  const [change] = randomChanges(new Map([[name, zip]]), 1, random.below(MAX_32));
  return edited(zip, change!.edits);
}

interface Entry {
  readonly name: Uint8Array;
  readonly method: number;
  readonly flags: number;
  readonly version: number;
  readonly extra: Uint8Array;
  readonly crc32: number;
  readonly bytes: number;
  readonly compressed: number;
  readonly content: Uint8Array;
  /** What stands behind the content. */
  readonly behind: Uint8Array;
}

function plainEntry(name: string, csv: Uint8Array): Entry {
  return {
    ...{ name: Buffer.from(name), method: STORED, flags: UTF_8, version: 20, extra: new Uint8Array(0) },
    ...{
      crc32: crc32(csv),
      bytes: csv.length,
      compressed: csv.length,
      content: csv,
      behind: new Uint8Array(0),
    },
  };
}

/** How the content is written when it is deflated, sometimes in many small blocks. */
function deflated(random: Random, csv: Uint8Array): Pick<Entry, 'method' | 'content' | 'compressed'> {
  const strategy = random.pick([constants.Z_DEFAULT_STRATEGY, constants.Z_FIXED, constants.Z_HUFFMAN_ONLY]);
  const content = deflateRawSync(csv, { level: random.below(10), strategy, memLevel: 1 + random.below(9) });
  return { method: DEFLATED, content, compressed: content.length };
}

function zipOf(random: Random, name: string, csv: Uint8Array, other: Uint8Array): Uint8Array {
  const count = random.once(30)
    ? 900 + random.below(300)
    : random.pick([0, 1, 1, 1, 1, 2, 3, random.below(30)]);
  const entries = Array.from({ length: count }, (_, index) => {
    const content = count > 30 ? csv.subarray(0, random.below(4)) : random.once(4) ? other : csv;
    return oddEntry(random, index > 0 || random.once(3) ? entryName(random, name) : name, content);
  });
  const parts: Uint8Array[] = [];
  const listed: Uint8Array[] = [];
  let at = 0;
  const append = (...pieces: readonly Uint8Array[]) => {
    parts.push(...pieces);
    for (const { length } of pieces) at += length;
  };
  if (random.once(12))
    append(random.pick([junk(random), uint32(signatures.singleSegment), uint32(signatures.descriptor)]));
  for (const entry of entries) {
    const place = at;
    append(record(entry, false), entry.content, entry.behind);
    if (random.once(20)) append(junk(random));
    // Now and then the list says something else, or nothing.
    if (random.once(20)) continue;
    const other = random.once(15) ? oddEntry(random, entryName(random, name), csv) : entry;
    const item = Buffer.from(record(other, true));
    item.writeUInt32LE(random.once(30) ? random.below(MAX_32) : place, 42);
    listed.push(item);
  }
  if (random.once(20)) append(uint32(signatures.archiveExtraData), junk(random));
  if (random.once(15)) return joined(...parts);
  const list = joined(...listed);
  const comment = random.once(6) ? junk(random) : '';
  const odd = random.once(8);
  const some = () => random.pick([0, 1, MAX_16, MAX_32, random.below(MAX_32)]);
  const end = endRecord(
    odd ? some() & MAX_16 : listed.length,
    odd && random.once(2) ? some() : list.length,
    odd && random.once(2) ? some() : at,
    comment,
  );
  const wide = random.once(8) ? wideEnd(random, listed.length, list.length, at) : [];
  return joined(...parts, list, ...wide, end, random.once(12) ? junk(random) : '');
}

function oddEntry(random: Random, name: string, csv: Uint8Array): Entry {
  const plain = plainEntry(name, csv);
  const whole: Entry = random.once(2) ? { ...plain, ...deflated(random, csv) } : plain;
  const method = random.once(15)
    ? random.pick([1, 6, 9, 12, 14, 93, 95, 99, random.below(MAX_16)])
    : whole.method;
  const cut = random.once(12) ? random.below(whole.content.length + 1) : whole.content.length;
  const content = joined(whole.content.subarray(0, cut), random.once(15) ? junk(random) : '');
  const flags = random.once(12) ? random.below(MAX_16) : random.once(4) ? UTF_8 | DESCRIPTOR : whole.flags;
  const wrong = (value: number) =>
    random.once(15)
      ? random.pick([0, 1, value + 1, Math.max(0, value - 1), MAX_32, random.below(MAX_32)])
      : value;
  const [bytes, compressed, sum] = [wrong(whole.bytes), wrong(whole.compressed), wrong(whole.crc32)];
  const isWide = random.once(8);
  const sizes = { bytes: isWide ? MAX_32 : bytes, compressed: isWide ? MAX_32 : compressed };
  const hasDescriptor = (flags & DESCRIPTOR) !== 0;
  return {
    ...whole,
    ...{ method, flags, content, crc32: hasDescriptor ? 0 : sum >>> 0 },
    ...(hasDescriptor && !random.once(4) ? { bytes: 0, compressed: 0 } : sizes),
    version: random.once(15) ? random.below(MAX_16) : whole.version,
    extra: isWide ? wideExtra(random, bytes, compressed) : random.once(10) ? junk(random) : whole.extra,
    behind: hasDescriptor ? descriptor(random, sum >>> 0, bytes, compressed) : whole.behind,
  };
}

/** Names of any length, with signs that no name should have. */
function entryName(random: Random, name: string): string {
  const length = random.once(20) ? random.below(MAX_16) : random.below(random.pick([3, 120]));
  const long = random.text(length, 'abक/\\\u202e\u001b.\n');
  return random
    .pick([name, name, `data/${name}`, `data\\${name}`, `${name}/`, 'a\0b', '../../x', '', long])
    .slice(0, 20_000);
}

function descriptor(random: Random, sum: number, bytes: number, compressed: number): Uint8Array {
  const sign = random.once(4) ? new Uint8Array(0) : uint32(signatures.descriptor);
  return random.once(4)
    ? joined(sign, uint32(sum), uint64(compressed), uint64(bytes))
    : joined(sign, uint32(sum), uint32(compressed), uint32(bytes));
}

function record(entry: Entry, isListed: boolean): Uint8Array {
  const header = Buffer.alloc(isListed ? 46 : 30);
  const shift = isListed ? 2 : 0;
  header.writeUInt32LE(isListed ? signatures.centralHeader : signatures.localHeader, 0);
  header.writeUInt16LE(entry.version, 4 + shift);
  header.writeUInt16LE(entry.flags, 6 + shift);
  header.writeUInt16LE(entry.method, 8 + shift);
  header.writeUInt32LE(entry.crc32, 14 + shift);
  header.writeUInt32LE(entry.compressed, 18 + shift);
  header.writeUInt32LE(entry.bytes, 22 + shift);
  header.writeUInt16LE(entry.name.length & MAX_16, 26 + shift);
  header.writeUInt16LE(entry.extra.length, 28 + shift);
  return joined(header, entry.name, entry.extra);
}

function wideExtra(random: Random, bytes: number, compressed: number): Uint8Array {
  const sizes = joined(uint64(bytes), uint64(random.once(20) ? -1 : compressed)).subarray(
    0,
    random.once(10) ? random.below(17) : 16,
  );
  return joined([1, 0, sizes.length, 0], sizes);
}

function endRecord(count: number, bytes: number, at: number, comment: string | Uint8Array = ''): Uint8Array {
  const end = Buffer.alloc(22);
  end.writeUInt32LE(signatures.end, 0);
  end.writeUInt16LE(count & MAX_16, 8);
  end.writeUInt16LE(count & MAX_16, 10);
  end.writeUInt32LE(bytes, 12);
  end.writeUInt32LE(at, 16);
  end.writeUInt16LE(comment.length, 20);
  return joined(end, comment);
}

/** The end of a list with 64 bits, and the record that says where it stands. */
function wideEnd(random: Random, count: number, bytes: number, at: number): Uint8Array[] {
  const long = () => random.pick([0, -1, random.below(MAX_32), 2 ** 52]);
  const odd = random.once(3);
  const end = joined(uint32(signatures.zip64End), uint64(44), [45, 0, 45, 0], uint64(0));
  const facts = odd ? [long(), long(), long(), long()] : [count, count, bytes, at];
  const place = odd ? long() : at + bytes;
  return [
    joined(end, ...facts.map(uint64)),
    joined(uint32(signatures.zip64Locator), uint32(0), uint64(place), uint32(1)),
  ];
}

function junk(random: Random): Uint8Array {
  const length = random.below(random.pick([3, 30, 300]));
  const most = random.pick([1, 256]);
  const bytes = Uint8Array.from({ length }, () => random.below(most));
  return random.once(4) ? joined('PK', bytes) : bytes;
}

/** Cut off at any place, or changed in a few. */
function damaged(random: Random, bytes: Uint8Array): Uint8Array {
  const place = () => random.below(bytes.length + 1);
  if (random.once(2))
    return bytes.subarray(0, random.once(2) ? place() : Math.max(0, bytes.length - random.below(80)));
  const changed = Uint8Array.from(bytes);
  for (let times = 1 + random.below(4); times > 0; times--) changed[place()] = random.below(256);
  return changed;
}

function uint32(value: number): Uint8Array {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32LE(value >>> 0);
  return bytes;
}

function uint64(value: number): Uint8Array {
  const bytes = Buffer.alloc(8);
  bytes.writeBigInt64LE(BigInt(value));
  return bytes;
}

/** The list at the end of a zip, which unzip tools go by and ingestion never looks at (APPNOTE.TXT 4.3.12 to 4.3.16). */
import type { ByteSource } from './byte-source.ts';
import { decodeName, extraFields, viewOf } from './local-header.ts';
import { signatures, type EntryFacts } from '../records.ts';

const END_BYTES = 22;
const ZIP64_END_BYTES = 56;
const ZIP64_LOCATOR_BYTES = 20;
const MAX_COMMENT = 0xffff;
const HEADER_BYTES = 46;
const MAX_16 = 0xffff;
const MAX_32 = 0xffffffff;
const ZIP64_FIELD = 0x0001;

/** An entry as the list has it. */
export interface ListedEntry {
  readonly name: string;
  readonly method: number;
  readonly declared: EntryFacts;
  /** Where the record before its content begins, in bytes from the start of the file. */
  readonly at: number;
}

/**
 * Reads the list of a zip, with 64-bit sizes where it has them. Where other bytes stand before the zip, places are
 * counted from where it begins, as unzip tools do.
 *
 * @param most entries at most; the rest is left out
 * @returns undefined where there is no list that can be read: an unzip tool cannot open the file
 */
export async function readDirectory(
  source: ByteSource,
  most: number,
): Promise<readonly ListedEntry[] | undefined> {
  const end = await findEnd(source);
  if (!end) return undefined;
  const begins = end.at - end.bytes;
  if (begins < 0) return undefined;
  // What comes before the first entry: nothing, as a rule.
  const shift = begins - end.offset;
  const entries: ListedEntry[] = [];
  for (let at = begins; entries.length < Math.min(end.count, most);) {
    const fixed = viewOf(await source.bytes(at, HEADER_BYTES));
    if (fixed.byteLength < HEADER_BYTES || fixed.getUint32(0, true) !== signatures.centralHeader)
      return undefined;
    const lengths = [28, 30, 32].map((place) => fixed.getUint16(place, true));
    const [name, extra, comment] = lengths as [number, number, number];
    const variable = await source.bytes(at + HEADER_BYTES, name + extra);
    if (variable.length < name + extra) return undefined;
    // The window may have moved: the fixed part is read once more.
    const again = viewOf(await source.bytes(at, HEADER_BYTES + name + extra));
    entries.push(listed(again, name, extra, shift));
    at += HEADER_BYTES + name + extra + comment;
  }
  return entries;
}

function listed(record: DataView, nameBytes: number, extraBytes: number, shift: number): ListedEntry {
  const part = (from: number, length: number) =>
    new Uint8Array(record.buffer, record.byteOffset + from, length);
  const zip64 = extraFields(part(HEADER_BYTES + nameBytes, extraBytes)).get(ZIP64_FIELD);
  let used = 0;
  const wide = (value: number) => {
    if (value !== MAX_32 || !zip64 || used + 8 > zip64.byteLength) return value;
    used += 8;
    return Number(zip64.getBigUint64(used - 8, true));
  };
  // The extra field holds only what does not fit, in this order.
  const bytes = wide(record.getUint32(24, true));
  const compressed = wide(record.getUint32(20, true));
  const offset = wide(record.getUint32(42, true));
  return {
    name: decodeName(part(HEADER_BYTES, nameBytes), record.getUint8(5)),
    method: record.getUint16(10, true),
    declared: { crc32: record.getUint32(16, true), bytes, compressed },
    at: offset + shift,
  };
}

interface End {
  /** Place behind the list. */
  readonly at: number;
  readonly count: number;
  /** Size of the list. */
  readonly bytes: number;
  /** Where it says that it begins. */
  readonly offset: number;
}

async function findEnd(source: ByteSource): Promise<End | undefined> {
  const from = Math.max(0, source.size - END_BYTES - MAX_COMMENT);
  const tail = Buffer.from(await source.bytes(from, source.size - from));
  const sign = Buffer.alloc(4);
  sign.writeUInt32LE(signatures.end);
  const place = tail.lastIndexOf(sign, tail.length - END_BYTES);
  if (place < 0 || tail.length < END_BYTES) return undefined;
  const record = viewOf(tail.subarray(place));
  const short: End = {
    at: from + place,
    count: record.getUint16(10, true),
    bytes: record.getUint32(12, true),
    offset: record.getUint32(16, true),
  };
  if (short.count !== MAX_16 && short.bytes !== MAX_32 && short.offset !== MAX_32) return short;
  return (await findZip64End(source, short)) ?? short;
}

async function findZip64End(source: ByteSource, short: End): Promise<End | undefined> {
  if (short.at < ZIP64_END_BYTES + ZIP64_LOCATOR_BYTES) return undefined;
  const locator = viewOf(await source.bytes(short.at - ZIP64_LOCATOR_BYTES, ZIP64_LOCATOR_BYTES));
  if (locator.getUint32(0, true) !== signatures.zip64Locator) return undefined;
  // Where the locator says, or right before it where other bytes stand before the zip.
  const before = short.at - ZIP64_LOCATOR_BYTES - ZIP64_END_BYTES;
  for (const at of [Number(locator.getBigUint64(8, true)), before]) {
    const record = viewOf(await source.bytes(at, ZIP64_END_BYTES));
    if (record.byteLength < ZIP64_END_BYTES || record.getUint32(0, true) !== signatures.zip64End) continue;
    const long = (place: number) => Number(record.getBigUint64(place, true));
    return { at, count: long(32), bytes: long(40), offset: long(48) };
  }
  return undefined;
}

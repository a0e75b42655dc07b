/** The records of a zip of one deflated entry, as APPNOTE.TXT 6.3 has them; zip64 where a size asks for it. */

/** The four bytes by which each record is known. */
export const signatures = {
  localHeader: 0x04034b50,
  centralHeader: 0x02014b50,
  archiveExtraData: 0x08064b50,
  descriptor: 0x08074b50,
  /** Before the first entry of a zip that could have been split, and was not. */
  singleSegment: 0x30304b50,
  end: 0x06054b50,
  zip64End: 0x06064b50,
  zip64Locator: 0x07064b50,
} as const;
/** 1980-01-01, the first day of the format: archives of the same CSV are the same, whenever they are made. */
const DOS_DATE = 0x0021;
const MAX_32 = 0xffffffff;
/** Deflate can make a file a little larger; from here on sizes are written with 64 bits. */
const ZIP64_FROM = MAX_32 - (64 << 20);

/** What an archive says of its entry. */
export interface EntryFacts {
  /** CRC-32 of the content. */
  readonly crc32: number;
  /** Size of the content in bytes. */
  readonly bytes: number;
  /** Size of the deflated content in bytes. */
  readonly compressed: number;
}

/**
 * The record before the content. Its length depends on the name and on `bytes` alone, so that its place can be kept
 * free until the rest is known.
 */
export function localHeader(name: string, facts: EntryFacts): Uint8Array {
  const zip64 = needsZip64(facts);
  const encoded = Buffer.from(name, 'utf8');
  const extra = zip64 ? zip64Extra([facts.bytes, facts.compressed]) : Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(signatures.localHeader, 0);
  writeCommon(header, 4, facts, zip64);
  header.writeUInt16LE(encoded.length, 26);
  header.writeUInt16LE(extra.length, 28);
  return Buffer.concat([header, encoded, extra]);
}

/**
 * The records behind the content.
 *
 * @param at where they begin in the archive, in bytes
 */
export function centralDirectory(name: string, facts: EntryFacts, at: number): Uint8Array {
  const zip64 = needsZip64(facts);
  const encoded = Buffer.from(name, 'utf8');
  const extra = zip64 ? zip64Extra([facts.bytes, facts.compressed]) : Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(signatures.centralHeader, 0);
  header.writeUInt16LE(zip64 ? 45 : 20, 4);
  writeCommon(header, 6, facts, zip64);
  header.writeUInt16LE(encoded.length, 28);
  header.writeUInt16LE(extra.length, 30);
  const directory = Buffer.concat([header, encoded, extra]);
  const parts: Uint8Array[] = [directory];
  if (zip64) parts.push(zip64End(directory.length, at));
  const end = Buffer.alloc(22);
  end.writeUInt32LE(signatures.end, 0);
  end.writeUInt16LE(1, 8);
  end.writeUInt16LE(1, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(zip64 ? MAX_32 : at, 16);
  parts.push(end);
  return Buffer.concat(parts);
}

function needsZip64({ bytes }: EntryFacts): boolean {
  return bytes >= ZIP64_FROM;
}

/** From "version needed" to the two sizes: the same fields in both kinds of header. */
function writeCommon(header: Buffer, at: number, facts: EntryFacts, zip64: boolean): void {
  header.writeUInt16LE(zip64 ? 45 : 20, at);
  // Bit 11: the name is UTF-8.
  header.writeUInt16LE(0x0800, at + 2);
  header.writeUInt16LE(8, at + 4);
  header.writeUInt16LE(0, at + 6);
  header.writeUInt16LE(DOS_DATE, at + 8);
  header.writeUInt32LE(facts.crc32, at + 10);
  header.writeUInt32LE(zip64 ? MAX_32 : facts.compressed, at + 14);
  header.writeUInt32LE(zip64 ? MAX_32 : facts.bytes, at + 18);
}

function zip64Extra(sizes: readonly number[]): Buffer {
  const extra = Buffer.alloc(4 + sizes.length * 8);
  extra.writeUInt16LE(0x0001, 0);
  extra.writeUInt16LE(sizes.length * 8, 2);
  sizes.forEach((size, index) => extra.writeBigUInt64LE(BigInt(size), 4 + index * 8));
  return extra;
}

function zip64End(directoryBytes: number, at: number): Buffer {
  const record = Buffer.alloc(56 + 20);
  record.writeUInt32LE(signatures.zip64End, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeUInt16LE(45, 12);
  record.writeUInt16LE(45, 14);
  record.writeBigUInt64LE(1n, 24);
  record.writeBigUInt64LE(1n, 32);
  record.writeBigUInt64LE(BigInt(directoryBytes), 40);
  record.writeBigUInt64LE(BigInt(at), 48);
  record.writeUInt32LE(signatures.zip64Locator, 56);
  record.writeBigUInt64LE(BigInt(at + directoryBytes), 64);
  record.writeUInt32LE(1, 72);
  return record;
}

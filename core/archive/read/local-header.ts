/** The record before each entry of a zip, read as Commons Compress 1.22 reads it (ingestion-rules, section 3). */
import type { EntryFacts } from '../records.ts';
import type { RefusalKind } from '../refusal.ts';

/** Bytes of the record that come before name and extra fields. */
export const LOCAL_HEADER_BYTES = 30;

const ENCRYPTED = 0x0001;
const DESCRIPTOR = 0x0008;
const UTF_8 = 0x0800;
const MAX_32 = 0xffffffff;
const ZIP64_FIELD = 0x0001;
const UNICODE_PATH_FIELD = 0x7075;
const FAT = 0;

/** What a record says of the entry behind it. */
export interface LocalHeader {
  /** The name as ingestion's reader decodes it. It is thrown away there: the file is named after the archive. */
  readonly name: string;
  /** True for an entry that unpacks to nothing: its name ends with `/`. */
  readonly directory: boolean;
  /** Compression method, by APPNOTE.TXT 4.4.5. */
  readonly method: number;
  readonly encrypted: boolean;
  /** True when checksum and sizes stand behind the content, as in a zip that was written to a pipe. */
  readonly descriptor: boolean;
  /** Checksum and sizes by this record; undefined with a descriptor. */
  readonly declared: EntryFacts | undefined;
}

/** Lengths in bytes of what follows the fixed part of a record. */
export function variableLengths(fixed: DataView): { readonly name: number; readonly extra: number } {
  return { name: fixed.getUint16(26, true), extra: fixed.getUint16(28, true) };
}

/**
 * Reads one record.
 *
 * @param fixed its first 30 bytes
 * @param name its name, `extra` its extra fields, as they stand in the archive
 * @param crc32 computes a CRC-32
 * @returns the record, or why the reader stops at it
 */
export function parseLocalHeader(
  fixed: DataView,
  name: Uint8Array,
  extra: Uint8Array,
  crc32: (bytes: Uint8Array) => number,
): LocalHeader | RefusalKind {
  const flags = fixed.getUint16(6, true);
  // The upper half of "version needed" names the system, as the reader has it.
  const platform = (fixed.getUint16(4, true) >> 8) & 0x0f;
  const fields = extraFields(extra);
  const text = (flags & UTF_8) === 0 ? (unicodePath(fields, name, crc32) ?? name) : name;
  const decoded = decodeName(text, platform);
  const descriptor = (flags & DESCRIPTOR) !== 0;
  const zip64 = fields.get(ZIP64_FIELD);
  if (zip64 && zip64.byteLength > 0 && zip64.byteLength < 16) return 'bad-sizes';
  const sizes = descriptor ? undefined : sizesOf(fixed, zip64);
  if (sizes === 'bad-sizes') return sizes;
  return {
    name: decoded,
    directory: decoded.endsWith('/'),
    method: fixed.getUint16(8, true),
    encrypted: (flags & ENCRYPTED) !== 0,
    descriptor,
    declared: sizes && { crc32: fixed.getUint32(14, true), ...sizes },
  };
}

function sizesOf(
  fixed: DataView,
  zip64: DataView | undefined,
): Pick<EntryFacts, 'bytes' | 'compressed'> | 'bad-sizes' {
  const compressed = fixed.getUint32(18, true);
  const bytes = fixed.getUint32(22, true);
  // Where one of the two is marked, the reader takes both from the extra field.
  if (!zip64 || (compressed !== MAX_32 && bytes !== MAX_32)) return { bytes, compressed };
  if (zip64.byteLength === 0) return 'bad-sizes';
  const long = { bytes: zip64.getBigInt64(0, true), compressed: zip64.getBigInt64(8, true) };
  if (long.bytes < 0n || long.compressed < 0n) return 'bad-sizes';
  return { bytes: Number(long.bytes), compressed: Number(long.compressed) };
}

/** The first field of each id; what does not fit ends the list. */
export function extraFields(extra: Uint8Array): ReadonlyMap<number, DataView> {
  const fields = new Map<number, DataView>();
  const view = viewOf(extra);
  for (let at = 0; at + 4 <= view.byteLength;) {
    const id = view.getUint16(at, true);
    const length = view.getUint16(at + 2, true);
    if (at + 4 + length > view.byteLength) break;
    if (!fields.has(id)) fields.set(id, new DataView(view.buffer, view.byteOffset + at + 4, length));
    at += 4 + length;
  }
  return fields;
}

export function viewOf({ buffer, byteOffset, byteLength }: Uint8Array): DataView {
  return new DataView(buffer, byteOffset, byteLength);
}

/** The name in the extra field of Info-ZIP, where it belongs to the name in the record. */
function unicodePath(
  fields: ReadonlyMap<number, DataView>,
  name: Uint8Array,
  crc32: (bytes: Uint8Array) => number,
): Uint8Array | undefined {
  const field = fields.get(UNICODE_PATH_FIELD);
  if (!field || field.byteLength < 5 || field.getUint8(0) !== 1) return undefined;
  if (field.getUint32(1, true) !== crc32(name)) return undefined;
  return new Uint8Array(field.buffer, field.byteOffset + 5, field.byteLength - 5);
}

const utf8 = new TextDecoder('utf-8', { ignoreBOM: true });

/** A name as the reader shows it: bytes that are no UTF-8 become `?`; backslashes of MS-DOS become slashes. */
export function decodeName(bytes: Uint8Array, platform = FAT): string {
  const name = utf8.decode(bytes).replaceAll('\ufffd', '?');
  return platform === FAT && !name.includes('/') ? name.replaceAll('\\', '/') : name;
}

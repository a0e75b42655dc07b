/** Why ingestion does not load a zip, and how that is told. Pure words: nothing is read here. */

/** What NiFi's UnpackContent, on Commons Compress' ZipArchiveInputStream, cannot get past. */
export type RefusalKind =
  | 'no-bytes'
  | 'no-zip'
  | 'split'
  | 'empty'
  | 'encrypted'
  | 'method'
  | 'stored-descriptor'
  | 'cut-header'
  | 'cut-content'
  | 'cut-descriptor'
  | 'cut-directory'
  | 'stray-bytes'
  | 'short-directory'
  | 'damaged'
  | 'bad-sizes'
  | 'bad-name';

export interface Refusal {
  readonly kind: RefusalKind;
  /** Byte of the archive at which the reader stops. */
  readonly at: number;
  /** Name of the entry at hand. */
  readonly entry?: string;
  /** Its compression method, by APPNOTE.TXT 4.4.5. */
  readonly method?: number;
}

/** An archive that cannot be read, or an entry of it; the message says why, for a person. */
export class ArchiveError extends Error {
  override readonly name: string = 'ArchiveError';
  readonly kind: ArchiveErrorKind;

  constructor(message: string, kind: ArchiveErrorKind) {
    super(message);
    this.kind = kind;
  }
}

/** `refused`: by ingestion too; `unreachable`: the file could not be read here; `beyond-bounds`: nobody looked on. */
export type ArchiveErrorKind = 'refused' | 'unreachable' | 'beyond-bounds';

/** An archive that ingestion cannot read either. */
export class RefusedError extends ArchiveError {
  readonly refusal: Refusal;

  constructor(refusal: Refusal) {
    super(describeRefusal(refusal), 'refused');
    this.refusal = refusal;
  }
}

const methods: Readonly<Record<number, string>> = {
  0: 'stored',
  1: 'Shrink',
  6: 'Implode',
  8: 'Deflate',
  9: 'Deflate64',
  12: 'bzip2',
  14: 'LZMA',
  20: 'Zstandard',
  93: 'Zstandard',
  95: 'XZ',
  98: 'PPMd',
};

/** A compression method as people call it, with its number where it has a name of its own. */
export function methodName(method: number): string {
  return methods[method] ?? `method ${method}`;
}

const LONGEST_NAME = 100;
/** Signs that move the cursor, colour a terminal, break the line or turn the direction of writing, and half signs. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/** The name of an entry as it is shown: whoever made the zip chose it, control signs and all. */
export function shownName(name: string): string {
  if (name === '') return 'an entry without a name';
  const start = name.length > LONGEST_NAME ? `${name.slice(0, LONGEST_NAME)}…` : name;
  return start.replace(UNFIT, '?');
}

/** Why ingestion cannot read a zip, and how to mend it, in one or two sentences. */
export function describeRefusal({ kind, at, entry, method }: Refusal): string {
  const name = entry === undefined ? 'an entry' : shownName(entry);
  const here = `byte ${at + 1}`;
  switch (kind) {
    case 'no-bytes':
      return 'The zip is empty: it has no bytes. Zip the CSV again.';
    case 'no-zip':
      return 'This is not a zip, or something stands before its first entry: a zip begins with the letters PK. Ingestion cannot read it. Zip the CSV again.';
    case 'split':
      return 'This is one part of a zip that was split into several. Ingestion cannot read it. Zip the CSV into one file.';
    case 'empty':
      return 'The zip holds no file, so ingestion loads nothing from it. Zip the CSV again.';
    case 'encrypted':
      return 'The zip has a password. It cannot be checked here, and ingestion opens it only for diksha_tpd, and only where that is configured. Zip the CSV without a password.';
    case 'method':
      return `${name} is compressed with ${methodName(method ?? -1)}, which ingestion cannot read. Zip it with Deflate, the usual method.`;
    case 'stored-descriptor':
      return `${name} was written without compression by a program that did not know its size beforehand (to a pipe). Other programs read that; ingestion cannot, because it has no way to find the end. Zip the CSV again, to a file or with compression.`;
    case 'cut-header':
      return `The zip is cut off: it ends after ${at} bytes, amid the record that begins ${name}. Copy or zip it again.`;
    case 'cut-content':
      return `The zip is cut off: it ends after ${at} bytes, and some of ${name} is missing. Ingestion loads nothing from it. Copy or zip it again.`;
    case 'cut-descriptor':
      return `The zip is cut off: it ends after ${at} bytes, right behind ${name}, where its size should stand. Ingestion loads nothing from it. Copy or zip it again.`;
    case 'cut-directory':
      return `The zip is cut off: it ends after ${at} bytes, amid its list of entries. ${name} is all there, but ingestion loads nothing from a zip that ends so. Copy or zip it again.`;
    case 'short-directory':
      return 'The list at the end of the zip is shorter than what stands in it, so ingestion looks for its end behind the end of the file and loads nothing. A program has changed the zip in place: zip the CSV anew.';
    case 'stray-bytes':
      return `At ${here}, behind ${name}, neither another entry nor the list of entries begins. Ingestion reads from entry to entry and stops there: nothing is loaded. Zip the CSV again.`;
    case 'damaged':
      return `${name} is damaged: its compressed bytes make no sense from about ${here} on. Ingestion loads nothing from it. Copy or zip it again.`;
    case 'bad-sizes':
      return `The record that begins ${name} gives sizes that cannot be. Ingestion cannot read it. Zip the CSV again.`;
    case 'bad-name':
      return 'An entry has a name with a NUL byte, which ingestion refuses. Zip the CSV again.';
  }
}

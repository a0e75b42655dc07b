import type { DatasetSpec } from '../../catalogue/spec.ts';
import { FindingCollector } from '../../check/findings/collector.ts';
import { isBareUtf16 } from '../../check/header/file-kind.ts';
import { delimitersOf, firstLineEnd, HEAD_BYTES, readHead, type FileHead } from '../../check/header/head.ts';
import type { CheckSettings } from '../../check/settings.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';
import { severityOf, type RuleId } from '../../finding.ts';
import { lineEndAfter } from '../lines.ts';
import { RowStream, type RowHandler } from './row-stream.ts';

/** How the text of a file starts, once what stands before its header is off. */
export interface TextStart {
  /** How the rows are split as they stand; undefined where no table is found in the file. */
  readonly head: FileHead | undefined;
  /** The delimiter byte that ingestion reads with. */
  readonly delimiter: number;
  /** A byte order mark that is kept, since its rule is turned off: it is no part of the header. */
  readonly mark: Uint8Array;
  /** Lines before the header that are taken off, without their line ends. */
  readonly notes: readonly Uint8Array[];
  /** The rules by which something before the header was taken off, or the encoding changed. */
  readonly mended: readonly RuleId[];
}

/** The bytes are not the UTF-16 that they seem to be. */
export class EncodingError extends Error {
  override readonly name = 'EncodingError';
}

/** So many bytes show whether a file is UTF-16. */
const SIGNATURE = 64;
const SEPARATOR_NOTE = /^"?sep=.?"?$/i;

/** Takes a file's bytes, makes UTF-8 of them, and hands the rows to what the start of the text asks for. */
export class TextStream {
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #begin: (start: TextStart) => RowHandler;
  readonly #mended: RuleId[] = [];
  readonly #notes: Uint8Array[] = [];
  /** Undefined until the encoding is known. */
  #decode: ((bytes: Uint8Array, final: boolean) => Uint8Array) | undefined;
  #head: Uint8Array = new Uint8Array(0);
  #rows: RowStream | undefined;
  #plain: RowHandler | undefined;

  /** @param begin called once, when the header line is there */
  constructor(spec: DatasetSpec, settings: CheckSettings, begin: (start: TextStart) => RowHandler) {
    this.#spec = spec;
    this.#settings = settings;
    this.#begin = begin;
  }

  /** The rows; undefined before the header, and where there is no table. */
  get rows(): RowStream | undefined {
    return this.#rows;
  }

  /** @throws EncodingError */
  push(chunk: Uint8Array): void {
    if (this.#decode) {
      this.#text(this.#decode(chunk, false), false);
      return;
    }
    this.#head = joined(this.#head, chunk);
    if (this.#head.length >= SIGNATURE) this.#sniff();
  }

  /** No byte follows. @throws EncodingError */
  end(): void {
    if (!this.#decode) this.#sniff();
    this.#text(this.#decode!(new Uint8Array(0), true), true);
    this.#rows?.end();
  }

  #isOn(rule: RuleId): boolean {
    return severityOf(rule, 'error', this.#settings.rules) !== undefined;
  }

  #sniff(): void {
    const first = this.#head;
    this.#head = new Uint8Array(0);
    const label = this.#isOn('encoding/invalid-utf8') ? utf16Of(first) : undefined;
    if (label === undefined) this.#decode = (bytes) => bytes;
    else {
      this.#mended.push('encoding/invalid-utf8');
      this.#decode = decoderOf(label);
    }
    this.#text(this.#decode(first, false), false);
  }

  #text(bytes: Uint8Array, final: boolean): void {
    if (this.#rows) this.#rows.push(bytes);
    else if (this.#plain) this.#plain.unreadable(bytes, 0, bytes.length);
    else {
      this.#head = joined(this.#head, bytes);
      this.#start(final);
    }
  }

  #start(final: boolean): void {
    const isWhole = final || this.#head.length >= HEAD_BYTES;
    for (;;) {
      const head = this.#head;
      const end = firstLineEnd(head);
      // A CR may be half of a line end.
      if ((end < 0 || end + 1 >= head.length) && !isWhole) return;
      const mark = this.#isOn('encoding/bom') ? marksOf(head) : 0;
      const line = decodeUtf8(head, mark, end < 0 ? head.length : end);
      const isNote = end >= 0 && SEPARATOR_NOTE.test(line.trim()) && this.#isOn('header/missing');
      if (mark > 0) this.#mended.push('encoding/bom');
      this.#head = head.subarray(isNote ? lineEndAfter(head, end, head.length) : mark);
      if (!isNote) break;
      this.#mended.push('header/missing');
      this.#notes.push(head.subarray(mark, end));
    }
    this.#open();
  }

  #open(): void {
    const head = this.#head;
    this.#head = new Uint8Array(0);
    const { line, skip } = firstLineOf(head);
    const { found, expected } = delimitersOf(line, this.#spec, this.#settings);
    const silent = new FindingCollector('', { ...this.#settings, maxFindings: 0 });
    const first = head.subarray(0, HEAD_BYTES);
    const start = readHead(first, this.#spec, this.#settings, silent, () => undefined, found);
    const mark = head.subarray(0, start ? skip : 0);
    const handler = this.#begin({
      head: start,
      delimiter: expected,
      mark,
      notes: this.#notes,
      mended: this.#mended,
    });
    if (start) {
      this.#rows = new RowStream(start.dialect, handler);
      this.#rows.push(head.subarray(skip));
    } else {
      this.#plain = handler;
      handler.unreadable(head, 0, head.length);
    }
  }
}

function hasMark(bytes: Uint8Array): boolean {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf;
}

/** Bytes of the marks at the start: a program that does not know of one writes another before it. */
function marksOf(bytes: Uint8Array): number {
  let length = 0;
  while (hasMark(bytes.subarray(length))) length += 3;
  return length;
}

function firstLineOf(head: Uint8Array): { readonly line: string; readonly skip: number } {
  const skip = hasMark(head) ? 3 : 0;
  const end = firstLineEnd(head);
  return { line: decodeUtf8(head, skip, end < 0 ? head.length : end).replace(/^[\r\n]+/, ''), skip };
}

function joined(a: Uint8Array, b: Uint8Array): Uint8Array {
  if (a.length === 0) return b.slice();
  const both = new Uint8Array(a.length + b.length);
  both.set(a);
  both.set(b, a.length);
  return both;
}

/** Which UTF-16 a file is, by its first bytes; undefined for another encoding. */
function utf16Of(first: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return 'utf-16le';
  if (first[0] === 0xfe && first[1] === 0xff) return 'utf-16be';
  if (!isBareUtf16(first)) return undefined;
  return first[0] === 0 ? 'utf-16be' : 'utf-16le';
}

function decoderOf(label: 'utf-16le' | 'utf-16be'): (bytes: Uint8Array, final: boolean) => Uint8Array {
  const decoder = new TextDecoder(label, { fatal: true });
  const encoder = new TextEncoder();
  return (bytes, final) => {
    try {
      return encoder.encode(decoder.decode(bytes, { stream: !final }));
    } catch {
      throw new EncodingError('The bytes are not all UTF-16.');
    }
  };
}

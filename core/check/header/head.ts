import { variantsOf } from '../../catalogue/catalogue.ts';
import type { DatasetSpec, VariantSpec } from '../../catalogue/spec.ts';
import {
  COMMA,
  CR,
  LF,
  PIPE,
  ROW_CELLS,
  SEMICOLON,
  TAB,
  delimiterName,
  type Dialect,
} from '../../csv/dialect.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';
import type { RuleId, Severity } from '../../finding.ts';
import { fileStart } from '../findings/text-range.ts';
import { type FindingCollector } from '../findings/collector.ts';
import { isBareUtf16, kindOfFile } from './file-kind.ts';
import { namedColumns } from './header.ts';
import type { CheckSettings } from '../settings.ts';

/**
 * The header is looked for within so many bytes. A header row that takes more is too long: the names of the widest
 * dataset take 6 kB, and ingestion finds none of a dataset's names in what is longer by so much.
 */
export const HEAD_BYTES = 1 << 20;

/** What the first line of a file says of the rest. */
export interface FileHead {
  /** Bytes before the text: a byte order mark. */
  readonly skip: number;
  /** The first line that is not blank, without its line end. */
  readonly firstLine: string;
  readonly dialect: Dialect;
  /** Undefined for a file of sections. */
  readonly variant: VariantSpec | undefined;
  /** Why that variant; undefined where there is only one. */
  readonly reason: string | undefined;
}

/**
 * Looks at the first line: encoding marks, the delimiter, the header variant (ingestion-rules, sections 5 and 6).
 *
 * @param head the first bytes of the file, its first line among them
 * @param refuse hears of the rules by which ingestion takes nothing of the file
 * @param delimiter the byte to read with, whatever the first line shows; for the fixes of a file that has another one
 * @returns undefined when nothing of the file could be read by ingestion; the collector has been told why
 */
export function readHead(
  head: Uint8Array,
  spec: DatasetSpec,
  settings: CheckSettings,
  collector: FindingCollector,
  refuse: (rule: RuleId) => void,
  delimiter?: number,
): FileHead | undefined {
  return new HeadReader(spec, settings, collector, refuse).read(head, delimiter);
}

/** The delimiter that a first line shows, and the one that ingestion reads the file with; both are bytes. */
export function delimitersOf(
  firstLine: string,
  spec: DatasetSpec,
  { dikshaDelimiter }: CheckSettings,
): { readonly found: number; readonly expected: number } {
  const own = ownDelimiter(spec);
  const best = bestDelimiter(firstLine, spec);
  const found = namesBy(spec, firstLine, best) < 2 ? own : best;
  if (!isDisputed(spec)) return { found, expected: own };
  if (dikshaDelimiter !== 'auto') return { found, expected: dikshaDelimiter === 'pipe' ? PIPE : COMMA };
  return { found, expected: found === COMMA || found === PIPE ? found : own };
}

/** What the start of a file may be refused for. */
type StartRule = 'encoding/bom' | 'encoding/invalid-utf8' | 'encoding/other-format' | 'header/missing';

class HeadReader {
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #collector: FindingCollector;
  readonly #refuse: (rule: RuleId) => void;
  /** 0-based editor line of the header: blank lines may stand before it. */
  #headerLine = 0;

  constructor(
    spec: DatasetSpec,
    settings: CheckSettings,
    collector: FindingCollector,
    refuse: (rule: RuleId) => void,
  ) {
    this.#spec = spec;
    this.#refuse = refuse;
    this.#settings = settings;
    this.#collector = collector;
  }

  read(head: Uint8Array, given?: number): FileHead | undefined {
    const skip = this.#checkStart(head);
    if (skip === undefined) return undefined;
    const end = firstLineEnd(head);
    const text = decodeUtf8(head, skip, end < 0 ? head.length : end);
    const firstLine = text.replace(/^[\r\n]+/, '');
    this.#headerLine = text.slice(0, text.length - firstLine.length).split(/\r\n|\r|\n/).length - 1;
    const delimiter = given ?? this.#delimiterOf(firstLine);
    if (delimiter === undefined) return undefined;
    const dialect = dialectOf(this.#spec, delimiter, this.#settings);
    return { skip, firstLine, dialect, ...this.#chooseVariant(firstLine, delimiter) };
  }

  /** @returns the index of the first byte of text, or undefined when there is none to be read */
  #checkStart(head: Uint8Array): number | undefined {
    const add = (rule: StartRule, message: string) => {
      this.#refuse(rule);
      this.#tellStart(rule, 'error', message);
    };
    const skip = markLength(head);
    if (skip > 0 && this.#spec.sections) {
      add(
        'encoding/bom',
        'The file starts with a byte order mark. The script that splits this file takes it for part of the first column name and ends with an error: nothing is loaded. Save the file as UTF-8 without BOM.',
      );
    } else if (skip > 0) {
      const message =
        'The file starts with a byte order mark. The published page wants none; ingestion 3.6 drops it, so the file loads all the same. Save the file as UTF-8 without BOM.';
      this.#tellStart('encoding/bom', 'warning', message);
    }
    if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
      add(
        'encoding/invalid-utf8',
        'The file is UTF-16. Ingestion reads UTF-8 only. Save the file as UTF-8 without BOM.',
      );
      return undefined;
    }
    const lineEnd = firstLineEnd(head);
    const line = head.subarray(skip, lineEnd < 0 ? head.length : lineEnd);
    if (isBareUtf16(head)) {
      add(
        'encoding/invalid-utf8',
        'The file is UTF-16 without a mark: every second byte is 0. Ingestion reads UTF-8 only. Save the file as UTF-8 without BOM.',
      );
      return undefined;
    }
    const kind = kindOfFile(line, decodeUtf8(line, 0, line.length).replace(/^[\r\n]+/, ''));
    if (kind) {
      add(
        'encoding/other-format',
        `The file is no CSV but ${kind.title}, by its first bytes. Ingestion reads it as text and finds no header. ${kind.remedy}`,
      );
      return undefined;
    }
    if (head.subarray(skip).every((byte) => byte === LF || byte === CR)) {
      add(
        'header/missing',
        'The file is empty. Expected: a header line and the rows below it. Ingestion loads nothing.',
      );
      return undefined;
    }
    return skip;
  }

  #tellStart(rule: RuleId, severity: Severity, message: string): void {
    this.#collector.add(
      rule,
      severity,
      () => fileStart,
      () => message,
    );
  }

  /** The delimiter to read with; undefined when the file has another one, which is then told. */
  #delimiterOf(firstLine: string): number | undefined {
    const spec = this.#spec;
    const own = ownDelimiter(spec);
    const best = bestDelimiter(firstLine, spec);
    if (isDisputed(spec))
      return this.#disputedDelimiter(firstLine, best === COMMA || best === PIPE ? best : own);
    if (best === own || namesBy(spec, firstLine, best) < 2) return own;
    const message =
      `The cells are separated by ${delimiterName(best)}; expected: ${delimiterName(own)}. ` +
      'Ingestion reads each line as one column and refuses the whole file. Export the file again with the other delimiter.';
    this.#addOnSign(firstLine, best, 'error', 'dialect/delimiter', message);
    return undefined;
  }

  /** For the four DIKSHA files the published page says pipe and the ingestion code comma. */
  #disputedDelimiter(firstLine: string, found: number): number | undefined {
    const setting = this.#settings.dikshaDelimiter;
    const wanted = setting === 'pipe' ? PIPE : setting === 'comma' ? COMMA : undefined;
    if (wanted !== undefined && wanted !== found) {
      const message = `The cells are separated by ${delimiterName(found)}; the setting cqubeEmission.dikshaDelimiter asks for ${delimiterName(wanted)}.`;
      this.#addOnSign(firstLine, found, 'error', 'dialect/delimiter', message);
      return undefined;
    }
    if (wanted === undefined) {
      const message =
        `This file has ${delimiterName(found)} between its cells. The published page asks for pipes, cQube 3.6 reads this file with commas: ` +
        'ask your cQube administrator, and set cqubeEmission.dikshaDelimiter to what your installation takes.';
      this.#addOnSign(firstLine, found, 'information', 'dialect/diksha-delimiter', message);
    }
    return found;
  }

  #addOnSign(
    firstLine: string,
    sign: number,
    severity: 'error' | 'information',
    rule: 'dialect/delimiter' | 'dialect/diksha-delimiter',
    message: string,
  ): void {
    if (severity === 'error') this.#refuse(rule);
    const line = this.#headerLine;
    const column = Math.max(0, firstLine.indexOf(String.fromCharCode(sign)));
    this.#collector.add(
      rule,
      severity,
      () => ({ line, column, endLine: line, endColumn: column + 1 }),
      () => message,
    );
  }

  #chooseVariant(firstLine: string, delimiter: number): Pick<FileHead, 'variant' | 'reason'> {
    const variants = variantsOf(this.#spec);
    if (variants.length < 2) return { variant: variants[0], reason: undefined };
    const forced = variants.find((variant) => variant.id === this.#settings.variant);
    if (forced) return { variant: forced, reason: 'chosen by the setting' };
    const names = splitNames(firstLine, delimiter);
    const counts = variants.map((variant) => namedColumns(names, variant));
    const best = counts.indexOf(Math.max(...counts));
    const variant = variants[best]!;
    return {
      variant,
      reason: `its header has ${counts[best]!} of the ${variant.columns.length} columns of the ${variant.id} header`,
    };
  }
}

function ownDelimiter({ reading }: DatasetSpec): number {
  return reading.delimiter === ',' ? COMMA : PIPE;
}

/** The delimiter by which a first line names the most columns: the dataset's own where others do no better. */
function bestDelimiter(firstLine: string, spec: DatasetSpec): number {
  const own = ownDelimiter(spec);
  const variants = variantsOf(spec);
  if (variants.length > 0 && variants[0]!.columns.length === 1) return own;
  const fits = (delimiter: number) => namesBy(spec, firstLine, delimiter);
  return [own, PIPE, COMMA, SEMICOLON, TAB].reduce((a, b) => (fits(b) > fits(a) ? b : a));
}

/** How many columns of the best variant a line names when split at a delimiter. */
function namesBy(spec: DatasetSpec, firstLine: string, delimiter: number): number {
  const names = splitNames(firstLine, delimiter);
  if (spec.sections) {
    const all = spec.sections.flatMap((section) => section.columns);
    return names.filter((name) => all.includes(name.toLowerCase())).length;
  }
  return Math.max(...variantsOf(spec).map((variant) => namedColumns(names, variant)));
}

/**
 * How the rows of a dataset's file are split (ingestion-rules, section 6).
 *
 * @param delimiter the byte that separates its cells
 */
export function dialectOf(
  { reading, header }: DatasetSpec,
  delimiter: number,
  { rowBytes }: CheckSettings,
): Dialect {
  return {
    delimiter,
    reader: reading.reader,
    unescapeFirst: reading.unescapeFirst,
    escapes: reading.reader === 'commons-csv' && header.match !== 'sections',
    trims: reading.trim,
    ...(rowBytes === undefined ? {} : { rowBytes }),
  };
}

/** True for the four files whose delimiter the published page and the ingestion code disagree on. */
function isDisputed(spec: DatasetSpec): boolean {
  return spec.reading.delimiter === ',' && spec.header.match !== 'exact-key';
}

const MARK_BYTES = 3;

/** Bytes of the byte order mark at the start of a file; 0 when there is none. */
function markLength(bytes: Uint8Array): number {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? MARK_BYTES : 0;
}

/** The index of the end of a file's first line that is not blank, -1 when it is not there. */
export function firstLineEnd(bytes: Uint8Array): number {
  for (let at = behindBreaks(bytes, markLength(bytes)); at < bytes.length; at++) {
    if (isBreak(bytes[at]!)) return at;
  }
  return -1;
}

/** Collects the first bytes of a file, in chunks of any size, until its first line is there. */
export class HeadBytes {
  #buffer = new Uint8Array(0);
  #length = 0;
  /** Bytes that have been looked at: none of them ends the first line. */
  #looked = 0;
  #isInLine = false;

  /** The bytes so far. */
  get bytes(): Uint8Array {
    return this.#buffer.subarray(0, this.#length);
  }

  /** @returns true when the first line is there, or as many bytes of it as are looked at */
  push(chunk: Uint8Array): boolean {
    const length = this.#length + chunk.length;
    if (length > this.#buffer.length) {
      const larger = new Uint8Array(Math.max(length, this.#buffer.length * 2));
      larger.set(this.bytes);
      this.#buffer = larger;
    }
    this.#buffer.set(chunk, this.#length);
    this.#length = length;
    return this.#hasLine() || length >= HEAD_BYTES;
  }

  #hasLine(): boolean {
    const { bytes } = this;
    // A mark may still become complete.
    if (bytes.length < MARK_BYTES) return false;
    let at = Math.max(this.#looked, markLength(bytes));
    if (!this.#isInLine) at = behindBreaks(bytes, at);
    this.#isInLine ||= at < bytes.length;
    while (at < bytes.length && !isBreak(bytes[at]!)) at++;
    this.#looked = at;
    return at < bytes.length;
  }
}

function behindBreaks(bytes: Uint8Array, from: number): number {
  let at = from;
  while (at < bytes.length && isBreak(bytes[at]!)) at++;
  return at;
}

function isBreak(byte: number): boolean {
  return byte === LF || byte === CR;
}

function splitNames(line: string, delimiter: number): string[] {
  return line
    .split(String.fromCharCode(delimiter), ROW_CELLS)
    .map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

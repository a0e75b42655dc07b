import { variantsOf } from '../catalogue/catalogue.ts';
import type { DatasetSpec, VariantSpec } from '../catalogue/spec.ts';
import type { Finding } from '../finding.ts';
import { COMMA, CR, LF, PIPE, SEMICOLON, TAB, delimiterName, type Dialect } from '../csv/dialect.ts';
import { decodeUtf8, firstInvalidUtf8, utf16Length } from '../csv/encoding.ts';
import { Feed } from '../csv/feed.ts';
import { WordProof } from '../csv/proof.ts';
import type { Row, RowSink, ScanFaultKind } from '../csv/row.ts';
import { Scanner } from '../csv/scanner.ts';
import { FindingCollector, fileStart, type FindingTotals } from './collector.ts';
import { namedColumns } from './header.ts';
import { placeInRow } from './place.ts';
import { SectionRows } from './sections.ts';
import type { CheckSettings } from './settings.ts';
import { TableRows } from './table.ts';

/** What a whole check of a file says. */
export interface FileReport {
  readonly dataset: string;
  readonly file: string;
  /** The header variant by which the file was checked, and why that one; absent for datasets with one header. */
  readonly variant?: { readonly id: string; readonly reason: string };
  /** Bytes of the file. */
  readonly bytes: number;
  /** Rows below the header; blank lines are none. */
  readonly rows: number;
  readonly totals: FindingTotals;
  readonly findings: readonly Finding[];
}

/** Takes the rows below the header, or those of a file of sections. */
export interface RowChecker {
  row(row: Row): void;
  blankLines(line: number, count: number): void;
  end(line: number): void;
  readonly rows: number;
}

/** The header is looked for within so many bytes; a first line that is longer still is cut for that purpose. */
const HEAD_BYTES = 1 << 20;

/**
 * Checks one file in a single pass over its bytes, in chunks of any size. Reads no file: the caller pushes the bytes
 * of a disk file, a document or a zip entry.
 */
export class FileCheck {
  readonly #spec: DatasetSpec;
  readonly #file: string;
  readonly #settings: CheckSettings;
  readonly #collector: FindingCollector;
  #head: Uint8Array = new Uint8Array(0);
  #feed: Feed | undefined;
  #scanner: Scanner | undefined;
  #rows: RowChecker | undefined;
  #variant: { id: string; reason: string } | undefined;
  #bytes = 0;
  #brokenRow = -1;
  #headerSeen = false;
  /** Below a broken header no cell has a column. */
  #header: 'read' | 'broken' | undefined;
  /** Blank lines not told yet: the next chunk may begin with more of them. */
  #blank: { readonly line: number; readonly count: number } | undefined;
  /** 0-based editor line of the header: blank lines may stand before it. */
  #headerLine = 0;

  /** @param file the name that findings carry, a path below the emission folder */
  constructor(spec: DatasetSpec, file: string, settings: CheckSettings) {
    this.#spec = spec;
    this.#file = file;
    this.#settings = settings;
    this.#collector = new FindingCollector(file, settings);
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.length;
    if (this.#feed) {
      this.#feed.push(chunk);
      return;
    }
    const head = new Uint8Array(this.#head.length + chunk.length);
    head.set(this.#head);
    head.set(chunk, this.#head.length);
    this.#head = head;
    if (firstLineEnd(head) >= 0 || head.length >= HEAD_BYTES) this.#start();
  }

  /** No byte follows. */
  end(): FileReport {
    if (!this.#feed) this.#start();
    this.#feed?.end();
    const lineEnds = this.#scanner?.lineEnds ?? [];
    if (lineEnds.length > 1) {
      const message = `Line ends are mixed: ${lineEnds.join(' and ')}. Ingestion reads them all; save the file with one kind.`;
      this.#collector.add(
        'dialect/line-ending',
        'warning',
        () => fileStart,
        () => message,
      );
    }
    this.#tellBlankLines();
    // After a row that the reader fails on, what is missing below it is no finding of its own.
    if (this.#brokenRow < 0) this.#rows?.end(this.#scanner?.line ?? 0);
    return {
      dataset: this.#spec.id,
      file: this.#file,
      ...(this.#variant ? { variant: this.#variant } : {}),
      bytes: this.#bytes,
      rows: this.#rows?.rows ?? 0,
      totals: this.#collector.totals,
      findings: this.#collector.findings(),
    };
  }

  #start(): void {
    const head = this.#head;
    this.#head = new Uint8Array(0);
    const start = this.#checkStart(head);
    if (start === undefined) {
      this.#skipRest();
      return;
    }
    const end = firstLineEnd(head.subarray(start));
    const text = decodeUtf8(head, start, end < 0 ? head.length : start + end);
    const firstLine = text.replace(/^[\r\n]+/, '');
    this.#headerLine = text.slice(0, text.length - firstLine.length).split(/\r\n|\r|\n/).length - 1;
    const delimiter = this.#delimiterOf(firstLine);
    if (delimiter === undefined) {
      this.#skipRest();
      return;
    }
    const { reading } = this.#spec;
    const dialect: Dialect = {
      delimiter,
      reader: reading.reader,
      unescapeFirst: reading.unescapeFirst,
      escapes: reading.reader === 'commons-csv' && this.#spec.header.match !== 'sections',
    };
    this.#rows =
      this.#spec.header.match === 'sections'
        ? new SectionRows(this.#spec, dialect, this.#collector)
        : new TableRows(
            this.#spec,
            this.#chooseVariant(firstLine, delimiter),
            dialect,
            this.#collector,
            firstLine,
          );
    this.#scanner = new Scanner(dialect, this.#sink(this.#rows, dialect));
    this.#feed = new Feed(this.#scanner);
    this.#feed.push(head.subarray(start));
  }

  /** Nothing of what follows would be read: its bytes are only counted. */
  #skipRest(): void {
    const dialect: Dialect = { delimiter: PIPE, reader: 'super-csv', unescapeFirst: false, escapes: false };
    const nothing: RowSink = { row: () => undefined, blankLines: () => undefined, fault: () => undefined };
    this.#feed = new Feed(new Scanner(dialect, nothing));
  }

  /** @returns the index of the first byte of text, or undefined when there is none to be read */
  #checkStart(head: Uint8Array): number | undefined {
    const add = (rule: 'encoding/bom' | 'encoding/invalid-utf8' | 'header/missing', message: string) => {
      this.#collector.add(
        rule,
        'error',
        () => fileStart,
        () => message,
      );
    };
    if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) {
      add(
        'encoding/bom',
        'The file starts with a byte order mark. It becomes part of the first column name, which ingestion then misses. Save the file as UTF-8 without BOM.',
      );
      return 3;
    }
    if ((head[0] === 0xff && head[1] === 0xfe) || (head[0] === 0xfe && head[1] === 0xff)) {
      add(
        'encoding/invalid-utf8',
        'The file is UTF-16. Ingestion reads UTF-8 only. Save the file as UTF-8 without BOM.',
      );
      return undefined;
    }
    if (head.every((byte) => byte === LF || byte === CR)) {
      add(
        'header/missing',
        'The file is empty. Expected: a header line and the rows below it. Ingestion loads nothing.',
      );
      return undefined;
    }
    return 0;
  }

  /** The delimiter to read with; undefined when the file has another one, which is then told. */
  #delimiterOf(firstLine: string): number | undefined {
    const spec = this.#spec;
    const own = spec.reading.delimiter === ',' ? COMMA : PIPE;
    const variants = variantsOf(spec);
    if (variants.length > 0 && variants[0]!.columns.length === 1) return own;
    const fits = (delimiter: number) => this.#namesBy(firstLine, delimiter);
    const best = [own, PIPE, COMMA, SEMICOLON, TAB].reduce((a, b) => (fits(b) > fits(a) ? b : a));
    if (isDisputed(spec))
      return this.#disputedDelimiter(firstLine, best === COMMA || best === PIPE ? best : own);
    if (best === own || fits(best) < 2) return own;
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
    const line = this.#headerLine;
    const column = Math.max(0, firstLine.indexOf(String.fromCharCode(sign)));
    this.#collector.add(
      rule,
      severity,
      () => ({ line, column, endLine: line, endColumn: column + 1 }),
      () => message,
    );
  }

  /** How many columns of the best variant a line names when split at a delimiter. */
  #namesBy(firstLine: string, delimiter: number): number {
    const names = splitNames(firstLine, delimiter);
    if (this.#spec.sections) {
      const all = this.#spec.sections.flatMap((section) => section.columns);
      return names.filter((name) => all.includes(name.toLowerCase())).length;
    }
    return Math.max(...variantsOf(this.#spec).map((variant) => namedColumns(names, variant)));
  }

  #chooseVariant(firstLine: string, delimiter: number): VariantSpec {
    const variants = variantsOf(this.#spec);
    const [main] = variants;
    if (!main) throw new Error(`Dataset ${this.#spec.id} has no columns.`);
    if (variants.length === 1) return main;
    const forced = variants.find((variant) => variant.id === this.#settings.variant);
    if (forced) {
      this.#variant = { id: forced.id, reason: 'chosen by the setting' };
      return forced;
    }
    const names = splitNames(firstLine, delimiter);
    const counts = variants.map((variant) => namedColumns(names, variant));
    const best = counts.indexOf(Math.max(...counts));
    const variant = variants[best]!;
    this.#variant = {
      id: variant.id,
      reason: `its header has ${counts[best]!} of the ${variant.columns.length} columns of the ${variant.id} header`,
    };
    return variant;
  }

  #sink(rows: RowChecker, dialect: Dialect): RowSink {
    return {
      row: (row) => {
        this.#tellBlankLines();
        if (row.nonAscii) this.#checkEncoding(row);
        if (row.hasNul) this.#checkNul(row);
        const broken = row.line === this.#brokenRow;
        this.#header ??= broken ? 'broken' : 'read';
        if (!broken && this.#header === 'read') rows.row(row);
        if (!this.#headerSeen) this.#afterHeader(rows);
      },
      blankLines: (line, count) => {
        const joined = this.#blank && this.#blank.line + this.#blank.count === line;
        if (!joined) this.#tellBlankLines();
        this.#blank = this.#blank
          ? { line: this.#blank.line, count: this.#blank.count + count }
          : { line, count };
      },
      fault: (kind, bytes, lineStart, start, end, line) => {
        // The row's cells are not what they seem: one fault, one finding.
        this.#brokenRow = this.#scanner?.line ?? -1;
        this.#addFault(kind, dialect, bytes, lineStart, start, end, line);
      },
    };
  }

  #tellBlankLines(): void {
    const blank = this.#blank;
    this.#blank = undefined;
    if (blank) this.#rows?.blankLines(blank.line, blank.count);
  }

  /** From the first row on plain rows are proved instead of scanned. */
  #afterHeader(rows: RowChecker): void {
    this.#headerSeen = true;
    if (!(rows instanceof TableRows)) return;
    const shape = rows.shape();
    if (shape) this.#feed?.prove(new WordProof(shape), rows);
  }

  #addFault(
    kind: ScanFaultKind,
    dialect: Dialect,
    bytes: Uint8Array,
    lineStart: number,
    start: number,
    end: number,
    line: number,
  ): void {
    const place = () => {
      const column = utf16Length(bytes, lineStart, start);
      const stop = kind === 'text-after-quote' ? end : Math.min(start + 1, end);
      return {
        line,
        column,
        endLine: line,
        endColumn: column + Math.max(1, utf16Length(bytes, start, stop)),
      };
    };
    if (kind === 'text-after-quote') {
      const message =
        'Text stands after the closing quote. Ingestion’s reader stops here with an error and the file is not loaded. Double each quote inside a quoted value ("").';
      this.#collector.add('dialect/quoting', 'error', place, () => message);
      return;
    }
    const effect =
      dialect.reader === 'super-csv'
        ? 'Ingestion takes everything from here to the end of the file for one row and drops it.'
        : 'Ingestion’s reader meets the end of the file inside the value and the file is not loaded.';
    const what = kind === 'escape-at-end' ? 'The file ends with a backslash.' : 'This quote is never closed.';
    this.#collector.add('dialect/unterminated-quote', 'error', place, () => `${what} ${effect}`);
  }

  #checkEncoding(row: Row): void {
    const at = firstInvalidUtf8(row.bytes, row.start, row.end);
    if (at >= 0) {
      this.#collector.add(
        'encoding/invalid-utf8',
        'error',
        () => placeInRow(row, at, at + 1),
        () =>
          'This is not UTF-8. Ingestion puts a replacement character in its place. Save the file as UTF-8.',
      );
      return;
    }
    const lost = indexOfReplacement(row);
    if (lost < 0) return;
    this.#collector.add(
      'encoding/replacement-character',
      'warning',
      () => placeInRow(row, lost, lost + 3),
      () =>
        'A character was lost here when the file was written: U+FFFD stands in its place. Export the file again as UTF-8.',
    );
  }

  #checkNul(row: Row): void {
    const at = row.bytes.indexOf(0, row.start);
    this.#collector.add(
      'encoding/nul-byte',
      'error',
      () => placeInRow(row, at, at + 1),
      () => 'A NUL byte. PostgreSQL stores none in text: the write of the whole file to the database fails.',
    );
  }
}

/** True for the four files whose delimiter the published page and the ingestion code disagree on. */
function isDisputed(spec: DatasetSpec): boolean {
  return spec.reading.delimiter === ',' && spec.header.match !== 'exact-key';
}

/** The index of the end of the first line that is not blank, -1 when it is not there. */
function firstLineEnd(bytes: Uint8Array): number {
  let at = 0;
  while (at < bytes.length && (bytes[at] === LF || bytes[at] === CR)) at++;
  for (; at < bytes.length; at++) {
    if (bytes[at] === LF || bytes[at] === CR) return at;
  }
  return -1;
}

function splitNames(line: string, delimiter: number): string[] {
  return line.split(String.fromCharCode(delimiter)).map((name) => name.trim().replace(/^"(.*)"$/, '$1'));
}

function indexOfReplacement(row: Row): number {
  for (let at = row.start; at < row.end - 2; at++) {
    if (row.bytes[at] === 0xef && row.bytes[at + 1] === 0xbf && row.bytes[at + 2] === 0xbd) return at;
  }
  return -1;
}

import type { DatasetSpec } from '../catalogue/spec.ts';
import type { Finding } from '../finding.ts';
import { Feed } from '../csv/feed.ts';
import { WordProof, type RowProof, type RowShape } from '../csv/proof.ts';
import type { Row, RowSink } from '../csv/row.ts';
import { Scanner } from '../csv/scanner.ts';
import { addScanFault, checkEncoding, checkNul } from './bytes.ts';
import { FindingCollector, fileStart, type FindingTotals } from './collector.ts';
import { firstLineEnd, readHead, type FileHead } from './head.ts';
import { SectionRows } from './sections.ts';
import type { CheckSettings } from './settings.ts';
import { TableRows } from './table.ts';
import type { Masters, ValueSet } from './value-set.ts';

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
  /** The values of columns that other files refer to, named as in the main header; undefined when they are not there. */
  readonly valuesOf: (columns: readonly string[]) => ValueSet | undefined;
}

/** Makes the proof of rows of a shape; undefined when none is wanted and the scanner shall look at every row. */
export type MakeProof = (shape: RowShape) => RowProof | undefined;

/** The header is looked for within so many bytes; a first line that is longer still is cut for that purpose. */
const HEAD_BYTES = 1 << 20;

/**
 * Checks one file over its bytes, in chunks of any size. Reads no file: the caller pushes the bytes of a disk file, a
 * document or a zip entry, and once more where rows may be repeated.
 */
export class FileCheck {
  readonly #spec: DatasetSpec;
  readonly #file: string;
  readonly #settings: CheckSettings;
  readonly #masters: Masters | undefined;
  readonly #makeProof: MakeProof;
  readonly #collector: FindingCollector;
  #head: Uint8Array | undefined = new Uint8Array(0);
  /** Undefined while the head is not read, and when nothing below it could be. */
  #pass: Pass | undefined;
  #start: FileHead | undefined;
  #rows: TableRows | SectionRows | undefined;
  #bytes = 0;
  #again = false;
  /** Bytes of the second look still to be passed over. */
  #skip = 0;

  /**
   * @param file the name that findings carry, a path below the emission folder
   * @param masters the files that this one may refer to; absent when references are not to be checked
   * @param makeProof changes the speed, never the findings
   */
  constructor(
    spec: DatasetSpec,
    file: string,
    settings: CheckSettings,
    masters?: Masters,
    makeProof: MakeProof = (shape) => new WordProof(shape),
  ) {
    this.#spec = spec;
    this.#file = file;
    this.#settings = settings;
    this.#masters = masters;
    this.#makeProof = makeProof;
    this.#collector = new FindingCollector(file, settings);
  }

  push(chunk: Uint8Array): void {
    if (this.#again) {
      const skipped = Math.min(this.#skip, chunk.length);
      this.#skip -= skipped;
      this.#pass?.feed.push(chunk.subarray(skipped));
      return;
    }
    this.#bytes += chunk.length;
    if (!this.#head) {
      this.#pass?.feed.push(chunk);
      return;
    }
    const head = new Uint8Array(this.#head.length + chunk.length);
    head.set(this.#head);
    head.set(chunk, this.#head.length);
    this.#head = head;
    if (firstLineEnd(head) >= 0 || head.length >= HEAD_BYTES) this.#begin(head);
  }

  /**
   * No byte follows.
   *
   * @returns undefined when all bytes must be pushed once more, and `end` called again
   */
  end(): FileReport | undefined {
    if (this.#head) this.#begin(this.#head);
    this.#pass?.end();
    if (!this.#again && this.#start && this.#rows instanceof TableRows && this.#rows.needsSecondLook()) {
      this.#again = true;
      this.#skip = this.#start.skip;
      this.#pass = new SecondLook(this.#start, this.#rows, this.#makeProof);
      return undefined;
    }
    const rows = this.#rows;
    const { variant, reason } = this.#start ?? {};
    return {
      dataset: this.#spec.id,
      file: this.#file,
      ...(variant && reason !== undefined ? { variant: { id: variant.id, reason } } : {}),
      bytes: this.#bytes,
      rows: rows?.rows ?? 0,
      totals: this.#collector.totals,
      findings: this.#collector.findings(),
      valuesOf: (columns) => (rows instanceof TableRows ? rows.valuesOf(columns) : undefined),
    };
  }

  #begin(head: Uint8Array): void {
    this.#head = undefined;
    const start = readHead(head, this.#spec, this.#settings, this.#collector);
    if (!start) return;
    this.#start = start;
    this.#rows = start.variant
      ? new TableRows(
          { spec: this.#spec, variant: start.variant, dialect: start.dialect, firstLine: start.firstLine },
          this.#settings,
          this.#masters,
          this.#collector,
        )
      : new SectionRows(this.#spec, start.dialect, this.#settings, this.#collector);
    this.#pass = new FirstLook(start, this.#rows, this.#collector, this.#makeProof);
    this.#pass.feed.push(head.subarray(start.skip));
  }
}

/** One walk over the rows of a file. */
interface Pass {
  readonly feed: Feed;
  /** No byte follows. */
  end(): void;
}

/** The look that finds everything but repeats. */
class FirstLook implements Pass, RowSink {
  readonly feed: Feed;
  readonly #scanner: Scanner;
  readonly #start: FileHead;
  readonly #rows: TableRows | SectionRows;
  readonly #collector: FindingCollector;
  readonly #makeProof: MakeProof;
  #brokenRow = -1;
  /** Below a broken header no cell has a column. */
  #header: 'read' | 'broken' | undefined;
  /** Blank lines not told yet: the next chunk may begin with more of them. */
  #blank: { readonly line: number; readonly count: number } | undefined;

  constructor(
    start: FileHead,
    rows: TableRows | SectionRows,
    collector: FindingCollector,
    makeProof: MakeProof,
  ) {
    this.#start = start;
    this.#rows = rows;
    this.#collector = collector;
    this.#makeProof = makeProof;
    this.#scanner = new Scanner(start.dialect, this);
    this.feed = new Feed(this.#scanner);
  }

  row(row: Row): void {
    this.#tellBlankLines();
    if (row.nonAscii) checkEncoding(this.#collector, row);
    if (row.hasNul) checkNul(this.#collector, row);
    const broken = row.line === this.#brokenRow;
    const isHeader = this.#header === undefined;
    this.#header ??= broken ? 'broken' : 'read';
    if (!broken && this.#header === 'read') this.#rows.row(row);
    if (isHeader) proveRows(this.feed, this.#rows, this.#makeProof);
  }

  blankLines(line: number, count: number): void {
    const blank = this.#blank;
    if (blank && blank.line + blank.count === line) {
      this.#blank = { line: blank.line, count: blank.count + count };
      return;
    }
    this.#tellBlankLines();
    this.#blank = { line, count };
  }

  fault(...[kind, bytes, lineStart, start, end, line]: Parameters<RowSink['fault']>): void {
    // The row's cells are not what they seem: one fault, one finding.
    this.#brokenRow = this.#scanner.line;
    addScanFault(this.#collector, kind, this.#start.dialect, bytes, lineStart, start, end, line);
  }

  end(): void {
    this.feed.end();
    const { lineEnds } = this.#scanner;
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
    if (this.#brokenRow < 0) this.#rows.end(this.#scanner.line);
  }

  #tellBlankLines(): void {
    const blank = this.#blank;
    this.#blank = undefined;
    if (blank) this.#rows.blankLines(blank.line, blank.count);
  }
}

/** The look that finds repeats again: everything else has been told. */
class SecondLook implements Pass, RowSink {
  readonly feed: Feed;
  readonly #scanner: Scanner;
  readonly #rows: TableRows;
  readonly #makeProof: MakeProof;
  #brokenRow = -1;
  #headerSeen = false;

  constructor(start: FileHead, rows: TableRows, makeProof: MakeProof) {
    this.#rows = rows;
    this.#makeProof = makeProof;
    this.#scanner = new Scanner(start.dialect, this);
    this.feed = new Feed(this.#scanner);
  }

  row(row: Row): void {
    if (!this.#headerSeen) {
      this.#headerSeen = true;
      proveRows(this.feed, this.#rows, this.#makeProof);
    } else if (row.line !== this.#brokenRow) this.#rows.rowAgain(row);
  }

  blankLines(): void {
    // Told in the first look.
  }

  fault(): void {
    this.#brokenRow = this.#scanner.line;
  }

  end(): void {
    this.feed.end();
  }
}

/** From the next row on plain rows are proved instead of scanned. */
function proveRows(feed: Feed, rows: TableRows | SectionRows, makeProof: MakeProof): void {
  if (!(rows instanceof TableRows)) return;
  const shape = rows.shape();
  const proof = shape && makeProof(shape);
  if (proof) feed.prove(proof, rows);
}

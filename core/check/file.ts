import type { DatasetSpec } from '../catalogue/spec.ts';
import type { Finding, RuleId } from '../finding.ts';
import { Feed } from '../csv/feed.ts';
import type { RowProof, RowShape } from '../csv/proof/proof.ts';
import { WordProof } from '../csv/proof/proof-words.ts';
import type { Row, RowSink } from '../csv/row.ts';
import type { Scanner } from '../csv/scanner.ts';
import { FindingCollector, type FindingTotals } from './findings/collector.ts';
import { FirstPass, headerScanner, rowBytesOf } from './rows/first-pass.ts';
import { HEAD_BYTES, HeadBytes, readHead, type FileHead } from './header/head.ts';
import { SectionRows } from './sections.ts';
import type { CheckSettings } from './settings.ts';
import { LineCount } from './rows/line-count.ts';
import { TableRows } from './table.ts';
import { TallyCounter, type Tally } from './findings/tally.ts';
import type { Masters, ValueSet } from './identity/value-set.ts';

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
  /**
   * The values of columns that other files refer to, by `columnsKey` of their names in the main header; none where
   * references are not checked.
   */
  readonly values: ReadonlyMap<string, ValueSet>;
  /** What becomes of the rows; absent for a document that an editor holds. */
  readonly tally?: Tally;
}

/** Makes the proof of rows of a shape; undefined when none is wanted and the scanner shall look at every row. */
export type MakeProof = (shape: RowShape) => RowProof | undefined;

const FIRST_BYTES = 1 << 16;

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
  #head: HeadBytes | undefined = new HeadBytes();
  /** Undefined while the head is not read, and when nothing below it could be. */
  #feed: Feed | undefined;
  #look: FirstPass | undefined;
  #start: FileHead | undefined;
  #rows: TableRows | SectionRows | undefined;
  readonly #refusals: RuleId[] = [];
  /** Of a file that nobody reads. */
  readonly #unread = new LineCount();
  #bytes = 0;
  #again = false;
  /** Bytes of the second pass still to be passed over. */
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

  /** Hands over the 0-based editor line of each row that repeats an earlier one; before any byte is pushed. */
  onRepeat(take: (line: number) => void): void {
    this.#collector.listen('key/duplicate-record', ({ line }) => take(line));
  }

  push(chunk: Uint8Array): void {
    if (this.#again) {
      const skipped = Math.min(this.#skip, chunk.length);
      this.#skip -= skipped;
      this.#feed?.push(chunk.subarray(skipped));
      return;
    }
    this.#bytes += chunk.length;
    if (!this.#head) {
      if (this.#feed) this.#feed.push(chunk);
      else this.#unread.take(chunk);
      return;
    }
    if (this.#head.push(chunk)) this.#begin(this.#head.bytes);
  }

  /**
   * Takes the next bytes from where they are, in place of `push`: they need not be copied.
   *
   * @param read writes them, as many as fit or fewer, and returns their number: 0 when none are left
   * @returns that number
   */
  fill(read: (into: Uint8Array) => number): number {
    if (this.#feed && this.#skip === 0) {
      const count = this.#feed.fill(read);
      if (!this.#again) this.#bytes += count;
      return count;
    }
    const chunk = new Uint8Array(FIRST_BYTES);
    const count = read(chunk);
    if (count > 0) this.push(chunk.subarray(0, count));
    return count;
  }

  /** Nothing more is looked at, though the end may not have come. */
  close(): void {
    this.#feed?.close();
  }

  /**
   * No byte follows.
   *
   * @returns undefined when all bytes must be pushed once more, and `end` called again
   */
  end(): FileReport | undefined {
    if (this.#head) this.#begin(this.#head.bytes);
    this.#feed?.end();
    if (!this.#again) this.#look?.end();
    if (!this.#again && this.#start && this.#rows instanceof TableRows && this.#rows.needsSecondPass()) {
      this.#again = true;
      this.#skip = this.#start.skip;
      this.#feed = new SecondPass(this.#start, this.#rows, this.#makeProof, this.#feed).feed;
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
      values: rows instanceof TableRows ? rows.values : new Map(),
      tally: this.#tally(),
    };
  }

  #tally(): Tally {
    const rows = this.#rows;
    const counted = rows instanceof TableRows ? rows.tally : new TallyCounter(this.#spec);
    const ofSections = rows instanceof SectionRows ? rows.refusals : [];
    for (const rule of [...this.#refusals, ...ofSections]) counted.refuse(rule);
    const look = this.#look;
    const { lines, blankLines } = look
      ? { lines: look.scanner.lines, blankLines: look.allBlankLines }
      : this.#unread;
    return { ...counted.taken(), lines, blankLines };
  }

  #begin(head: Uint8Array): void {
    this.#head = undefined;
    const refuse = (rule: RuleId) => this.#refusals.push(rule);
    const first = head.subarray(0, HEAD_BYTES);
    const start = readHead(first, this.#spec, this.#settings, this.#collector, refuse);
    if (!start) {
      this.#unread.take(head);
      return;
    }
    this.#start = start;
    this.#rows = start.variant
      ? new TableRows(
          { spec: this.#spec, variant: start.variant, dialect: start.dialect, firstLine: start.firstLine },
          this.#settings,
          this.#masters,
          this.#collector,
        )
      : new SectionRows(this.#spec, start.dialect, this.#settings, this.#collector);
    const rows = this.#rows;
    const onHeader = () => proveRows(feed, rows, this.#makeProof);
    this.#look = new FirstPass(start.dialect, rows, this.#collector, undefined, onHeader);
    const feed = new Feed(this.#look.scanner);
    this.#feed = feed;
    feed.push(head.subarray(start.skip));
  }
}

/** The look that finds repeats again: everything else has been told. It takes the file's text from its start. */
export class SecondPass implements RowSink {
  readonly feed: Feed;
  readonly #scanner: Scanner;
  readonly #rows: TableRows;
  readonly #makeProof: MakeProof;
  readonly #rowBytes: number;
  #brokenRow = -1;
  #headerSeen = false;

  /** @param before the feed of the first pass, which has come to its end */
  constructor(start: FileHead, rows: TableRows, makeProof: MakeProof, before?: Feed) {
    this.#rows = rows;
    this.#makeProof = makeProof;
    this.#scanner = headerScanner(start.dialect, this);
    this.#rowBytes = rowBytesOf(start.dialect);
    this.feed = before?.next(this.#scanner) ?? new Feed(this.#scanner);
  }

  row(row: Row): void {
    if (!this.#headerSeen) {
      this.#headerSeen = true;
      this.#scanner.rowBytes = this.#rowBytes;
      proveRows(this.feed, this.#rows, this.#makeProof);
    } else if (row.line !== this.#brokenRow) this.#rows.rowAgain(row);
  }

  blankLines(): void {
    // Told in the first pass.
  }

  fault(): void {
    this.#brokenRow = this.#scanner.line;
  }
}

/** From the next row on plain rows are proved instead of scanned. */
export function proveRows(feed: Feed, rows: TableRows | SectionRows, makeProof: MakeProof): void {
  if (!(rows instanceof TableRows)) return;
  const shape = rows.shape();
  const proof = shape && makeProof(shape);
  if (proof) feed.prove(proof, rows);
}

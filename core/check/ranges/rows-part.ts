/** Rows in the middle of a file, checked by themselves, and how what was found is put one behind the other. */
import type { FindingCollector, FindingPart } from '../findings/collector.ts';
import { tellLineEnds, type BlankLines, type FirstPass } from '../rows/first-pass.ts';
import type { TableRows } from '../table.ts';

/** What is known of rows in the middle of a file. Lines are counted from the first of them. */
export interface RowsPart {
  readonly rows: number;
  /** True when a row starts among them, and not blank lines alone. */
  readonly hasRows: boolean;
  /** True when ingestion's reader fails on one of them. */
  readonly broken: boolean;
  /** Which line ends rows and blank lines have: bits by the order of `lineEndKinds`. */
  readonly lineEnds: number;
  readonly leadingBlankLines: number;
  readonly trailingBlankLines: BlankLines | undefined;
  readonly part: FindingPart;
}

/** What the whole file is known to be once all its parts are. */
export interface WholeRows {
  readonly rows: number;
  /** 0-based editor line after the last one. */
  readonly lines: number;
  readonly lineEnds: number;
  readonly broken: boolean;
}

const lineEndKinds = ['LF', 'CRLF', 'CR'];

/** Kinds of line ends (`Scanner.lineEnds`) as the bits of `RowsPart.lineEnds`. */
export function lineEndBits(kinds: readonly string[]): number {
  return kinds.reduce((bits, kind) => bits | (1 << lineEndKinds.indexOf(kind)), 0);
}

/** The names of line ends, in the order in which `Scanner` has them. */
function lineEndNames(bits: number): string[] {
  return lineEndKinds.filter((_, index) => (bits & (1 << index)) !== 0);
}

/**
 * Takes what a look at rows in the middle of a file has found.
 *
 * @param rows number of rows that it met, proved ones included
 * @param collector the one that the look tells: what it holds goes into the part
 */
export function takePart(look: FirstPass, rows: number, collector: FindingCollector): RowsPart {
  // This may still tell something.
  const trailingBlankLines = look.takeTrailingBlankLines();
  return {
    rows,
    hasRows: rows > 0 || look.sawRow,
    broken: look.broken,
    lineEnds: lineEndBits(look.scanner.lineEnds),
    leadingBlankLines: look.leadingBlankLines,
    trailingBlankLines,
    part: collector.detach(),
  };
}

/**
 * Puts the findings of parts one behind the other: the very list of one look at all rows. Runs go on from one part to
 * the next, and blank lines on both sides of a border are told together.
 */
export class PartJoin {
  readonly #rows: TableRows;
  readonly #own: FindingCollector;
  readonly #whole: FindingCollector;
  /** Blank lines behind the last row: more of them may follow. */
  #blank: BlankLines | undefined;

  /**
   * @param rows has taken the header; tells `own` what only the whole file shows
   * @param whole takes all findings
   */
  constructor(rows: TableRows, own: FindingCollector, whole: FindingCollector) {
    this.#rows = rows;
    this.#own = own;
    this.#whole = whole;
  }

  /** True while blank lines behind the last row are not told: every part must be appended then. */
  get isOpen(): boolean {
    return this.#blank !== undefined;
  }

  /** Appends the next part. @param line 0-based editor line where it begins */
  append({ leadingBlankLines, trailingBlankLines, hasRows, part }: RowsPart, line: number): void {
    if (leadingBlankLines > 0) {
      const blank = this.#blank;
      this.#blank = { line: blank?.line ?? line, count: (blank?.count ?? 0) + leadingBlankLines };
    }
    if (!hasRows) return;
    this.#tellBlankLines();
    this.#whole.append(part, line);
    this.#blank = trailingBlankLines && { ...trailingBlankLines, line: line + trailingBlankLines.line };
  }

  /** No part follows: tells what only the whole file shows. */
  end({ rows, lines, lineEnds, broken }: WholeRows): void {
    tellLineEnds(this.#whole, lineEndNames(lineEnds));
    this.#tellBlankLines();
    this.#rows.rows = rows;
    // After a row that the reader fails on, what is missing below it is no finding of its own.
    if (!broken) this.#rows.end(lines);
    this.#whole.append(this.#own.detach(), 0);
  }

  #tellBlankLines(): void {
    const blank = this.#blank;
    if (!blank) return;
    this.#blank = undefined;
    this.#rows.blankLines(blank.line, blank.count, false);
    this.#whole.append(this.#own.detach(), 0);
  }
}

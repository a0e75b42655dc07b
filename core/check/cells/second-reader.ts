/**
 * CRC rows meet two readers: Super CSV in the type check, Commons CSV in the steps behind it (ingestion-rules, sections
 * 4 and 6). What the type check writes between the two is not recorded, so all that can be said is what each of them
 * makes of the cell as it stands in the file.
 */
import { cellText } from '../../csv/cell.ts';
import { BACKSLASH, QUOTE, type Dialect } from '../../csv/dialect.ts';
import { isLongRow, QUOTED, type Row } from '../../csv/row.ts';
import { Scanner } from '../../csv/scanner.ts';
import type { RuleId } from '../../finding.ts';

/** What Commons CSV makes of a cell that Super CSV has read. */
export type SecondReading = 'other-value' | 'fails' | 'splits' | 'goes-on';

/** A cell that the two read differently. */
export interface ReadingDifference {
  /** 0-based. */
  readonly cell: number;
  readonly rule: Extract<RuleId, 'dialect/stray-quote' | 'dialect/escape'>;
  readonly reading: SecondReading;
}

/** Compares the two readers on rows that Super CSV has split. */
export class SecondReader {
  readonly #first: Dialect;
  readonly #second: Dialect;

  /** @param dialect of the first reader */
  constructor(dialect: Dialect) {
    this.#first = dialect;
    this.#second = { ...dialect, reader: 'commons-csv', unescapeFirst: true, escapes: true };
  }

  /** The cells of a row that Commons CSV would read differently, in order. */
  differences(row: Row): ReadingDifference[] {
    if (!mayDiffer(row)) return [];
    const found: ReadingDifference[] = [];
    for (let cell = 0; cell < row.count; cell++) {
      const whole = (row.flags[cell]! & QUOTED) === 0 || isQuotedWhole(row, cell);
      if (whole && !holds(row, BACKSLASH, row.starts[cell]!, row.ends[cell]!)) continue;
      const reading = this.#read(row, cell);
      if (reading) found.push({ cell, rule: whole ? 'dialect/escape' : 'dialect/stray-quote', reading });
    }
    return found;
  }

  /**
   * @returns undefined when both read the same, as far as `cellText` goes; a line break is the same however it is
   *   written
   */
  #read(row: Row, cell: number): SecondReading | undefined {
    const { bytes } = row;
    const end = row.ends[cell]!;
    let value = '';
    let values = 0;
    let rows = 0;
    let fault: SecondReading | undefined;
    const scanner = new Scanner(this.#second, {
      row: (found) => {
        rows++;
        if (values === 0 && found.count > 0) value = cellText(found, 0, this.#second);
        values += found.count;
      },
      blankLines: () => {
        rows++;
      },
      fault: (kind) => {
        fault ??= isLongRow(kind) ? 'splits' : kind === 'text-after-quote' ? 'fails' : 'goes-on';
      },
    });
    for (let at = row.starts[cell]!; at < end;) at = scanner.next(bytes, at, end, true);
    if (fault) return fault;
    if (rows > 1 || values > 1) return 'splits';
    return plainBreaks(value) === plainBreaks(cellText(row, cell, this.#first)) ? undefined : 'other-value';
  }
}

function plainBreaks(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Quotes and backslashes alone mean different things to the two. */
function mayDiffer(row: Row): boolean {
  for (let cell = 0; cell < row.count; cell++) {
    if ((row.flags[cell]! & QUOTED) !== 0) return true;
  }
  return holds(row, BACKSLASH, row.start, row.end);
}

function holds({ bytes }: Row, byte: number, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === byte) return true;
  }
  return false;
}

/** True for a cell that starts and ends with a quote and has only doubled ones between. */
function isQuotedWhole(row: Row, index: number): boolean {
  const { bytes } = row;
  const last = row.ends[index]! - 1;
  let at = row.starts[index]!;
  if (at >= last || bytes[at] !== QUOTE || bytes[last] !== QUOTE) return false;
  for (at++; at < last; at++) {
    if (bytes[at] === QUOTE && bytes[++at] !== QUOTE) return false;
  }
  // Past the end when the last quote is one of a doubled pair.
  return at === last;
}

import { BACKSLASH, CR, LF, QUOTE, ROW_BYTES, ROW_CELLS, SPACE, type Dialect } from './dialect.ts';
import { escapedByte } from './cell.ts';
import { decodeUtf8, textBytes } from './encoding.ts';
import {
  ENCODED,
  ESCAPED,
  QUOTED,
  Row,
  STRAY_QUOTE,
  type LongRowKind,
  type RowSink,
  type ScanFaultKind,
} from './row.ts';

/**
 * Splits bytes into rows as the readers behind ingestion do: Commons CSV for most files, Super CSV for CRC files
 * (ingestion-rules, section 6, and the recorded vectors). Where such a reader would stop with an error the scanner
 * reports it and goes on with the next row, so that one fault does not hide the others.
 *
 * A row that does not end within `rowBytes` bytes, takes more with U+FFFD for wrong ones, or has more than `ROW_CELLS`
 * cells, is too long. It is reported as soon as that is certain and never held as a whole: what is left of it is passed
 * over up to the first line end behind that place, whether or not a quote is open there, because most rows of that length
 * are a quote that was never closed, with good rows behind it. What is a row depends on the bytes alone, not on how they
 * come.
 *
 * Long because it is one machine: every byte meets the same few fields, and a call between modules for each costs time.
 */
export class Scanner {
  readonly #dialect: Dialect;
  readonly #sink: RowSink;
  readonly #row = new Row();
  /** 1 for each byte that is nothing but text, in quotes or not. */
  readonly #ordinary = new Uint8Array(256);
  /** 0-based editor line of the next unread byte. */
  #line = 0;
  /** True when the last row ends with the file, not with a line end. */
  #openLine = false;
  #sawCr = false;
  #sawCrLf = false;
  #sawLf = false;
  /** Faults of the row at hand: told only once the row is complete, since an incomplete one is read again. */
  #pending: PendingFault[] = [];
  /** The quote that is open where the row at hand stops being complete, and line breaks before it; -1 for none. */
  #openQuote = -1;
  #openQuoteBreaks = 0;
  /** Where the cell begins that is one too many. */
  #surplus = 0;
  #inRest = false;
  /** True where a CR as the last byte of those that a row may take is a whole line end. */
  #crEnds = false;
  /** The longest row in bytes. It may be changed between rows. */
  rowBytes: number;
  /** True where no LF follows a CR that is the last byte, whatever else follows. */
  endsLines = false;

  constructor(dialect: Dialect, sink: RowSink) {
    this.#dialect = dialect;
    this.#sink = sink;
    this.rowBytes = dialect.rowBytes ?? ROW_BYTES;
    this.#ordinary.fill(1, 1, 0x80);
    for (const byte of [dialect.delimiter, QUOTE, BACKSLASH, CR, LF]) this.#ordinary[byte] = 0;
  }

  /** 0-based editor line after the last row that was handed over. */
  get line(): number {
    return this.#line;
  }

  /** Lines up to there: one that the end of the file closes counts as well. */
  get lines(): number {
    return this.#line + (this.#openLine ? 1 : 0);
  }

  /** True while what is left of a row that is too long is passed over: the next byte is part of it. */
  get isInRest(): boolean {
    return this.#inRest;
  }

  /** Which line ends were met: more than one kind makes a mixed file. */
  get lineEnds(): readonly ('CR' | 'CRLF' | 'LF')[] {
    const met: ('CR' | 'CRLF' | 'LF')[] = [];
    if (this.#sawLf) met.push('LF');
    if (this.#sawCrLf) met.push('CRLF');
    if (this.#sawCr) met.push('CR');
    return met;
  }

  /**
   * Hands over the next row, or the blank lines before it, or passes over bytes of a row that is too long.
   *
   * @param at first byte of a row or of a blank line, or of the rest of a row (`isInRest`), below `to`
   * @param final true when no byte follows `to`; the last row then needs no line end
   * @returns the index after it; `at` when it is not complete and must come again, with more bytes behind it
   */
  next(bytes: Uint8Array, at: number, to: number, final: boolean): number {
    const crEnds = final || this.endsLines;
    this.#crEnds = crEnds;
    if (this.#inRest) return this.#skipRest(bytes, at, to);
    if (bytes[at] === LF || bytes[at] === CR) {
      const after = this.#skipBlankLines(bytes, at, to);
      return after < 0 ? at : after;
    }
    const limit = at + this.rowBytes;
    const isLong = to > limit;
    if (isLong) this.#crEnds = bytes[limit] !== LF;
    const end =
      this.#dialect.reader === 'commons-csv'
        ? this.#commonsRow(bytes, at, isLong ? limit : to, isLong ? false : final)
        : this.#superRow(bytes, at, isLong ? limit : to, isLong ? false : final);
    if (end >= 0) return end;
    this.#crEnds = crEnds;
    if (end === MANY_CELLS) return this.#giveUp('many-cells', bytes, this.#surplus, to);
    return isLong ? this.#giveUp('long-row', bytes, limit - 1, to) : at;
  }

  /**
   * Tells that the row at hand is too long, and passes over what is left of it.
   *
   * @param from where the line end is looked for, behind the row's first byte
   * @returns the index behind what was passed over
   */
  #giveUp(kind: LongRowKind, bytes: Uint8Array, from: number, to: number): number {
    const row = this.#row;
    const { start, line } = row;
    const quote = kind === 'long-row' ? this.#openQuote : -1;
    if (quote < 0) this.#sink.fault(kind, bytes, start, start, start + 1, line);
    else {
      const lineStart = this.#lineStartOf(bytes, start, quote);
      this.#sink.fault('long-quote', bytes, lineStart, quote, quote + 1, line + this.#openQuoteBreaks);
    }
    let breaks = 0;
    for (let at = start; at < from; at++) {
      if (row.breaksLine(at)) breaks++;
    }
    row.clear();
    this.#sink.row(row);
    this.#line += breaks;
    this.#inRest = true;
    this.#openLine = true;
    return this.#skipRest(bytes, from, to);
  }

  /** @returns the index behind the line end, or behind all that is surely none */
  #skipRest(bytes: Uint8Array, from: number, to: number): number {
    const rest = bytes.subarray(from, to);
    const lf = rest.indexOf(LF);
    const cr = (lf < 0 ? rest : rest.subarray(0, lf)).indexOf(CR);
    if (lf < 0 && cr < 0) return to;
    const at = from + (cr < 0 ? lf : cr);
    const next = this.#lineEnd(bytes, at, to);
    if (next < 0) return at;
    this.#inRest = false;
    this.#openLine = false;
    this.#line++;
    return next;
  }

  /** Counts rows that were proved without this scanner; each ends its line. */
  skip(rows: number, sawLf: boolean, sawCrLf: boolean): void {
    this.#line += rows;
    this.#sawLf ||= sawLf;
    this.#sawCrLf ||= sawCrLf;
  }

  /** @returns the index after blank lines at `at` (`at` when there is none), or -1 when that needs more bytes */
  #skipBlankLines(bytes: Uint8Array, at: number, to: number): number {
    const first = this.#line;
    let blank = 0;
    let index = at;
    while (index < to && (bytes[index] === LF || bytes[index] === CR)) {
      const next = this.#lineEnd(bytes, index, to);
      if (next < 0) break;
      index = next;
      this.#line++;
      blank++;
    }
    if (blank === 0) return index < to && bytes[index] === CR ? -1 : at;
    this.#sink.blankLines(first, blank);
    return index;
  }

  /** @returns the index after the line end at `at`, or -1 when a CR is the last byte and an LF may follow */
  #lineEnd(bytes: Uint8Array, at: number, to: number): number {
    if (bytes[at] === LF) {
      this.#sawLf = true;
      return at + 1;
    }
    if (at + 1 < to) {
      if (bytes[at + 1] === LF) {
        this.#sawCrLf = true;
        return at + 2;
      }
      this.#sawCr = true;
      return at + 1;
    }
    if (!this.#crEnds) return -1;
    this.#sawCr = true;
    return at + 1;
  }

  /**
   * Takes a row of nothing but ordinary bytes, which most rows are.
   *
   * @returns the index after its line end, or -1 when it is none or not complete: then no cell of it has been added
   */
  #plainRow(row: Row, bytes: Uint8Array, start: number, to: number): number {
    const { delimiter } = this.#dialect;
    const ordinary = this.#ordinary;
    const { starts, ends } = row;
    const last = starts.length - 1;
    let count = 0;
    let at = start;
    starts[0] = start;
    // What stands behind `to` does no harm: a row that goes on there is none that is complete.
    for (; ; at++) {
      const byte = bytes[at]!;
      if (ordinary[byte] === 1) continue;
      if (byte !== delimiter || count === last) break;
      ends[count++] = at;
      starts[count] = at + 1;
    }
    const after = bytes[at] === LF ? at + 1 : bytes[at] === CR && bytes[at + 1] === LF ? at + 2 : -1;
    if (after < 0 || after > to) return -1;
    if (after === at + 1) this.#sawLf = true;
    else this.#sawCrLf = true;
    ends[count] = at;
    row.count = count + 1;
    return this.#finish(at, after, 0, false);
  }

  /** @returns the index after the row and its line end, or -1 when the row is not complete */
  #commonsRow(bytes: Uint8Array, start: number, to: number, final: boolean): number {
    const row = this.#begin(bytes, start, to);
    const plainEnd = this.#plainRow(row, bytes, start, to);
    if (plainEnd > 0) return plainEnd;
    const { delimiter, unescapeFirst, escapes } = this.#dialect;
    const ordinary = this.#ordinary;
    let all = 0;
    let nul = false;
    let at = start;
    for (;;) {
      // One turn is one cell. `\"` is a quote here where ingestion turns it into one before it splits rows.
      let flags = 0;
      let cellStart = at;
      if (unescapeFirst && bytes[at] === BACKSLASH && at + 1 < to && bytes[at + 1] === QUOTE)
        cellStart = ++at;
      if (at < to && bytes[at] === QUOTE) {
        const quoteAt = at;
        const quoteBreaks = row.innerBreaks;
        cellStart = ++at;
        flags = QUOTED;
        let closed = -1;
        while (at < to) {
          const byte = bytes[at]!;
          all |= byte;
          if (byte === QUOTE) {
            const doubled = this.#quoteAt(bytes, at + 1, to);
            if (doubled > 0) {
              flags |= ENCODED;
              at += 1 + doubled;
              continue;
            }
            if (at + 1 >= to && !final) return -1;
            closed = at++;
            break;
          }
          if (byte === BACKSLASH && escapes) {
            if (unescapeFirst && at + 1 < to && bytes[at + 1] === QUOTE) {
              // A quote after all: the next turn sees it.
              at++;
              flags |= ENCODED;
              if (this.#quoteAt(bytes, at + 1, to) === 0) {
                if (at + 1 >= to && !final) return -1;
                closed = at - 1;
                at++;
                break;
              }
              at += 1 + this.#quoteAt(bytes, at + 1, to);
              continue;
            }
            const width = this.#escapeWidth(bytes, at, to);
            if (width < 0) {
              if (!final) return this.#stopInQuote(quoteAt, quoteBreaks);
              this.#pend('escape-at-end', at, to, row.innerBreaks);
              at = to;
              break;
            }
            if (this.#escapeChanges(bytes, at, width)) flags |= ENCODED | ESCAPED;
            all |= bytes[at + 1]!;
            if (bytes[at + 1] === 0) nul = true;
            row.innerBreaks += escapedBreaks(row, at, width);
            at += width;
            continue;
          }
          if (byte === LF || byte === CR) {
            const next = this.#breakEnd(bytes, at, to);
            if (next < 0) return this.#stopInQuote(quoteAt, quoteBreaks);
            row.innerBreaks++;
            at = next;
            continue;
          }
          if (byte === 0) nul = true;
          at++;
        }
        if (closed < 0) {
          if (!final) return this.#stopInQuote(quoteAt, quoteBreaks);
          this.#pend('unterminated-quote', quoteAt, to, quoteBreaks);
          row.add(cellStart, to, flags);
          return this.#finish(to, to, all, nul);
        }
        row.add(cellStart, closed, flags);
        let strayFrom = -1;
        while (at < to && bytes[at] !== delimiter && bytes[at] !== LF && bytes[at] !== CR) {
          const byte = bytes[at]!;
          all |= byte;
          const blank = strayFrom < 0 ? whitespaceWidth(bytes, at, to) : 0;
          if (strayFrom < 0 && blank === 0) strayFrom = at;
          at += Math.max(1, blank);
        }
        if (at >= to && !final) return -1;
        if (strayFrom >= 0) {
          this.#pend('text-after-quote', strayFrom, at, row.innerBreaks);
        }
      } else {
        for (;;) {
          while (at < to && ordinary[bytes[at]!] === 1) at++;
          if (at >= to) break;
          const byte = bytes[at]!;
          if (byte === delimiter || byte === LF || byte === CR) break;
          all |= byte;
          if (byte === QUOTE) flags |= STRAY_QUOTE;
          else if (byte === 0) nul = true;
          else if (byte === BACKSLASH && escapes) {
            if (unescapeFirst && at + 1 < to && bytes[at + 1] === QUOTE) {
              flags |= ENCODED | STRAY_QUOTE;
              at += 2;
              continue;
            }
            const width = this.#escapeWidth(bytes, at, to);
            if (width < 0) {
              if (!final) return -1;
              this.#pend('escape-at-end', at, to, row.innerBreaks);
              at = to;
              break;
            }
            if (this.#escapeChanges(bytes, at, width)) flags |= ENCODED | ESCAPED;
            all |= bytes[at + 1]!;
            if (bytes[at + 1] === 0) nul = true;
            row.innerBreaks += escapedBreaks(row, at, width);
            at += width;
            continue;
          }
          at++;
        }
        if (at >= to && !final) return -1;
        row.add(cellStart, at, flags);
      }
      if (at >= to) return this.#finish(to, to, all, nul);
      if (bytes[at] !== delimiter) {
        const next = this.#lineEnd(bytes, at, to);
        if (next < 0) return -1;
        return this.#finish(at, next, all, nul);
      }
      at++;
      if (row.count >= ROW_CELLS) return this.#stopAtSurplus(at);
      if (at >= to && !final) return -1;
    }
  }

  /** @returns the index after the row and its line end, or -1 when the row is not complete */
  #superRow(bytes: Uint8Array, start: number, to: number, final: boolean): number {
    const row = this.#begin(bytes, start, to);
    const { delimiter } = this.#dialect;
    let all = 0;
    let nul = false;
    let at = start;
    let cellStart = at;
    let flags = 0;
    let quoteAt = -1;
    let quoteBreaks = 0;
    let inQuotes = false;
    for (;;) {
      if (at >= to) {
        if (!final) return inQuotes ? this.#stopInQuote(quoteAt, quoteBreaks) : -1;
        if (inQuotes) {
          this.#pend('unterminated-quote', quoteAt, to, quoteBreaks);
        }
        row.add(cellStart, to, flags);
        return this.#finish(to, to, all, nul);
      }
      const byte = bytes[at]!;
      all |= byte;
      if (byte === QUOTE) {
        if (inQuotes && at + 1 >= to && !final) return -1;
        if (inQuotes && bytes[at + 1] === QUOTE && at + 1 < to) {
          at += 2;
          continue;
        }
        inQuotes = !inQuotes;
        if (inQuotes) {
          quoteAt = at;
          quoteBreaks = row.innerBreaks;
        }
        flags |= QUOTED | ENCODED;
        at++;
        continue;
      }
      if (byte === LF || byte === CR) {
        if (inQuotes) {
          const next = this.#breakEnd(bytes, at, to);
          if (next < 0) return this.#stopInQuote(quoteAt, quoteBreaks);
          row.innerBreaks++;
          at = next;
          continue;
        }
        row.add(cellStart, at, flags);
        const next = this.#lineEnd(bytes, at, to);
        if (next < 0) return -1;
        return this.#finish(at, next, all, nul);
      }
      if (byte === delimiter && !inQuotes) {
        row.add(cellStart, at, flags);
        if (row.count >= ROW_CELLS) return this.#stopAtSurplus(at + 1);
        cellStart = at + 1;
        flags = 0;
      } else if (byte === 0) nul = true;
      at++;
    }
  }

  #begin(bytes: Uint8Array, start: number, to: number): Row {
    this.#row.begin(bytes, start, to, this.#line);
    this.#openQuote = -1;
    if (this.#pending.length > 0) this.#pending = [];
    return this.#row;
  }

  /** The row is not complete, since the value in a quote does not end. */
  #stopInQuote(quoteAt: number, breaksBefore: number): number {
    this.#openQuote = quoteAt;
    this.#openQuoteBreaks = breaksBefore;
    return -1;
  }

  #stopAtSurplus(at: number): number {
    this.#surplus = at;
    return MANY_CELLS;
  }

  #pend(kind: ScanFaultKind, start: number, end: number, breaksBefore: number): void {
    const { bytes, start: rowStart } = this.#row;
    // Faults come in their order, as a rule: a row of thousands is gone through once.
    const before = this.#pending.at(-1);
    const isBehind = before !== undefined && before.start <= start;
    const lineStart = isBehind
      ? this.#lineStartOf(bytes, before.start, start, before.lineStart)
      : this.#lineStartOf(bytes, rowStart, start);
    this.#pending.push({ kind, lineStart, start, end, line: this.#line + breaksBefore });
  }

  #finish(end: number, next: number, all: number, nul: boolean): number {
    const row = this.#row;
    row.end = end;
    row.nonAscii = all >= 0x80;
    row.hasNul = nul;
    const { innerBreaks } = row;
    if (row.nonAscii && this.#isLongAsText(row)) {
      this.#sink.fault('long-row', row.bytes, row.start, row.start, row.start + 1, row.line);
      row.clear();
    } else {
      for (const { kind, lineStart, start, end: faultEnd, line } of this.#pending)
        this.#sink.fault(kind, row.bytes, lineStart, start, faultEnd, line);
    }
    this.#sink.row(row);
    this.#line += innerBreaks + (next > end ? 1 : 0);
    this.#openLine = next === end && !isBreak(row.bytes[end - 1]);
    return next;
  }

  /** True for a row that is too long once U+FFFD, three bytes, stands for each wrong one, as ingestion has it. */
  #isLongAsText(row: Row): boolean {
    const { bytes, start, end } = row;
    if ((end - start) * 3 <= this.rowBytes || row.wrongAt < 0) return false;
    return textBytes(bytes, start, end) > this.rowBytes;
  }

  /** Bytes of the quote at `at` (2 where a backslash stands before it and is unescaped first), 0 when there is none. */
  #quoteAt(bytes: Uint8Array, at: number, to: number): number {
    if (at >= to) return 0;
    if (bytes[at] === QUOTE) return 1;
    if (this.#dialect.unescapeFirst && bytes[at] === BACKSLASH && at + 1 < to && bytes[at + 1] === QUOTE)
      return 2;
    return 0;
  }

  /** Bytes that the escape at `at` takes, or -1 when what it escapes is not there yet. */
  #escapeWidth(bytes: Uint8Array, at: number, to: number): number {
    if (at + 1 >= to) return -1;
    if (this.#dialect.unescapeFirst && bytes[at + 1] === BACKSLASH) {
      if (at + 2 >= to) return 2;
      if (bytes[at + 2] === QUOTE) return 3;
    }
    return 2;
  }

  /** True when the escape of `width` bytes at `at` stands for another sign; before other signs a backslash is text. */
  #escapeChanges(bytes: Uint8Array, at: number, width: number): boolean {
    return width === 3 || escapedByte(bytes[at + 1]!, this.#dialect) >= 0;
  }

  /** The index after a line break inside a cell, or -1 when it needs more bytes. */
  #breakEnd(bytes: Uint8Array, at: number, to: number): number {
    if (bytes[at] === LF) return at + 1;
    if (at + 1 >= to) return this.#crEnds ? at + 1 : -1;
    return bytes[at + 1] === LF ? at + 2 : at + 1;
  }

  /** The first byte of the editor line that holds `at`; `start` where it begins before `from`. */
  #lineStartOf(bytes: Uint8Array, from: number, at: number, start = from): number {
    for (let i = at - 1; i >= from; i--) {
      if (bytes[i] === LF || bytes[i] === CR) return i + 1;
    }
    return start;
  }
}

function isBreak(byte: number | undefined): boolean {
  return byte === LF || byte === CR;
}

/** Editor line breaks inside an escape of `width` bytes. */
function escapedBreaks(row: Row, at: number, width: number): number {
  let breaks = 0;
  for (let i = at + 1; i < at + width; i++) {
    if (row.breaksLine(i)) breaks++;
  }
  return breaks;
}

/** Bytes of the blank at `at` that Java's Character.isWhitespace takes for one, 0 when there is none. */
function whitespaceWidth(bytes: Uint8Array, at: number, to: number): number {
  const byte = bytes[at]!;
  if (byte < 0x80)
    return byte === SPACE || (byte >= 0x09 && byte <= 0x0d) || (byte >= 0x1c && byte <= 0x1f) ? 1 : 0;
  const sign = decodeUtf8(bytes, at, Math.min(at + 3, to))[0]!;
  // All of these take three bytes of UTF-8.
  return /[\u1680\u2000-\u2006\u2008-\u200a\u2028\u2029\u205f\u3000]/.test(sign) ? 3 : 0;
}

interface PendingFault {
  readonly kind: ScanFaultKind;
  /** First byte of the editor line that it is in. */
  readonly lineStart: number;
  readonly start: number;
  readonly end: number;
  readonly line: number;
}

/** A row that has more than `ROW_CELLS` cells; any other number below 0 says that it is not complete. */
const MANY_CELLS = -2;

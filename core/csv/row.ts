import { CR, LF } from './dialect.ts';
import { firstInvalidUtf8, utf16Length } from './encoding.ts';

/** 0-based line of an editor, and 0-based column in UTF-16 units. */
export interface RowPlace {
  readonly line: number;
  readonly column: number;
}

/** One row as the scanner hands it over: byte ranges into the scanner's buffer, valid only during the call. */
export class Row {
  bytes: Uint8Array = new Uint8Array(0);
  /** Number of cells. */
  count = 0;
  /** First byte of each cell's value, inside the quotes where there are any. */
  starts = new Int32Array(64);
  /** The byte after each cell's value. */
  ends = new Int32Array(64);
  /** `QUOTED` and `ENCODED` of each cell. */
  flags = new Uint8Array(64);
  /** True when a cell has a flag. */
  isFlagged = false;
  /** First byte of the row and the byte after its last one, without the line end. */
  start = 0;
  end = 0;
  /** 0-based editor line of the row's first byte. */
  line = 0;
  /** Line breaks inside quoted cells. */
  innerBreaks = 0;
  /** True when a byte over 0x7F is in the row. */
  nonAscii = false;
  /** True when a NUL byte is in the row. */
  hasNul = false;
  #wrongAt: number | undefined;
  #to = 0;
  /** The place that was asked for last, from which one behind it is counted on. */
  #known: (RowPlace & { readonly at: number }) | undefined;

  /** True when the byte at `at` ends an editor line; the CR of a CR LF does not, its LF does. */
  breaksLine(at: number): boolean {
    const byte = this.bytes[at];
    return byte === LF || (byte === CR && (at + 1 >= this.#to || this.bytes[at + 1] !== LF));
  }

  /** The byte that ends the editor line of the row's first byte: the row's end, or a line break inside a value. */
  get firstBreak(): number {
    let at = this.start;
    while (at < this.end && this.bytes[at] !== LF && this.bytes[at] !== CR) at++;
    return at;
  }

  /** Where an editor shows a byte of the row. Of places that are asked for from left to right none is counted twice. */
  placeOf(at: number): RowPlace {
    const { bytes, start } = this;
    const known =
      this.#known && this.#known.at <= at ? this.#known : { at: start, line: this.line, column: 0 };
    // An editor counts no sign between CR and LF, where a value may end whose last sign is an escaped CR.
    const end = this.#isInLineEnd(at) ? at - 1 : at;
    let { line } = known;
    let lineStart = -1;
    for (let i = known.at; this.innerBreaks > 0 && i < end; i++) {
      if (!this.breaksLine(i)) continue;
      line++;
      lineStart = i + 1;
    }
    const column =
      lineStart < 0 ? known.column + utf16Length(bytes, known.at, end) : utf16Length(bytes, lineStart, end);
    // Amid a sign, or bytes that are none, nothing could be counted on from.
    if (end === start || bytes[end - 1]! < 0x80 || bytes[end]! < 0x80)
      this.#known = { at: end, line, column };
    return { line, column };
  }

  #isInLineEnd(at: number): boolean {
    return at < this.#to && this.bytes[at] === LF && at > this.start && this.bytes[at - 1] === CR;
  }

  /** The row's first byte that is not part of well-formed UTF-8; -1 when there is none. */
  get wrongAt(): number {
    return (this.#wrongAt ??= this.nonAscii ? firstInvalidUtf8(this.bytes, this.start, this.end) : -1);
  }

  /** Begins a row without cells. @param to the byte after the last one that may be read */
  begin(bytes: Uint8Array, start: number, to: number, line: number): void {
    this.bytes = bytes;
    this.#to = to;
    this.count = 0;
    this.start = start;
    this.line = line;
    this.innerBreaks = 0;
    this.#wrongAt = undefined;
    this.#known = undefined;
    if (this.isFlagged) this.flags.fill(0);
    this.isFlagged = false;
  }

  add(start: number, end: number, flags: number): void {
    if (this.count === this.starts.length) this.#grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    if (flags !== 0) {
      this.flags[this.count] = flags;
      this.isFlagged = true;
    }
    this.count++;
  }

  /** Leaves nothing of the row but its place. */
  clear(): void {
    this.count = 0;
    this.end = this.start;
    this.innerBreaks = 0;
    this.nonAscii = false;
    this.hasNul = false;
  }

  #grow(): void {
    const size = this.starts.length * 2;
    const starts = new Int32Array(size);
    const ends = new Int32Array(size);
    const flags = new Uint8Array(size);
    starts.set(this.starts);
    ends.set(this.ends);
    flags.set(this.flags);
    this.starts = starts;
    this.ends = ends;
    this.flags = flags;
  }
}

/** The cell stands in quotes. */
export const QUOTED = 1;
/** The cell's bytes are not its value: doubled quotes or escapes are in it. `cellText` decodes it. */
export const ENCODED = 2;
/** An unquoted cell of a `commons-csv` file holds a quote. */
export const STRAY_QUOTE = 4;
/** A backslash changed the value. */
export const ESCAPED = 8;

export type ScanFaultKind = 'text-after-quote' | 'unterminated-quote' | 'escape-at-end' | LongRowKind;

/** Why a row is too long to be read: its bytes, a quoted value that does not end within them, or its cells. */
export type LongRowKind = 'long-row' | 'long-quote' | 'many-cells';

/** True for a fault of a row that is not held as a whole: it is handed over without its cells. */
export function isLongRow(kind: ScanFaultKind): kind is LongRowKind {
  return kind === 'long-row' || kind === 'long-quote' || kind === 'many-cells';
}

export interface RowSink {
  row(row: Row): void;
  /** Blank lines one after the other; `line` is the 0-based first. */
  blankLines(line: number, count: number): void;
  /**
   * The reader of ingestion would stop with an error. `start` and `end` are indexes into `bytes`, `lineStart` that of
   * the first byte of the 0-based editor line. The row itself follows; one that is too long has no cells.
   */
  fault(
    kind: ScanFaultKind,
    bytes: Uint8Array,
    lineStart: number,
    start: number,
    end: number,
    line: number,
  ): void;
}

/**
 * A large file in ranges: each is checked by itself, on whatever thread, from a place where a row is assumed to start,
 * and the parts are put together to the very report of a `FileCheck`.
 */
import type { DatasetSpec } from '../../catalogue/spec.ts';
import { Feed } from '../../csv/feed.ts';
import { FindingCollector } from '../findings/collector.ts';
import { proveRows, SecondPass, type FileReport, type MakeProof } from '../file.ts';
import { FirstPass } from '../rows/first-pass.ts';
import type { LogPages } from '../identity/fingerprint-log.ts';
import { loggedKey } from '../identity/key-tally.ts';
import { PartJoin, takePart, type RowsPart } from './rows-part.ts';
import { readTableHead, type CheckInput, type TableHead } from './table-head.ts';
import { sumOfTallies, type RowTally, type Tally } from '../findings/tally.ts';
import { ValueSet, type SharedValues } from '../identity/value-set.ts';

/** So many bytes behind a range are asked for first: most of its last rows are shorter. */
const BEHIND_BYTES = 1 << 14;
/** So many at a time for a row that is longer. */
const FURTHER_BYTES = 1 << 18;

/** Bytes [from, to) of a file; a row starts at `from`, as far as is known, and a line at `to`. */
export interface FileRange {
  readonly from: number;
  readonly to: number;
}

/** What the rows that start in a range are known to be: plain data that can go to another thread. */
export interface RangePart extends RowsPart {
  readonly from: number;
  /** The first byte behind the last of the rows, which may go on behind the range. */
  readonly next: number;
  /** Editor lines from `from` to `next`. */
  readonly lines: number;
  readonly tally: Tally;
  /** To find repeats; undefined where rows are not compared. */
  readonly log: LogPages | undefined;
  /** Values that other files refer to, by `columnsKey`. */
  readonly values: readonly (readonly [string, SharedValues])[];
}

/** The arrays of a part that may be handed over to another thread in place of a copy. */
export function buffersOf({ log }: RangePart): ArrayBuffer[] {
  return log ? log.slabs.flatMap(({ lows, highs }) => [lows.buffer, highs.buffer]) : [];
}

/**
 * False for a dataset whose rows are judged by all others at once (ingestion-rules, section 9: the earliest row of each
 * inspection is kept, or the log counts by another key): such a file is looked at as a whole.
 */
export function mayHaveRanges(spec: DatasetSpec): boolean {
  return spec.key.sameId !== 'keep-earliest-inspection' && loggedKey(spec).length === 0;
}

/**
 * Checks the rows that start in a range. Reads no file: the caller pushes the bytes from the range's start on, behind
 * its end too, as long as they are asked for.
 */
export class RangeCheck {
  readonly #head: TableHead;
  readonly #range: FileRange;
  readonly #look: FirstPass;
  readonly #feed: Feed;
  #at: number;
  /** True once the range's end is reached, while its last row goes on behind it. */
  #goesOn = false;
  /** Takes what is behind the range. */
  #behind: Uint8Array | undefined;
  #next: number | undefined;

  /**
   * @param head the bytes of the file up to the end of its header row
   * @param range below the header
   * @param makeProof changes the speed, never the findings
   */
  constructor(input: CheckInput, head: Uint8Array, range: FileRange, makeProof: MakeProof) {
    this.#head = tableHead(input, head);
    const { start, rows, collector, header } = this.#head;
    this.#range = range;
    this.#at = range.from;
    this.#look = new FirstPass(start.dialect, rows, collector, header);
    this.#feed = new Feed(this.#look.scanner);
    proveRows(this.#feed, rows, makeProof);
  }

  /** Takes the next bytes. @returns false when no more of them are needed */
  push(chunk: Uint8Array): boolean {
    if (this.#isDone) return false;
    const { to } = this.#range;
    let behind = chunk;
    if (!this.#goesOn) {
      const inside = chunk.subarray(0, to - this.#at);
      this.#feed.push(inside);
      this.#at += inside.length;
      if (this.#at < to) return true;
      this.#settle();
      behind = chunk.subarray(inside.length);
    }
    for (let at = 0; at < behind.length && this.#goesOn; at += FURTHER_BYTES)
      this.#goOn(behind.subarray(at, at + FURTHER_BYTES), false);
    return this.#goesOn;
  }

  /**
   * Takes the next bytes from where they are, in place of `push`: they need not be copied.
   *
   * @param read writes them, as many as fit or fewer, and returns their number: 0 when none are left
   * @returns that number; 0 also when no more are needed
   */
  fill(read: (into: Uint8Array) => number): number {
    if (this.#isDone) return 0;
    if (this.#goesOn) {
      const into = this.#behind ?? new Uint8Array(BEHIND_BYTES);
      const count = read(into);
      if (count > 0) this.push(into.subarray(0, count));
      if (into.length === BEHIND_BYTES) this.#behind = new Uint8Array(FURTHER_BYTES);
      return count;
    }
    const { to } = this.#range;
    const left = to - this.#at;
    const count = this.#feed.fill((into) => read(into.subarray(0, left)));
    this.#at += count;
    if (this.#at === to) this.#settle();
    return count;
  }

  get #isDone(): boolean {
    return this.#next !== undefined;
  }

  #settle(): void {
    this.#goesOn = this.#feed.settle();
    if (!this.#goesOn) this.#next = this.#range.to;
  }

  /**
   * No byte follows, or none is needed.
   *
   * @throws RangeError when bytes of the range are missing
   */
  end(): RangePart {
    if (this.push(new Uint8Array(0))) {
      if (!this.#goesOn) throw new RangeError('The file ends before the range does.');
      this.#goOn(new Uint8Array(0), true);
    }
    const { rows, collector } = this.#head;
    const { log } = rows;
    this.close();
    return {
      ...takePart(this.#look, rows.rows, collector),
      from: this.#range.from,
      next: this.#next ?? this.#range.to,
      lines: this.#look.scanner.line,
      tally: {
        ...rows.tally.taken(),
        lines: this.#look.scanner.lines,
        blankLines: this.#look.allBlankLines,
      },
      log,
      values: [...rows.values].map(([key, values]) => [key, values.share()]),
    };
  }

  /** Nothing more is looked at. */
  close(): void {
    this.#feed.close();
  }

  #goOn(bytes: Uint8Array, final: boolean): void {
    const length = this.#feed.completeRow(bytes, final);
    if (length < 0) return;
    this.#goesOn = false;
    this.#next = this.#range.to + length;
  }
}

/** Puts the parts of a file together, and compares the rows that may be repeated in a second look at all of it. */
export class RangeJoin {
  readonly #input: CheckInput;
  readonly #bytes: number;
  readonly #makeProof: MakeProof;
  readonly #parts: readonly RangePart[];
  readonly #head: TableHead;
  readonly #collector: FindingCollector;
  #again: Feed | undefined;
  /** Bytes of the second pass still to be passed over. */
  #skip = 0;

  /**
   * @param head the bytes of the file up to the end of its header row
   * @param parts all of them, each from where the one before ends
   * @param bytes size of the file
   */
  constructor(
    input: CheckInput,
    head: Uint8Array,
    parts: readonly RangePart[],
    bytes: number,
    makeProof: MakeProof,
  ) {
    this.#input = input;
    this.#bytes = bytes;
    this.#makeProof = makeProof;
    this.#parts = parts;
    this.#head = tableHead(input, head);
    this.#collector = new FindingCollector(input.file, input.settings);
    this.#append();
  }

  /** Takes bytes of the file, from its start on: only after `end` has asked for them. */
  push(chunk: Uint8Array): void {
    const skipped = Math.min(this.#skip, chunk.length);
    this.#skip -= skipped;
    this.#again?.push(chunk.subarray(skipped));
  }

  /** Takes the next bytes of the file from where they are, in place of `push`. @returns their number, 0 for none */
  fill(read: (into: Uint8Array) => number): number {
    if (this.#again && this.#skip === 0) return this.#again.fill(read);
    const chunk = new Uint8Array(BEHIND_BYTES);
    const count = read(chunk);
    this.push(chunk.subarray(0, count));
    return count;
  }

  /** Nothing more is looked at, though the end may not have come. */
  close(): void {
    this.#again?.close();
  }

  /** @returns undefined when all bytes must be pushed, and `end` called again */
  end(): FileReport | undefined {
    const { start, rows, collector } = this.#head;
    if (this.#again) this.#again.end();
    else if (rows.needsSecondPass()) {
      this.#skip = start.skip;
      this.#again = new SecondPass(start, rows, this.#makeProof).feed;
      return undefined;
    }
    this.#collector.append(collector.detach(), 0);
    const { spec, file } = this.#input;
    const { variant, reason } = start;
    return {
      dataset: spec.id,
      file,
      ...(variant && reason !== undefined ? { variant: { id: variant.id, reason } } : {}),
      bytes: this.#bytes,
      rows: rows.rows,
      totals: this.#collector.totals,
      findings: this.#collector.findings(),
      values: joinedValues(this.#parts),
      tally: this.#tally(rows.tally.taken()),
    };
  }

  /** @param own what the header and the second pass have counted */
  #tally(own: RowTally): Tally {
    const { blankLines } = this.#head;
    const parts = this.#parts.map(({ tally }) => tally);
    let before = this.#head.lines;
    // Whichever part the file ends in, the line that its end closes counts.
    let lines = this.#head.allLines;
    for (const part of this.#parts) {
      lines = Math.max(lines, before + part.tally.lines);
      before += part.lines;
    }
    return {
      ...sumOfTallies([own, ...parts]),
      lines,
      blankLines: parts.reduce((sum, each) => sum + each.blankLines, blankLines),
    };
  }

  #append(): void {
    const { rows, collector, part, lines, lineEnds, broken } = this.#head;
    const parts = this.#parts;
    this.#collector.append(part, 0);
    const join = new PartJoin(rows, collector, this.#collector);
    let line = lines;
    for (const each of parts) {
      join.append(each, line);
      line += each.lines;
    }
    join.end({
      rows: parts.reduce((sum, each) => sum + each.rows, 0),
      lines: line,
      lineEnds: parts.reduce((bits, each) => bits | each.lineEnds, lineEnds),
      broken: broken || parts.some((each) => each.broken),
    });
    rows.joinLogs(parts.flatMap(({ log }) => log ?? []));
  }
}

function tableHead(input: CheckInput, bytes: Uint8Array): TableHead {
  const head = readTableHead(bytes, true, input);
  if (head === undefined || head === 'more') throw new RangeError('The file has no header above its ranges.');
  return head;
}

function joinedValues(parts: readonly RangePart[]): Map<string, ValueSet> {
  const all = new Map<string, ValueSet>();
  for (const { values } of parts) {
    for (const [key, shared] of values) {
      const set = all.get(key) ?? new ValueSet();
      set.addAll(ValueSet.from(shared));
      all.set(key, set);
    }
  }
  return all;
}

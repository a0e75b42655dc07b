import type { DatasetSpec } from '../../catalogue/spec.ts';
import { CR, LF } from '../../csv/dialect.ts';
import { WordProof } from '../../csv/proof/proof-words.ts';
import type { TextBlock } from '../../csv/text-blocks.ts';
import { FileCheck, type FileReport, type MakeProof } from '../file.ts';
import { FindingCollector, type FindingPart } from '../findings/collector.ts';
import type { FileHead } from '../header/head.ts';
import { conflictMatters } from '../identity/keys.ts';
import type { Masters } from '../identity/value-set.ts';
import { keepsEarliest } from '../identity/visits.ts';
import { PartJoin } from '../ranges/rows-part.ts';
import { type TableHead, readTableHead } from '../ranges/table-head.ts';
import type { CheckSettings } from '../settings.ts';
import { BlockBytes } from './block-bytes.ts';
import { changed, holds } from './block-changes.ts';
import { BlockChecker, type BlockTools } from './block-checker.ts';
import { BROKEN, BlockTable, LINE_ENDS, SPEAKS } from './blocks.ts';
import { DocumentKeys } from './keys.ts';
import { RowRecorder } from './row-recorder.ts';
import type { BlockCheck, RowStart } from './rows.ts';
import { DocumentValues } from './values.ts';
import type { ReadRows } from './views.ts';
import { DocumentVisits } from './visits.ts';

export interface DocumentOptions {
  /** The files that this one may refer to; absent when references are not to be checked. */
  readonly masters?: Masters | undefined;
  /** Changes the speed, never the findings. */
  readonly makeProof?: MakeProof;
  /** True when the file begins with a byte order mark, which an editor takes out of the text. */
  readonly byteOrderMark?: boolean;
}

/** Everything up to the end of the header row. */
interface DocumentHead {
  /** The bytes of the text up to there. */
  readonly bytes: Uint8Array;
  /** True when the text ends there. */
  readonly final: boolean;
  readonly lines: number;
  /** Flags of `BlockTable`. */
  readonly flags: number;
  readonly part: FindingPart;
  readonly start: FileHead;
  readonly tools: BlockTools;
  readonly checker: BlockChecker;
  readonly keys: DocumentKeys;
  /** Of a file of CRC locations. */
  readonly visits: DocumentVisits | undefined;
  readonly values: DocumentValues;
}

/** What a walk over the rows of a document has found. */
interface Walked {
  bytes: number;
  lines: number;
  rows: number;
  /** Flags of `BlockTable` that a block has. */
  flags: number;
}

/** So many bytes are checked before others get a turn. */
const TURN_BYTES = 1 << 20;

/**
 * A block of more UTF-16 units holds a line of about that length, and is not made bytes of in one piece: documents with
 * such a line are checked as a whole. No data has one.
 */
const LONG_LINE = 1 << 22;

const ENCODED_UNITS = 1 << 15;

const BOM = [0xef, 0xbb, 0xbf];

/**
 * Checks a document that is edited: `check` gives the very report of a `FileCheck` over its text, and looks only at the
 * blocks that are not those of the time before. Edits of the header look at everything anew, like a document of
 * sections, which are small.
 *
 * What is kept of a row that is compared with others: 20 bytes in its block, and for repeats and keys 16 to 32 bytes
 * each in a table; 8 bytes, and as much in a table, for each value that other files refer to; 17 bytes and 16 to 32 in
 * a table for each CRC location. Findings: no more than one report has.
 */
export class DocumentCheck {
  readonly #spec: DatasetSpec;
  readonly #file: string;
  readonly #settings: CheckSettings;
  readonly #masters: Masters | undefined;
  readonly #makeProof: MakeProof;
  readonly #mark: readonly number[];
  readonly #buffer = new BlockBytes();
  #head: DocumentHead | undefined;
  /** What is known of blocks, also of some that an open quote has swallowed. */
  #checks = new WeakMap<TextBlock, BlockCheck>();
  /** The blocks of the last check that was completed, which count in keys and values. */
  #table = new BlockTable();
  /** Those of the check before, to be used again. */
  #spare = new BlockTable();

  /** @param file the name that findings carry, a path below the emission folder */
  constructor(
    spec: DatasetSpec,
    file: string,
    settings: CheckSettings,
    { masters, makeProof, byteOrderMark = false }: DocumentOptions = {},
  ) {
    this.#spec = spec;
    this.#file = file;
    this.#settings = settings;
    this.#masters = masters;
    this.#makeProof = makeProof ?? ((shape) => new WordProof(shape));
    this.#mark = byteOrderMark ? BOM : [];
  }

  /**
   * Checks the text in steps, so that others get a turn between them. One that is not taken to its end does no harm:
   * the next check goes on from there.
   *
   * @param blocks the text (`TextBlocks.blocks`)
   * @returns the report; its values hold until the next check
   */
  *check(blocks: readonly TextBlock[]): Generator<undefined, FileReport> {
    if (this.#spec.sections || blocks.some(({ text }) => text.length > LONG_LINE))
      return yield* this.#checkWhole(blocks);
    if (!this.#head || !this.#isSameHead(this.#head, blocks)) {
      this.#head = undefined;
      this.#checks = new WeakMap();
      this.#table = new BlockTable();
      const head = this.#readHead(blocks);
      // Without a head there is hardly anything to look at.
      if (!head) return yield* this.#checkWhole(blocks);
      this.#head = head;
    }
    const head = this.#head;
    const collector = new FindingCollector(this.#file, this.#settings);
    collector.append(head.part, 0);
    const table = this.#spare;
    table.begin(blocks, this.#table);
    const join = new PartJoin(head.tools.rows, head.tools.collector, collector);
    const walked = yield* this.#walk(head, table, collector, join);
    const { rows, lines, flags } = walked;
    join.end({ rows, lines, lineEnds: flags & LINE_ENDS, broken: (flags & BROKEN) !== 0 });
    this.#count(head, table);
    this.#spare = this.#table;
    this.#table = table;
    const readRows: ReadRows = (block, wanted) =>
      head.checker.viewsOf(blocks, { block, ...table.checks[block]!.start }, wanted);
    head.keys.tell(table, readRows, collector, this.#settings.maxFindings);
    head.visits?.tell(table, readRows, collector);
    const { variant, reason } = head.start;
    return {
      dataset: this.#spec.id,
      file: this.#file,
      ...(variant && reason !== undefined ? { variant: { id: variant.id, reason } } : {}),
      bytes: walked.bytes + this.#mark.length,
      rows,
      totals: collector.totals,
      findings: collector.findings(),
      values: head.values.sets(),
    };
  }

  *#checkWhole(blocks: readonly TextBlock[]): Generator<undefined, FileReport> {
    const check = new FileCheck(this.#spec, this.#file, this.#settings, this.#masters, this.#makeProof);
    for (;;) {
      let bytes = 0;
      check.push(Uint8Array.from(this.#mark));
      for (const chunk of encoded(blocks)) {
        check.push(chunk);
        bytes += chunk.length;
        if (bytes < TURN_BYTES) continue;
        bytes = 0;
        yield;
      }
      const report = check.end();
      if (report) return report;
    }
  }

  /** @returns undefined when there is nothing to read below the head, or it is told by a whole check as well */
  #readHead(blocks: readonly TextBlock[]): DocumentHead | undefined {
    const buffer = this.#buffer;
    buffer.clear();
    let taken = 0;
    for (let more = 1; ; more *= 2) {
      for (let i = 0; i < more && taken < blocks.length; i++) buffer.append(blocks[taken++]!);
      const isWhole = taken === blocks.length;
      const recorder = new RowRecorder(this.#spec.key.repeatsRemoved, conflictMatters(this.#spec));
      const input = {
        spec: this.#spec,
        file: this.#file,
        settings: this.#settings,
        masters: this.#masters,
      };
      const read = readTableHead(
        this.#marked(buffer.bytes.subarray(0, buffer.length)),
        isWhole,
        input,
        recorder,
      );
      if (read === 'more') continue;
      return read && this.#headOf(read, recorder, isWhole);
    }
  }

  #headOf(head: TableHead, recorder: RowRecorder, isWhole: boolean): DocumentHead {
    const { start, rows, collector, header, lines, lineEnds, broken, part } = head;
    const buffer = this.#buffer;
    const bytes = head.bytes - this.#mark.length;
    const shape = rows.shape();
    const proof = shape && this.#makeProof(shape);
    const tools = { dialect: start.dialect, rows, header, proof, recorder, collector, buffer };
    return {
      bytes: buffer.bytes.slice(0, bytes),
      final: isWhole && bytes === buffer.length,
      lines,
      flags: lineEnds | (broken ? BROKEN : 0),
      part,
      start,
      tools,
      checker: new BlockChecker(tools),
      keys: new DocumentKeys(
        this.#spec,
        // Which location rows share a key depends on which of them are kept.
        recorder.visits ? [] : recorder.keyCells,
        recorder.identity?.wholeRow === true,
      ),
      visits:
        recorder.visits &&
        new DocumentVisits(this.#spec, recorder.visits.cells, keepsEarliest(this.#settings.release)),
      values: new DocumentValues(recorder.columns),
    };
  }

  /** Bytes of the start of the text as they stand in the file. */
  #marked(bytes: Uint8Array): Uint8Array {
    const marked = new Uint8Array(this.#mark.length + bytes.length);
    marked.set(this.#mark);
    marked.set(bytes, this.#mark.length);
    return marked;
  }

  /** True when the text still begins with the same header row. */
  #isSameHead(head: DocumentHead, blocks: readonly TextBlock[]): boolean {
    const buffer = this.#buffer;
    const { length } = head.bytes;
    buffer.clear();
    for (const block of blocks) {
      if (buffer.length > length) break;
      buffer.append(block);
    }
    if (buffer.length < length || (head.final && buffer.length > length)) return false;
    const { bytes } = buffer;
    if (head.bytes[length - 1] === CR && buffer.length > length && bytes[length] === LF) return false;
    return head.bytes.every((byte, index) => byte === bytes[index]);
  }

  /** Looks at the rows behind the header that it does not know yet. */
  *#walk(
    head: DocumentHead,
    table: BlockTable,
    collector: FindingCollector,
    join: PartJoin,
  ): Generator<undefined, Walked> {
    const { texts, flags } = table;
    const walked: Walked = { bytes: 0, lines: 0, rows: 0, flags: head.flags };
    let { block, bytes, lines } = this.#endOf(head, texts);
    let work = 0;
    for (let index = 0; index < texts.length; index++) {
      const line = walked.lines + lines;
      table.lines[index] = line;
      if (index < block) table.set(index, undefined, this.#buffer.bytesOf(texts[index]!));
      else {
        const start = { block, bytes, lines };
        if (bytes > 0 || !table.isPlain(index)) work += this.#renew(head, table, start, collector);
        if ((flags[index]! & SPEAKS) !== 0 || join.isOpen)
          work += this.#append(head, table, start, collector, join);
        block = index + 1;
        bytes = 0;
        lines = 0;
        if (!table.isPlain(index)) {
          const { next } = table.checks[index]!;
          block = index + next.block;
          ({ bytes, lines } = next);
        }
      }
      walked.bytes += table.bytes[index]!;
      walked.rows += table.rows[index]!;
      walked.lines += table.lineEnds[index]!;
      walked.flags |= flags[index]!;
      if (work < TURN_BYTES) continue;
      work = 0;
      yield;
    }
    return walked;
  }

  /** Makes sure that the rows of a block from `start` on are checked. @returns bytes that were looked at */
  #renew(head: DocumentHead, table: BlockTable, start: RowStart, collector: FindingCollector): number {
    const { block } = start;
    const text = table.texts[block]!;
    const known = table.checks[block] ?? this.#checks.get(text);
    if (known && holds(known, table.texts, start)) {
      table.set(block, known, known.bytes);
      return 0;
    }
    return this.#check(head, table, start, collector);
  }

  /** Checks the rows of a block from `start` on. @returns its bytes */
  #check(head: DocumentHead, table: BlockTable, start: RowStart, collector: FindingCollector): number {
    const check = head.checker.check(table.texts, start, collector, table.lines[start.block]!);
    this.#checks.set(table.texts[start.block]!, check);
    table.set(start.block, check, check.bytes);
    return check.bytes;
  }

  /** Puts what was found in a block behind what was found before. @returns bytes that had to be looked at once more */
  #append(
    head: DocumentHead,
    table: BlockTable,
    start: RowStart,
    collector: FindingCollector,
    join: PartJoin,
  ): number {
    const { block } = start;
    const line = table.lines[block]!;
    const work = collector.lacks(table.checks[block]!.part, line)
      ? this.#check(head, table, start, collector)
      : 0;
    join.append(table.checks[block]!, line);
    return work;
  }

  /** Where the first row below the header starts. */
  #endOf(head: DocumentHead, blocks: readonly TextBlock[]): RowStart {
    let { lines } = head;
    let bytes = head.bytes.length;
    for (const [index, block] of blocks.entries()) {
      const length = this.#buffer.bytesOf(block);
      if (bytes < length) return { block: index, bytes, lines };
      bytes -= length;
      lines -= block.lineEnds;
    }
    return { block: blocks.length, bytes: 0, lines: 0 };
  }

  /** Brings keys and values from the blocks of the last check to those of this one. */
  #count(head: DocumentHead, table: BlockTable): void {
    const { gone, added } = changed(this.#table.checks, table.checks);
    if (gone.length + added.length === 0) return;
    head.keys.replace(gone, added, table);
    head.visits?.replace(gone, added);
    head.values.replace(gone, added);
  }
}

/** The UTF-8 bytes of a text, portion by portion; each is good until the next one is asked for. */
function* encoded(blocks: readonly TextBlock[]): Generator<Uint8Array> {
  const encoder = new TextEncoder();
  const buffer = new Uint8Array(ENCODED_UNITS * 3);
  for (const { text } of blocks) {
    for (let at = 0; at < text.length;) {
      let end = Math.min(text.length, at + ENCODED_UNITS);
      // Both halves of a sign go together.
      if (end < text.length && isHighSurrogate(text.charCodeAt(end - 1))) end--;
      const { written } = encoder.encodeInto(text.slice(at, end), buffer);
      yield buffer.subarray(0, written);
      at = end;
    }
  }
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00;
}

import type { DatasetSpec } from '../catalogue/spec.ts';
import { CR, LF } from '../csv/dialect.ts';
import { WordProof } from '../csv/proof.ts';
import type { TextBlock } from '../csv/text-blocks.ts';
import { FindingCollector, type FindingPart } from './collector.ts';
import { DocumentKeys } from './document-keys.ts';
import {
  BlockBytes,
  BlockChecker,
  RowRecorder,
  type BlockCheck,
  type BlockTools,
  type ComparedRows,
  type RowStart,
} from './document-rows.ts';
import { DocumentValues } from './document-values.ts';
import { FileCheck, type FileReport, type MakeProof } from './file.ts';
import { FirstLook, tellLineEnds, type BlankLines } from './first-look.ts';
import { firstLineEnd, readHead, type FileHead } from './head.ts';
import { conflictMatters } from './keys.ts';
import type { CheckSettings } from './settings.ts';
import { TableRows } from './table.ts';
import type { Masters } from './value-set.ts';

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
  readonly lineEnds: readonly string[];
  readonly broken: boolean;
  readonly part: FindingPart;
  readonly start: FileHead;
  readonly tools: BlockTools;
  readonly checker: BlockChecker;
  readonly keys: DocumentKeys;
  readonly values: DocumentValues;
}

/** A block whose rows count, at its place in the document. */
interface PlacedBlock {
  readonly check: BlockCheck;
  readonly start: RowStart;
  /** 0-based editor line where its first row starts. */
  readonly line: number;
}

/** The rows of a document behind its header, as far as the findings of rows by themselves go. */
interface Walked {
  readonly blocks: readonly PlacedBlock[];
  readonly bytes: number;
  readonly lines: number;
  /** Blank lines at the end. */
  readonly blank: BlankLines | undefined;
}

/** So many bytes are checked before others get a turn. */
const TURN_BYTES = 1 << 20;
const HEAD_BYTES = 1 << 20;
const BOM = [0xef, 0xbb, 0xbf];

/**
 * Checks a document that is edited: `check` gives the very report of a `FileCheck` over its text, and looks only at the
 * blocks that are not those of the time before. Edits of the header look at everything anew, like a document of
 * sections, which are small.
 *
 * What is kept of a row that is compared with others: 20 bytes in its block, and for repeats and keys 16 to 32 bytes
 * each in a table; 8 bytes, and as much in a table, for each value that other files refer to. Findings: no more than
 * one report has.
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
  /** The blocks that count in keys and values. */
  #counted: ReadonlySet<BlockCheck> = new Set();

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
    if (this.#spec.sections) return yield* this.#checkWhole(blocks);
    if (!this.#head || !this.#isSameHead(this.#head, blocks)) {
      this.#head = undefined;
      this.#checks = new WeakMap();
      this.#counted = new Set();
      const head = this.#readHead(blocks);
      // Without a head there is hardly anything to look at.
      if (!head) return yield* this.#checkWhole(blocks);
      this.#head = head;
    }
    const head = this.#head;
    const collector = new FindingCollector(this.#file, this.#settings);
    collector.append(head.part, 0);
    const walked = yield* this.#walk(head, blocks, collector);
    const rows = walked.blocks.reduce((sum, { check }) => sum + check.rows, 0);
    this.#end(head, walked, rows, collector);
    this.#count(head, walked.blocks);
    head.keys.tell(
      walked.blocks.map(({ check, line, start }) => ({
        compared: check.compared,
        line,
        views: (indexes) => head.checker.viewsOf(blocks, start, indexes),
      })),
      collector,
      this.#settings.maxFindings,
    );
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
    const encoder = new TextEncoder();
    for (;;) {
      let bytes = 0;
      check.push(Uint8Array.from(this.#mark));
      for (const { text } of blocks) {
        const chunk = encoder.encode(text);
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
    const isWhole = () => taken === blocks.length;
    const takeMore = (count: number) => {
      for (let i = 0; i < count && !isWhole(); i++) buffer.append(blocks[taken++]!);
    };
    let first: Uint8Array;
    do {
      takeMore(1);
      first = this.#marked(buffer.bytes.subarray(0, Math.min(buffer.length, HEAD_BYTES)));
    } while (!isWhole() && firstLineEnd(first) < 0 && buffer.length < HEAD_BYTES);
    const collector = new FindingCollector(this.#file, this.#settings, true);
    const start = readHead(first, this.#spec, this.#settings, collector);
    if (!start?.variant) return undefined;
    const { dialect, firstLine, variant } = start;
    const recorder = new RowRecorder(this.#spec.key.repeatsRemoved, conflictMatters(this.#spec));
    const table = { spec: this.#spec, variant, dialect, firstLine };
    const rows = new TableRows(table, this.#settings, this.#masters, collector, recorder);
    const look = new FirstLook(dialect, rows, collector, undefined);
    let at = Math.max(0, start.skip - this.#mark.length);
    for (let more = 1; look.header === undefined;) {
      const next = look.scanner.next(buffer.bytes, at, buffer.length, isWhole());
      if (next === at) takeMore((more *= 2));
      at = next;
    }
    const shape = rows.shape();
    const proof = shape && this.#makeProof(shape);
    const tools = { dialect, rows, header: look.header, proof, recorder, collector, buffer };
    return {
      bytes: buffer.bytes.slice(0, at),
      final: isWhole() && at === buffer.length,
      lines: look.scanner.line,
      lineEnds: look.scanner.lineEnds,
      broken: look.broken,
      part: collector.detach(),
      start,
      tools,
      checker: new BlockChecker(tools),
      keys: new DocumentKeys(this.#spec, recorder.keyCells, recorder.identity?.wholeRow === true),
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
    blocks: readonly TextBlock[],
    collector: FindingCollector,
  ): Generator<undefined, Walked> {
    const placed: PlacedBlock[] = [];
    let start = this.#endOf(head, blocks);
    let bytes = 0;
    let lines = 0;
    let work = 0;
    let blank: BlankLines | undefined;
    for (const [index, block] of blocks.entries()) {
      const line = lines + start.lines;
      lines += block.lineEnds;
      if (index < start.block) {
        bytes += this.#buffer.bytesOf(block);
        continue;
      }
      let check = this.#checks.get(block);
      if (!check || !holds(check, blocks, start) || collector.lacks(check.part, line)) {
        check = head.checker.check(blocks, start);
        this.#checks.set(block, check);
        work += check.bytes;
      }
      bytes += check.bytes;
      if (check.leadingBlankLines > 0) {
        blank = { line: blank?.line ?? line, count: (blank?.count ?? 0) + check.leadingBlankLines };
      }
      if (check.hasRows) {
        this.#tellBlankLines(head, blank, collector);
        collector.append(check.part, line);
        const { trailingBlankLines: trailing } = check;
        blank = trailing && { line: line + trailing.line, count: trailing.count };
      }
      placed.push({ check, start, line });
      const { next } = check;
      start = { block: index + next.block, bytes: next.bytes, lines: next.lines };
      if (work < TURN_BYTES) continue;
      work = 0;
      yield;
    }
    return { blocks: placed, bytes, lines, blank };
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

  #tellBlankLines(head: DocumentHead, blank: BlankLines | undefined, collector: FindingCollector): void {
    if (!blank) return;
    const { rows, collector: part } = head.tools;
    rows.blankLines(blank.line, blank.count, false);
    collector.append(part.detach(), 0);
  }

  /** Tells what only the whole document shows. */
  #end(
    head: DocumentHead,
    { blocks, lines, blank }: Walked,
    rows: number,
    collector: FindingCollector,
  ): void {
    const met = new Set([...head.lineEnds, ...blocks.flatMap(({ check }) => check.lineEnds)]);
    tellLineEnds(
      collector,
      ['LF', 'CRLF', 'CR'].filter((kind) => met.has(kind)),
    );
    this.#tellBlankLines(head, blank, collector);
    if (head.broken || blocks.some(({ check }) => check.broken)) return;
    const { rows: table, collector: part } = head.tools;
    table.rows = rows;
    table.end(lines);
    collector.append(part.detach(), 0);
  }

  /** Brings keys and values from the blocks of the time before to those of now. */
  #count(head: DocumentHead, blocks: readonly PlacedBlock[]): void {
    const now = new Set(blocks.map(({ check }) => check));
    const gone: ComparedRows[] = [];
    for (const check of this.#counted) {
      if (!now.has(check)) gone.push(check.compared);
    }
    const added: ComparedRows[] = [];
    const kept: ComparedRows[] = [];
    for (const check of now) (this.#counted.has(check) ? kept : added).push(check.compared);
    head.keys.replace(gone, added, kept);
    head.values.replace(gone, added);
    this.#counted = now;
  }
}

/** True when a check of a block holds in this document, for rows that start there. */
function holds(check: BlockCheck, blocks: readonly TextBlock[], start: RowStart): boolean {
  if (check.start !== start.bytes) return false;
  const behind = start.block + 1;
  if (check.final && behind + check.tail.length !== blocks.length) return false;
  return check.tail.every((block, index) => block === blocks[behind + index]);
}

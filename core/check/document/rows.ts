import type { TextBlock } from '../../csv/text-blocks.ts';
import type { Dialect } from '../../csv/dialect.ts';
import type { Prints } from '../../csv/prints.ts';
import type { RowProof } from '../../csv/proof.ts';
import { RowReader } from '../../csv/row-reader.ts';
import { Scanner } from '../../csv/scanner.ts';
import type { FindingCollector, TextRange } from '../collector.ts';
import { FirstLook, type HeaderState } from '../first-look.ts';
import type { RowIdentity } from '../identity.ts';
import type { RowKeeper, RowLook, ValueSink } from '../keys.ts';
import type { RowPlaces } from '../place.ts';
import { NumberList } from '../number-list.ts';
import { idOf, type PrintReader } from '../print-readers.ts';
import { takePart, type RowsPart } from '../rows-part.ts';
import type { TableRows } from '../table.ts';
import { VisitRecorder, type VisitCells, type VisitRows } from '../visits.ts';

/** A place in a document where a row starts, or its end. */
export interface RowStart {
  /** The block that it is in; the number of blocks for the end of the document. */
  readonly block: number;
  /** Bytes of that block before it. */
  readonly bytes: number;
  /** Line ends of that block before it. */
  readonly lines: number;
}

/** Rows that are compared with others, in the order of the document. 20 bytes a row, and 8 a value. */
export interface ComparedRows {
  /** Ids of the rows' fingerprints; empty where rows are not compared. */
  readonly rows: Float64Array;
  /** Ids of their keys; empty where keys are not compared. */
  readonly keys: Float64Array;
  /** Their 0-based lines, counted from the first row of the block. */
  readonly lines: Int32Array;
  /** Ids of the values that other files refer to, by columns. */
  readonly values: readonly Float64Array[];
  /** The numbers beside them, by columns; no numbers where there is none beside each value. */
  readonly numbers: readonly Float64Array[];
  /** What is kept of CRC locations besides: 17 bytes a row; undefined for other files. */
  readonly visits: Pick<VisitRows, 'inspections' | 'times' | 'states'> | undefined;
}

/** What a finding on a compared row needs. */
export interface RowView {
  readonly row: TextRange;
  readonly key: TextRange;
  /** The bytes of its values. */
  readonly values: Uint8Array;
  /** For a CRC location: where its cells stand. */
  readonly visit: { readonly inspection: TextRange; readonly inSchool: TextRange } | undefined;
}

/** What is known of the rows that start in a block of a document. It holds wherever the block stands. */
export interface BlockCheck extends RowsPart {
  /** Where the first of the rows starts in the block. */
  readonly start: Omit<RowStart, 'block'>;
  /** The blocks after it that were read because the last row goes on in them. */
  readonly tail: readonly TextBlock[];
  /** True when it holds only while the document ends with the tail. */
  readonly final: boolean;
  /** The first row that starts behind: `block` counts from this one. */
  readonly next: RowStart;
  readonly bytes: number;
  readonly compared: ComparedRows;
}

/** UTF-8 bytes of a block, and whether nothing in it can end a quoted value or be a finding inside one. */
interface BlockFacts {
  readonly bytes: number;
  readonly quiet: boolean;
}

/** What proofs may read beyond the last row. */
const SLACK = 64;
const USUAL_BUFFER = 1 << 18;
const LARGE_BUFFER = 1 << 22;
const LOUD = /["\\\0\ufffd\ud800-\udfff]/;
const encoder = new TextEncoder();

/** The bytes of some blocks of a text, one after the other, in a buffer that is used again and again. */
export class BlockBytes {
  bytes = new Uint8Array(USUAL_BUFFER);
  length = 0;
  readonly #facts = new WeakMap<TextBlock, BlockFacts>();

  /** Begins anew. */
  clear(): void {
    this.length = 0;
    // A row that ran on to the end of the document has made it large.
    if (this.bytes.length > LARGE_BUFFER) this.bytes = new Uint8Array(USUAL_BUFFER);
  }

  append({ text }: TextBlock): void {
    const needed = this.length + text.length * 3 + SLACK;
    if (needed > this.bytes.length) {
      const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
      larger.set(this.bytes.subarray(0, this.length));
      this.bytes = larger;
    }
    this.length += encoder.encodeInto(text, this.bytes.subarray(this.length)).written;
  }

  /** Number of bytes of a block that is not in the buffer. */
  bytesOf(block: TextBlock): number {
    return this.#factsOf(block).bytes;
  }

  isQuiet(block: TextBlock): boolean {
    return this.#factsOf(block).quiet;
  }

  #factsOf(block: TextBlock): BlockFacts {
    let facts = this.#facts.get(block);
    if (!facts) {
      facts = { bytes: encoder.encode(block.text).length, quiet: !LOUD.test(block.text) };
      this.#facts.set(block, facts);
    }
    return facts;
  }
}

/** Takes from `TableRows` what is kept of the rows that are compared. */
export class RowRecorder implements RowKeeper, RowLook {
  keyCells: readonly number[] = [];
  identity: RowIdentity | undefined;
  /** For a file of CRC locations: what takes them. */
  visits: VisitRecorder | undefined;
  /** Keys of the columns that other files refer to (`columnsKey`). */
  readonly columns: (readonly string[])[] = [];
  readonly #rows = new NumberList();
  readonly #keys = new NumberList();
  readonly #lines = new NumberList();
  readonly #values: NumberList[] = [];
  readonly #numbers: NumberList[] = [];
  readonly #rowsWanted: boolean;
  readonly #keysWanted: boolean;
  #index = 0;
  /** The indexes of proved rows that are looked at once more, by their lines. */
  readonly #viewedLines = new Map<number, number>();
  #views: { readonly wanted: ReadonlySet<number>; readonly found: Map<number, RowView> } | undefined;

  /** @param rowsWanted whether rows are compared @param keysWanted whether keys are, where the file has them */
  constructor(rowsWanted: boolean, keysWanted: boolean) {
    this.#rowsWanted = rowsWanted;
    this.#keysWanted = keysWanted;
  }

  begin(identity: RowIdentity, keyCells: readonly number[], visits: VisitCells | undefined): RowLook {
    this.identity = identity;
    this.keyCells = keyCells;
    this.visits = visits && new VisitRecorder(visits);
    return this;
  }

  /** True when keys are compared. */
  get comparesKeys(): boolean {
    return this.#keysWanted && this.keyCells.length > 0;
  }

  values(columns: readonly string[]): ValueSink {
    const list = new NumberList();
    const numbers = new NumberList();
    this.columns.push(columns);
    this.#values.push(list);
    this.#numbers.push(numbers);
    return {
      add: (value, number) => {
        if (this.#views) return;
        list.push(value.id);
        if (number !== undefined) numbers.push(number);
      },
      reader: (spec) => ({
        spec,
        read: (prints, rows) => {
          if (!this.#views) pushEach(list, prints, rows);
          return false;
        },
      }),
    };
  }

  get readers(): readonly PrintReader[] | undefined {
    const { identity } = this;
    // The cells of visits have no fingerprint.
    if (!identity || this.visits) return undefined;
    const rows: PrintReader = {
      spec: identity.rowSpec,
      read: (prints, count, marks, line) => this.#readRows(prints, count, marks, line),
    };
    const keys: PrintReader = {
      spec: identity.keySpec,
      read: ({ halves }, count) => {
        if (!this.#views) pushAll(this.#keys, halves, count);
        return false;
      },
    };
    if (!this.#rowsWanted && !this.comparesKeys) return [];
    return this.comparesKeys ? [rows, keys] : [rows];
  }

  #readRows({ halves }: Prints, count: number, marks: Uint8Array, line: number): boolean {
    if (!this.#views) {
      pushAll(this.#rows, halves, count);
      for (let row = 0; row < count; row++) this.#lines.push(line + row);
      return false;
    }
    let found = false;
    for (let row = 0; row < count; row++) {
      const index = this.#index++;
      if (!this.#views.wanted.has(index)) continue;
      this.#viewedLines.set(line + row, index);
      marks[row] = 1;
      found = true;
    }
    return found;
  }

  takeMarked(bytes: Uint8Array, start: number, end: number, places: RowPlaces): void {
    const index = this.#views && this.#viewedLines.get(places.line);
    if (index !== undefined) this.#views?.found.set(index, this.#view(bytes, start, end, places));
  }

  take(bytes: Uint8Array, view: DataView, start: number, end: number, places: RowPlaces): void {
    const { identity } = this;
    if (!identity || !(this.#rowsWanted || this.comparesKeys)) return;
    if (this.#views) {
      const index = this.#index++;
      if (this.#views.wanted.has(index)) this.#views.found.set(index, this.#view(bytes, start, end, places));
      return;
    }
    this.#rows.push(identity.row(view, start, end).id);
    if (this.comparesKeys) this.#keys.push(identity.key(view).id);
    this.#lines.push(places.line);
    this.visits?.take(identity, bytes, view);
  }

  /** Hands over what was taken since the last time. */
  taken(): ComparedRows {
    return {
      rows: this.#rows.take(),
      keys: this.#keys.take(),
      lines: new Int32Array(this.#lines.take()),
      values: this.#values.map((list) => list.take()),
      numbers: this.#numbers.map((list) => list.take()),
      visits: this.visits?.taken(),
    };
  }

  /** Looks at rows that are taken once more, by their index in `ComparedRows`, while `look` lets them pass. */
  viewsOf(wanted: ReadonlySet<number>, look: () => void): Map<number, RowView> {
    const found = new Map<number, RowView>();
    this.#views = { wanted, found };
    this.#index = 0;
    this.#viewedLines.clear();
    look();
    this.#views = undefined;
    return found;
  }

  #view(bytes: Uint8Array, start: number, end: number, places: RowPlaces): RowView {
    const row = places.row();
    const key = this.comparesKeys
      ? places.cells(Math.min(...this.keyCells), Math.max(...this.keyCells))
      : row;
    const cells = this.visits?.cells;
    const cell = (index: number) => places.cells(index, index);
    const visit = cells && { inspection: cell(cells.inspection), inSchool: cell(cells.inSchool) };
    return { row, key, values: bytes.slice(start, end), visit };
  }
}

/** Adds the id of each fingerprint. */
function pushAll(list: NumberList, halves: Int32Array, count: number): void {
  for (let at = 0; at < count * 2; at += 2) list.push(idOf(halves[at]!, halves[at + 1]!));
}

/** Adds an id for each row: that of the last row before it that has a fingerprint. */
function pushEach(list: NumberList, { count, rows: first, halves }: Prints, rows: number): void {
  for (let i = 0; i < count; i++) {
    const id = idOf(halves[i * 2]!, halves[i * 2 + 1]!);
    const end = i + 1 < count ? first[i + 1]! : rows;
    for (let row = first[i]!; row < end; row++) list.push(id);
  }
}

/** What the rows of a document's blocks are checked with. */
export interface BlockTools {
  readonly dialect: Dialect;
  /** Has taken the header; gives its findings to `collector`, and the rows that are compared to `recorder`. */
  readonly rows: TableRows;
  readonly header: HeaderState;
  readonly proof: RowProof | undefined;
  readonly recorder: RowRecorder;
  /** Takes the findings of one block at a time. */
  readonly collector: FindingCollector;
  readonly buffer: BlockBytes;
}

/** Checks the rows that start in one block of a document. */
export class BlockChecker {
  readonly #tools: BlockTools;

  constructor(tools: BlockTools) {
    this.#tools = tools;
  }

  /**
   * Checks the rows of the block that `start` is in, from there on.
   *
   * @param whole takes the findings next; none are kept that it has no room for
   * @param line 0-based editor line of `start`
   */
  check(blocks: readonly TextBlock[], start: RowStart, whole: FindingCollector, line: number): BlockCheck {
    const { rows, collector, recorder } = this.#tools;
    collector.follow(whole, line);
    const look = this.#newLook();
    const rowsBefore = rows.rows;
    const walked = this.#walk(look, blocks, start);
    return {
      start: { bytes: start.bytes, lines: start.lines },
      ...walked,
      ...takePart(look, rows.rows - rowsBefore, collector),
      compared: recorder.taken(),
    };
  }

  /** Looks once more at compared rows of a block, by their index in `BlockCheck.compared`. */
  viewsOf(
    blocks: readonly TextBlock[],
    start: RowStart,
    wanted: ReadonlySet<number>,
  ): ReadonlyMap<number, RowView> {
    const { collector, recorder } = this.#tools;
    const views = recorder.viewsOf(wanted, () => this.#walk(this.#newLook(), blocks, start));
    collector.detach();
    return views;
  }

  #newLook(): FirstLook {
    const { dialect, rows, collector, header } = this.#tools;
    const look = new FirstLook(dialect, rows, collector, header);
    // No block ends between CR and LF.
    look.scanner.endsLines = true;
    return look;
  }

  #walk(
    look: FirstLook,
    blocks: readonly TextBlock[],
    start: RowStart,
  ): Pick<BlockCheck, 'tail' | 'final' | 'next' | 'bytes'> {
    const { scanner } = look;
    const { buffer, proof, rows } = this.#tools;
    const index = start.block;
    const block = blocks[index]!;
    const reader = new RowReader(scanner);
    if (proof) reader.prove(proof, rows);
    buffer.clear();
    buffer.append(block);
    const bytes = buffer.length;
    let following = index + 1;
    let final = following === blocks.length;
    const at = reader.take(buffer.bytes, start.bytes, bytes, final);
    let next = at;
    let more = 1;
    while (next === at && at < bytes) {
      // The last row goes on in the next block, and perhaps in many.
      if (more > 1 && this.#runsToTheEnd(scanner, blocks, following, at)) {
        scanner.next(buffer.bytes, at, buffer.length, true);
        const tail = blocks.slice(index + 1);
        return { tail, final: true, next: { block: 1 + tail.length, bytes: 0, lines: 0 }, bytes };
      }
      for (let i = 0; i < more && following < blocks.length && buffer.length - at <= scanner.rowBytes; i++)
        buffer.append(blocks[following++]!);
      more *= 2;
      final = following === blocks.length;
      next = scanner.next(buffer.bytes, at, buffer.length, final);
    }
    const tail = blocks.slice(index + 1, following);
    return { tail, final, bytes, next: this.#after(block, tail, next - bytes, start.lines + scanner.line) };
  }

  /**
   * True when the row at `at` is in a quoted value that nothing from block `following` on can end, and is not too long
   * at the end of the document.
   */
  #runsToTheEnd({ rowBytes }: Scanner, blocks: readonly TextBlock[], following: number, at: number): boolean {
    const { buffer, dialect } = this.#tools;
    let length = buffer.length - at;
    for (let i = following; i < blocks.length; i++) {
      length += buffer.bytesOf(blocks[i]!);
      if (length > rowBytes || !buffer.isQuiet(blocks[i]!)) return false;
    }
    let open = false;
    const scanner = new Scanner(dialect, {
      row: () => undefined,
      blankLines: () => undefined,
      fault: (kind) => {
        open ||= kind === 'unterminated-quote';
      },
    });
    scanner.next(buffer.bytes, at, buffer.length, true);
    return open;
  }

  /** Where the row after the last one starts, `bytes` behind the end of a block and `lines` behind its start. */
  #after(block: TextBlock, tail: readonly TextBlock[], bytes: number, lines: number): RowStart {
    let rest = bytes;
    let restLines = lines - block.lineEnds;
    let count = 1;
    for (const each of tail) {
      const length = this.#tools.buffer.bytesOf(each);
      if (rest < length) break;
      rest -= length;
      restLines -= each.lineEnds;
      count++;
    }
    return { block: count, bytes: rest, lines: rest === 0 ? 0 : restLines };
  }
}

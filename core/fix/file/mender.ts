import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { MakeProof } from '../../check/file.ts';
import { shapeOf } from '../../check/rows/shape.ts';
import type { CheckSettings } from '../../check/settings.ts';
import { CR, LF } from '../../csv/dialect.ts';
import type { CellShape, RowProof } from '../../csv/proof/proof.ts';
import { WordProof } from '../../csv/proof/proof-words.ts';
import type { Row } from '../../csv/row.ts';
import { severityOf, type RuleId } from '../../finding.ts';
import type { FileChange } from '../file-fix.ts';
import { applyEdits, type RowFault } from '../fix.ts';
import { NOT_THE_SAME } from '../fixes-of.ts';
import type { TableKnowledge } from '../knowledge.ts';
import { RowFixer } from '../row-fixer.ts';
import { Trial } from '../trial.ts';
import { mendNames, outputCells, planHeader, type HeaderPlan } from './header-plan.ts';
import { rewriteRow, type OutputCell } from './rewrite.ts';
import type { RowHandler } from './row-stream.ts';
import type { SurveyVerdict } from './survey.ts';
import { TextStream, type TextStart } from './text-stream.ts';

/** Takes what the mended file consists of. */
export interface MendedText {
  /** Bytes of it, good during the call alone. */
  write(bytes: Uint8Array): void;
  /**
   * A line is written in another way, or not at all; told before it is written. Line ends are no part of the bytes.
   *
   * @param line 0-based editor line of the file that is read
   * @param before good during the call alone
   * @param after undefined for a line that goes
   */
  changed?(
    line: number,
    before: Uint8Array,
    after: Uint8Array | undefined,
    columns: LineColumns | undefined,
  ): void;
}

/** How a changed line is split before and after, and which column each cell is: to hide values of some of them. */
export interface LineColumns {
  readonly knowledge: TableKnowledge;
  readonly delimiter: number;
  readonly cells: readonly OutputCell[] | undefined;
}

/** What was done to a file. */
export interface MendReport {
  /** How many faults of each rule were mended; for one of the whole file 1. */
  readonly mended: ReadonlyMap<RuleId, number>;
  /** Why faults of a rule were left, and how many for each reason. */
  readonly left: ReadonlyMap<RuleId, ReadonlyMap<string, number>>;
  /** True when a byte of the file is another one now. */
  readonly isChanged: boolean;
}

const lineFeed = new Uint8Array([LF]);
const noLines: readonly number[] = [];

export interface MenderOptions {
  /** Makes the proof of rows that need no look; it changes the speed, never what is written. */
  readonly makeProof?: MakeProof;
  /**
   * Rows that repeat earlier ones and are left out: their 0-based lines in the text that is written without this, in
   * order. To find them takes a look at all the others (`FileCheck.onRepeat`).
   */
  readonly repeats?: readonly number[];
}

/** Mends all of a file that has one reading, over its bytes, in constant memory. */
export class FileMender implements RowHandler {
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #verdict: SurveyVerdict;
  readonly #into: MendedText;
  readonly #makeProof: MakeProof;
  readonly #repeats: readonly number[];
  /** The first of them that has not been left out. */
  #nextRepeat = 0;
  /** 0-based line of the text that would be written with all repeats. */
  #outLine = 0;
  #endsWithCr = false;
  /** Lines taken off before the first row. */
  #notes = 0;
  readonly #stream: TextStream;
  readonly #mended = new Map<RuleId, number>();
  readonly #left = new Map<RuleId, Map<string, number>>();
  #start: TextStart | undefined;
  #sawHeader = false;
  #fixer: RowFixer | undefined;
  #trial: Trial | undefined;
  #columns: LineColumns | undefined;
  /** The first line end of the file; undefined before it, and where they stay as they are. */
  #lineEnd: Uint8Array | undefined;
  readonly #mendsLineEnds: boolean;
  readonly #mendsBlankLines: boolean;

  constructor(
    spec: DatasetSpec,
    settings: CheckSettings,
    verdict: SurveyVerdict,
    into: MendedText,
    { makeProof = (shape) => new WordProof(shape), repeats = noLines }: MenderOptions = {},
  ) {
    this.#spec = spec;
    this.#settings = settings;
    this.#verdict = verdict;
    this.#into = into;
    this.#makeProof = makeProof;
    this.#repeats = repeats;
    this.#mendsLineEnds = this.#isOn('dialect/line-ending');
    this.#mendsBlankLines = this.#isOn('dialect/blank-line');
    for (const { rule, reason } of verdict.left) this.#leave(rule, reason);
    this.#stream = new TextStream(spec, settings, (start) => {
      this.#start = start;
      for (const rule of start.mended) this.#count(rule);
      if (start.mark.length > 0) into.write(start.mark);
      for (const note of start.notes) into.changed?.(this.#notes++, note, undefined, undefined);
      return this;
    });
  }

  /** @throws EncodingError */
  push(chunk: Uint8Array): void {
    this.#stream.push(chunk);
  }

  /** No byte follows. @throws EncodingError */
  end(): MendReport {
    this.#stream.end();
    return { mended: this.#mended, left: this.#left, isChanged: this.isChanged };
  }

  /** True once something is written in another way than it is read, or left out. */
  get isChanged(): boolean {
    return this.#mended.size > 0;
  }

  #isOn(rule: RuleId): boolean {
    return severityOf(rule, 'error', this.#settings.rules) !== undefined;
  }

  #count(rule: RuleId): void {
    this.#mended.set(rule, (this.#mended.get(rule) ?? 0) + 1);
  }

  #leave(rule: RuleId, reason: string): void {
    const reasons = this.#left.get(rule) ?? new Map<string, number>();
    this.#left.set(rule, reasons.set(reason, (reasons.get(reason) ?? 0) + 1));
  }

  row(row: Row, next: number): void {
    if (!this.#sawHeader) this.#header(row, next);
    else if (!this.#fixer || (this.#columns === undefined && this.#fixer.isGood(row)))
      this.#emit(row, next, row.bytes.subarray(row.start, row.end), undefined);
    else this.#mend(row, next, this.#fixer);
  }

  #header(row: Row, next: number): void {
    this.#sawHeader = true;
    const plan = this.#start && planHeader(row, this.#start, this.#spec, this.#settings);
    const { changes } = this.#verdict;
    // A delimiter that cannot be changed leaves nothing else to mend for certain.
    if (!plan || (plan.wanted.has('delimiter') && !changes.has('delimiter'))) {
      this.#emit(row, next, row.bytes.subarray(row.start, row.end), undefined);
      return;
    }
    const { knowledge } = plan;
    const { dialect, spec } = knowledge.table;
    for (const change of changes) this.#countChange(change);
    const cells = outputCells(knowledge, changes);
    const delimiter = changes.has('delimiter') ? this.#start!.delimiter : dialect.delimiter;
    if (cells || delimiter !== dialect.delimiter) this.#columns = { knowledge, delimiter, cells };
    const moved = cells && this.#movedNames(plan, delimiter, cells);
    for (const rule of [...plan.mended, ...(moved?.mended ?? [])]) this.#count(rule);
    for (const fault of moved?.left ?? plan.left) this.#leave(fault.rule, fault.reason ?? '');
    this.#emit(row, next, moved?.bytes ?? plan.bytes, undefined);
    if (!knowledge.verdict.faults.some(({ rule }) => rule === 'header/missing')) {
      this.#fixer = new RowFixer(knowledge);
      this.#trial = new Trial(dialect);
      if (!this.#columns && spec.reading.reader !== 'super-csv') this.#prove(knowledge);
    }
  }

  /** The header with its columns in their new places: only there it may show that its names have another form. */
  #movedNames({ bytes, knowledge }: HeaderPlan, delimiter: number, cells: readonly OutputCell[]) {
    const dialect = { ...knowledge.table.dialect, delimiter };
    const header = new Trial(dialect).split(bytes);
    const head = this.#start?.head;
    if (!header || !head) return undefined;
    const moved = rewriteRow(header, dialect, delimiter, cells, true);
    return mendNames(moved, head, delimiter, this.#spec, this.#settings);
  }

  #countChange(change: FileChange): void {
    const rules: Readonly<Partial<Record<FileChange, RuleId>>> = {
      delimiter: 'dialect/delimiter',
      order: 'header/column-order',
      'add-columns': 'header/missing-column',
      'remove-columns': 'header/unknown-column',
      'remove-empty-columns': 'header/unknown-column',
    };
    const rule = rules[change];
    if (rule) this.#count(rule);
  }

  #prove({ table, columns }: TableKnowledge): void {
    const cells: CellShape[] = [];
    for (const column of columns) {
      const cell = shapeOf(column, table.spec);
      if (!cell) return;
      cells.push(cell);
    }
    // A line without any byte is no row of one empty cell.
    if (cells.length < 2) return;
    const proof = this.#makeProof({ delimiter: table.dialect.delimiter, cells, fingerprints: [] });
    if (proof) this.#stream.rows?.prove(proof);
  }

  #mend(row: Row, next: number, fixer: RowFixer): void {
    const faults = fixer.faults(row, next);
    const ofBytes = faults.filter(({ rule, fixes }) => rule.startsWith('encoding/') && isSure(fixes));
    let text: Uint8Array = row.bytes.subarray(row.start, row.end);
    let current: Row | undefined = row;
    let others = faults;
    if (ofBytes.length > 0) {
      text = edited(row, ofBytes);
      current = this.#trial!.split(text);
      others = current ? fixer.faults(current, text.length) : [];
      for (const { rule } of ofBytes) this.#count(rule);
    }
    const sure = others.filter(({ rule, fixes }) => !rule.startsWith('encoding/') && isSure(fixes));
    for (const fault of others) {
      if (!sure.includes(fault) && !isSure(fault.fixes)) this.#leave(fault.rule, fault.reason ?? '');
    }
    for (const { rule } of sure) this.#count(rule);
    const isEmpty = sure.some(({ rule }) => rule === 'row/empty');
    if (current && sure.length > 0 && !isEmpty) text = edited(current, sure);
    if (isEmpty || this.#isEmptyNow(text, fixer)) {
      this.#tell(row, undefined, this.#lineColumns());
      return;
    }
    if (this.#columns) {
      const { delimiter, cells, knowledge } = this.#columns;
      const whole = this.#trial!.split(text);
      if (!whole) throw new Error('A row is another one than it was when the file was looked through.');
      text = rewriteRow(whole, knowledge.table.dialect, delimiter, cells, false);
    }
    this.#emit(row, next, text, this.#lineColumns());
  }

  /** True for a row of which mending has left delimiters alone. */
  #isEmptyNow(text: Uint8Array, fixer: RowFixer): boolean {
    const { delimiter } = fixer.knowledge.table.dialect;
    if (!text.every((byte) => byte === delimiter)) return false;
    const row = this.#trial!.split(text);
    const isEmpty = row && fixer.faults(row, text.length).some(({ rule }) => rule === 'row/empty');
    if (isEmpty) this.#count('row/empty');
    return isEmpty === true;
  }

  #lineColumns(): LineColumns | undefined {
    if (this.#columns) return this.#columns;
    const knowledge = this.#fixer?.knowledge;
    return knowledge && { knowledge, delimiter: knowledge.table.dialect.delimiter, cells: undefined };
  }

  /** Writes a line in place of a row, unless it repeats another. @param columns of the row, where it may be told */
  #emit(row: Row, next: number, text: Uint8Array, columns: LineColumns | undefined): void {
    const isRepeat = this.#isRepeat();
    // Bytes that are not UTF-8 are all the same to ingestion, but not to whoever knows their encoding.
    if (isRepeat && row.wrongAt >= 0) this.#leave('key/duplicate-record', NOT_THE_SAME);
    if (isRepeat && row.wrongAt < 0) {
      this.#count('key/duplicate-record');
      this.#tell(row, undefined, columns ?? this.#lineColumns());
    } else {
      const { bytes, start, end } = row;
      if (isSame(bytes, start, end, text)) this.#write(bytes, start, end, next);
      else {
        this.#tell(row, text, columns);
        this.#into.write(text);
        this.#writeLineEnd(bytes, end, next);
      }
    }
    this.#outLine += row.innerBreaks + 1;
  }

  #isRepeat(): boolean {
    if (this.#repeats[this.#nextRepeat] !== this.#outLine) return false;
    this.#nextRepeat++;
    return true;
  }

  #tell(row: Row, after: Uint8Array | undefined, columns: LineColumns | undefined): void {
    const before = row.bytes.subarray(row.start, row.end);
    this.#into.changed?.(this.#notes + row.line, before, after, columns);
  }

  /** Writes bytes [from, end) as they are, and their line end up to `next` in the form of the first. */
  #write(bytes: Uint8Array, from: number, end: number, next: number): void {
    if (next === end || this.#isUsual(bytes, end, next)) this.#into.write(bytes.subarray(from, next));
    else {
      this.#into.write(bytes.subarray(from, end));
      this.#writeLineEnd(bytes, end, next);
    }
  }

  #isUsual(bytes: Uint8Array, end: number, next: number): boolean {
    if (!this.#mendsLineEnds) return true;
    const usual = (this.#lineEnd ??= bytes.slice(end, next));
    return next - end === usual.length && bytes[end] === usual[0];
  }

  #writeLineEnd(bytes: Uint8Array, end: number, next: number): void {
    if (next === end) return;
    if (this.#isUsual(bytes, end, next)) this.#into.write(bytes.subarray(end, next));
    else {
      this.#sawOtherLineEnd();
      this.#into.write(this.#lineEnd ?? lineFeed);
    }
  }

  /** Mixed line ends are one fault, however many there are. */
  #sawOtherLineEnd(): void {
    if (!this.#mended.has('dialect/line-ending')) this.#count('dialect/line-ending');
  }

  proved(bytes: Uint8Array, from: number, to: number, line: number, proof: RowProof): void {
    const usual = this.#lineEnd;
    const isUsual =
      usual === undefined ||
      (usual[0] === LF && !proof.sawCrLf) ||
      (usual[0] === CR && usual.length === 2 && !proof.sawLf);
    const repeat = this.#repeats[this.#nextRepeat];
    if (isUsual && (repeat === undefined || repeat >= this.#outLine + proof.rows)) {
      this.#into.write(bytes.subarray(from, to));
      this.#outLine += proof.rows;
      return;
    }
    let start = from;
    for (let row = 0; row < proof.rows; row++) {
      const feed = proof.ends[row]!;
      const end = bytes[feed - 1] === CR && feed > start ? feed - 1 : feed;
      if (this.#isRepeat()) {
        this.#count('key/duplicate-record');
        const before = bytes.subarray(start, end);
        this.#into.changed?.(this.#notes + line + row, before, undefined, this.#lineColumns());
      } else this.#write(bytes, start, end, feed + 1);
      this.#outLine++;
      start = feed + 1;
    }
  }

  blank(bytes: Uint8Array, from: number, to: number, line: number): void {
    if (!this.#mendsBlankLines) {
      this.unreadable(bytes, from, to);
      return;
    }
    let at = line;
    for (let index = from; index < to; at++) {
      this.#count('dialect/blank-line');
      this.#into.changed?.(this.#notes + at, bytes.subarray(index, index), undefined, undefined);
      index += bytes[index] === CR && index + 1 < to && bytes[index + 1] === LF ? 2 : 1;
    }
  }

  unreadable(bytes: Uint8Array, from: number, to: number): void {
    // Below a header that nobody can read no cell has a column.
    this.#sawHeader = true;
    this.#into.write(bytes.subarray(from, to));
    if (this.#repeats.length === 0) return;
    for (let at = from; at < to; at++) {
      if (bytes[at] === CR || (bytes[at] === LF && !this.#endsWithCr)) this.#outLine++;
      this.#endsWithCr = bytes[at] === CR;
    }
  }
}

function isSure(fixes: RowFault['fixes']): boolean {
  return fixes[0]?.certain === true;
}

/** A row with the sure fixes of some faults made. */
function edited(row: Row, faults: readonly RowFault[]): Uint8Array {
  const edits = faults.flatMap(({ fixes }) => fixes[0]!.edits).sort((a, b) => a.start - b.start);
  return applyEdits(row.bytes, edits, row.start, row.end);
}

/** True when a text is bytes [start, end). */
function isSame(bytes: Uint8Array, start: number, end: number, text: Uint8Array): boolean {
  if (text.length !== end - start) return false;
  if (text.buffer === bytes.buffer && text.byteOffset === bytes.byteOffset + start) return true;
  return text.every((byte, index) => byte === bytes[start + index]);
}

import { isPersonal } from '../../catalogue/personal.ts';
import type { ColumnSpec } from '../../catalogue/spec.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';
import { Trial } from '../trial.ts';
import type { LineColumns } from './mender.ts';
import { spansOf } from './rewrite.ts';

/** What stands in the place of a value that is hidden; with a star where it is mended. */
const HIDDEN = '•••';
/** So many lines of one hunk are held at most: a file may change in all of them. */
const HUNK_LINES = 1000;

/**
 * Writes what is mended as a unified diff without lines round it, in constant memory. Line ends are not shown, and
 * values of columns that hold personal data (`isPersonal`) are hidden unless asked for: such a diff is for eyes alone.
 */
export class DiffWriter {
  readonly #print: (text: string) => void;
  readonly #showsPersonal: boolean;
  readonly #file: string;
  #removed: string[] = [];
  #added: string[] = [];
  /** 0-based line of the file before where the hunk begins. */
  #start = 0;
  /** Lines that the hunks so far have added, less those that they have removed. */
  #shift = 0;
  #isBegun = false;
  #trials = new Map<number, Trial>();

  /**
   * @param file path to show
   * @param print takes lines, line ends included
   */
  constructor(file: string, showsPersonal: boolean, print: (text: string) => void) {
    this.#file = file;
    this.#showsPersonal = showsPersonal;
    this.#print = print;
  }

  /** See `MendedText.changed`. */
  changed(
    line: number,
    before: Uint8Array,
    after: Uint8Array | undefined,
    columns: LineColumns | undefined,
  ): void {
    const hunkEnd = this.#start + this.#removed.length;
    if (line !== hunkEnd || this.#removed.length >= HUNK_LINES) this.#flush();
    if (this.#removed.length === 0) this.#start = line;
    const { old, now } = this.#shown(before, after, columns);
    this.#removed.push(...old);
    this.#added.push(...now);
  }

  /** No line follows. */
  end(): void {
    this.#flush();
  }

  #flush(): void {
    const [removed, added] = [this.#removed.length, this.#added.length];
    if (removed + added === 0) return;
    if (!this.#isBegun) this.#print(`--- a/${this.#file}\n+++ b/${this.#file}\n`);
    this.#isBegun = true;
    const from = this.#start + 1;
    // Of no line the place is the one before.
    const to = from + this.#shift - (added === 0 ? 1 : 0);
    this.#print(`@@ -${range(from, removed)} +${range(to, added)} @@\n`);
    for (const text of this.#removed) this.#print(`-${text}\n`);
    for (const text of this.#added) this.#print(`+${text}\n`);
    this.#shift += added - removed;
    this.#removed = [];
    this.#added = [];
  }

  #shown(
    before: Uint8Array,
    after: Uint8Array | undefined,
    columns: LineColumns | undefined,
  ): { readonly old: readonly string[]; readonly now: readonly string[] } {
    if (!columns || this.#showsPersonal)
      return { old: linesOf(textOf(before)), now: after ? linesOf(textOf(after)) : [] };
    const { knowledge, delimiter, cells } = columns;
    const { dialect } = knowledge.table;
    const old = this.#cellsOf(before, dialect.delimiter, columns);
    const oldText = old ? masked(old, knowledge.columns, dialect.delimiter) : HIDDEN;
    if (!after) return { old: linesOf(oldText), now: [] };
    const now = this.#cellsOf(after, delimiter, columns);
    const sources =
      cells?.map((cell) => ('from' in cell ? cell.from : -1)) ?? knowledge.columns.map((_, i) => i);
    const nowText =
      now && old
        ? masked(
            now,
            sources.map((from) => knowledge.columns[from]),
            delimiter,
            sources.map((from) => old[from]),
          )
        : HIDDEN;
    return { old: linesOf(oldText), now: linesOf(nowText) };
  }

  /** The cells of a line as they stand in it; undefined where it is not one row. */
  #cellsOf(line: Uint8Array, delimiter: number, { knowledge }: LineColumns): string[] | undefined {
    const dialect = { ...knowledge.table.dialect, delimiter };
    const trial = this.#trials.get(delimiter) ?? new Trial(dialect);
    this.#trials.set(delimiter, trial);
    const row = trial.split(line);
    return row && spansOf(row, dialect).map(([from, to]) => decodeUtf8(row.bytes, from, to));
  }
}

function masked(
  cells: readonly string[],
  columns: readonly (ColumnSpec | undefined)[],
  delimiter: number,
  before?: readonly (string | undefined)[],
): string {
  const shown = cells.map((cell, index) => {
    if (cell === '' || !isPersonal(columns[index])) return cell;
    return before && before[index] !== cell ? `${HIDDEN}*` : HIDDEN;
  });
  return shown.join(String.fromCharCode(delimiter));
}

function textOf(bytes: Uint8Array): string {
  return decodeUtf8(bytes, 0, bytes.length);
}

/** The editor lines of a row: a value in quotes may hold line breaks. Signs that a terminal acts on are shown. */
function linesOf(text: string): string[] {
  return text.split(/\r\n|\r|\n/).map((line) => line.replace(/\p{Cc}/gu, shownSign));
}

function shownSign(sign: string): string {
  return sign === '\t' ? sign : `\\x${sign.charCodeAt(0).toString(16).padStart(2, '0')}`;
}

function range(line: number, lines: number): string {
  return lines === 1 ? String(line) : `${line},${lines}`;
}

import type { ColumnSpec } from '../../catalogue/spec.ts';
import { PIPE, ROW_BYTES } from '../../csv/dialect.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';
import { Fingerprint } from '../../csv/fingerprint.ts';
import type { FingerprintPart, FingerprintSpec } from '../../csv/proof/fingerprints.ts';
import { HIDDEN_DELIMITER } from '../../csv/quotes.ts';
import { wholeNumber } from '../cells/processor.ts';

const ROW_SEED = 1;
const KEY_SEED = 2;
const VALUE_SEED = 3;
const ZERO = 0x30;
const encoder = new TextEncoder();
/** Rows of more bytes are hardly met. */
const USUAL_BYTES = 1 << 20;

/** `number`: 007, +7 and ७ are 7; `name`: capitals do not matter; `text`: byte by byte. */
export type ValueKind = 'number' | 'name' | 'text';

/** Longer texts are compared as they are written: no id has so many digits, and reading one takes long. */
const LONGEST_NUMBER = 1000;

/** Values of more bytes are compared as they stand in the row. */
const LONGEST_VALUE = 1 << 16;

/** Bytes up to three beyond a value are read with it, so buffers of values need that much slack. */
export const VALUE_SLACK = 4;

/**
 * Tells rows, keys and values apart: the same values in the same columns have the same fingerprint. Works on rows of
 * plain values joined by the delimiter, as a proved row is, and on those that `NormalRow` writes of the others.
 */
export class RowIdentity {
  /** Bounds of the cells of the row that was located last, up to `#needed`. */
  readonly starts: Int32Array;
  readonly ends: Int32Array;
  readonly #delimiter: number;
  /** Cells that ingestion reads; undefined when those are all of the row. */
  readonly #readCells: readonly number[] | undefined;
  readonly #keyCells: readonly number[];
  /** True when the key's cells stand side by side in order, so that one pass takes them all. */
  readonly #keySpan: boolean;
  readonly #needed: number;
  readonly #fingerprint = new Fingerprint();

  /**
   * @param columns what each cell of the file holds, in file order
   * @param keyCells 0-based cells of the key, in key order; none when the dataset has no key
   * @param furtherCells other cells whose values will be asked for
   */
  constructor(
    columns: readonly (ColumnSpec | undefined)[],
    delimiter: number,
    keyCells: readonly number[],
    furtherCells: readonly number[],
  ) {
    this.#delimiter = delimiter;
    const read = columns.flatMap((column, index) => (column ? [index] : []));
    this.#readCells = read.length === columns.length ? undefined : read;
    this.#keyCells = keyCells;
    this.#keySpan = keyCells.every((cell, index) => index === 0 || cell === keyCells[index - 1]! + 1);
    this.#needed = Math.max(-1, ...keyCells, ...furtherCells, ...(this.#readCells ?? [])) + 1;
    this.starts = new Int32Array(columns.length);
    this.ends = new Int32Array(columns.length);
  }

  /** Finds the cells of the row [start, end) that are needed. */
  locate(bytes: Uint8Array, start: number, end: number): void {
    const delimiter = this.#delimiter;
    let at = start;
    for (let cell = 0; cell < this.#needed; cell++) {
      this.starts[cell] = at;
      while (at < end && bytes[at] !== delimiter) at++;
      this.ends[cell] = at++;
    }
  }

  /** Finds the cells of a `NormalRow` [start, end). */
  locateNormal(bytes: Uint8Array, start: number, end: number): void {
    if (!this.#readCells) {
      this.locate(bytes, start, end);
      return;
    }
    const delimiter = this.#delimiter;
    let at = start;
    for (const cell of this.#readCells) {
      this.starts[cell] = at;
      while (at < end && bytes[at] !== delimiter) at++;
      this.ends[cell] = at++;
    }
  }

  /** True when a row's bytes are its values: nothing in it is left unread. */
  get wholeRow(): boolean {
    return this.#readCells === undefined;
  }

  /** The fingerprint of the row [start, end) by the values that ingestion reads; good until the next one is asked. */
  row(view: DataView, start: number, end: number): Fingerprint {
    const fingerprint = this.#fingerprint.begin(ROW_SEED);
    if (!this.#readCells) return fingerprint.add(view, start, end).finish();
    for (const cell of this.#readCells) fingerprint.add(view, this.starts[cell]!, this.ends[cell]!);
    return fingerprint.finish();
  }

  /** The fingerprint of the located row's key. */
  key(view: DataView): Fingerprint {
    const cells = this.#keyCells;
    const fingerprint = this.#fingerprint.begin(KEY_SEED);
    if (this.#keySpan) {
      return fingerprint.add(view, this.starts[cells[0]!]!, this.ends[cells.at(-1)!]!).finish();
    }
    for (const cell of cells) fingerprint.add(view, this.starts[cell]!, this.ends[cell]!);
    return fingerprint.finish();
  }

  /**
   * The fingerprint of values of the located row for comparing them with another file's.
   *
   * @param kinds what makes two values of each cell the same
   */
  values(
    bytes: Uint8Array,
    view: DataView,
    cells: readonly number[],
    kinds: readonly ValueKind[],
  ): Fingerprint {
    const fingerprint = this.#fingerprint.begin(VALUE_SEED);
    for (let i = 0; i < cells.length; i++) {
      let start = this.starts[cells[i]!]!;
      const end = this.ends[cells[i]!]!;
      if (end - start > LONGEST_VALUE) {
        fingerprint.add(view, start, end);
        continue;
      }
      if (kinds[i] === 'name') {
        this.#addText(this.#text(bytes, start, end).toLowerCase());
        continue;
      }
      if (kinds[i] === 'text' && hidesDelimiter(bytes, start, end)) {
        this.#addText(this.#text(bytes, start, end));
        continue;
      }
      if (kinds[i] === 'number') {
        if (endOfDigits(bytes, start, end) < end) {
          const text = this.#text(bytes, start, end);
          const number = text.length <= LONGEST_NUMBER ? wholeNumber(text) : undefined;
          this.#addText(number?.toString() ?? text);
          continue;
        }
        while (start < end - 1 && bytes[start] === ZERO) start++;
      }
      fingerprint.add(view, start, end);
    }
    return fingerprint.finish();
  }

  /** The text of a value of a located row, with its delimiters as they were. */
  #text(bytes: Uint8Array, start: number, end: number): string {
    const value = bytes.slice(start, end);
    for (let at = 0; at < value.length; at++) {
      if (value[at] === HIDDEN_DELIMITER) value[at] = this.#delimiter;
    }
    return decodeUtf8(value, 0, value.length);
  }

  /** What `row` is made of. */
  get rowSpec(): FingerprintSpec {
    return this.#readCells ? { seed: ROW_SEED, parts: this.#readCells.map(cellPart) } : { seed: ROW_SEED };
  }

  /** What `key` is made of. */
  get keySpec(): FingerprintSpec {
    const cells = this.#keyCells;
    const [first = 0] = cells;
    const span = { first, last: cells.at(-1) ?? 0, number: false };
    return { seed: KEY_SEED, parts: this.#keySpan ? [span] : cells.map(cellPart) };
  }

  #addText(text: string): void {
    const value = encoder.encode(`${text}\0\0\0`);
    this.#fingerprint.add(new DataView(value.buffer), 0, value.length - 3);
  }
}

function hidesDelimiter(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === HIDDEN_DELIMITER) return true;
  }
  return false;
}

/** What `RowIdentity.values` is made of in proved rows; undefined for names. */
export function valuesSpec(
  cells: readonly number[],
  kinds: readonly ValueKind[],
  skipsEmpty: boolean,
): FingerprintSpec | undefined {
  if (kinds.includes('name')) return undefined;
  const parts = cells.map((cell, index) => ({ ...cellPart(cell), number: kinds[index] === 'number' }));
  return { seed: VALUE_SEED, parts, skipsEmpty, acrossFiles: true, changesOnly: true };
}

function cellPart(cell: number): FingerprintPart {
  return { first: cell, last: cell, number: false };
}

/** The index of the first byte of [start, end) that is no digit 0 to 9; `end` when there is none. */
export function endOfDigits(bytes: Uint8Array, start: number, end: number): number {
  let at = start;
  while (at < end && (bytes[at]! - 0x30) >>> 0 <= 9) at++;
  return at;
}

/** A row written anew from the values that ingestion reads, joined by the delimiter, so that it compares with proved rows. */
export class NormalRow {
  bytes = new Uint8Array(1024);
  view = new DataView(this.bytes.buffer);
  length = 0;
  readonly #delimiter: number;
  #started = false;

  constructor(delimiter: number) {
    this.#delimiter = delimiter;
  }

  /** Appends the value [start, end) of the next cell. */
  append(value: Uint8Array, start: number, end: number): void {
    this.#reserve(end - start + 1);
    if (this.#started) this.bytes[this.length++] = this.#delimiter;
    this.#started = true;
    for (let at = start; at < end; at++) {
      const byte = value[at]!;
      this.bytes[this.length++] = byte === this.#delimiter ? HIDDEN_DELIMITER : byte;
    }
  }

  /** Begins a row. */
  begin(): void {
    this.length = 0;
    this.#started = false;
  }

  #reserve(more: number): void {
    const needed = this.length + more + VALUE_SLACK;
    if (needed <= this.bytes.length) return;
    // Buffers of many megabytes that double would lie about, each half as large as the next.
    const larger = new Uint8Array(needed <= USUAL_BYTES ? needed * 2 : Math.max(needed, ROW_BYTES));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
    this.view = new DataView(larger.buffer);
  }
}

/** The id (`Fingerprint.id`) that `RowIdentity.values` gives to a row of these values alone. */
export function idOfValues(values: readonly string[], kinds: readonly ValueKind[]): number {
  const row = new NormalRow(PIPE);
  for (const value of values) {
    const bytes = encoder.encode(value);
    row.append(bytes, 0, bytes.length);
  }
  const cells = values.map((_, index) => index);
  const identity = new RowIdentity(
    values.map(() => undefined),
    PIPE,
    [],
    cells,
  );
  identity.locate(row.bytes, 0, row.length);
  return identity.values(row.bytes, row.view, cells, kinds).id;
}

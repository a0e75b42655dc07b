import type { DatasetSpec } from '../catalogue/spec.ts';
import type { ValueKind } from '../check/identity/identity.ts';
import { FindingCollector } from '../check/findings/collector.ts';
import { firstLineEnd, HEAD_BYTES, readHead } from '../check/header/head.ts';
import { readHeaderRow, type Table } from '../check/header/header-row.ts';
import type { CheckSettings } from '../check/settings.ts';
import { cellText } from '../csv/cell.ts';
import type { Row, RowSink } from '../csv/row.ts';
import { Scanner } from '../csv/scanner.ts';
import { cellsOf, keyOf, kindsOf } from './references.ts';
import type { TableAt } from './table-at.ts';

/** Longer rows are no master's. */
const ROW_BYTES = 1 << 16;
/** So many rows are kept: 16 bytes each, beside their keys. */
const MOST_ROWS = 4_000_000;
/** Room for so many is made at first. */
const FIRST_ROWS = 1024;

const untold = () => undefined;

/** Where a row of a master stands. */
export interface RowPlace {
  /** The values that it is known by, in plain form (`valuesOf`). */
  readonly key: string;
  /** Index of its first byte in the file. */
  readonly offset: number;
  /** 0-based line. */
  readonly line: number;
}

/** The rows of a master file by the values that other files refer to. */
export class MasterIndex {
  readonly table: TableAt;
  readonly kinds: readonly ValueKind[];
  /** A line end before each key and behind the last: one search finds a key among millions, and all that begin alike. */
  readonly #keys: string;
  /** Where each key begins in `#keys`. */
  readonly #starts: Uint32Array;
  readonly #offsets: Float64Array;
  readonly #lines: Uint32Array;

  constructor(
    table: TableAt,
    kinds: readonly ValueKind[],
    keys: string,
    starts: Uint32Array,
    offsets: Float64Array,
    lines: Uint32Array,
  ) {
    this.table = table;
    this.kinds = kinds;
    this.#keys = keys;
    this.#starts = starts;
    this.#offsets = offsets;
    this.#lines = lines;
  }

  get rows(): number {
    return this.#starts.length;
  }

  /** The first row of these values. */
  find(values: readonly string[]): RowPlace | undefined {
    const at = this.#keys.indexOf(`\n${keyOf(values, this.kinds)}\n`);
    return at < 0 ? undefined : this.#rowAt(at + 1);
  }

  /** Rows whose key begins with a text, in the order of the file. */
  *startingWith(prefix: string): Generator<RowPlace> {
    for (let at = -1; ;) {
      at = this.#keys.indexOf(`\n${prefix}`, at + 1);
      // The line end at the end begins no key.
      if (at < 0 || at === this.#keys.length - 1) return;
      yield this.#rowAt(at + 1);
    }
  }

  #rowAt(start: number): RowPlace {
    let low = 0;
    let high = this.#starts.length - 1;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#starts[middle]! < start) low = middle + 1;
      else high = middle;
    }
    const key = this.#keys.slice(start, this.#keys.indexOf('\n', start));
    return { key, offset: this.#offsets[low]!, line: this.#lines[low]! };
  }
}

/** Makes the index of a master file over its bytes, in chunks of any size. */
export class MasterIndexBuilder implements RowSink {
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #columns: readonly string[];
  /** Bytes of the row that is not complete. */
  #rest: Uint8Array = new Uint8Array(0);
  /** Index in the file of the first byte of `#rest`. */
  #base = 0;
  #scanner: Scanner | undefined;
  #head: Table | undefined;
  #table: TableAt | undefined;
  #cells: readonly number[] = [];
  #kinds: readonly ValueKind[] = [];
  #isOver = false;
  readonly #parts: string[] = [];
  /** Keys of the rows of this chunk. */
  #chunkKeys: string[] = [];
  #length = 0;
  #rows = 0;
  #starts = new Uint32Array(FIRST_ROWS);
  #offsets = new Float64Array(FIRST_ROWS);
  #lines = new Uint32Array(FIRST_ROWS);

  /** @param columns that other files refer to, named as in the main header */
  constructor(spec: DatasetSpec, columns: readonly string[], settings: CheckSettings) {
    this.#spec = spec;
    this.#columns = columns;
    this.#settings = { ...settings, rowBytes: ROW_BYTES };
  }

  /** True when nothing that follows is wanted: the file is no table, lacks a column, or has too many rows. */
  get isOver(): boolean {
    return this.#isOver;
  }

  push(chunk: Uint8Array): void {
    this.#take(chunk, false);
  }

  /** No byte follows. @returns undefined where the file is no table that has the columns, or is too large */
  end(): MasterIndex | undefined {
    this.#take(new Uint8Array(0), true);
    if (this.#isOver || !this.#table) return undefined;
    this.#parts.push('\n');
    return new MasterIndex(
      this.#table,
      this.#kinds,
      this.#parts.join(''),
      this.#starts.slice(0, this.#rows),
      this.#offsets.slice(0, this.#rows),
      this.#lines.slice(0, this.#rows),
    );
  }

  #take(chunk: Uint8Array, final: boolean): void {
    if (this.#isOver) return;
    const bytes = new Uint8Array(this.#rest.length + chunk.length);
    bytes.set(this.#rest);
    bytes.set(chunk, this.#rest.length);
    let at = 0;
    if (!this.#scanner) {
      if (!final && firstLineEnd(bytes) < 0 && bytes.length < HEAD_BYTES) {
        this.#rest = bytes;
        return;
      }
      at = this.#begin(bytes);
    }
    const scanner = this.#scanner;
    while (scanner && at < bytes.length) {
      const next = scanner.next(bytes, at, bytes.length, final);
      if (next === at) break;
      at = next;
    }
    this.#base += at;
    this.#rest = bytes.subarray(at);
    // One flat text for each chunk: to join a million small ones at the end would hold everything up.
    if (this.#chunkKeys.length > 0) this.#parts.push(`\n${this.#chunkKeys.join('\n')}`);
    this.#chunkKeys = [];
  }

  /** @returns the index of the first byte of text */
  #begin(head: Uint8Array): number {
    const collector = new FindingCollector('', this.#settings);
    const start = readHead(head, this.#spec, this.#settings, collector, untold);
    if (!start?.variant) {
      this.#isOver = true;
      return 0;
    }
    const { dialect, variant, firstLine } = start;
    this.#head = { spec: this.#spec, variant, dialect, firstLine };
    this.#scanner = new Scanner(dialect, this);
    return start.skip;
  }

  row(row: Row): void {
    if (!this.#head || this.#isOver) return;
    if (!this.#table) {
      this.#readHeader(row, this.#head);
      return;
    }
    const { dialect } = this.#head;
    const values = this.#cells.map((cell) => {
      const text = cell < row.count ? cellText(row, cell, dialect) : '';
      return dialect.trims ? text.trim() : text;
    });
    if (values.includes('')) return;
    if (this.#rows === MOST_ROWS) {
      this.#isOver = true;
      return;
    }
    const key = keyOf(values, this.#kinds);
    if (this.#rows === this.#starts.length) this.#grow();
    this.#starts[this.#rows] = this.#length + 1;
    this.#offsets[this.#rows] = this.#base + row.start;
    this.#lines[this.#rows++] = row.line;
    this.#chunkKeys.push(key);
    this.#length += key.length + 1;
  }

  #grow(): void {
    const [starts, offsets, lines] = [this.#starts, this.#offsets, this.#lines];
    const size = starts.length * 2;
    this.#starts = new Uint32Array(size);
    this.#offsets = new Float64Array(size);
    this.#lines = new Uint32Array(size);
    this.#starts.set(starts);
    this.#offsets.set(offsets);
    this.#lines.set(lines);
  }

  #readHeader(row: Row, head: Table): void {
    const collector = new FindingCollector('', this.#settings);
    const { columns } = readHeaderRow(row, head, collector, untold);
    const { spec, variant, dialect } = head;
    const table = {
      spec,
      variant,
      dialect,
      headerLine: row.line,
      endLine: Infinity,
      columns,
      section: undefined,
    };
    const cells = cellsOf(table, this.#columns);
    if (!cells) {
      this.#isOver = true;
      return;
    }
    this.#table = table;
    this.#cells = cells;
    this.#kinds = kindsOf(spec, variant, this.#columns);
  }

  blankLines(): void {
    // No row of a master.
  }

  fault(): void {
    // The check tells of it.
  }
}

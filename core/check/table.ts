import type { ColumnSpec, DatasetSpec, VariantSpec } from '../catalogue/spec.ts';
import { counterpart } from '../catalogue/catalogue.ts';
import { cellText } from '../csv/cell.ts';
import { BACKSLASH, CR, QUOTE, type Dialect } from '../csv/dialect.ts';
import { decodeUtf8 } from '../csv/encoding.ts';
import type { CellShape, ProvedRows, RowShape } from '../csv/proof.ts';
import { ENCODED, ESCAPED, QUOTED, STRAY_QUOTE, type Row } from '../csv/row.ts';
import { compileCell, type CellCheck } from './cell.ts';
import { fileStart, type FindingCollector, type TextRange } from './collector.ts';
import type { RowChecker } from './row-checker.ts';
import { checkHeader, trimName, type HeaderCell } from './header.ts';
import { NormalRow, RowIdentity } from './identity.ts';
import { KeyFirstLook, KeySecondLook, type RowKeeper, type RowLook, type RowPlaces } from './keys.ts';
import { meaningRules } from './meaning.ts';
import { describeCell, describeEmpty, describeNoMaster, type CellMessage } from './message.ts';
import { placeOfCell, placeOfRow } from './place.ts';
import { Relations } from './relations.ts';
import { mapIsOff, type CheckSettings } from './settings.ts';
import { shapeOf } from './shape.ts';
import type { Masters, ValueSet } from './value-set.ts';
import { Watches } from './watch.ts';

interface CompiledColumn {
  readonly spec: ColumnSpec;
  /** True when ingestion drops the row, or refuses the file, if the value is empty. */
  readonly required: boolean;
  readonly check: CellCheck;
  /** True where the word NULL, exactly so, is an empty value. */
  readonly nullIsEmpty: boolean;
  /** True where the null step takes NULL in any case for an empty value. */
  readonly anyNullIsEmpty: boolean;
  /** True where NULL is read as 0. */
  readonly nullIsZero: boolean;
}

const encoder = new TextEncoder();

/** A file of one header, as its first line shows it. */
export interface Table {
  readonly spec: DatasetSpec;
  readonly variant: VariantSpec;
  readonly dialect: Dialect;
  /** The first line, without its line end. */
  readonly firstLine: string;
}

interface CellValue {
  bytes: Uint8Array;
  start: number;
  end: number;
}

/** Where a proved row stands: it is one line of ASCII without quotes, so a byte is a column. */
class ProvedPlaces implements RowPlaces {
  line = 0;
  #start = 0;
  #end = 0;
  readonly #identity: RowIdentity;

  constructor(identity: RowIdentity) {
    this.#identity = identity;
  }

  move(line: number, start: number, end: number): void {
    this.line = line;
    this.#start = start;
    this.#end = end;
  }

  readonly row = (): TextRange => this.#range(this.#start, this.#end);
  readonly cells = (first: number, last: number): TextRange =>
    this.#range(this.#identity.starts[first]!, this.#identity.ends[last]!);

  #range(from: number, to: number): TextRange {
    return { line: this.line, column: from - this.#start, endLine: this.line, endColumn: to - this.#start };
  }
}

/**
 * Checks a file of one header and its rows: header, number of cells, values, repeats, keys and references. Where rows
 * or keys may be repeated the file's rows are asked for a second time.
 */
export class TableRows implements RowChecker, ProvedRows {
  readonly #spec: DatasetSpec;
  readonly #variant: VariantSpec;
  readonly #dialect: Dialect;
  readonly #settings: CheckSettings;
  readonly #collector: FindingCollector;
  readonly #firstLine: string;
  readonly #masters: Masters | undefined;
  readonly #keeper: RowKeeper | undefined;
  readonly #byPosition: boolean;
  readonly #normal: NormalRow;
  #header: (CompiledColumn | undefined)[] | undefined;
  #hopeless = false;
  #identity: RowIdentity | undefined;
  #keyCells: readonly number[] = [];
  #relations: Relations | undefined;
  #watches: Watches | undefined;
  #look: RowLook | undefined;
  #secondLook: KeySecondLook | undefined;
  #viewed: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  readonly #value: CellValue = { bytes: encoder.encode(''), start: 0, end: 0 };
  rows = 0;

  /**
   * @param masters undefined when references are not to be checked
   * @param keeper takes over the comparison of rows: there is no second look then, and `values` are empty
   */
  constructor(
    { spec, variant, dialect, firstLine }: Table,
    settings: CheckSettings,
    masters: Masters | undefined,
    collector: FindingCollector,
    keeper?: RowKeeper,
  ) {
    this.#spec = spec;
    this.#variant = variant;
    this.#dialect = dialect;
    this.#settings = settings;
    this.#collector = collector;
    this.#firstLine = firstLine;
    this.#masters = masters;
    this.#keeper = keeper;
    this.#byPosition = spec.reading.reader === 'super-csv';
    this.#normal = new NormalRow(dialect.delimiter);
  }

  /** The shape of rows that surely have no finding; undefined before the header is read, or when there is none. */
  shape(): RowShape | undefined {
    if (!this.#header || this.#hopeless || this.#byPosition) return undefined;
    const cells: CellShape[] = [];
    for (const column of this.#header) {
      const cell = shapeOf(column?.spec, this.#spec);
      if (!cell) return undefined;
      cells.push(cell);
    }
    // A line without any byte is no row of one empty cell.
    const [only] = cells;
    if (only && cells.length === 1) {
      return only.kind === 'text'
        ? { delimiter: this.#dialect.delimiter, cells: [{ ...only, min: 1 }] }
        : undefined;
    }
    return { delimiter: this.#dialect.delimiter, cells };
  }

  /** The values of this file that other files refer to, by `columnsKey` of their names in the main header. */
  get values(): ReadonlyMap<string, ValueSet> {
    return this.#relations?.values ?? new Map();
  }

  /** True when the rows, header included, must come once more so that repeats can be told. */
  needsSecondLook(): boolean {
    const suspects = this.#look instanceof KeyFirstLook ? this.#look.suspects() : undefined;
    this.#look = undefined;
    if (!suspects || !this.#identity) return false;
    this.#secondLook = new KeySecondLook(
      this.#spec,
      this.#identity,
      this.#keyCells,
      suspects,
      this.#collector,
    );
    return true;
  }

  /** Takes rows that the proof has found to be without fault; see `ProvedRows`. */
  proved(bytes: Uint8Array, from: number, ends: Int32Array, count: number, line: number): void {
    if (!this.#secondLook) this.rows += count;
    const identity = this.#identity;
    if (!identity) return;
    const view = this.#viewOf(bytes);
    const places = new ProvedPlaces(identity);
    let start = from;
    for (let i = 0; i < count; i++) {
      const lf = ends[i]!;
      const end = bytes[lf - 1] === CR ? lf - 1 : lf;
      places.move(line + i, start, end);
      this.#compare(identity, bytes, view, start, end, places);
      start = lf + 1;
    }
  }

  /** Takes the next row of the first look; the first one is the header. */
  row(row: Row): void {
    if (!this.#header) {
      this.#readHeader(row);
      return;
    }
    this.rows++;
    if (this.#hopeless) return;
    this.#checkRow(row, this.#header, true);
  }

  /** Takes the next row of the second look; the header is left out. */
  rowAgain(row: Row): void {
    if (this.#header && !this.#hopeless) this.#checkRow(row, this.#header, false);
  }

  blankLines(line: number, count: number, aboveHeader: boolean): void {
    const { match } = this.#spec.header;
    if (aboveHeader && (match === 'substring' || match === 'contains')) {
      this.#collector.add(
        'header/form',
        'error',
        () => ({ line, column: 0, endLine: line + count - 1, endColumn: 0 }),
        () =>
          'A blank line stands before the header. Ingestion looks for the header of this file in the first line alone and refuses the whole file: remove the blank line.',
      );
      return;
    }
    const message =
      count === 1
        ? 'A blank line. Ingestion counts it and skips it.'
        : `${count} blank lines. Ingestion counts them and skips them.`;
    this.#collector.add(
      'dialect/blank-line',
      'information',
      () => ({ line, column: 0, endLine: line + count - 1, endColumn: 0 }),
      () => message,
    );
  }

  end(line: number): void {
    if (this.rows > 0 || this.#hopeless) return;
    // These two are looked at for a data row before anything else, and dropped without one.
    const dropped = this.#spec.reading.reparsed || this.#spec.header.match === 'contains';
    const message = dropped
      ? 'No row stands below the header. Ingestion drops the file ("has no records in").'
      : 'No row stands below the header: nothing is loaded.';
    this.#collector.add(
      'row/none',
      dropped ? 'error' : 'warning',
      () => ({ ...fileStart, line, endLine: line }),
      () => message,
    );
  }

  #readHeader(row: Row): void {
    const cells: HeaderCell[] = [];
    for (let i = 0; i < row.count; i++) {
      const name = cellText(row, i, this.#dialect);
      cells.push({ name, dressed: (row.flags[i]! & QUOTED) !== 0 || name !== trimName(name) });
    }
    const verdict = checkHeader(this.#spec, this.#variant, cells, this.#firstLine);
    for (const { rule, severity, cell, message } of verdict.faults) {
      this.#collector.add(
        rule,
        severity,
        () => placeOfCell(row, cell),
        () => message,
      );
    }
    this.#hopeless = verdict.hopeless;
    this.#header = verdict.columns.map((column, index) =>
      // A column that stands twice is told once, in the header; its first one is checked.
      column && verdict.columns.indexOf(column) === index ? this.#compile(column) : undefined,
    );
    if (this.#hopeless) return;
    this.#tellDefects(row);
    this.#identify(row);
  }

  /** Faults of ingestion's own in the release that takes the file. */
  #tellDefects(header: Row): void {
    const { release } = this.#settings;
    for (const { columns, effect, since, until } of this.#spec.defects ?? []) {
      if (release < since || release > until) continue;
      const cells = columns.map((name) => this.#cellOf(name)).filter((cell) => cell >= 0);
      if (columns.length > 0 && cells.length === 0) continue;
      const place = () => (cells[0] === undefined ? placeOfRow(header) : placeOfCell(header, cells[0]));
      const names = columns.length === 0 ? '' : ` (${columns.map((name) => `"${name}"`).join(', ')})`;
      const message = `A fault of cQube ${since} to ${until}${names}: ${effect}.`;
      this.#collector.add('release/defect', 'warning', place, () => message);
    }
  }

  /** The cell that holds a column, named as in the main header; -1 when the file has it not. */
  #cellOf(name: string): number {
    const column = counterpart(this.#spec, this.#variant, name);
    return column ? (this.#header ?? []).findIndex((each) => each?.spec === column) : -1;
  }

  /** Prepares what compares rows with each other and with other files. */
  #identify(header: Row): void {
    const columns = (this.#header ?? []).map((column) => column?.spec);
    const relations = new Relations(
      this.#spec,
      this.#variant,
      columns,
      this.#masters,
      this.#collector,
      this.#keeper,
    );
    for (const dataset of relations.absent) {
      const message = describeNoMaster(dataset);
      this.#collector.add(
        'reference/no-master',
        'information',
        () => placeOfRow(header),
        () => message,
      );
    }
    const keyCells = this.#spec.key.columns.map((name) => this.#cellOf(name));
    const keyKnown = keyCells.length > 0 && !keyCells.includes(-1);
    this.#keyCells = keyKnown ? keyCells : [];
    const rules = meaningRules(this.#spec, this.#variant, columns, this.#settings);
    const watches = new Watches(rules, this.#collector);
    if (relations.idle && watches.idle && !this.#spec.key.repeatsRemoved && !keyKnown) return;
    this.#relations = relations;
    this.#watches = watches;
    const further = [...relations.cells, ...watches.cells];
    this.#identity = new RowIdentity(columns, this.#dialect.delimiter, this.#keyCells, further);
    this.#look =
      this.#keeper?.begin(this.#identity, this.#keyCells) ??
      new KeyFirstLook(this.#spec, this.#identity, keyKnown);
  }

  /** Looks at the identity of a row [start, end) of plain values, in the first look or the second. */
  #compare(
    identity: RowIdentity,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    places: RowPlaces,
  ): void {
    identity.locate(bytes, start, end);
    if (this.#secondLook) {
      this.#secondLook.take(bytes, view, start, end, places);
      return;
    }
    this.#look?.take(bytes, view, start, end, places);
    this.#relations?.take(identity, bytes, view, places.cells);
    this.#watches?.take(identity, bytes, view, places.line, places.cells);
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (this.#viewed !== bytes) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /** @param tell false in the second look: everything but repeats and conflicts is told already */
  #checkRow(row: Row, header: readonly (CompiledColumn | undefined)[], tell: boolean): void {
    if (row.count !== header.length) {
      if (tell) this.#addCount(row, header.length);
      return;
    }
    let kept = true;
    for (let i = 0; i < row.count; i++) {
      const column = header[i];
      if (column && !this.#checkCell(row, i, column, tell)) kept = false;
    }
    const identity = this.#identity;
    // Rows that ingestion drops before are compared with no other.
    if (!identity || (!kept && !(tell && this.#relations?.collects))) return;
    const normal = this.#normal;
    normal.begin();
    for (let i = 0; i < row.count; i++) this.#appendValue(row, i, header[i]);
    if (!kept) {
      identity.locate(normal.bytes, 0, normal.length);
      this.#relations?.collect(identity, normal.bytes, normal.view);
      return;
    }
    const places: RowPlaces = {
      line: row.line,
      row: () => placeOfRow(row),
      cells: (first, last) => {
        const from = placeOfCell(row, first);
        const to = placeOfCell(row, last);
        return { ...from, endLine: to.endLine, endColumn: to.endColumn };
      },
    };
    this.#compare(identity, normal.bytes, normal.view, 0, normal.length, places);
  }

  #appendValue(row: Row, index: number, column: CompiledColumn | undefined): void {
    const value = this.#valueOf(row, index);
    const empty = column !== undefined && isNullWord(value.bytes, value.start, value.end, column);
    this.#normal.append(value.bytes, value.start, empty ? value.start : value.end);
  }

  /** The bytes of a cell's value as ingestion reads it: decoded, and trimmed where it trims. The same object each time. */
  #valueOf(row: Row, index: number): CellValue {
    const value = this.#value;
    // Wrong bytes are U+FFFD to ingestion, so they go through the text too.
    if ((row.flags[index]! & ENCODED) === 0 && row.wrongAt < 0) {
      value.bytes = row.bytes;
      value.start = row.starts[index]!;
      value.end = row.ends[index]!;
    } else {
      value.bytes = encoder.encode(cellText(row, index, this.#dialect));
      value.start = 0;
      value.end = value.bytes.length;
    }
    if (this.#spec.reading.trim) {
      const { bytes } = value;
      while (value.start < value.end && bytes[value.start]! <= 0x20) value.start++;
      while (value.end > value.start && bytes[value.end - 1]! <= 0x20) value.end--;
    }
    return value;
  }

  #compile(spec: ColumnSpec): CompiledColumn {
    const { reading, key } = this.#spec;
    return {
      spec,
      required: spec.required && !(spec.optionalWithoutMap === true && mapIsOff(this.#settings)),
      check: compileCell(spec, this.#spec, this.#settings),
      nullIsEmpty: reading.nullWord === 'empty',
      anyNullIsEmpty: reading.nullWordInKey && key.columns.includes(spec.name),
      nullIsZero: reading.nullWord === 'zero-day' && /^\d+$/.test(spec.name),
    };
  }

  /** @returns false when ingestion drops the row for this cell */
  #checkCell(row: Row, index: number, column: CompiledColumn, tell: boolean): boolean {
    const flags = row.flags[index]!;
    if (flags > QUOTED && tell) this.#checkForm(row, index, flags, column.spec);
    const { bytes, start, end } = this.#valueOf(row, index);
    if (start === end || isNullWord(bytes, start, end, column)) {
      if (!column.required) return true;
      if (tell) this.#add(row, index, describeEmpty(column.spec));
      return false;
    }
    if (column.nullIsZero && isWordNull(bytes, start, end)) return true;
    const fault = column.check(bytes, start, end);
    if (fault === undefined) return true;
    if (tell) {
      // The collector asks for the text at once or not at all, while the bytes are still there.
      this.#add(
        row,
        index,
        describeCell(fault, column.spec, () => decodeUtf8(bytes, start, end)),
      );
    }
    return fault !== 'type' && fault !== 'not-allowed';
  }

  #add(row: Row, index: number, { rule, severity, text }: CellMessage): void {
    this.#collector.add(rule, severity, () => placeOfCell(row, index), text, { line: row.line, cell: index });
  }

  /** Quotes and escapes whose value is hardly the one that was meant. */
  #checkForm(row: Row, index: number, flags: number, column: ColumnSpec): void {
    const place = () => placeOfCell(row, index);
    if ((flags & ESCAPED) !== 0) {
      const message = `"${column.name}" holds a backslash. Ingestion takes it for an escape sign, so another value may be stored: leave it out.`;
      this.#collector.add('dialect/escape', 'warning', place, () => message);
    }
    if ((flags & STRAY_QUOTE) !== 0 && startsWithQuote(row, index, this.#dialect)) {
      const message = `Blanks stand before the quote of "${column.name}": the quotes are kept as part of the value. Remove the blanks.`;
      this.#collector.add('dialect/stray-quote', 'warning', place, () => message);
    }
    if (this.#byPosition && (flags & QUOTED) !== 0 && !isQuotedWhole(row, index)) {
      const message = `A quote stands inside "${column.name}". Ingestion’s reader removes it: put the whole value in quotes and double the inner one ("").`;
      this.#collector.add('dialect/stray-quote', 'warning', place, () => message);
    }
  }

  #addCount(row: Row, expected: number): void {
    const few = row.count < expected;
    const only = row.count === 1 && row.starts[0] === row.ends[0];
    const cells = (count: number) => `${count} ${count === 1 ? 'cell' : 'cells'}`;
    const effect = this.#byPosition
      ? 'Ingestion drops the row.'
      : few
        ? `Ingestion reads the missing ${cells(expected - row.count)} as empty.`
        : `Ingestion leaves the last ${cells(row.count - expected)} out; after a stray delimiter every value is in the wrong column.`;
    const message = `${only ? 'An empty row' : cells(row.count)} instead of ${expected}. ${effect}`;
    this.#collector.add(
      'row/column-count',
      'error',
      () => placeOfRow(row),
      () => message,
      { line: row.line, cell: -1 },
    );
  }
}

function isNullWord(bytes: Uint8Array, start: number, end: number, column: CompiledColumn): boolean {
  if (end - start !== 4) return false;
  if (column.nullIsEmpty) return isWordNull(bytes, start, end);
  return column.anyNullIsEmpty && decodeUtf8(bytes, start, end).toUpperCase() === 'NULL';
}

function isWordNull(bytes: Uint8Array, start: number, end: number): boolean {
  return (
    end - start === 4 &&
    bytes[start] === 0x4e &&
    bytes[start + 1] === 0x55 &&
    bytes[start + 2] === 0x4c &&
    bytes[start + 3] === 0x4c
  );
}

function startsWithQuote(row: Row, index: number, dialect: Dialect): boolean {
  const { bytes } = row;
  let at = row.starts[index]!;
  while (at < row.ends[index]! && bytes[at]! <= 0x20) at++;
  return bytes[dialect.unescapeFirst && bytes[at] === BACKSLASH ? at + 1 : at] === QUOTE;
}

/** True for a cell that starts and ends with a quote and has only doubled ones between. */
function isQuotedWhole(row: Row, index: number): boolean {
  return /^"([^"]|"")*"$/.test(decodeUtf8(row.bytes, row.starts[index]!, row.ends[index]!));
}

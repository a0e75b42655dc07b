import type { ColumnSpec, DatasetSpec, VariantSpec } from '../catalogue/spec.ts';
import { counterpart } from '../catalogue/catalogue.ts';
import { cellText } from '../csv/cell.ts';
import { CR, QUOTE, type Dialect } from '../csv/dialect.ts';
import type { Prints } from '../csv/prints.ts';
import type { CellShape, ProvedRows, RowProof, RowShape } from '../csv/proof.ts';
import type { RowSpan } from '../csv/row-form.ts';
import { QUOTED, type Row } from '../csv/row.ts';
import type { RuleId } from '../finding.ts';
import { RowSplitter } from '../csv/row-splitter.ts';
import { fileStart, type FindingCollector } from './collector.ts';
import type { RowChecker } from './row-checker.ts';
import { noRepeats, type LogPages } from './fingerprint-log.ts';
import { checkHeader, type HeaderCell, type HeaderFault, type HeaderVerdict } from './header.ts';
import { RowIdentity, type NormalRow } from './identity.ts';
import { KeyFirstLook, KeySecondLook, type RowKeeper, type RowLook } from './keys.ts';
import { indexOfLost } from './lost-letters.ts';
import { meaningRules } from './meaning.ts';
import { describeNoMaster } from './message.ts';
import { placeOfCell, placeOfCells, placeOfRow, ProvedPlaces, type RowPlaces } from './place.ts';
import type { PrintReader } from './print-readers.ts';
import { Relations } from './relations.ts';
import { RowCheck } from './row-check.ts';
import { RowEffects } from './row-effects.ts';
import type { CheckSettings } from './settings.ts';
import { shapeOf } from './shape.ts';
import { bitOf, TallyCounter, type RowFaults } from './tally.ts';
import { javaTrim } from './trim.ts';
import type { Masters, ValueSet } from './value-set.ts';
import { keepsEarliest, visitCells, VisitLook } from './visits.ts';
import { Watches } from './watch.ts';

/** A file of one header, as its first line shows it. */
export interface Table {
  readonly spec: DatasetSpec;
  readonly variant: VariantSpec;
  readonly dialect: Dialect;
  /** The first line, without its line end. */
  readonly firstLine: string;
}

/** What is known of a row when its identity is looked at. */
interface ComparedRow {
  readonly places: RowPlaces;
  /** What its cells have shown, as a set of effects. */
  readonly bits: number;
  /** True when its fingerprints have been taken already. */
  readonly printsTaken: boolean;
  /** True for a row of another width that loses cells: ingestion reads it all the same, it counts, and nothing is told of it. */
  readonly isUntold?: boolean;
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
  readonly #splitter: RowSplitter;
  /** Goes through the same rows before it. */
  readonly #lostSplitter: RowSplitter;
  /** What each cell holds; undefined for one that ingestion does not read. */
  #columns: readonly (ColumnSpec | undefined)[] = [];
  /** Undefined until the header is read. */
  #rowCheck: RowCheck | undefined;
  #hopeless = false;
  #identity: RowIdentity | undefined;
  #keyCells: readonly number[] = [];
  #relations: Relations | undefined;
  #watches: Watches | undefined;
  #look: RowLook | undefined;
  /** Of a file of CRC locations whose rows nobody else keeps. */
  #visits: VisitLook | undefined;
  /** What takes the fingerprints of proved rows; undefined where each row must be looked at itself. */
  #readers: readonly PrintReader[] | undefined;
  /** For each row of the fingerprints at hand: 1 when it must be looked at itself. */
  #marks = new Uint8Array(1024);
  #secondLook: KeySecondLook | undefined;
  #viewed: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));
  #effects: RowEffects | undefined;
  /** The last row and its line, if rows like it may be counted without a look at their cells: the object may change. */
  #steady: { readonly row: Row; readonly line: number } | undefined;
  /** What becomes of the rows. */
  readonly tally: TallyCounter;
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
    this.#splitter = new RowSplitter(dialect);
    this.#lostSplitter = new RowSplitter(dialect);
    this.tally = new TallyCounter(spec);
  }

  /** The shape of rows that surely have no finding; undefined before the header is read, or when there is none. */
  shape(): RowShape | undefined {
    if (!this.#rowCheck || this.#hopeless || this.#byPosition) return undefined;
    const cells: CellShape[] = [];
    for (const column of this.#columns) {
      const cell = shapeOf(column, this.#spec);
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
    this.#readers = this.#readersOf(cells);
    const prints = (this.#readers ?? []).map(({ spec }) => spec);
    return { delimiter: this.#dialect.delimiter, cells, prints };
  }

  /** What takes the fingerprints of proved rows; undefined where each row must be looked at itself. */
  #readersOf(cells: readonly CellShape[]): readonly PrintReader[] | undefined {
    if (!this.#identity) return undefined;
    if (this.#secondLook) return this.#secondLook.readers;
    if (this.#effects?.needsEachRow) return undefined;
    const compared = this.#look?.readers;
    const related = this.#relations?.readers;
    if (!compared || !related || !this.#watches) return undefined;
    const isWanted = this.tally.rowsCompared || this.#keeper !== undefined;
    const readers = [...(isWanted ? compared : []), ...related, ...this.#watches.readersOf(cells)];
    const parts = readers.flatMap(({ spec }) => spec.parts ?? []);
    // A number that is not proved to be digits may be written in many ways.
    return parts.some(({ first, number }) => number && cells[first]?.kind !== 'digits') ? undefined : readers;
  }

  /** The values of this file that other files refer to, by `columnsKey` of their names in the main header. */
  get values(): ReadonlyMap<string, ValueSet> {
    return this.#relations?.values ?? new Map();
  }

  /** Number of cells of the header row; 0 before it is read. */
  get width(): number {
    return this.#columns.length;
  }

  /** What is remembered of the rows so far to find repeats; undefined where rows are not compared. */
  get log(): LogPages | undefined {
    return this.#look instanceof KeyFirstLook ? this.#look.pages : undefined;
  }

  /** Takes the logs of other rows of the same file: they count for the second look. */
  joinLogs(others: readonly LogPages[]): void {
    if (this.#look instanceof KeyFirstLook) this.#look.join(others);
  }

  /** True when the rows, header included, must come once more so that repeats can be told. */
  needsSecondLook(): boolean {
    const look = this.#look instanceof KeyFirstLook ? this.#look : undefined;
    const suspects = look?.suspects();
    this.#look = undefined;
    const tellsVisits = this.#visits?.judge() === true;
    if (!look || (!suspects && !tellsVisits) || !this.#identity) return false;
    this.#secondLook = new KeySecondLook(
      this.#spec,
      this.#identity,
      this.#keyCells,
      look.byKey,
      suspects ?? noRepeats,
      this.#collector,
      this.tally,
    );
    return true;
  }

  /** Takes rows that the proof has found to be without fault; see `ProvedRows`. */
  proved(bytes: Uint8Array, from: number, line: number, { rows, ends, prints }: RowProof): void {
    if (!this.#secondLook) {
      this.rows += rows;
      this.#lookForLostLetters(bytes, from, line, rows, ends);
    }
    const identity = this.#identity;
    const rowCheck = this.#rowCheck;
    const readers = this.#readers;
    if (!identity || !rowCheck || (readers && !this.#mark(readers, prints, rows, line))) return;
    const marks = readers && this.#marks;
    const view = this.#viewOf(bytes);
    const places = new ProvedPlaces(identity);
    const compared = { places, bits: 0, printsTaken: marks !== undefined };
    for (let row = next(marks, 0); row < rows; row = next(marks, row + 1)) {
      const start = row === 0 ? from : ends[row - 1]! + 1;
      const lf = ends[row]!;
      const end = bytes[lf - 1] === CR ? lf - 1 : lf;
      if (hasQuote(bytes, start, end)) {
        const split = this.#splitter.split(bytes, start, lf + 1, line + row);
        this.#compareNormal(identity, rowCheck.normal(split), split, 0, marks !== undefined);
        continue;
      }
      places.move(bytes, line + row, start, end);
      identity.locate(bytes, start, end);
      this.#compare(identity, bytes, view, start, end, compared);
    }
    marks?.fill(0, 0, rows + 1);
  }

  /** A proof takes any text, also one of question marks. */
  #lookForLostLetters(
    bytes: Uint8Array,
    from: number,
    line: number,
    rows: number,
    ends: RowProof['ends'],
  ): void {
    const last = ends[rows - 1]!;
    let row = 0;
    for (let at = indexOfLost(bytes, from, last); at >= 0;) {
      while (ends[row]! < at) row++;
      const start = row === 0 ? from : ends[row - 1]! + 1;
      this.#rowCheck?.check(this.#lostSplitter.split(bytes, start, ends[row]! + 1, line + row), true);
      at = indexOfLost(bytes, ends[row]! + 1, last);
    }
  }

  /**
   * Marks each row that must be looked at itself with a 1 in `#marks`, and sets a 1 behind the last.
   *
   * @returns false when there is none
   */
  #mark(readers: readonly PrintReader[], prints: readonly Prints[], rows: number, line: number): boolean {
    if (rows >= this.#marks.length) this.#marks = new Uint8Array(rows * 2);
    const marks = this.#marks;
    let found = false;
    for (let i = 0; i < readers.length; i++) {
      if (readers[i]!.read(prints[i]!, rows, marks, line)) found = true;
    }
    if (found) marks[rows] = 1;
    return found;
  }

  /** See `ProvedRows`. */
  mindedDigits(line: number): readonly RowSpan[] | undefined {
    return this.#steady?.line === line ? this.#rowCheck?.mindedDigits(this.#steady.row) : undefined;
  }

  /** See `ProvedRows`: rows that the type check cuts out, for the same faults as the row before. */
  alike(line: number, rows: number): void {
    this.rows += rows;
    this.tally.mismatches += rows;
    this.#rowCheck?.countAlike(line, rows);
  }

  /** Takes the next row of the first look; the first one is the header. */
  row(row: Row): void {
    if (!this.#rowCheck) {
      this.#readHeader(row);
      return;
    }
    this.rows++;
    if (!this.#hopeless) this.#checkRow(row, this.#rowCheck, true);
  }

  /** Takes the next row of the second look; the header is left out. */
  rowAgain(row: Row): void {
    this.#steady = undefined;
    if (this.#rowCheck && !this.#hopeless) this.#checkRow(row, this.#rowCheck, false);
  }

  refuse(rule: RuleId): void {
    this.tally.refuse(rule);
  }

  isStored(cell: number): boolean {
    return this.#rowCheck?.isStored(cell) ?? true;
  }

  blankLines(line: number, count: number, aboveHeader: boolean): void {
    const { match } = this.#spec.header;
    if (aboveHeader && (match === 'substring' || match === 'contains')) {
      this.refuse('header/form');
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
    if (dropped) this.refuse('row/none');
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
    const firstLineEnd = row.firstBreak;
    for (let i = 0; i < row.count; i++) {
      const name = cellText(row, i, this.#dialect);
      const dressed = (row.flags[i]! & QUOTED) !== 0 || name !== javaTrim(name);
      cells.push({ name, dressed, isInFirstLine: row.starts[i]! <= firstLineEnd });
    }
    const verdict = checkHeader(this.#spec, this.#variant, cells, this.#firstLine);
    for (const fault of verdict.faults) {
      const { rule, severity, cell, message } = fault;
      if (refusesFile(fault, verdict)) this.refuse(rule);
      this.#collector.add(
        rule,
        severity,
        () => placeOfCell(row, cell),
        () => message,
      );
    }
    // Another error of the header may have been told in place of it.
    if (!verdict.taken && !verdict.faults.some((fault) => refusesFile(fault, verdict)))
      this.refuse('header/form');
    this.#hopeless = verdict.hopeless;
    this.tally.losesAllRows =
      this.#spec.header.extraColumns === 'lose-rows' && cells.length !== this.#variant.columns.length;
    this.tally.movedColumns = verdict.moved;
    this.#columns = verdict.columns;
    this.#rowCheck = new RowCheck(this.#spec, this.#dialect, this.#columns, this.#settings, this.#collector);
    if (this.#hopeless) return;
    this.#tellDefects(row);
    this.#identify(row);
  }

  /** Faults of ingestion's own in the release that takes the file. */
  #tellDefects(header: Row): void {
    const { release, variant } = this.#settings;
    for (const { columns, effect, since, until, staticDatasource } of this.#spec.defects ?? []) {
      if (release < since || release > until) continue;
      if (staticDatasource !== undefined && staticDatasource !== variant) continue;
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
    return column ? this.#columns.indexOf(column) : -1;
  }

  /** Prepares what compares rows with each other and with other files. */
  #identify(header: Row): void {
    const columns = this.#columns;
    const relations = new Relations(
      this.#spec,
      this.#variant,
      columns,
      this.#masters,
      this.#collector,
      this.#keeper,
    );
    const { tally } = this;
    const { rules: told } = this.#settings;
    tally.absentMasters = relations.absent;
    tally.referencesChecked = this.#masters !== undefined;
    tally.rowsCompared = told['key/duplicate-record'] !== 'off' || told['key/duplicate-key'] !== 'off';
    for (const dataset of relations.absent) {
      const message = describeNoMaster(dataset);
      this.#collector.add(
        'reference/no-master',
        'information',
        () => placeOfRow(header),
        () => message,
      );
    }
    const cellOf = (name: string) => this.#cellOf(name);
    const keyCells = this.#spec.key.columns.map(cellOf);
    const keyKnown = keyCells.length > 0 && !keyCells.includes(-1);
    this.#keyCells = keyKnown ? keyCells : [];
    const rules = meaningRules(this.#spec, this.#variant, columns, this.#settings, this.#masters);
    const watches = new Watches(rules, this.#collector);
    if (relations.idle && watches.idle && !this.#spec.key.repeatsRemoved && !keyKnown) return;
    this.#relations = relations;
    this.#watches = watches;
    const table = { spec: this.#spec, variant: this.#variant, columns, settings: this.#settings, cellOf };
    const effects = new RowEffects({ ...table, isCounted: !this.#keeper }, relations, watches, tally);
    this.#effects = effects;
    const visits = keyKnown ? visitCells(this.#spec, cellOf) : undefined;
    const further = [...effects.cells];
    if (visits) further.push(visits.inspection, visits.inSchool, visits.createdOn);
    const identity = new RowIdentity(columns, this.#dialect.delimiter, this.#keyCells, further);
    this.#identity = identity;
    if (this.#keeper) {
      this.#look = this.#keeper.begin(identity, this.#keyCells, visits);
      return;
    }
    // Which location rows share a key depends on which of them are kept.
    this.#look = new KeyFirstLook(this.#spec, identity, keyKnown && !visits);
    const earliest = keepsEarliest(this.#settings.release);
    this.#visits =
      visits && new VisitLook(this.#spec, identity, this.#keyCells, visits, earliest, this.#collector, tally);
  }

  /** Looks at the identity of a located row [start, end) of plain values, in the first look or the second. */
  #compare(
    identity: RowIdentity,
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    { places, bits, printsTaken, isUntold = false }: ComparedRow,
  ): void {
    const effects = this.#effects!;
    const { line } = places;
    if (this.#secondLook) {
      this.#secondLook.take(bytes, view, start, end, isUntold ? undefined : places, () =>
        effects.of(identity, bytes, view, { bits, line, place: undefined, isNew: false }),
      );
      this.#visits?.takeAgain(places);
      return;
    }
    if (printsTaken) this.#look?.takeMarked?.(bytes, start, end, places);
    else this.#look?.take(bytes, view, start, end, places);
    const place = isUntold ? undefined : places.cells;
    const effect = effects.of(identity, bytes, view, { bits, line, place, isNew: !printsTaken });
    if (effect.bits !== 0 || effect.days) this.tally.keep(effect);
    effects.countLogged(identity, bytes, view, start, end);
    this.#visits?.take(bytes, view, start, end, line, effect.bits);
  }

  #viewOf(bytes: Uint8Array): DataView {
    if (this.#viewed !== bytes) {
      this.#viewed = bytes;
      this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    }
    return this.#view;
  }

  /** @param tell false in the second look: everything but repeats and conflicts is told already */
  #checkRow(row: Row, rowCheck: RowCheck, tell: boolean): void {
    const kept = rowCheck.check(row, tell);
    const { faults } = rowCheck;
    const isSteady = tell && faults.mismatch && rowCheck.isSteady && this.#relations?.collects !== true;
    this.#steady = isSteady ? { row, line: row.line } : undefined;
    // A document is not counted, and nothing is told of a row that loses cells but its width.
    if (faults.otherWidth && this.#keeper) return;
    if (tell && faults.unclear && !faults.mismatch) this.tally.unclearReadings++;
    if (!kept) {
      // Rows that ingestion drops before are compared with no other.
      if (tell) this.#takeDropped(row, rowCheck, faults);
      return;
    }
    const identity = this.#identity;
    const bits = faults.notStored ? NOT_STORED : 0;
    if (identity) this.#compareNormal(identity, rowCheck.normal(row), row, bits, false, faults.otherWidth);
    else if (tell) this.tally.keep({ bits, days: undefined });
  }

  /** A row that a check drops, or whose key is not whole. */
  #takeDropped(row: Row, rowCheck: RowCheck, faults: RowFaults): void {
    const identity = this.#identity;
    const collects = !faults.otherWidth && this.#relations?.collects === true;
    const isJudged = !faults.mismatch && this.tally.judgesDropped;
    let bits = faults.notStored ? NOT_STORED : 0;
    if (identity && (collects || isJudged)) {
      const { bytes, view, length } = rowCheck.normal(row);
      identity.locateNormal(bytes, 0, length);
      if (collects) this.#relations?.collect(identity, bytes, view);
      if (isJudged) bits |= this.#watches?.take(identity, bytes, view, row.line, undefined) ?? 0;
    }
    this.tally.drop(faults, bits);
  }

  /** Looks at the identity of a row by the values that ingestion reads; see `ComparedRow`. */
  #compareNormal(
    identity: RowIdentity,
    normal: NormalRow,
    row: Row,
    bits: number,
    printsTaken: boolean,
    isUntold = false,
  ): void {
    const places: RowPlaces = {
      line: row.line,
      row: () => placeOfRow(row),
      cells: (first, last) => placeOfCells(row, first, last),
    };
    const compared = { places, bits, printsTaken, isUntold };
    identity.locateNormal(normal.bytes, 0, normal.length);
    this.#compare(identity, normal.bytes, normal.view, 0, normal.length, compared);
  }
}

const NOT_STORED = bitOf('value-not-stored');

/** True when ingestion refuses the whole file for a fault of its header (ingestion-rules, section 5). */
function refusesFile({ rule, severity }: HeaderFault, { taken }: HeaderVerdict): boolean {
  if (severity !== 'error' || rule === 'header/duplicate-column') return false;
  // A CRC file that passes the header check all the same loses its rows in the type check.
  return rule !== 'header/unknown-column' || !taken;
}

function hasQuote(bytes: Uint8Array, start: number, end: number): boolean {
  for (let at = start; at < end; at++) {
    if (bytes[at] === QUOTE) return true;
  }
  return false;
}

/** The next marked row from `row` on; each is where there are no marks. */
function next(marks: Uint8Array | undefined, row: number): number {
  return marks ? marks.indexOf(1, row) : row;
}

import type { ColumnSpec, DatasetSpec } from '../catalogue/spec.ts';
import { CR, QUOTE } from '../csv/dialect.ts';
import type { FingerprintSpec, RowFingerprints } from '../csv/proof/fingerprints.ts';
import type { CellShape, RowProof } from '../csv/proof/proof.ts';
import type { Row } from '../csv/row.ts';
import { RowSplitter } from '../csv/row-splitter.ts';
import type { FindingCollector } from './findings/collector.ts';
import { describeNoMaster } from './findings/message.ts';
import { placeOfCells, placeOfRow, ProvedPlaces, type RowPlaces } from './findings/place.ts';
import type { RowFaults, TallyCounter } from './findings/tally.ts';
import { cellOfColumn, type Table } from './header/header-row.ts';
import { noRepeats, type LogPages } from './identity/fingerprint-log.ts';
import type { FingerprintReader } from './identity/fingerprint-readers.ts';
import { RowIdentity, type NormalRow } from './identity/identity.ts';
import { KeyFirstPass, KeySecondPass, type RowKeeper, type RowPass } from './identity/keys.ts';
import type { Masters, ValueSet } from './identity/value-set.ts';
import { keepsEarliest, visitCells } from './identity/visits.ts';
import { VisitPass } from './identity/visit-pass.ts';
import { meaningRules } from './references/meaning.ts';
import { ReferenceCheck } from './references/reference-check.ts';
import { ValueRules } from './references/value-rules.ts';
import type { RowCheck } from './rows/row-check.ts';
import { RowEffects } from './rows/row-effects.ts';
import type { CheckSettings } from './settings.ts';

/** What the comparison of a table's rows depends on and tells. */
export interface ComparedTable {
  readonly table: Table;
  /** What each cell holds; undefined for one that ingestion does not read. */
  readonly columns: readonly (ColumnSpec | undefined)[];
  readonly settings: CheckSettings;
  /** Undefined when references are not to be checked. */
  readonly masters: Masters | undefined;
  /** Takes over the comparison of rows: there is no second pass then, and `values` are empty. */
  readonly keeper: RowKeeper | undefined;
  readonly collector: FindingCollector;
  readonly tally: TallyCounter;
}

/** What is known of a row when its identity is looked at. */
interface ComparedRow {
  readonly places: RowPlaces;
  /** What its cells have shown, as a set of effects. */
  readonly bits: number;
  /** True when its fingerprints have been taken already. */
  readonly fingerprintsTaken: boolean;
  /** True for a row of another width that loses cells: ingestion reads it all the same, it counts, and nothing is told of it. */
  readonly isUntold?: boolean;
}

/**
 * Prepares the comparison of a table's rows.
 *
 * @param header where it is told which masters are not there
 * @returns undefined when nothing is to be compared
 */
export function beginComparison(compared: ComparedTable, header: Row): RowComparison | undefined {
  const { table, columns, settings, masters, keeper, collector, tally } = compared;
  const { spec, variant } = table;
  const references = new ReferenceCheck(spec, variant, columns, masters, collector, keeper);
  const { rules: told } = settings;
  tally.absentMasters = references.absent;
  tally.referencesChecked = masters !== undefined;
  tally.rowsCompared = told['key/duplicate-record'] !== 'off' || told['key/duplicate-key'] !== 'off';
  for (const dataset of references.absent) {
    const message = describeNoMaster(dataset);
    collector.add(
      'reference/no-master',
      'information',
      () => placeOfRow(header),
      () => message,
    );
  }
  const rules = meaningRules(spec, variant, columns, settings, masters);
  const valueRules = new ValueRules(rules, collector);
  const keyCells = spec.key.columns.map((name) => cellOfColumn(table, columns, name));
  const keyKnown = keyCells.length > 0 && !keyCells.includes(-1);
  if (references.idle && valueRules.idle && !spec.key.repeatsRemoved && !keyKnown) return undefined;
  return new RowComparison(compared, keyKnown ? keyCells : [], references, valueRules);
}

/**
 * Compares the rows of a table that ingestion keeps with each other and with other files, and asks the rules on their
 * values. Where rows or keys may be repeated all rows are asked for a second time.
 */
export class RowComparison {
  readonly #spec: DatasetSpec;
  readonly #collector: FindingCollector;
  readonly #tally: TallyCounter;
  readonly #identity: RowIdentity;
  readonly #keyCells: readonly number[];
  readonly #references: ReferenceCheck;
  readonly #valueRules: ValueRules;
  readonly #effects: RowEffects;
  /** True when the fingerprints of rows are wanted, not those of their values alone. */
  readonly #comparesRows: boolean;
  /** Of a file of CRC locations whose rows nobody else keeps. */
  readonly #visits: VisitPass | undefined;
  readonly #splitter: RowSplitter;
  /** Undefined once it has been judged. */
  #firstPass: RowPass | undefined;
  #secondPass: KeySecondPass | undefined;
  /** What takes the fingerprints of proved rows; undefined where each row must be looked at itself. */
  #readers: readonly FingerprintReader[] | undefined;
  /** For each row of the fingerprints at hand: 1 when it must be looked at itself. */
  #marks = new Uint8Array(1024);
  #viewed: Uint8Array | undefined;
  #view: DataView = new DataView(new ArrayBuffer(0));

  /** @param keyCells 0-based cells of the key; none where the file has not all of them */
  constructor(
    { table, columns, settings, keeper, collector, tally }: ComparedTable,
    keyCells: readonly number[],
    references: ReferenceCheck,
    valueRules: ValueRules,
  ) {
    const { spec, variant, dialect } = table;
    this.#spec = spec;
    this.#collector = collector;
    this.#tally = tally;
    this.#keyCells = keyCells;
    this.#references = references;
    this.#valueRules = valueRules;
    this.#comparesRows = tally.rowsCompared || keeper !== undefined;
    this.#splitter = new RowSplitter(dialect);
    const cellOf = (name: string) => cellOfColumn(table, columns, name);
    const file = { spec, variant, columns, settings, cellOf, isCounted: !keeper };
    this.#effects = new RowEffects(file, references, valueRules, tally);
    const keyKnown = keyCells.length > 0;
    const visits = keyKnown ? visitCells(spec, cellOf) : undefined;
    const further = [...this.#effects.cells];
    if (visits) further.push(visits.inspection, visits.inSchool, visits.createdOn);
    const identity = new RowIdentity(columns, dialect.delimiter, keyCells, further);
    this.#identity = identity;
    if (keeper) {
      this.#firstPass = keeper.begin(identity, keyCells, visits);
      return;
    }
    // Which location rows share a key depends on which of them are kept.
    this.#firstPass = new KeyFirstPass(spec, identity, keyKnown && !visits);
    const earliest = keepsEarliest(settings.release);
    this.#visits = visits && new VisitPass(spec, identity, keyCells, visits, earliest, collector, tally);
  }

  /** The values of this file that other files refer to, by `columnsKey` of their names in the main header. */
  get values(): ReadonlyMap<string, ValueSet> {
    return this.#references.values;
  }

  /** True when other files refer to this one. */
  get collects(): boolean {
    return this.#references.collects;
  }

  /** True once the rows come for the second time. */
  get isSecondPass(): boolean {
    return this.#secondPass !== undefined;
  }

  /** What is remembered of the rows so far to find repeats; undefined where rows are not compared. */
  get log(): LogPages | undefined {
    return this.#firstPass instanceof KeyFirstPass ? this.#firstPass.pages : undefined;
  }

  /** Takes the logs of other rows of the same file: they count for the second pass. */
  joinLogs(others: readonly LogPages[]): void {
    if (this.#firstPass instanceof KeyFirstPass) this.#firstPass.join(others);
  }

  /** @returns true when the rows, header included, must come once more so that repeats can be told */
  beginSecondPass(): boolean {
    const first = this.#firstPass instanceof KeyFirstPass ? this.#firstPass : undefined;
    const suspects = first?.suspects();
    this.#firstPass = undefined;
    const tellsVisits = this.#visits?.judge() === true;
    if (!first || (!suspects && !tellsVisits)) return false;
    this.#secondPass = new KeySecondPass(
      this.#spec,
      this.#identity,
      this.#keyCells,
      first.byKey,
      suspects ?? noRepeats,
      this.#collector,
      this.#tally,
    );
    return true;
  }

  /**
   * The fingerprints that are wanted of proved rows: `takeProved` gets them.
   *
   * @param cells what the cells of a proved row hold
   */
  fingerprintsOf(cells: readonly CellShape[]): FingerprintSpec[] {
    this.#readers = this.#readersOf(cells);
    return (this.#readers ?? []).map(({ spec }) => spec);
  }

  #readersOf(cells: readonly CellShape[]): readonly FingerprintReader[] | undefined {
    if (this.#secondPass) return this.#secondPass.readers;
    if (this.#effects.needsEachRow) return undefined;
    const compared = this.#firstPass?.readers;
    const related = this.#references.readers;
    if (!compared || !related) return undefined;
    const readers = [
      ...(this.#comparesRows ? compared : []),
      ...related,
      ...this.#valueRules.readersOf(cells),
    ];
    const parts = readers.flatMap(({ spec }) => spec.parts ?? []);
    // A number that is not proved to be digits may be written in many ways.
    return parts.some(({ first, number }) => number && cells[first]?.kind !== 'digits') ? undefined : readers;
  }

  /** Takes rows that a proof has found to be without fault; see `ProvedRows`. */
  takeProved(
    bytes: Uint8Array,
    from: number,
    line: number,
    { rows, ends, fingerprints }: RowProof,
    rowCheck: RowCheck,
  ): void {
    const identity = this.#identity;
    const readers = this.#readers;
    if (readers && !this.#mark(readers, fingerprints, rows, line)) return;
    const marks = readers && this.#marks;
    const view = this.#viewOf(bytes);
    const places = new ProvedPlaces(identity);
    const compared = { places, bits: 0, fingerprintsTaken: marks !== undefined };
    for (let row = next(marks, 0); row < rows; row = next(marks, row + 1)) {
      const start = row === 0 ? from : ends[row - 1]! + 1;
      const lf = ends[row]!;
      const end = bytes[lf - 1] === CR ? lf - 1 : lf;
      if (hasQuote(bytes, start, end)) {
        const split = this.#splitter.split(bytes, start, lf + 1, line + row);
        this.#takeNormal(rowCheck.normal(split), split, 0, marks !== undefined, false);
        continue;
      }
      places.move(bytes, line + row, start, end);
      identity.locate(bytes, start, end);
      this.#compare(bytes, view, start, end, compared);
    }
    marks?.fill(0, 0, rows + 1);
  }

  /**
   * Marks each row that must be looked at itself with a 1 in `#marks`, and sets a 1 behind the last.
   *
   * @returns false when there is none
   */
  #mark(
    readers: readonly FingerprintReader[],
    fingerprints: readonly RowFingerprints[],
    rows: number,
    line: number,
  ): boolean {
    if (rows >= this.#marks.length) this.#marks = new Uint8Array(rows * 2);
    const marks = this.#marks;
    let found = false;
    for (let i = 0; i < readers.length; i++) {
      if (readers[i]!.read(fingerprints[i]!, rows, marks, line)) found = true;
    }
    if (found) marks[rows] = 1;
    return found;
  }

  /**
   * Takes a row that ingestion keeps.
   *
   * @param normal the values that ingestion reads
   * @param bits what its cells have shown, as a set of effects
   * @param isUntold see `ComparedRow`
   */
  take(normal: NormalRow, row: Row, bits: number, isUntold: boolean): void {
    this.#takeNormal(normal, row, bits, false, isUntold);
  }

  #takeNormal(
    normal: NormalRow,
    row: Row,
    bits: number,
    fingerprintsTaken: boolean,
    isUntold: boolean,
  ): void {
    const places: RowPlaces = {
      line: row.line,
      row: () => placeOfRow(row),
      cells: (first, last) => placeOfCells(row, first, last),
    };
    const compared = { places, bits, fingerprintsTaken, isUntold };
    this.#identity.locateNormal(normal.bytes, 0, normal.length);
    this.#compare(normal.bytes, normal.view, 0, normal.length, compared);
  }

  /**
   * Takes a row that a check drops, or whose key is not whole: it is compared with no other.
   *
   * @returns what its values mean to later steps, as a set of effects
   */
  takeDropped(row: Row, rowCheck: RowCheck, faults: RowFaults): number {
    const collects = !faults.otherWidth && this.collects;
    const isJudged = !faults.mismatch && this.#tally.judgesDropped;
    if (!collects && !isJudged) return 0;
    const identity = this.#identity;
    const { bytes, view, length } = rowCheck.normal(row);
    identity.locateNormal(bytes, 0, length);
    if (collects) this.#references.collect(identity, bytes, view);
    return isJudged ? this.#valueRules.take(identity, bytes, view, row.line, undefined) : 0;
  }

  /** Looks at the identity of a located row [start, end) of plain values, in the first pass or the second. */
  #compare(
    bytes: Uint8Array,
    view: DataView,
    start: number,
    end: number,
    { places, bits, fingerprintsTaken, isUntold = false }: ComparedRow,
  ): void {
    const identity = this.#identity;
    const effects = this.#effects;
    const { line } = places;
    if (this.#secondPass) {
      this.#secondPass.take(bytes, view, start, end, isUntold ? undefined : places, () =>
        effects.of(identity, bytes, view, { bits, line, place: undefined, isNew: false }),
      );
      this.#visits?.takeAgain(places);
      return;
    }
    if (fingerprintsTaken) this.#firstPass?.takeMarked?.(bytes, start, end, places);
    else this.#firstPass?.take(bytes, view, start, end, places);
    const place = isUntold ? undefined : places.cells;
    const effect = effects.of(identity, bytes, view, { bits, line, place, isNew: !fingerprintsTaken });
    if (effect.bits !== 0 || effect.days) this.#tally.keep(effect);
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

import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../catalogue/spec.ts';
import { dayCellsOf, Days } from './days.ts';
import { hierarchyColumns } from '../references/hierarchy.ts';
import type { RowIdentity } from '../identity/identity.ts';
import { LoggedKeyTally, loggedKey } from '../identity/key-tally.ts';
import type { TextRange } from '../findings/text-range.ts';
import type { ReferenceCheck } from '../references/reference-check.ts';
import type { CheckSettings } from '../settings.ts';
import { bitOf, type RowEffect, type TallyCounter } from '../findings/tally.ts';
import type { ValueRules } from '../references/value-rules.ts';

/** A file whose rows are looked at. */
export interface EffectTable {
  readonly spec: DatasetSpec;
  readonly variant: VariantSpec;
  /** What each cell holds. */
  readonly columns: readonly (ColumnSpec | undefined)[];
  readonly settings: CheckSettings;
  /** The cell that holds a column, named as in the main header; -1 when the file has it not. */
  readonly cellOf: (name: string) => number;
  /** False for a document: nobody asks for the tally of one. */
  readonly isCounted: boolean;
}

/** What is known of a row before its effects are looked at. */
export interface KnownRow {
  /** A set of effects. */
  readonly bits: number;
  /** 0-based editor line. */
  readonly line: number;
  /** The editor range of cells, first and last 0-based; undefined where nothing is to be told. */
  readonly place: ((first: number, last: number) => TextRange) | undefined;
  /** True when its values have not been taken yet for the files that refer to this one. */
  readonly isNew: boolean;
}

/**
 * Tells what later steps of ingestion make of a row that passes the checks: by its values, its masters, its days, and
 * whether it names all that it is part of (ingestion-rules, sections 9 and 10).
 */
export class RowEffects {
  readonly #references: ReferenceCheck;
  readonly #valueRules: ValueRules;
  /** Cells of a school that name its district, block and cluster. */
  readonly #hierarchy: readonly number[];
  readonly #days: Days | undefined;
  readonly #loggedKey: { readonly cells: readonly number[]; readonly tally: LoggedKeyTally } | undefined;
  /** The cells that it looks at. */
  readonly cells: readonly number[];

  constructor(
    { spec, variant, columns, settings, cellOf, isCounted }: EffectTable,
    references: ReferenceCheck,
    valueRules: ValueRules,
    tally: TallyCounter,
  ) {
    this.#references = references;
    this.#valueRules = valueRules;
    this.#hierarchy = hierarchyColumns(spec, variant)
      .map((column) => columns.indexOf(column))
      .filter((cell) => cell >= 0);
    const key = isCounted ? loggedKey(spec).map(cellOf) : [];
    if (key.length > 0 && !key.includes(-1))
      this.#loggedKey = { cells: key, tally: new LoggedKeyTally(tally) };
    const days = isCounted && settings.countsDays ? dayCellsOf(spec, cellOf) : undefined;
    if (days) {
      this.#days = new Days(days, settings.today);
      tally.beginDays();
    }
    this.cells = [
      ...references.cells,
      ...valueRules.cells,
      ...this.#hierarchy,
      ...(this.#loggedKey?.cells ?? []),
      ...(days ? Days.cellsOf(days) : []),
    ];
  }

  /** True when each row must be looked at, whatever a proof has found. */
  get needsEachRow(): boolean {
    return this.#days !== undefined || this.#loggedKey !== undefined;
  }

  /** What is true of a located row. */
  of(
    identity: RowIdentity,
    bytes: Uint8Array,
    view: DataView,
    { bits, line, place, isNew }: KnownRow,
  ): RowEffect {
    const related =
      isNew && place
        ? this.#references.take(identity, bytes, view, place)
        : this.#references.compare(identity, bytes, view, place);
    const watched = this.#valueRules.take(identity, bytes, view, line, place);
    return {
      bits: bits | related | watched | this.#hierarchyOf(identity),
      days: this.#days?.count(identity, bytes, view),
    };
  }

  /** Counts the row [start, end) where the log has another key than the filter. */
  countLogged(identity: RowIdentity, bytes: Uint8Array, view: DataView, start: number, end: number): void {
    if (!this.#loggedKey) return;
    const { cells, tally } = this.#loggedKey;
    const kinds = cells.map(() => 'text' as const);
    tally.take(identity.row(view, start, end).id, identity.values(bytes, view, cells, kinds).id);
  }

  #hierarchyOf({ starts, ends }: RowIdentity): number {
    for (const cell of this.#hierarchy) if (starts[cell]! >= ends[cell]!) return HIERARCHY;
    return 0;
  }
}

const HIERARCHY = bitOf('hierarchy');

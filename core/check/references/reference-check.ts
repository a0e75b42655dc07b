/** Values that must stand in another file (ingestion-rules, section 10): nothing enforces them, joins decide later. */
import { counterpart, datasets, sharesTable } from '../../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, ReferenceSpec, VariantSpec } from '../../catalogue/spec.ts';
import { headText } from '../../csv/encoding.ts';
import type { FindingCollector } from '../findings/collector.ts';
import type { TextRange } from '../findings/text-range.ts';
import { valuesSpec, type RowIdentity, type ValueKind } from '../identity/identity.ts';
import type { RowKeeper, ValueSink } from '../identity/keys.ts';
import { limitOf, limitReference } from './limits.ts';
import { describeReference } from '../findings/message.ts';
import {
  CollectionReader,
  ReferenceReader,
  type FingerprintReader,
} from '../identity/fingerprint-readers.ts';
import { bitOf, effectOfReference } from '../findings/tally.ts';
import { columnsKey, ValueSet, type Masters } from '../identity/value-set.ts';

/** The column lists of a dataset that other datasets refer to, named as in its main header; each once. */
export function referredColumns(dataset: string): readonly (readonly string[])[] {
  const lists = new Map<string, readonly string[]>();
  for (const spec of datasets) {
    for (const reference of spec.references) {
      if (sharesTable(reference.dataset, dataset))
        lists.set(reference.toColumns.join('|'), reference.toColumns);
    }
  }
  return [...lists.values()];
}

/**
 * The column of a dataset whose number limits one of another file that refers to it (ingestion-rules, section 10):
 * undefined when nobody needs a number beside these columns.
 */
function limitingColumn(dataset: string, columns: readonly string[]): string | undefined {
  for (const spec of datasets) {
    for (const range of spec.ranges) {
      const limit = limitReference(spec, range);
      if (
        limit &&
        sharesTable(limit.reference.dataset, dataset) &&
        isSame(limit.reference.toColumns, columns)
      )
        return limit.column;
    }
  }
  return undefined;
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return columnsKey(a) === columnsKey(b);
}

interface CheckedReference {
  readonly reference: ReferenceSpec;
  readonly cells: readonly number[];
  readonly kinds: readonly ValueKind[];
  readonly values: ValueSet;
  /** What it means for the row that its values are not there, as a set of effects. */
  readonly effect: number;
  /** Half of the last value's fingerprint and its answer: rows of one school come one after the other. */
  last: number;
  lastFound: boolean;
}

interface Collection {
  readonly columns: readonly string[];
  readonly cells: readonly number[];
  readonly kinds: readonly ValueKind[];
  readonly values: ValueSet;
  /** The cell of a number that goes with the values; undefined where none does. */
  readonly numberCell: number | undefined;
  /** What takes the values: `values` itself, unless they are kept elsewhere. */
  readonly sink: ValueSink;
}

/** Checks a file's references row by row, and collects the values that other files refer to. */
export class ReferenceCheck {
  readonly #spec: DatasetSpec;
  readonly #collector: FindingCollector;
  readonly #references: CheckedReference[] = [];
  readonly #collections: Collection[] = [];
  /** Datasets that the file refers to and of which no file is there. */
  readonly absent: readonly string[];

  /**
   * @param columns what each cell of the file holds
   * @param masters undefined when references are not to be checked: nobody asks for the values of the file then
   * @param keeper takes the values that other files refer to, in place of the sets of this object
   */
  constructor(
    spec: DatasetSpec,
    variant: VariantSpec,
    columns: readonly (ColumnSpec | undefined)[],
    masters: Masters | undefined,
    collector: FindingCollector,
    keeper?: RowKeeper,
  ) {
    this.#spec = spec;
    this.#collector = collector;
    const absent = new Set<string>();
    const locate = (names: readonly string[]) => {
      const found = names.map((name) => counterpart(spec, variant, name));
      const cells = found.map((column) => (column ? columns.indexOf(column) : -1));
      return cells.includes(-1) ? undefined : { cells, kinds: found.map(kindOf) };
    };
    for (const reference of masters ? spec.references : []) {
      const located = locate(reference.columns);
      if (!located) continue;
      const values = masters?.find(reference.dataset, reference.toColumns);
      const effect = bitOf(effectOfReference(spec, reference));
      if (values)
        this.#references.push({ reference, ...located, values, effect, last: NaN, lastFound: false });
      else absent.add(reference.dataset);
    }
    for (const names of masters ? referredColumns(spec.id) : []) {
      const located = locate(names);
      if (!located) continue;
      const values = new ValueSet();
      const sink = keeper?.values(names) ?? sinkOf(values);
      const limiting = limitingColumn(spec.id, names);
      const numberCell = limiting === undefined ? undefined : locate([limiting])?.cells[0];
      this.#collections.push({ columns: names, ...located, numberCell, values, sink });
    }
    this.absent = [...absent];
  }

  /** Cells whose values are looked at. */
  get cells(): readonly number[] {
    const numbers = this.#collections.flatMap(({ numberCell }) => numberCell ?? []);
    return [...[...this.#references, ...this.#collections].flatMap(({ cells }) => cells), ...numbers];
  }

  get idle(): boolean {
    return this.#references.length + this.#collections.length === 0;
  }

  /** The values that other files refer to, by `columnsKey`. */
  get values(): ReadonlyMap<string, ValueSet> {
    return new Map(this.#collections.map(({ columns, values }) => [columnsKey(columns), values]));
  }

  /**
   * What takes the fingerprints of proved rows in place of `take`; rows that are marked are for `compare`. Undefined
   * where some of the values have no such fingerprint.
   */
  get readers(): readonly FingerprintReader[] | undefined {
    const readers: FingerprintReader[] = [];
    for (const { cells, kinds, numberCell, sink } of this.#collections) {
      const spec = valuesSpec(cells, kinds, false);
      if (!spec || numberCell !== undefined) return undefined;
      readers.push(sink.reader(spec));
    }
    for (const { cells, kinds, values } of this.#references) {
      const spec = valuesSpec(cells, kinds, true);
      if (!spec) return undefined;
      readers.push(new ReferenceReader(spec, values));
    }
    return readers;
  }

  /** True when other files refer to this one. */
  get collects(): boolean {
    return this.#collections.length > 0;
  }

  /**
   * Collects the values of a located row, also of one that ingestion drops: its fault is told in this file, and once
   * it is mended the references to it hold.
   */
  collect(identity: RowIdentity, bytes: Uint8Array, view: DataView): void {
    for (const { cells, kinds, numberCell, sink } of this.#collections) {
      const number =
        numberCell === undefined
          ? undefined
          : limitOf(headText(bytes, identity.starts[numberCell]!, identity.ends[numberCell]!));
      sink.add(identity.values(bytes, view, cells, kinds), number);
    }
  }

  /**
   * Takes a located row that ingestion keeps.
   *
   * @param place the editor range of cells of the row, first and last 0-based
   * @returns as `compare`
   */
  take(
    identity: RowIdentity,
    bytes: Uint8Array,
    view: DataView,
    place: (first: number, last: number) => TextRange,
  ): number {
    this.collect(identity, bytes, view);
    return this.compare(identity, bytes, view, place);
  }

  /**
   * Looks whether the values of a located row stand in the masters.
   *
   * @param place see `take`; undefined when nothing is to be told
   * @returns what is true of the row, as a set of effects
   */
  compare(
    identity: RowIdentity,
    bytes: Uint8Array,
    view: DataView,
    place: ((first: number, last: number) => TextRange) | undefined,
  ): number {
    let bits = 0;
    for (const checked of this.#references) {
      if (checked.cells.some((cell) => identity.starts[cell] === identity.ends[cell])) continue;
      const value = identity.values(bytes, view, checked.cells, checked.kinds);
      const id = value.id;
      if (id !== checked.last) {
        checked.last = id;
        checked.lastFound = checked.values.has(value);
      }
      if (checked.lastFound) continue;
      bits |= checked.effect;
      if (!place) continue;
      const { cells, reference } = checked;
      const message = () => describeReference(this.#spec, reference);
      this.#collector.add(
        'reference/unknown',
        'warning',
        () => place(Math.min(...cells), Math.max(...cells)),
        message,
      );
    }
    return bits;
  }
}

function sinkOf(values: ValueSet): ValueSink {
  return {
    add: (value, number) => values.add(value, number),
    reader: (spec) => new CollectionReader(spec, values),
  };
}

/** District names are compared without case (diksha_data_summary); ids are numbers in the database. */
export function kindOf(column: ColumnSpec | undefined): ValueKind {
  if (column?.type === 'integer' || column?.type === 'long') return 'number';
  return /district/i.test(column?.name ?? '') ? 'name' : 'text';
}

import type { ComparedRows } from './rows.ts';
import { concat, IdCounts, sameEnds } from '../identity/id-counts.ts';
import { columnsKey, ValueSet } from '../identity/value-set.ts';

/** The values of some columns. */
interface Values {
  readonly key: string;
  readonly ids: IdCounts;
  /** The numbers that stand beside each value, in no order: what is largest must be known when one goes. */
  readonly numbers: Map<number, number[]>;
}

/** The values of a document that other files refer to, kept by difference. */
export class DocumentValues {
  readonly #values: readonly Values[];
  readonly #sets = new Map<string, ValueSet>();

  /** @param columns names in the main header, in the order of `ComparedRows.values` */
  constructor(columns: readonly (readonly string[])[]) {
    this.#values = columns.map((names) => ({
      key: columnsKey(names),
      ids: new IdCounts(),
      numbers: new Map<number, number[]>(),
    }));
  }

  /** Takes rows out of the document and puts others in. */
  replace(gone: readonly ComparedRows[], added: readonly ComparedRows[]): void {
    for (const [index, { key, ids, numbers }] of this.#values.entries()) {
      const { size, sum } = ids;
      const before = concat(gone.map(({ values }) => values[index]!));
      const after = concat(added.map(({ values }) => values[index]!));
      const { head, tail } = sameEnds(before, after);
      for (let i = head; i < before.length - tail; i++) ids.remove(before[i]!);
      for (let i = head; i < after.length - tail; i++) ids.add(after[i]!);
      const numbersBefore = concat(gone.map((rows) => rows.numbers[index]!));
      const numbersAfter = concat(added.map((rows) => rows.numbers[index]!));
      numbersBefore.forEach((number, at) => {
        takeOut(numbers, before[at]!, number);
      });
      numbersAfter.forEach((number, at) => {
        numbers.set(after[at]!, [...(numbers.get(after[at]!) ?? []), number]);
      });
      const numbered = numbersBefore.length + numbersAfter.length > 0;
      if (numbered || ids.size !== size || ids.sum !== sum) this.#sets.delete(key);
    }
  }

  /** The values by `columnsKey`. */
  sets(): ReadonlyMap<string, ValueSet> {
    return new Map(this.#values.map((values) => [values.key, this.#setOf(values)]));
  }

  #setOf({ key, ids, numbers }: Values): ValueSet {
    let set = this.#sets.get(key);
    if (set) return set;
    // Whoever looks into an older set sees the values of now, and its signature changes with them.
    set = numbers.size > 0 ? numbered(numbers) : ValueSet.later(ids.size, ids.sum, () => ids.ids());
    this.#sets.set(key, set);
    return set;
  }
}

function takeOut(numbers: Map<number, number[]>, id: number, number: number): void {
  const left = numbers.get(id) ?? [];
  left.splice(left.indexOf(number), 1);
  if (left.length === 0) numbers.delete(id);
}

function numbered(numbers: ReadonlyMap<number, readonly number[]>): ValueSet {
  const set = new ValueSet();
  for (const [id, beside] of numbers) set.addId(id, Math.max(...beside));
  return set;
}

import type { ComparedRows } from './document-rows.ts';
import { concat, IdCounts, sameEnds } from './id-counts.ts';
import { columnsKey, ValueSet } from './value-set.ts';

/** The values of a document that other files refer to, kept by difference. */
export class DocumentValues {
  readonly #counts: readonly { readonly key: string; readonly ids: IdCounts }[];
  readonly #sets = new Map<string, ValueSet>();

  /** @param columns names in the main header, in the order of `ComparedRows.values` */
  constructor(columns: readonly (readonly string[])[]) {
    this.#counts = columns.map((names) => ({ key: columnsKey(names), ids: new IdCounts() }));
  }

  /** Takes rows out of the document and puts others in. */
  replace(gone: readonly ComparedRows[], added: readonly ComparedRows[]): void {
    for (const [index, { key, ids }] of this.#counts.entries()) {
      const { size, sum } = ids;
      const before = concat(gone.map(({ values }) => values[index]!));
      const after = concat(added.map(({ values }) => values[index]!));
      const { head, tail } = sameEnds(before, after);
      for (let i = head; i < before.length - tail; i++) ids.remove(before[i]!);
      for (let i = head; i < after.length - tail; i++) ids.add(after[i]!);
      if (ids.size !== size || ids.sum !== sum) this.#sets.delete(key);
    }
  }

  /** The values by `columnsKey`. */
  sets(): ReadonlyMap<string, ValueSet> {
    return new Map(this.#counts.map(({ key, ids }) => [key, this.#setOf(key, ids)]));
  }

  #setOf(key: string, ids: IdCounts): ValueSet {
    let set = this.#sets.get(key);
    // Whoever looks into an older set sees the values of now, and its signature changes with them.
    if (!set) this.#sets.set(key, (set = ValueSet.later(ids.size, ids.sum, () => ids.ids())));
    return set;
  }
}

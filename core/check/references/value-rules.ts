import type { RuleId, Severity } from '../../finding.ts';
import { headText } from '../../csv/encoding.ts';
import type { CellShape } from '../../csv/proof/proof.ts';
import type { FindingCollector } from '../findings/collector.ts';
import type { TextRange } from '../findings/text-range.ts';
import { valuesSpec, type RowIdentity, type ValueKind } from '../identity/identity.ts';
import { bitOf, type Effect } from '../findings/tally.ts';
import { VerdictReader, type FingerprintReader } from '../identity/fingerprint-readers.ts';

/** What a rule says of values. */
export interface ValueVerdict {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
  /** What it means for the row. */
  readonly effect?: Effect;
}

/** A rule on the values of one or more cells of rows that ingestion keeps. */
export interface ValueRule {
  /** 0-based cells; the finding stands on the last one. The rule is not asked while one of them is empty. */
  readonly cells: readonly number[];
  readonly judge: (...values: string[]) => ValueVerdict | undefined;
  /** True for a shape whose values in the rule's cell all pass. */
  readonly passes?: (shape: CellShape) => boolean;
}

/** So many different values are remembered with their verdict; a column that has more is hardly one for a rule. */
const REMEMBERED = 4096;

/**
 * Asks rules about the values of each row, about the same values only once: a result file has few exam codes, an
 * attendance file few months. Values are told apart by 52 bits of their fingerprint.
 */
export class ValueRules {
  readonly #rules: readonly RememberedRule[];
  readonly #collector: FindingCollector;

  constructor(rules: readonly ValueRule[], collector: FindingCollector) {
    this.#rules = rules.map((rule) => new RememberedRule(rule));
    this.#collector = collector;
  }

  get cells(): readonly number[] {
    return this.#rules.flatMap(({ rule }) => rule.cells);
  }

  /**
   * What marks the proved rows that `take` must look at.
   *
   * @param shapes what the cells of a proved row hold
   */
  readersOf(shapes: readonly CellShape[]): readonly FingerprintReader[] {
    return this.#rules.flatMap(({ rule, reader }) => {
      const { cells, passes } = rule;
      return passes && cells.every((cell) => passes(shapes[cell]!)) ? [] : (reader ?? []);
    });
  }

  get idle(): boolean {
    return this.#rules.length === 0;
  }

  /**
   * Takes a located row.
   *
   * @param place the editor range of cells, first and last 0-based; undefined when nothing is to be told
   * @returns what is true of the row, as a set of effects
   */
  take(
    identity: RowIdentity,
    bytes: Uint8Array,
    view: DataView,
    line: number,
    place: ((first: number, last: number) => TextRange) | undefined,
  ): number {
    let bits = 0;
    for (const remembered of this.#rules) {
      const verdict = remembered.judge(identity, bytes, view);
      if (!verdict) continue;
      if (verdict.effect) bits |= bitOf(verdict.effect);
      if (!place) continue;
      const cell = remembered.rule.cells.at(-1)!;
      this.#collector.add(
        verdict.rule,
        verdict.severity,
        () => place(cell, cell),
        () => verdict.message,
        { line, cell },
      );
    }
    return bits;
  }
}

class RememberedRule {
  readonly rule: ValueRule;
  readonly #kinds: readonly ValueKind[];
  /** Null for values without fault. */
  readonly #known = new Map<number, ValueVerdict | null>();
  #lastId = NaN;
  #lastVerdict: ValueVerdict | null = null;

  constructor(rule: ValueRule) {
    this.rule = rule;
    this.#kinds = rule.cells.map(() => 'text');
  }

  get reader(): FingerprintReader | undefined {
    const spec = valuesSpec(this.rule.cells, this.#kinds, true);
    return spec && new VerdictReader(spec, this.#known);
  }

  judge(identity: RowIdentity, bytes: Uint8Array, view: DataView): ValueVerdict | null {
    const { cells } = this.rule;
    const { id } = identity.values(bytes, view, cells, this.#kinds);
    if (id === this.#lastId) return this.#lastVerdict;
    let verdict = this.#known.get(id);
    if (verdict === undefined) {
      const values = cells.map((cell) => headText(bytes, identity.starts[cell]!, identity.ends[cell]!));
      verdict = (values.includes('') ? undefined : this.rule.judge(...values)) ?? null;
      if (this.#known.size >= REMEMBERED) this.#known.clear();
      this.#known.set(id, verdict);
    }
    this.#lastId = id;
    this.#lastVerdict = verdict;
    return verdict;
  }
}

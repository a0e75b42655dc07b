import type { RuleId, Severity } from '../../finding.ts';
import { headText } from '../../csv/encoding.ts';
import type { CellShape } from '../../csv/proof/proof.ts';
import type { FindingCollector, TextRange } from '../findings/collector.ts';
import { valuesSpec, type RowIdentity, type ValueKind } from '../identity/identity.ts';
import { bitOf, type Effect } from '../findings/tally.ts';
import { VerdictReader, type PrintReader } from '../identity/fingerprint-readers.ts';

/** What a rule says of values. */
export interface WatchVerdict {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
  /** What it means for the row. */
  readonly effect?: Effect;
}

/** A rule on the values of one or more cells of rows that ingestion keeps. */
export interface WatchRule {
  /** 0-based cells; the finding stands on the last one. The rule is not asked while one of them is empty. */
  readonly cells: readonly number[];
  readonly judge: (...values: string[]) => WatchVerdict | undefined;
  /** True for a shape whose values in the rule's cell all pass. */
  readonly passes?: (shape: CellShape) => boolean;
}

/** So many different values are remembered with their verdict; a column that has more is hardly one for a rule. */
const REMEMBERED = 4096;

/**
 * Asks rules about the values of each row, about the same values only once: a result file has few exam codes, an
 * attendance file few months. Values are told apart by 52 bits of their fingerprint.
 */
export class Watches {
  readonly #watches: readonly Watch[];
  readonly #collector: FindingCollector;

  constructor(rules: readonly WatchRule[], collector: FindingCollector) {
    this.#watches = rules.map((rule) => new Watch(rule));
    this.#collector = collector;
  }

  get cells(): readonly number[] {
    return this.#watches.flatMap((watch) => watch.rule.cells);
  }

  /**
   * What marks the proved rows that `take` must look at.
   *
   * @param shapes what the cells of a proved row hold
   */
  readersOf(shapes: readonly CellShape[]): readonly PrintReader[] {
    return this.#watches.flatMap((watch) => {
      const { cells, passes } = watch.rule;
      return passes && cells.every((cell) => passes(shapes[cell]!)) ? [] : (watch.reader ?? []);
    });
  }

  get idle(): boolean {
    return this.#watches.length === 0;
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
    for (const watch of this.#watches) {
      const verdict = watch.judge(identity, bytes, view);
      if (!verdict) continue;
      if (verdict.effect) bits |= bitOf(verdict.effect);
      if (!place) continue;
      const cell = watch.rule.cells.at(-1)!;
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

class Watch {
  readonly rule: WatchRule;
  readonly #kinds: readonly ValueKind[];
  /** Null for values without fault. */
  readonly #known = new Map<number, WatchVerdict | null>();
  #lastId = NaN;
  #lastVerdict: WatchVerdict | null = null;

  constructor(rule: WatchRule) {
    this.rule = rule;
    this.#kinds = rule.cells.map(() => 'text');
  }

  get reader(): PrintReader | undefined {
    const spec = valuesSpec(this.rule.cells, this.#kinds, true);
    return spec && new VerdictReader(spec, this.#known);
  }

  judge(identity: RowIdentity, bytes: Uint8Array, view: DataView): WatchVerdict | null {
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

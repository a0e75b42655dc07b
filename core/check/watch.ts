import type { RuleId, Severity } from '../finding.ts';
import { decodeUtf8 } from '../csv/encoding.ts';
import type { FindingCollector, TextRange } from './collector.ts';
import type { RowIdentity } from './identity.ts';

/** What a rule says of values. */
export interface WatchVerdict {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly message: string;
}

/** A rule on the values of one or more cells of rows that ingestion keeps. */
export interface WatchRule {
  /** 0-based cells; the finding stands on the last one. The rule is not asked while one of them is empty. */
  readonly cells: readonly number[];
  readonly judge: (...values: string[]) => WatchVerdict | undefined;
}

/** Values up to so many bytes are remembered; longer ones are judged each time. */
const REMEMBERED_BYTES = 64;

/**
 * Asks rules about the values of each row, and only when they are not those of the row before: the exam code of a
 * result file, or the month of an attendance file, hardly ever changes from one row to the next.
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

  get idle(): boolean {
    return this.#watches.length === 0;
  }

  /** Takes a located row. @param place the editor range of cells, first and last 0-based */
  take(
    identity: RowIdentity,
    bytes: Uint8Array,
    line: number,
    place: (first: number, last: number) => TextRange,
  ): void {
    for (const watch of this.#watches) {
      const verdict = watch.judge(identity, bytes);
      if (!verdict) continue;
      const cell = watch.rule.cells.at(-1)!;
      this.#collector.add(
        verdict.rule,
        verdict.severity,
        () => place(cell, cell),
        () => verdict.message,
        { line, cell },
      );
    }
  }
}

class Watch {
  readonly rule: WatchRule;
  readonly #last: Uint8Array;
  readonly #lengths: Int32Array;
  #verdict: WatchVerdict | undefined;

  constructor(rule: WatchRule) {
    this.rule = rule;
    this.#last = new Uint8Array(REMEMBERED_BYTES * rule.cells.length);
    this.#lengths = new Int32Array(rule.cells.length).fill(-1);
  }

  judge(identity: RowIdentity, bytes: Uint8Array): WatchVerdict | undefined {
    if (this.#isLast(identity, bytes)) return this.#verdict;
    const { cells, judge } = this.rule;
    const values = cells.map((cell) => decodeUtf8(bytes, identity.starts[cell]!, identity.ends[cell]!));
    this.#verdict = values.includes('') ? undefined : judge(...values);
    this.#remember(identity, bytes);
    return this.#verdict;
  }

  #isLast(identity: RowIdentity, bytes: Uint8Array): boolean {
    const { cells } = this.rule;
    for (let i = 0; i < cells.length; i++) {
      const start = identity.starts[cells[i]!]!;
      const length = identity.ends[cells[i]!]! - start;
      if (length !== this.#lengths[i]) return false;
      const kept = i * REMEMBERED_BYTES;
      for (let at = 0; at < length; at++) {
        if (bytes[start + at] !== this.#last[kept + at]) return false;
      }
    }
    return true;
  }

  #remember(identity: RowIdentity, bytes: Uint8Array): void {
    this.rule.cells.forEach((cell, i) => {
      const start = identity.starts[cell]!;
      const length = identity.ends[cell]! - start;
      this.#lengths[i] = length <= REMEMBERED_BYTES ? length : -1;
      if (length <= REMEMBERED_BYTES)
        this.#last.set(bytes.subarray(start, start + length), i * REMEMBERED_BYTES);
    });
  }
}

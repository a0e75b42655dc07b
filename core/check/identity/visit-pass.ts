import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { RuleId, Severity } from '../../finding.ts';
import type { FindingCollector } from '../findings/collector.ts';
import type { TextRange } from '../findings/text-range.ts';
import { type VisitFate, describeConflict, describeVisit } from '../findings/message.ts';
import type { RowPlaces } from '../findings/place.ts';
import { type TallyCounter, bitOf } from '../findings/tally.ts';
import type { RowIdentity } from './identity.ts';
import { NumberList } from './number-list.ts';
import { type VisitCells, VisitRecorder, type VisitVerdict, judgeVisits } from './visits.ts';

/** Where the cells of a location row stand. */
export interface VisitPlaces {
  /** 0-based editor line. */
  readonly line: number;
  readonly key: () => TextRange;
  readonly inspection: () => TextRange;
  readonly inSchool: () => TextRange;
}

/**
 * Tells a verdict.
 *
 * @param lineOf the 0-based editor line of a row by its number
 */
export function tellVisit(
  collector: FindingCollector,
  spec: DatasetSpec,
  { fate, because, conflict }: VisitVerdict,
  cells: VisitCells,
  places: VisitPlaces,
  lineOf: (row: number) => number,
): void {
  if (fate !== undefined && fate !== 'dropped-untold') {
    const { rule, severity, inSchool, inRuns } = fates[fate];
    const run = inRuns
      ? { line: places.line, cell: inSchool ? cells.inSchool : cells.inspection }
      : undefined;
    const place = inSchool ? places.inSchool : places.inspection;
    collector.add(
      rule,
      severity,
      place,
      () => describeVisit(fate, because < 0 ? 0 : lineOf(because) + 1),
      run,
    );
  }
  if (conflict < 0) return;
  collector.add('key/duplicate-key', 'error', places.key, () => describeConflict(spec, lineOf(conflict) + 1));
}

/** How a fate is told. A row that would not be counted anyway and is dropped is told once. */
const fates: Readonly<
  Record<
    VisitFate,
    {
      readonly rule: RuleId;
      readonly severity: Severity;
      /** True when the finding stands on `InSchoolLocation` instead of `InspectionId`. */
      readonly inSchool?: boolean;
      /** True when it says the same of each row. */
      readonly inRuns?: boolean;
    }
  >
> = {
  later: { rule: 'key/not-earliest', severity: 'warning' },
  unclear: { rule: 'key/not-earliest', severity: 'warning' },
  'dropped-not-in-school': { rule: 'key/not-earliest', severity: 'warning', inSchool: true, inRuns: true },
  'dropped-no-inspection': { rule: 'key/not-earliest', severity: 'warning', inRuns: true },
  'not-in-school': { rule: 'cell/not-counted', severity: 'information', inSchool: true, inRuns: true },
  'no-inspection': { rule: 'cell/not-counted', severity: 'warning', inRuns: true },
};

/** Collects the location rows of a file in a first pass, and tells of them in a second one. 53 bytes a row. */
export class VisitPass {
  readonly #spec: DatasetSpec;
  readonly #identity: RowIdentity;
  readonly #keyCells: readonly number[];
  readonly #collector: FindingCollector;
  readonly #keepEarliest: boolean;
  readonly #recorder: VisitRecorder;
  readonly #rows = new NumberList();
  readonly #keys = new NumberList();
  readonly #lines = new NumberList();
  readonly #effects = new NumberList();
  readonly #tally: TallyCounter;
  #verdicts: VisitVerdict[] = [];
  #lineOf: (row: number) => number = () => 0;
  /** The row of the second pass that comes next, and the next verdict. */
  #row = 0;
  #next = 0;

  constructor(
    spec: DatasetSpec,
    identity: RowIdentity,
    keyCells: readonly number[],
    cells: VisitCells,
    keepEarliest: boolean,
    collector: FindingCollector,
    tally: TallyCounter,
  ) {
    this.#spec = spec;
    this.#tally = tally;
    this.#identity = identity;
    this.#keyCells = keyCells;
    this.#keepEarliest = keepEarliest;
    this.#collector = collector;
    this.#recorder = new VisitRecorder(cells);
  }

  /** Takes a located row [start, end) of the first pass. @param bits what else is true of it, as a set of effects */
  take(bytes: Uint8Array, view: DataView, start: number, end: number, line: number, bits: number): void {
    this.#effects.push(bits);
    this.#rows.push(this.#identity.row(view, start, end).id);
    this.#keys.push(this.#identity.key(view).id);
    this.#lines.push(line);
    this.#recorder.take(this.#identity, bytes, view);
  }

  /** Ends the first pass. @returns true when there is something to tell in a second one */
  judge(): boolean {
    const rows = { rows: this.#rows.take(), keys: this.#keys.take(), ...this.#recorder.taken() };
    const lines = this.#lines.take();
    this.#lineOf = (row) => lines[row]!;
    this.#verdicts = judgeVisits(rows, this.#keepEarliest);
    this.#count(this.#effects.take());
    return this.#verdicts.length > 0;
  }

  /** Counts the rows that are dropped, or not counted as visits. @param effects of each row a set */
  #count(effects: Float64Array): void {
    const tally = this.#tally;
    for (const { row, fate, conflict } of this.#verdicts) {
      const bits = effects[row]!;
      if (conflict >= 0) tally.sharedKeys++;
      if (fate === 'unclear') tally.visitsUnclear++;
      else if (fate === 'not-in-school' || fate === 'no-inspection') {
        tally.takeBack({ bits, days: undefined });
        tally.keep({ bits: bits | bitOf('not-counted'), days: undefined });
      } else if (fate !== undefined) {
        tally.takeBack({ bits, days: undefined });
        tally.visitsDropped++;
      }
    }
  }

  /** Tells of the next row of the second pass, which takes the rows of the first one. */
  takeAgain(places: RowPlaces): void {
    const verdict = this.#verdicts[this.#next];
    if (verdict?.row !== this.#row++) return;
    this.#next++;
    const { cells } = this.#recorder;
    const cell = (index: number) => () => places.cells(index, index);
    const visitPlaces = {
      line: places.line,
      key: () => places.cells(Math.min(...this.#keyCells), Math.max(...this.#keyCells)),
      inspection: cell(cells.inspection),
      inSchool: cell(cells.inSchool),
    };
    tellVisit(this.#collector, this.#spec, verdict, cells, visitPlaces, this.#lineOf);
  }
}

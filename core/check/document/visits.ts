import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { FindingCollector } from '../findings/collector.ts';
import type { BlockTable } from './blocks.ts';
import type { ComparedRows, RowView } from './rows.ts';
import { inDocument, RowViews, type ReadRows } from './views.ts';
import { concat, IdCounts } from '../identity/id-counts.ts';
import {
  countOthers,
  judgeVisits,
  type VisitCells,
  type VisitRows,
  type VisitVerdict,
} from '../identity/visits.ts';
import { tellVisit } from '../identity/visit-pass.ts';

/** A block with rows that are compared. */
interface Part {
  readonly block: number;
  readonly compared: ComparedRows;
  /** The number of its first row in the document. */
  readonly first: number;
}

/**
 * The CRC locations of a document. Which of them are kept depends on all others, so where there may be something to tell
 * they are all judged again when one has changed; their text is looked at only where a finding stands.
 */
export class DocumentVisits {
  readonly #spec: DatasetSpec;
  readonly #cells: VisitCells;
  readonly #keepEarliest: boolean;
  readonly #views = new RowViews();
  readonly #inspections = new RepeatedIds();
  readonly #keys = new RepeatedIds();
  /** Rows that do not count, or of which that is not known. */
  #others = 0;
  /** Undefined when the rows must be judged again. */
  #verdicts: VisitVerdict[] | undefined = [];

  constructor(spec: DatasetSpec, cells: VisitCells, keepEarliest: boolean) {
    this.#spec = spec;
    this.#cells = cells;
    this.#keepEarliest = keepEarliest;
  }

  /** Takes rows out of the document and puts others in. */
  replace(gone: readonly ComparedRows[], added: readonly ComparedRows[]): void {
    for (const { keys, visits } of gone) {
      keys.forEach((id) => {
        this.#keys.remove(id);
      });
      visits?.inspections.forEach((id) => {
        this.#inspections.remove(id);
      });
      this.#others -= visits ? countOthers(visits.states) : 0;
    }
    for (const { keys, visits } of added) {
      keys.forEach((id) => {
        this.#keys.add(id);
      });
      visits?.inspections.forEach((id) => {
        this.#inspections.add(id);
      });
      this.#others += visits ? countOthers(visits.states) : 0;
    }
    const quiet = this.#inspections.repeated + this.#keys.repeated + this.#others === 0;
    this.#verdicts = quiet ? [] : undefined;
  }

  /** Tells of the rows of the document, in its order. */
  tell(table: BlockTable, readRows: ReadRows, collector: FindingCollector): void {
    if (this.#verdicts?.length === 0) return;
    const parts = partsOf(table);
    this.#verdicts ??= judgeVisits(rowsOf(parts), this.#keepEarliest);
    const lineOf = (row: number) => {
      const { block, compared, first } = partOf(parts, row);
      return table.lines[block]! + compared.lines[row - first]!;
    };
    let from = 0;
    for (const { block, compared, first } of parts) {
      const end = first + compared.rows.length;
      let to = from;
      while (to < this.#verdicts.length && this.#verdicts[to]!.row < end) to++;
      const verdicts = this.#verdicts.slice(from, to);
      const told = Int32Array.from(verdicts, ({ row }) => row - first);
      const line = table.lines[block]!;
      verdicts.forEach((verdict, number) => {
        const view = () => this.#views.of(compared, told[number]!, told, (wanted) => readRows(block, wanted));
        const visit = () => placesOf(view());
        const places = {
          line: line + compared.lines[told[number]!]!,
          key: () => inDocument(view().key, line),
          inspection: () => inDocument(visit().inspection, line),
          inSchool: () => inDocument(visit().inSchool, line),
        };
        tellVisit(collector, this.#spec, verdict, this.#cells, places, lineOf);
      });
      from = to;
    }
    this.#views.forgetUnused();
  }
}

/** Counts ids, and how many of them stand more than once. */
class RepeatedIds {
  readonly #counts = new IdCounts();
  repeated = 0;

  add(id: number): void {
    if (this.#counts.add(id) === 2) this.repeated++;
  }

  remove(id: number): void {
    if (this.#counts.remove(id) === 1) this.repeated--;
  }
}

function placesOf({ visit }: RowView): NonNullable<RowView['visit']> {
  if (!visit) throw new Error('The row is no location row.');
  return visit;
}

function partsOf(table: BlockTable): Part[] {
  const parts: Part[] = [];
  let first = 0;
  for (let block = 0; block < table.size; block++) {
    const compared = table.checks[block]?.compared;
    if (!compared || compared.rows.length === 0) continue;
    parts.push({ block, compared, first });
    first += compared.rows.length;
  }
  return parts;
}

function rowsOf(parts: readonly Part[]): VisitRows {
  const visits = parts.flatMap(({ compared }) => compared.visits ?? []);
  return {
    rows: concat(parts.map(({ compared }) => compared.rows)),
    keys: concat(parts.map(({ compared }) => compared.keys)),
    inspections: concat(visits.map(({ inspections }) => inspections)),
    times: concat(visits.map(({ times }) => times)),
    states: Uint8Array.from(concat(visits.map(({ states }) => Float64Array.from(states)))),
  };
}

/** The part that holds a row, by its number in the document. */
function partOf(parts: readonly Part[], row: number): Part {
  let low = 0;
  let high = parts.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (parts[middle]!.first <= row) low = middle;
    else high = middle - 1;
  }
  return parts[low]!;
}

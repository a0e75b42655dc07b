import type { TextRange } from '../findings/text-range.ts';
import type { ComparedRows, RowView } from './rows.ts';

/** Looks at some rows of a block, by the block's number and their indexes in `ComparedRows`. */
export type ReadRows = (block: number, wanted: ReadonlySet<number>) => ReadonlyMap<number, RowView>;

/** So many rows of a block are looked at together. */
const VIEWED_TOGETHER = 128;

type Views = Map<ComparedRows, Map<number, RowView>>;

/** The rows of a document that findings stand on, remembered from one check to the next. */
export class RowViews {
  #known: Views = new Map();
  #used: Views = new Map();

  /**
   * @param index of the row in `compared`
   * @param suspects sorted indexes of rows that may be asked for, `index` among them
   * @param lookAt looks at rows of the block by their indexes
   */
  of(
    compared: ComparedRows,
    index: number,
    suspects: Int32Array,
    lookAt: (wanted: ReadonlySet<number>) => ReadonlyMap<number, RowView>,
  ): RowView {
    const known = viewsIn(this.#known, compared);
    if (!known.has(index)) {
      const from = suspects.indexOf(index);
      const wanted = new Set(suspects.subarray(from, from + VIEWED_TOGETHER));
      for (const [at, view] of lookAt(wanted)) known.set(at, view);
    }
    const view = known.get(index);
    if (!view) throw new Error('A row of the document is not where it was.');
    viewsIn(this.#used, compared).set(index, view);
    return view;
  }

  /** Forgets the rows that were not asked for since the last time. */
  forgetUnused(): void {
    this.#known = this.#used;
    this.#used = new Map();
  }
}

/** A range of a block in the lines of the document. @param line 0-based editor line where the block's rows start */
export function inDocument(range: TextRange, line: number): TextRange {
  return { ...range, line: range.line + line, endLine: range.endLine + line };
}

function viewsIn(views: Views, compared: ComparedRows): Map<number, RowView> {
  let found = views.get(compared);
  if (!found) views.set(compared, (found = new Map<number, RowView>()));
  return found;
}

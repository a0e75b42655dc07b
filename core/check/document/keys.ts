import type { DatasetSpec } from '../../catalogue/spec.ts';
import type { FindingCollector } from '../findings/collector.ts';
import type { TextRange } from '../findings/text-range.ts';
import type { BlockTable } from './blocks.ts';
import type { ComparedRows, RowView } from './rows.ts';
import { inDocument, RowViews, type ReadRows } from './views.ts';
import { concat, IdCounts, sameEnds } from '../identity/id-counts.ts';
import { conflictMatters, KeyVerdicts, repeatSeverity, type KeySuspects } from '../identity/keys.ts';
import type { RowPlaces } from '../findings/place.ts';

/** Above this many changed ids a table is quicker than looking for one after the other. */
const FEW_IDS = 8;

/**
 * Repeated rows and conflicting keys of a document, kept by difference: an edit takes out the ids of the rows that it
 * changes and puts in the new ones. Two tables of 16 to 32 bytes for each different row and key.
 */
export class DocumentKeys implements KeySuspects {
  readonly #spec: DatasetSpec;
  readonly #keyCells: readonly number[];
  readonly #hasKeys: boolean;
  readonly #wholeRow: boolean;
  #rowCounts = new IdCounts();
  /** How many different rows have a key. */
  #keyCounts = new IdCounts();
  readonly #rowNumbers = new Numbers();
  readonly #keyNumbers = new Numbers();
  /** For each block's rows the indexes of those that stand twice or whose key does. */
  readonly #suspects = new Map<ComparedRows, Int32Array>();
  readonly #views = new RowViews();
  #rows = 0;
  #conflicting = 0;

  /**
   * @param keyCells 0-based cells of the key; none when the file has not all of them
   * @param wholeRow true when the bytes of a row are its values
   */
  constructor(spec: DatasetSpec, keyCells: readonly number[], wholeRow: boolean) {
    this.#spec = spec;
    this.#keyCells = keyCells;
    this.#hasKeys = keyCells.length > 0 && conflictMatters(spec);
    this.#wholeRow = wholeRow;
  }

  get rows(): number {
    return this.#rowNumbers.limit;
  }

  get keys(): number {
    return this.#keyNumbers.limit + this.#rowNumbers.limit;
  }

  rowNumber(row: number): number {
    return this.#spec.key.repeatsRemoved ? this.#rowNumbers.of(row) : -1;
  }

  keyNumber(key: number, row: number): number {
    const number = this.#keyNumbers.of(key);
    if (number >= 0) return number;
    // The rows of this key are all the same one: its number serves.
    const repeated = this.#rowNumbers.of(row);
    return repeated < 0 ? -1 : this.#keyNumbers.limit + repeated;
  }

  /**
   * Takes rows out of the document and puts others in.
   *
   * @param table the blocks that there are then
   */
  replace(gone: readonly ComparedRows[], added: readonly ComparedRows[], table: BlockTable): void {
    const changes = new Changes();
    if (gone.length > 0 && added.length > 0) {
      const [before, after] = [joined(gone), joined(added)];
      const { head, tail } = sameEnds(before.rows, after.rows);
      this.#takeOut(before, head, before.rows.length - tail, changes);
      this.#putIn(after, head, after.rows.length - tail, changes);
    } else {
      if (this.#rows === 0) this.#expect(added);
      for (const each of gone) this.#takeOut(each, 0, each.rows.length, changes);
      for (const each of added) this.#putIn(each, 0, each.rows.length, changes);
    }
    for (const row of changes.rows) this.#rowNumbers.set(row, this.#rowCounts.count(row) > 1);
    for (const key of changes.keys) this.#keyNumbers.set(key, this.#keyCounts.count(key) > 1);
    for (const each of gone) this.#suspects.delete(each);
    for (const each of added) this.#findSuspects(each);
    if (changes.rows.size + changes.keys.size === 0) return;
    const [rows, keys] = [new IdFinder(changes.rows), new IdFinder(changes.keys)];
    for (let i = 0; i < table.size; i++) {
      const compared = table.checks[i]?.compared;
      if (compared && (rows.findIn(compared.rows) || keys.findIn(compared.keys)))
        this.#findSuspects(compared);
    }
  }

  /**
   * Tells repeats and conflicts of the rows of the document, in its order.
   *
   * @param maxFindings no more findings are kept of a rule: those behind are counted without a look at their rows
   */
  tell(table: BlockTable, readRows: ReadRows, collector: FindingCollector, maxFindings: number): void {
    const { repeatsRemoved } = this.#spec.key;
    const repeats = repeatsRemoved ? this.#rows - this.#rowCounts.size : 0;
    if (repeats + this.#conflicting === 0) return;
    const verdicts = new KeyVerdicts(this.#spec, this.#keyCells, this, collector, true);
    for (let block = 0; block < table.size; block++) {
      const compared = table.checks[block]?.compared;
      const suspects = compared && this.#suspects.get(compared);
      if (!suspects) continue;
      for (const index of suspects) {
        const view = () => this.#views.of(compared, index, suspects, (wanted) => readRows(block, wanted));
        const row = new PlacedRow(table.lines[block]!, compared.lines[index]!, view);
        const id = compared.rows[index]!;
        const number = this.rowNumber(id);
        // Beyond what is shown the fingerprints speak for the rows.
        const values = this.#wholeRow && verdicts.repeats < maxFindings ? row.values : undefined;
        if (number >= 0 && verdicts.isRepeat(number, values, row)) continue;
        const key = this.#hasKeys ? this.keyNumber(compared.keys[index]!, id) : -1;
        if (key >= 0) verdicts.compareKey(key, id, row);
      }
      // Where repeats are not removed they may conflict, and only a look at all of them says how often.
      if (!repeatsRemoved) continue;
      if (verdicts.repeats < Math.min(repeats, maxFindings)) continue;
      if (verdicts.conflicts < Math.min(this.#conflicting, maxFindings)) continue;
      collector.addUnkept('key/duplicate-record', repeatSeverity(this.#spec), repeats - verdicts.repeats);
      collector.addUnkept('key/duplicate-key', 'error', this.#conflicting - verdicts.conflicts);
      break;
    }
    this.#views.forgetUnused();
  }

  /** Makes room at once for what is put in. */
  #expect(added: readonly ComparedRows[]): void {
    const rows = added.reduce((sum, each) => sum + each.rows.length, 0);
    this.#rowCounts = new IdCounts(rows);
    this.#keyCounts = new IdCounts(this.#hasKeys ? rows : 0);
  }

  #takeOut({ rows, keys }: Ids, from: number, to: number, changes: Changes): void {
    this.#rows -= to - from;
    for (let i = from; i < to; i++) {
      const left = this.#rowCounts.remove(rows[i]!);
      if (left === 1) changes.rows.add(rows[i]!);
      if (left > 0 || !this.#hasKeys) continue;
      const others = this.#keyCounts.remove(keys[i]!);
      this.#conflicting -= others === 1 ? 2 : others > 1 ? 1 : 0;
      if (others === 1) changes.keys.add(keys[i]!);
    }
  }

  #putIn({ rows, keys }: Ids, from: number, to: number, changes: Changes): void {
    this.#rows += to - from;
    for (let i = from; i < to; i++) {
      const count = this.#rowCounts.add(rows[i]!);
      if (count === 2) changes.rows.add(rows[i]!);
      if (count > 1 || !this.#hasKeys) continue;
      const others = this.#keyCounts.add(keys[i]!);
      this.#conflicting += others === 2 ? 2 : others > 2 ? 1 : 0;
      if (others === 2) changes.keys.add(keys[i]!);
    }
  }

  #findSuspects(compared: ComparedRows): void {
    this.#suspects.delete(compared);
    if (this.#rowNumbers.limit + this.#keyNumbers.limit === 0) return;
    const { rows, keys } = compared;
    const found: number[] = [];
    for (let i = 0; i < rows.length; i++) {
      if (this.#rowNumbers.of(rows[i]!) >= 0 || (this.#hasKeys && this.#keyNumbers.of(keys[i]!) >= 0))
        found.push(i);
    }
    if (found.length > 0) this.#suspects.set(compared, Int32Array.from(found));
  }
}

type Ids = Pick<ComparedRows, 'rows' | 'keys'>;

/** Ids that stand twice now and did not before, or the other way round. */
class Changes {
  readonly rows = new Set<number>();
  readonly keys = new Set<number>();
}

/** Small numbers for the ids of a set that changes. */
class Numbers {
  /** All numbers are below. */
  limit = 0;
  readonly #numbers = new Map<number, number>();
  #free: number[] = [];

  /** The number of an id, -1 when it is not in the set. */
  of(id: number): number {
    return this.#numbers.get(id) ?? -1;
  }

  set(id: number, inSet: boolean): void {
    const number = this.#numbers.get(id);
    if (inSet === (number !== undefined)) return;
    if (number === undefined) {
      this.#numbers.set(id, this.#free.pop() ?? this.limit++);
      return;
    }
    this.#numbers.delete(id);
    this.#free.push(number);
    if (this.#numbers.size > 0) return;
    this.limit = 0;
    this.#free = [];
  }
}

/** Looks for any of some ids in lists of them. */
class IdFinder {
  readonly #few: readonly number[];
  readonly #many: IdCounts | undefined;

  constructor(ids: ReadonlySet<number>) {
    this.#few = [...ids];
    if (ids.size <= FEW_IDS) return;
    this.#many = new IdCounts(ids.size * 2);
    for (const id of ids) this.#many.add(id);
  }

  findIn(ids: Float64Array): boolean {
    const many = this.#many;
    if (!many) return this.#few.some((id) => ids.includes(id));
    for (let i = 0; i < ids.length; i++) {
      if (many.count(ids[i]!) > 0) return true;
    }
    return false;
  }
}

/** A row at its place in the document. */
class PlacedRow implements RowPlaces {
  readonly line: number;
  readonly #blockLine: number;
  readonly #view: () => RowView;

  /** @param line counted from `blockLine`, like those of the view */
  constructor(blockLine: number, line: number, view: () => RowView) {
    this.line = blockLine + line;
    this.#blockLine = blockLine;
    this.#view = view;
  }

  readonly row = (): TextRange => this.#placed(this.#view().row);
  readonly cells = (): TextRange => this.#placed(this.#view().key);
  readonly values = (): Uint8Array => this.#view().values;

  #placed(range: TextRange): TextRange {
    return inDocument(range, this.#blockLine);
  }
}

function joined(parts: readonly ComparedRows[]): Ids {
  const [only, ...others] = parts;
  if (only && others.length === 0) return only;
  return { rows: concat(parts.map(({ rows }) => rows)), keys: concat(parts.map(({ keys }) => keys)) };
}

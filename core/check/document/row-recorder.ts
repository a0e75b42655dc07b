import type { RowFingerprints } from '../../csv/proof/fingerprints.ts';
import type { RowPlaces } from '../findings/place.ts';
import { type FingerprintReader, idOf } from '../identity/fingerprint-readers.ts';
import type { RowIdentity } from '../identity/identity.ts';
import type { RowKeeper, RowPass, ValueSink } from '../identity/keys.ts';
import { NumberList } from '../identity/number-list.ts';
import { type VisitCells, VisitRecorder } from '../identity/visits.ts';
import type { ComparedRows, RowView } from './rows.ts';

/** Takes from `TableRows` what is kept of the rows that are compared. */
export class RowRecorder implements RowKeeper, RowPass {
  keyCells: readonly number[] = [];
  identity: RowIdentity | undefined;
  /** For a file of CRC locations: what takes them. */
  visits: VisitRecorder | undefined;
  /** Keys of the columns that other files refer to (`columnsKey`). */
  readonly columns: (readonly string[])[] = [];
  readonly #rows = new NumberList();
  readonly #keys = new NumberList();
  readonly #lines = new NumberList();
  readonly #values: NumberList[] = [];
  readonly #numbers: NumberList[] = [];
  readonly #rowsWanted: boolean;
  readonly #keysWanted: boolean;
  #index = 0;
  /** The indexes of proved rows that are looked at once more, by their lines. */
  readonly #viewedLines = new Map<number, number>();
  #views: { readonly wanted: ReadonlySet<number>; readonly found: Map<number, RowView> } | undefined;

  /** @param rowsWanted whether rows are compared @param keysWanted whether keys are, where the file has them */
  constructor(rowsWanted: boolean, keysWanted: boolean) {
    this.#rowsWanted = rowsWanted;
    this.#keysWanted = keysWanted;
  }

  begin(identity: RowIdentity, keyCells: readonly number[], visits: VisitCells | undefined): RowPass {
    this.identity = identity;
    this.keyCells = keyCells;
    this.visits = visits && new VisitRecorder(visits);
    return this;
  }

  /** True when keys are compared. */
  get comparesKeys(): boolean {
    return this.#keysWanted && this.keyCells.length > 0;
  }

  values(columns: readonly string[]): ValueSink {
    const list = new NumberList();
    const numbers = new NumberList();
    this.columns.push(columns);
    this.#values.push(list);
    this.#numbers.push(numbers);
    return {
      add: (value, number) => {
        if (this.#views) return;
        list.push(value.id);
        if (number !== undefined) numbers.push(number);
      },
      reader: (spec) => ({
        spec,
        read: (fingerprints, rows) => {
          if (!this.#views) pushEach(list, fingerprints, rows);
          return false;
        },
      }),
    };
  }

  get readers(): readonly FingerprintReader[] | undefined {
    const { identity } = this;
    // The cells of visits have no fingerprint.
    if (!identity || this.visits) return undefined;
    const rows: FingerprintReader = {
      spec: identity.rowSpec,
      read: (fingerprints, count, marks, line) => this.#readRows(fingerprints, count, marks, line),
    };
    const keys: FingerprintReader = {
      spec: identity.keySpec,
      read: ({ halves }, count) => {
        if (!this.#views) pushAll(this.#keys, halves, count);
        return false;
      },
    };
    if (!this.#rowsWanted && !this.comparesKeys) return [];
    return this.comparesKeys ? [rows, keys] : [rows];
  }

  #readRows({ halves }: RowFingerprints, count: number, marks: Uint8Array, line: number): boolean {
    if (!this.#views) {
      pushAll(this.#rows, halves, count);
      for (let row = 0; row < count; row++) this.#lines.push(line + row);
      return false;
    }
    let found = false;
    for (let row = 0; row < count; row++) {
      const index = this.#index++;
      if (!this.#views.wanted.has(index)) continue;
      this.#viewedLines.set(line + row, index);
      marks[row] = 1;
      found = true;
    }
    return found;
  }

  takeMarked(bytes: Uint8Array, start: number, end: number, places: RowPlaces): void {
    const index = this.#views && this.#viewedLines.get(places.line);
    if (index !== undefined) this.#views?.found.set(index, this.#view(bytes, start, end, places));
  }

  take(bytes: Uint8Array, view: DataView, start: number, end: number, places: RowPlaces): void {
    const { identity } = this;
    if (!identity || !(this.#rowsWanted || this.comparesKeys)) return;
    if (this.#views) {
      const index = this.#index++;
      if (this.#views.wanted.has(index)) this.#views.found.set(index, this.#view(bytes, start, end, places));
      return;
    }
    this.#rows.push(identity.row(view, start, end).id);
    if (this.comparesKeys) this.#keys.push(identity.key(view).id);
    this.#lines.push(places.line);
    this.visits?.take(identity, bytes, view);
  }

  /** Hands over what was taken since the last time. */
  taken(): ComparedRows {
    return {
      rows: this.#rows.take(),
      keys: this.#keys.take(),
      lines: new Int32Array(this.#lines.take()),
      values: this.#values.map((list) => list.take()),
      numbers: this.#numbers.map((list) => list.take()),
      visits: this.visits?.taken(),
    };
  }

  /** Looks at rows that are taken once more, by their index in `ComparedRows`, while `look` lets them pass. */
  viewsOf(wanted: ReadonlySet<number>, look: () => void): Map<number, RowView> {
    const found = new Map<number, RowView>();
    this.#views = { wanted, found };
    this.#index = 0;
    this.#viewedLines.clear();
    look();
    this.#views = undefined;
    return found;
  }

  #view(bytes: Uint8Array, start: number, end: number, places: RowPlaces): RowView {
    const row = places.row();
    const key = this.comparesKeys
      ? places.cells(Math.min(...this.keyCells), Math.max(...this.keyCells))
      : row;
    const cells = this.visits?.cells;
    const cell = (index: number) => places.cells(index, index);
    const visit = cells && { inspection: cell(cells.inspection), inSchool: cell(cells.inSchool) };
    return { row, key, values: bytes.slice(start, end), visit };
  }
}

/** Adds the id of each fingerprint. */
function pushAll(list: NumberList, halves: Int32Array, count: number): void {
  for (let at = 0; at < count * 2; at += 2) list.push(idOf(halves[at]!, halves[at + 1]!));
}

/** Adds an id for each row: that of the last row before it that has a fingerprint. */
function pushEach(list: NumberList, { count, rows: first, halves }: RowFingerprints, rows: number): void {
  for (let i = 0; i < count; i++) {
    const id = idOf(halves[i * 2]!, halves[i * 2 + 1]!);
    const end = i + 1 < count ? first[i + 1]! : rows;
    for (let row = first[i]!; row < end; row++) list.push(id);
  }
}

/** Header and rows of a table as objects: values, repeats, keys, references (ingestion-rules, sections 5 to 10). */
import { counterpart } from '../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../core/catalogue/spec.ts';
import type { RuleId, Severity } from '../../core/finding.ts';
import { readHeader } from './header.ts';
import { meaningOf } from './meaning.ts';
import { readCommons, type SourceCell, type SourceRow } from './readers.ts';
import { javaTrim } from './text.ts';
import type { ReferenceMasters, ReferenceSettings, Tell } from './types.ts';
import { faultOf, plainNumber, wholeNumber } from './values.ts';
import { locationFindings, type LocationRow } from './visits.ts';

/** A row that ingestion keeps so far: the source of each column, and its value by the column's name. */
interface KeptRow {
  readonly source: SourceRow;
  readonly cells: ReadonlyMap<string, SourceCell>;
  readonly values: Readonly<Record<string, string>>;
}

const noCell: Omit<SourceCell, 'from' | 'to'> = {
  ...{ value: '', raw: '', quoted: false, escaped: false, nuls: [] },
};

export class TableReference {
  readonly #spec: DatasetSpec;
  readonly #variant: VariantSpec;
  readonly #settings: ReferenceSettings;
  readonly #firstLine: string;
  readonly #masters: ReferenceMasters | undefined;
  readonly #tell: Tell;
  /** True for a row of which everything is told. */
  #silent = false;
  readonly #kept: KeptRow[] = [];
  /** Every row that has all its cells, also one that ingestion drops. */
  readonly #whole: Readonly<Record<string, string>>[] = [];
  #columns: readonly (ColumnSpec | undefined)[] = [];
  #usable = false;
  rows = 0;

  constructor(
    spec: DatasetSpec,
    variant: VariantSpec,
    settings: ReferenceSettings,
    firstLine: string,
    masters: ReferenceMasters | undefined,
    tell: Tell,
  ) {
    this.#spec = spec;
    this.#variant = variant;
    this.#settings = settings;
    this.#firstLine = firstLine;
    this.#masters = masters;
    this.#tell = (...told) => {
      if (!this.#silent) tell(...told);
    };
  }

  get columns(): readonly (ColumnSpec | undefined)[] {
    return this.#columns;
  }

  readHeader(row: SourceRow): void {
    const names = row.cells.map(({ value, quoted }) => ({ name: value, quoted }));
    const { findings, columns, usable } = readHeader(this.#spec, this.#variant, names, this.#firstLine);
    for (const { rule, severity, cell } of findings) {
      const { from, to } = row.cells[cell]!;
      this.#tell(rule, severity, from, to);
    }
    this.#columns = columns;
    this.#usable = usable;
    if (!usable) return;
    this.#tellDefects(row);
    const absent = this.#spec.references.filter(
      ({ columns: names, dataset, toColumns }) =>
        this.#masters && this.#hasAll(names) && !this.#masters(dataset, toColumns),
    );
    new Set(absent.map(({ dataset }) => dataset)).forEach(() => {
      this.#tell('reference/no-master', 'information', row.from, row.to);
    });
  }

  readRow(row: SourceRow): void {
    this.rows++;
    if (!this.#usable) return;
    const isEmpty = row.cells.length > 1 && row.cells.every(({ raw }) => raw === '');
    this.#silent = isEmpty && this.#tellEmptyRow(row);
    this.#readCells(row);
    this.#silent = false;
  }

  #readCells(row: SourceRow): void {
    if (row.cells.length !== this.#columns.length && !this.#tellWidth(row)) return;
    const cells = new Map<string, SourceCell>();
    const values: Record<string, string> = {};
    let dropped = false;
    for (const [index, cell] of row.cells.entries()) {
      const column = this.#columns[index];
      if (!column) continue;
      cells.set(column.name, cell);
      values[column.name] = this.#valueOf(cell, column);
      if (this.#tellCell(row, index, column, values[column.name]!)) dropped = true;
    }
    for (const column of this.#columns.slice(row.cells.length)) {
      if (!column) continue;
      cells.set(column.name, { ...noCell, from: row.to, to: row.to });
      values[column.name] = '';
    }
    this.#whole.push(values);
    if (dropped) return;
    const kept = { source: row, cells, values };
    this.#kept.push(kept);
    this.#tellReferences(kept);
    this.#tellLimits(kept);
    const columns = this.#columns.filter((column) => column !== undefined);
    const named = (name: string) => this.#named(name);
    for (const { column, rule, severity } of meaningOf(this.#spec, this.#settings, {
      columns,
      values,
      named,
    })) {
      const { from, to } = cells.get(column.name)!;
      this.#tell(rule, severity, from, to, { row, cell: this.#columns.indexOf(column) });
    }
  }

  /**
   * One finding for a row of delimiters alone, an error only where its empty key reaches the database.
   *
   * @returns false when the row is stored: nothing is told of it then
   */
  #tellEmptyRow(row: SourceRow): boolean {
    const required = this.#columns.filter((column) => column && this.#isRequired(column)) as ColumnSpec[];
    const byKey = required.filter(
      ({ emptyFailsFile, processor, optional }) => emptyFailsFile && !(processor && optional === false),
    );
    const isCut = this.#spec.reading.reader === 'super-csv' && row.cells.length !== this.#columns.length;
    if (!isCut && required.length === 0) return false;
    const severity = !isCut && byKey.length === required.length ? 'error' : 'warning';
    const run = { row, cell: this.#columns.length + 2, least: 2 };
    this.#tell('row/empty', severity, row.from, row.to, run);
    return true;
  }

  /** @returns true for a row of another width that loads as it is */
  #tellWidth(row: SourceRow): boolean {
    const width = this.#columns.length;
    const surplus = row.cells.slice(width);
    const missing = this.#columns.slice(row.cells.length);
    const loads =
      this.#spec.reading.reader === 'commons-csv' &&
      surplus.every(({ value }) => javaTrim(value) === '') &&
      !missing.some((column) => column && this.#isRequired(column));
    if (!loads) this.#tell('row/column-count', 'error', row.from, row.to, { row, cell: -1 });
    else {
      const cell = surplus.length > 0 ? width : width + 1;
      this.#tell('row/column-count', 'warning', row.from, row.to, { row, cell, least: 2 });
    }
    return loads;
  }

  #isRequired(column: ColumnSpec): boolean {
    const mapOff = this.#settings.withoutMap && Number(this.#settings.release) >= 3.5;
    return column.required && !(column.optionalWithoutMap && mapOff);
  }

  /** Exact repeats, and rows that share a key and differ elsewhere (section 9). */
  tellRepeats(): void {
    const { repeatsRemoved, columns, sameId } = this.#spec.key;
    const seen = new Map<string, SourceRow>();
    const single = this.#kept.filter(({ source, values }) => {
      const record = JSON.stringify(values);
      const first = seen.get(record);
      if (repeatsRemoved && first) {
        // The default query of infra_trans then finds no column but the school.
        const severity = this.#spec.id === 'infra_trans' ? 'error' : 'warning';
        this.#tell('key/duplicate-record', severity, source.from, source.to, undefined, first);
        return false;
      }
      seen.set(record, source);
      return true;
    });
    if (columns.length === 0 || !this.#hasAll(columns) || sameId === 'none' || sameId === 'upsert') return;
    const key = columns.map((name) => this.#named(name)!.name);
    const compared = sameId === 'keep-earliest-inspection' ? this.#tellLocations(single) : single;
    const byKey = new Map<string, KeptRow[]>();
    for (const row of compared) {
      const id = JSON.stringify(key.map((name) => row.values[name]));
      byKey.set(id, [...(byKey.get(id) ?? []), row]);
    }
    for (const group of byKey.values()) {
      const [first, second] = group;
      if (!first || !second) continue;
      for (const row of group)
        this.#tellCells('key/duplicate-key', 'error', row, key, row === first ? second : first);
    }
  }

  /** @returns the rows that surely reach the primary key */
  #tellLocations(rows: readonly KeptRow[]): readonly KeptRow[] {
    if (!this.#hasAll(['InspectionId', 'InSchoolLocation', 'CreatedOn'])) return rows;
    const located = rows.map((kept) => ({ ...(kept.values as unknown as LocationRow), kept }));
    const { findings, kept } = locationFindings(located, Number(this.#settings.release));
    for (const { row, rule, severity, column, other, inRuns } of findings) {
      const { source, cells } = row.kept;
      const cell = this.#columns.findIndex((each) => each?.name === column);
      const run = inRuns ? { row: source, cell } : undefined;
      const { from, to } = cells.get(column)!;
      this.#tell(rule, severity, from, to, run, other?.kept.source);
    }
    return kept.map((row) => row.kept);
  }

  /** @param lastLine where the last line of the file starts */
  tellNoRows(lastLine: number): void {
    if (this.rows > 0 || !this.#usable) return;
    const dropped = this.#spec.reading.reparsed || this.#spec.header.match === 'contains';
    this.#tell('row/none', dropped ? 'error' : 'warning', lastLine, lastLine);
  }

  /** The values of columns of the main header, in every row that has its cells. */
  valuesOf(columns: readonly string[], beside?: string): ReadonlyMap<string, number> | undefined {
    if (!this.#usable || !this.#hasAll(columns)) return undefined;
    const named = columns.map((name) => this.#named(name)!);
    const largest = new Map<string, number>();
    for (const values of this.#whole) {
      const key = joinValue(named, values);
      // What is no plain number limits nothing.
      const number = plainNumber(values[this.#named(beside ?? '')?.name ?? ''] ?? '') ?? Infinity;
      largest.set(key, Math.max(number, largest.get(key) ?? -Infinity));
    }
    return largest;
  }

  /** The column of the file's variant that holds a column of the main header; undefined when the file has it not. */
  #named(name: string): ColumnSpec | undefined {
    const column = counterpart(this.#spec, this.#variant, name);
    return this.#columns.includes(column) ? column : undefined;
  }

  #hasAll(names: readonly string[]): boolean {
    return names.every((name) => this.#named(name) !== undefined);
  }

  #valueOf(cell: SourceCell, column: ColumnSpec): string {
    const { trim, nullWord, nullWordInKey } = this.#spec.reading;
    const value = trim ? javaTrim(cell.value) : cell.value;
    if (nullWord === 'empty' && value === 'NULL') return '';
    if (nullWord === 'zero-day' && value === 'NULL' && Number(column.name) > 0) return '0';
    const isKey = this.#spec.key.columns.includes(column.name);
    return nullWordInKey && isKey && value.toUpperCase() === 'NULL' ? '' : value;
  }

  /** @returns true when ingestion drops the row for this cell */
  #tellCell(row: SourceRow, cell: number, column: ColumnSpec, value: string): boolean {
    const { from, to, raw, quoted, escaped } = row.cells[cell]!;
    if (escaped) this.#tell('dialect/escape', 'warning', from, to);
    if (this.#spec.reading.reader === 'super-csv') {
      const whole = !raw.includes('"') || /^"([^"]|"")*"$/.test(raw);
      if ((!whole || raw.includes('\\')) && !this.#readsTheSame(row.cells[cell]!))
        this.#tell(whole ? 'dialect/escape' : 'dialect/stray-quote', 'warning', from, to);
    } else if (
      !quoted &&
      javaTrim(this.#spec.reading.unescapeFirst ? raw.replaceAll('\\"', '"') : raw).startsWith('"')
    ) {
      this.#tell('dialect/stray-quote', 'warning', from, to);
    }
    const mapOff = this.#settings.withoutMap && Number(this.#settings.release) >= 3.5;
    if (value === '') {
      const required = this.#isRequired(column);
      if (required) this.#tell('cell/required', 'error', from, to, { row, cell });
      return required;
    }
    const refused = this.#spec.ranges.find(
      (range) => range.stage === undefined && this.#named(range.column) === column,
    )?.notIn;
    const fault = faultOf(value, column, this.#spec, mapOff ? [] : refused);
    if (fault) this.#tell(fault.rule, fault.severity, from, to, { row, cell });
    return fault?.dropsRow === true;
  }

  /** True when Commons CSV, behind the step that takes the backslash out of `\"`, reads a CRC cell as Super CSV does. */
  #readsTheSame({ raw, value }: SourceCell): boolean {
    const { rows } = readCommons(raw, { delimiter: '|', escapes: true, unescapeFirst: true });
    const [again, ...others] = rows.flatMap(({ cells }) => cells);
    const plain = (text: string) => text.replace(/\r\n|\r/g, '\n');
    const isOne = rows.length === 1 && others.length === 0 && rows[0]!.faults.length === 0;
    return isOne && plain(again!.value) === plain(value);
  }

  #tellReferences(row: KeptRow): void {
    for (const { columns: names, dataset, toColumns } of this.#spec.references) {
      if (!this.#masters || !this.#hasAll(names)) continue;
      const known = this.#masters(dataset, toColumns);
      const columns = names.map((name) => this.#named(name)!);
      if (!known || columns.some(({ name }) => row.values[name] === '')) continue;
      if (known.has(joinValue(columns, row.values))) continue;
      this.#tellCells(
        'reference/unknown',
        'warning',
        row,
        columns.map(({ name }) => name),
      );
    }
  }

  /** Marks above those of the question. */
  #tellLimits(row: KeptRow): void {
    for (const { column: name, maxFrom } of this.#spec.ranges) {
      const [dataset, beside] = maxFrom?.split('.') ?? [];
      const reference = this.#spec.references.find((each) => each.dataset === dataset);
      if (!reference || !this.#masters || !this.#hasAll([name, ...reference.columns])) continue;
      const column = this.#named(name)!;
      const key = reference.columns.map((each) => this.#named(each)!);
      if (key.some((each) => row.values[each.name] === '')) continue;
      const known = this.#masters(reference.dataset, reference.toColumns, beside);
      const most = known?.get(joinValue(key, row.values)) ?? Infinity;
      const value = plainNumber(row.values[column.name]!) ?? -Infinity;
      if (value <= most) continue;
      const { from, to } = row.cells.get(column.name)!;
      const place = { row: row.source, cell: this.#columns.indexOf(column) };
      this.#tell('cell/not-counted', 'warning', from, to, place);
    }
  }

  /** From the first of some cells to the last. */
  #tellCells(
    rule: RuleId,
    severity: Severity,
    row: KeptRow,
    names: readonly string[],
    other?: KeptRow,
  ): void {
    const cells = names.map((name) => row.cells.get(name)!);
    const from = Math.min(...cells.map((cell) => cell.from));
    const to = Math.max(...cells.map((cell) => cell.to));
    this.#tell(rule, severity, from, to, undefined, other?.source);
  }

  /** Faults of ingestion's own in the release at hand. */
  #tellDefects(header: SourceRow): void {
    for (const { columns, since, until, staticDatasource } of this.#spec.defects ?? []) {
      const release = Number(this.#settings.release);
      if (release < Number(since) || release > Number(until)) continue;
      if (staticDatasource !== undefined && this.#settings.variant !== staticDatasource) continue;
      const first = columns.map((name) => this.#named(name)).find((column) => column !== undefined);
      if (columns.length > 0 && !first) continue;
      const { from, to } = first ? header.cells[this.#columns.indexOf(first)]! : header;
      this.#tell('release/defect', 'warning', from, to);
    }
  }
}

/** Values as one text: whole numbers by their worth, the names of districts without case. */
export function joinValue(columns: readonly ColumnSpec[], values: Readonly<Record<string, string>>): string {
  const shown = columns.map(({ name, type }) => {
    const value = values[name]!;
    if (type === 'integer' || type === 'long') return wholeNumber(value)?.toString() ?? value;
    return districtNames.has(name) ? value.toLowerCase() : value;
  });
  return JSON.stringify(shown);
}

/** The name by which diksha_data_summary finds a district, in every header of the two files. */
const districtNames = new Set(['derived_loc_district', 'District', 'district_name']);

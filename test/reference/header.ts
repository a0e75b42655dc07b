/** What ingestion makes of a header (ingestion-rules, section 5), over lists of names. */
import { mostSimilar } from '../../core/catalogue/similar.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../core/catalogue/spec.ts';
import type { RuleId, Severity } from '../../core/finding.ts';
import { headerMap, namesRead, recordNames, recordOf } from './record-reader.ts';
import { javaTrim } from './text.ts';

export interface HeaderFinding {
  readonly rule: RuleId;
  readonly severity: Severity;
  /** 0-based cell. */
  readonly cell: number;
}

export interface HeaderReading {
  readonly findings: readonly HeaderFinding[];
  /** The column that a cell of a row becomes, by its place; undefined where ingestion reads none. */
  readonly columns: readonly (ColumnSpec | undefined)[];
  /** False when the rows below need no look. */
  readonly usable: boolean;
}

const lower = (text: string) => text.toLowerCase();

/** @param names values as the reader hands them over @param bare false for a name in quotes */
export function readHeader(
  spec: DatasetSpec,
  variant: VariantSpec,
  names: readonly { readonly name: string; readonly quoted: boolean }[],
  firstLine: string,
): HeaderReading {
  const { match, extraColumns, firstLineChars } = spec.header;
  const asText = match === 'substring';
  const findings: HeaderFinding[] = [];
  const find = (rule: RuleId, severity: Severity, cell: number) => findings.push({ rule, severity, cell });

  const isNamed = (column: ColumnSpec, name: string) => {
    const read = asText || spec.reading.trim ? javaTrim(name) : name;
    return match === 'exact-key' ? column.name === read : lower(column.name) === lower(read);
  };
  const named = names.map(({ name }) => variant.columns.find((column) => isNamed(column, name)));
  const missing = new Map(
    variant.columns.filter((column) => !named.includes(column)).map((column) => [column.name, column]),
  );
  const slips = names.map(({ name }, cell) => {
    if (named[cell] !== undefined || name.trim() === '') return undefined;
    const column = missing.get(mostSimilar(name, missing.keys()) ?? '');
    if (column) missing.delete(column.name);
    return column;
  });
  const columns = names.map((_, cell) => named[cell] ?? slips[cell]);
  const first = (column: ColumnSpec) => columns.indexOf(column);
  const isSecond = (column: ColumnSpec | undefined, cell: number) =>
    column !== undefined && first(column) < cell;

  if (columns.every((column) => column === undefined)) {
    find('header/missing', 'error', 0);
    return { findings, columns, usable: false };
  }
  const needs = (column: ColumnSpec) => match !== 'contains' || spec.key.columns.includes(column.name);
  columns.forEach((_, cell) => {
    const slip = slips[cell];
    if (slip) find('header/misspelt-column', needs(slip) ? 'error' : 'warning', cell);
  });

  const { read, repeated, moves, shifts } =
    spec.reading.reader === 'commons-csv'
      ? readByName(spec, names, columns)
      : { read: columns.map((column, cell) => (isSecond(column, cell) ? undefined : column)), ...noRepeats };
  const isTold = moves || (shifts && match === 'contains');
  if (isTold) {
    const [again] = repeated.filter(({ isFirst }) => !isFirst);
    find('header/duplicate-column', moves ? 'error' : 'warning', again?.cell ?? 0);
  } else
    columns.forEach((column, cell) => {
      if (isSecond(column, cell))
        find('header/duplicate-column', extraColumns === 'lose-rows' ? 'error' : 'warning', cell);
    });

  for (const severity of ['error', 'warning'] as const) {
    const lost = [...missing.values()].find((column) => needs(column) === (severity === 'error'));
    if (!lost) continue;
    const before = variant.columns
      .slice(0, variant.columns.indexOf(lost))
      .findLast((each) => first(each) >= 0);
    find('header/missing-column', severity, before ? first(before) : 0);
  }
  if (match !== 'exact-key') {
    const cell = named.findIndex((column, at) => column && column.name !== javaTrim(names[at]!.name));
    if (cell >= 0) find('header/case', 'warning', cell);
  }
  const order = variant.columns.filter((column) => first(column) >= 0);
  const placed = columns.filter((column, cell) => column !== undefined && !isSecond(column, cell));
  const astray = placed.find((column, index) => column !== order[index]);

  const whole = variant.columns.map((column) => column.name).join('|');
  const needed = asText ? whole : match === 'contains' ? 'school_id' : '';
  const holds = (text: string) => lower(text).includes(lower(needed));
  if (astray && !(asText && holds(firstLine)))
    find('header/column-order', asText ? 'error' : 'warning', first(astray));
  const causes = isTold && holds(firstLine) ? repeated.map(({ cell }) => cell) : [];
  const unknown = columns.findIndex((column, cell) => column === undefined && !causes.includes(cell));
  if (unknown >= 0) {
    const severity =
      extraColumns === 'lose-rows' || !holds(firstLine)
        ? 'error'
        : match === 'contains'
          ? 'information'
          : 'warning';
    find('header/unknown-column', severity, unknown);
  }
  if (!holds(firstLine.slice(0, firstLineChars)) && !findings.some(({ severity }) => severity === 'error')) {
    const dressed = names.findIndex(({ name, quoted }) => quoted || name !== javaTrim(name));
    const key = named.findIndex((column) => column?.name === 'school_id');
    find('header/form', 'error', Math.max(0, asText ? dressed : key));
  }
  return { findings, columns: read, usable: extraColumns !== 'lose-rows' || unknown < 0 };
}

const noRepeats = { repeated: [] as RepeatedName[], moves: false, shifts: false };

interface RepeatedName {
  readonly cell: number;
  /** False for a name that stands before, and for one that is null. */
  readonly isFirst: boolean;
}

interface ReadByName {
  readonly read: readonly (ColumnSpec | undefined)[];
  readonly repeated: readonly RepeatedName[];
  /** True when a column is read from a cell under another name. */
  readonly moves: boolean;
  /** True when any cell gets the name of another one, an empty name left out. */
  readonly shifts: boolean;
}

/** What the columns are filled with when a row is read as a record. */
function readByName(
  spec: DatasetSpec,
  header: readonly { readonly name: string }[],
  columns: readonly (ColumnSpec | undefined)[],
): ReadByName {
  const names = namesRead(
    spec,
    header.map(({ name }) => name),
  );
  const map = headerMap(names);
  const list = recordNames(map);
  // A row of places: what each name is filled with.
  const record = recordOf(
    list,
    names.map((_, cell) => cell),
  );
  const read = names.map((): ColumnSpec | undefined => undefined);
  // The schema has the names in the order in which they first stand; a query takes the first one that fits.
  const taken = new Set<ColumnSpec>();
  for (const name of [...map.keys()]) {
    const named = columns[map.get(name)!];
    const fitting = columns[names.indexOf(name)];
    if (fitting === undefined || taken.has(fitting)) continue;
    taken.add(fitting);
    if (named === fitting) read[record.get(name)!] = fitting;
  }
  const repeated = names.flatMap((name, cell) =>
    name === null || names.filter((each) => each === name).length > 1
      ? [{ cell, isFirst: name !== null && names.indexOf(name) === cell }]
      : [],
  );
  const moves = read.some((column, cell) => column !== undefined && columns[cell] !== column);
  const shifts = list.some((name, cell) => name !== '' && map.get(name) !== cell);
  return { read, repeated, moves, shifts };
}

import { SimilarNames } from '../../catalogue/similar.ts';
import type { ColumnSpec, DatasetSpec, VariantSpec } from '../../catalogue/spec.ts';
import type { Severity } from '../../finding.ts';
import { cellInFile, columnAtStart, columnName, nameInFile } from '../findings/column-name.ts';
import { findRepeats, type Repeats } from './header-repeats.ts';
import { oddSigns } from './odd-sign.ts';
import { javaTrim } from '../cells/trim.ts';
import type { HeaderCell, HeaderFault, HeaderVerdict } from './verdict.ts';

/** Number of a variant's columns that a header names, case aside. */
export function namedColumns(names: readonly string[], variant: VariantSpec): number {
  const lower = new Set(names.map((name) => name.trim().toLowerCase()));
  return variant.columns.filter((column) => lower.has(column.name.toLowerCase())).length;
}

/**
 * Compares a header with a variant as ingestion does (ingestion-rules, section 5).
 *
 * @param cells the header's cells, in file order
 * @param firstLine the first line as it stands in the file, without its line end and byte order mark
 */
export function checkHeader(
  spec: DatasetSpec,
  variant: VariantSpec,
  cells: readonly HeaderCell[],
  firstLine: string,
): HeaderVerdict {
  const faults: HeaderFault[] = [];
  const byPosition = spec.header.match === 'substring';
  const found = matchColumns(spec, variant, cells);
  if (found.matched === 0) {
    const message =
      separatorCause(firstLine) +
      `This line is taken for the header, and none of its names is a column of ${spec.id}. ` +
      `Expected: ${variant.columns.map((column) => column.name).join(spec.reading.delimiter)}. ` +
      'Ingestion refuses the whole file.';
    faults.push({ rule: 'header/missing', severity: 'error', cell: 0, message });
    return { faults, columns: found.columns, moved: [], taken: false, hopeless: true };
  }
  const repeats = findRepeats(spec, cells, found.columns);
  faults.push(...repeats.faults);
  faults.push(...misspeltFaults(spec, found));
  faults.push(...missingFaults(spec, variant, found));
  faults.push(...caseFaults(spec, cells, found));
  const accepted = isTaken(spec, variant, firstLine.slice(0, spec.header.firstLineChars));
  const whole = accepted || isTaken(spec, variant, firstLine);
  const outOfPlace = firstOutOfPlace(variant, found.columns);
  // A column that stands once more before the whole header is told as one that stands twice.
  if (outOfPlace && !(byPosition && whole)) {
    faults.push({
      rule: 'header/column-order',
      severity: byPosition ? 'error' : 'warning',
      cell: outOfPlace.cell,
      message: byPosition
        ? `${columnAtStart(outOfPlace.column.name)} is out of place: expected ${columnName(outOfPlace.expected.name)} here. Ingestion compares this header by position and refuses the whole file.`
        : `${columnAtStart(outOfPlace.column.name)} is out of place: the published order has ${columnName(outOfPlace.expected.name)} here. Ingestion reads this file by name, so it loads all the same.`,
    });
  }
  faults.push(...unknownFaults(spec, cells, found.columns, repeats, whole));
  if (!accepted && !faults.some((fault) => fault.severity === 'error')) {
    faults.push(formFault(spec, cells, found.columns));
  }
  const widthLost = spec.header.extraColumns === 'lose-rows' && found.columns.includes(undefined);
  const { read, moved } = repeats;
  return { faults, columns: read, moved, taken: accepted, hopeless: widthLost };
}

/**
 * What a finding on the line `sep=|` says first: Commons CSV takes it for a header of two names (ingestion-rules,
 * section 6).
 *
 * @param line the line in a header's place, without its line end
 * @returns nothing for any other line
 */
export function separatorCause(line: string): string {
  return /^"?sep=.?"?$/i.test(line.trim())
    ? 'This line tells a spreadsheet program the delimiter; ingestion takes it for the header: remove it. '
    : '';
}

interface Match {
  readonly columns: (ColumnSpec | undefined)[];
  readonly matched: number;
  readonly missing: readonly ColumnSpec[];
  /** Cells whose name is a slip of a missing column's. */
  readonly misspelt: readonly { readonly cell: number; readonly name: string; readonly column: ColumnSpec }[];
}

function matchColumns(spec: DatasetSpec, variant: VariantSpec, cells: readonly HeaderCell[]): Match {
  const exact = spec.header.match === 'exact-key';
  const trimmed = spec.header.match === 'substring' || spec.reading.trim;
  const keyOf = (name: string) => (exact ? name : name.toLowerCase());
  // Of equal names the first one counts.
  const known = new Map(variant.columns.toReversed().map((column) => [keyOf(column.name), column]));
  const columns = cells.map(({ name }) => known.get(keyOf(trimmed ? javaTrim(name) : name)));
  const matched = columns.filter((column) => column !== undefined).length;
  const present = new Set(columns);
  const missing = new Map(
    variant.columns.filter((column) => !present.has(column)).map((column) => [column.name, column]),
  );
  const similar = new SimilarNames(missing.keys());
  const misspelt: { cell: number; name: string; column: ColumnSpec }[] = [];
  cells.forEach(({ name }, cell) => {
    if (columns[cell] !== undefined || name.trim() === '') return;
    const meant = similar.mostSimilar(name);
    const column = meant === undefined ? undefined : missing.get(meant);
    if (!column) return;
    missing.delete(column.name);
    similar.delete(column.name);
    columns[cell] = column;
    misspelt.push({ cell, name, column });
  });
  return { columns, matched: matched + misspelt.length, missing: [...missing.values()], misspelt };
}

/**
 * True when ingestion takes a file whose first line, or as much of it as is looked at, is this text: for CRC and UDISE
 * it must hold the whole header in one piece, for infra_trans the name of the key column.
 */
function isTaken(spec: DatasetSpec, variant: VariantSpec, text: string): boolean {
  const { match } = spec.header;
  if (match !== 'substring' && match !== 'contains') return true;
  const needed =
    match === 'contains' ? spec.key.columns : [variant.columns.map((column) => column.name).join('|')];
  return needed.every((part) => text.toLowerCase().includes(part.toLowerCase()));
}

function misspeltFaults(spec: DatasetSpec, found: Match): HeaderFault[] {
  return found.misspelt.map(({ cell, name, column }) => {
    const needed = isNeeded(spec, column);
    const effect = needed
      ? 'Without it ingestion refuses the whole file.'
      : 'The default query of infra_trans reads it; your state may have another query.';
    return {
      rule: 'header/misspelt-column',
      severity: needed ? 'error' : 'warning',
      cell,
      message: [
        `Unknown column ${nameInFile(name)}. Did you mean "${column.name}"?`,
        ...oddSigns(name),
        effect,
      ].join(' '),
    };
  });
}

/** True when ingestion refuses a file without the column; for infra_trans only its key is surely looked for. */
function isNeeded(spec: DatasetSpec, column: ColumnSpec): boolean {
  return spec.header.match !== 'contains' || spec.key.columns.includes(column.name);
}

function missingFaults(spec: DatasetSpec, variant: VariantSpec, found: Match): HeaderFault[] {
  const faults: HeaderFault[] = [];
  for (const needed of [true, false]) {
    const missing = found.missing.filter((column) => isNeeded(spec, column) === needed);
    if (missing.length === 0) continue;
    const names = missing.slice(0, 8).map((column) => `"${column.name}"`);
    if (missing.length > names.length) names.push(`${missing.length - names.length} more`);
    const list = names.join(', ');
    const text =
      missing.length === 1 ? `Column ${list} is missing.` : `${missing.length} columns are missing: ${list}.`;
    faults.push({
      rule: 'header/missing-column',
      severity: needed ? 'error' : 'warning',
      cell: cellBefore(variant, found.columns, missing[0]!),
      message: needed
        ? `${text} Ingestion refuses the whole file ("columns did not match"); no row is loaded.`
        : `${text} The default query of infra_trans reads ${missing.length === 1 ? 'it' : 'them'}; your state may have another query.`,
    });
  }
  return faults;
}

/** The cell that holds the nearest earlier column of the spec: where the missing one would follow. */
function cellBefore(
  variant: VariantSpec,
  columns: readonly (ColumnSpec | undefined)[],
  missing: ColumnSpec,
): number {
  for (let i = variant.columns.indexOf(missing) - 1; i >= 0; i--) {
    const cell = columns.indexOf(variant.columns[i]);
    if (cell >= 0) return cell;
  }
  return 0;
}

function caseFaults(
  spec: DatasetSpec,
  cells: readonly HeaderCell[],
  { columns, misspelt }: Match,
): HeaderFault[] {
  if (spec.header.match === 'exact-key') return [];
  const other = columns.flatMap((column, cell) => {
    const name = javaTrim(cells[cell]!.name);
    const named = column && !misspelt.some((slip) => slip.cell === cell);
    return named && column.name !== name ? [{ cell, name, column }] : [];
  });
  const [first] = other;
  if (!first) return [];
  const more = other.length === 1 ? '' : ` (and ${other.length - 1} more)`;
  const message =
    `"${first.name}" is published as "${first.column.name}"${more}. ` +
    `Ingestion compares the names of ${spec.id} without case, so it loads all the same.`;
  return [{ rule: 'header/case', severity: 'warning', cell: first.cell, message }];
}

interface OutOfPlace {
  readonly cell: number;
  readonly column: ColumnSpec;
  readonly expected: ColumnSpec;
}

function firstOutOfPlace(
  variant: VariantSpec,
  columns: readonly (ColumnSpec | undefined)[],
): OutOfPlace | undefined {
  const present = variant.columns.filter((column) => columns.includes(column));
  let next = 0;
  for (let cell = 0; cell < columns.length; cell++) {
    const column = columns[cell];
    if (column === undefined || columns.indexOf(column) !== cell) continue;
    const expected = present[next++]!;
    if (column !== expected) return { cell, column, expected };
  }
  return undefined;
}

function unknownFaults(
  spec: DatasetSpec,
  cells: readonly HeaderCell[],
  columns: readonly (ColumnSpec | undefined)[],
  { movers }: Repeats,
  inOnePiece: boolean,
): HeaderFault[] {
  const told = new Set(inOnePiece ? movers : []);
  const unknown = columns.flatMap((column, cell) => (column === undefined && !told.has(cell) ? [cell] : []));
  const [first] = unknown;
  if (first === undefined) return [];
  const text = isEmptyTail(cells, unknown)
    ? 'The header ends with a delimiter, which makes a column without a name: take the last delimiter from each line.'
    : unknownText(cells, unknown);
  const them = unknown.length === 1 ? 'it' : 'them';
  const [severity, effect]: [Severity, string] =
    spec.header.extraColumns === 'lose-rows'
      ? ['error', 'Every row then has the wrong number of cells, and ingestion drops them all.']
      : !inOnePiece
        ? [
            'error',
            'Ingestion wants the columns of this file one behind the other and refuses the whole file.',
          ]
        : spec.header.match === 'contains'
          ? ['information', `Ingestion reads ${them} only where your state’s query names ${them}.`]
          : ['warning', `Ingestion drops what is in ${them}.`];
  return [{ rule: 'header/unknown-column', severity, cell: first, message: `${text} ${effect}` }];
}

/** True when the unknown columns are those without a name at the end of the header. */
function isEmptyTail(cells: readonly HeaderCell[], unknown: readonly number[]): boolean {
  return unknown.every(
    (cell, index) => cells[cell]!.name.trim() === '' && cell === cells.length - unknown.length + index,
  );
}

function unknownText(cells: readonly HeaderCell[], unknown: readonly number[]): string {
  const names = unknown.slice(0, 5).map((cell) => {
    const name = cells[cell]!.name.trim();
    return name === ''
      ? `${unknown.length === 1 ? '' : 'one '}without a name (column ${cell + 1})`
      : cellInFile(cells[cell]!);
  });
  if (unknown.length > names.length) names.push(`${unknown.length - names.length} more`);
  return unknown.length === 1
    ? `Unknown column ${names[0]!}.`
    : `${unknown.length} unknown columns: ${names.join(', ')}.`;
}

function formFault(
  spec: DatasetSpec,
  cells: readonly HeaderCell[],
  columns: readonly (ColumnSpec | undefined)[],
): HeaderFault {
  if (spec.header.match === 'contains') {
    const cell = columns.findIndex(
      (column) => column !== undefined && spec.key.columns.includes(column.name),
    );
    const message = `Ingestion looks for "${spec.key.columns.join('", "')}" in the first ${spec.header.firstLineChars ?? 0} characters of this line alone, and it stands behind them. Put the column first.`;
    return { rule: 'header/form', severity: 'error', cell, message };
  }
  const dressed = cells.findIndex((cell) => cell.dressed);
  const message =
    dressed >= 0
      ? 'Quotes or blanks in this header: ingestion compares it as plain text and refuses the whole file. Write the bare names with "|" between them.'
      : `Ingestion looks at the first ${spec.header.firstLineChars ?? 0} characters of this line alone, and the header does not end within them. Remove the columns before it.`;
  return { rule: 'header/form', severity: 'error', cell: Math.max(0, dressed), message };
}

import type { DatasetSpec } from '../../catalogue/spec.ts';
import { javaTrim } from '../../check/cells/trim.ts';
import type { FileHead } from '../../check/header/head.ts';
import type { CheckSettings } from '../../check/settings.ts';
import { cellText } from '../../csv/cell.ts';
import { BACKSLASH, type Dialect } from '../../csv/dialect.ts';
import { decodeUtf8 } from '../../csv/encoding.ts';
import type { Row } from '../../csv/row.ts';
import { severityOf, type RuleId } from '../../finding.ts';
import { byteFaults } from '../byte-faults.ts';
import type { FileChange } from '../file-fix.ts';
import { applyEdits, type RowFault } from '../fix.ts';
import { headerFaults } from '../header-fixes.ts';
import { knowledgeOf, type TableKnowledge } from '../knowledge.ts';
import { Trial } from '../trial.ts';
import { rewriteRow, type OutputCell } from './rewrite.ts';
import type { TextStart } from './text-stream.ts';

/** What becomes of a file's header, and what that means for its rows. */
export interface HeaderPlan {
  /** The header as it is written, without its line end, its columns where they were. */
  readonly bytes: Uint8Array;
  /** What the rows are mended by, as they stand in the file. */
  readonly knowledge: TableKnowledge;
  /** Faults mended in the header's own line. */
  readonly mended: readonly RuleId[];
  readonly left: readonly RowFault[];
  /** Changes of the whole file that the header asks for. */
  readonly wanted: ReadonlySet<FileChange>;
}

/** A name that is mended may show the next fault. */
const ROUNDS = 4;

/**
 * Mends a header, as far as there is one reading of it.
 *
 * @param row as it stands in the file
 * @returns undefined where there is no table
 */
export function planHeader(
  row: Row,
  start: TextStart,
  spec: DatasetSpec,
  settings: CheckSettings,
): HeaderPlan | undefined {
  if (!start.head?.variant) return undefined;
  const source = start.head.dialect;
  const converts = source.delimiter !== start.delimiter && isOn(settings, 'dialect/delimiter');
  const delimiter = converts ? start.delimiter : source.delimiter;
  const written = rewriteRow(row, source, delimiter, undefined, true);
  const names = mendNames(written, start.head, delimiter, spec, settings);
  if (!names) return undefined;
  const { bytes, mended, left, knowledge, header } = names;
  const wanted = new Set<FileChange>(converts ? ['delimiter'] : []);
  for (const change of changesOf(knowledge, header)) wanted.add(change);
  const table = { ...knowledge.table, dialect: source };
  return { bytes, knowledge: { ...knowledge, table }, mended, left, wanted };
}

/** A header line whose names are mended. */
interface MendedNames extends Pick<HeaderPlan, 'bytes' | 'mended' | 'left' | 'knowledge'> {
  readonly header: Row;
}

/**
 * Mends the names of a header line.
 *
 * @param bytes the line, without its line end
 * @param delimiter the byte between its cells
 * @returns undefined where it is not one row
 */
export function mendNames(
  bytes: Uint8Array,
  head: FileHead,
  delimiter: number,
  spec: DatasetSpec,
  settings: CheckSettings,
): MendedNames | undefined {
  const dialect: Dialect = { ...head.dialect, delimiter };
  const trial = new Trial(dialect);
  const mended: RuleId[] = [];
  let text = bytes;
  for (let round = 0; ; round++) {
    const header = trial.split(text);
    const firstLine = decodeUtf8(text, 0, text.length);
    const knowledge = header && knowledgeOf(header, { ...head, dialect, firstLine }, spec, settings);
    if (!header || !knowledge) return undefined;
    const faults = [
      ...byteFaults(header, header.hasNul && holdsNul(header, dialect)),
      ...headerFaults(knowledge, header, text.length),
    ].filter(({ rule }) => isOn(settings, rule));
    const sure = faults.filter(({ fixes }) => fixes[0]?.certain === true);
    // Bytes first: what they become may show another fault.
    const now = sure.some(({ rule }) => rule.startsWith('encoding/')) ? sure.slice(0, 1) : sure;
    if (now.length === 0 || round === ROUNDS) {
      const left = faults.filter((fault) => !sure.includes(fault));
      return { bytes: text, mended, left, knowledge, header };
    }
    const edits = now.flatMap(({ fixes }) => fixes[0]!.edits).sort((a, b) => a.start - b.start);
    text = applyEdits(text, edits);
    mended.push(...now.map(({ rule }) => rule));
  }
}

function isOn({ rules }: CheckSettings, rule: RuleId): boolean {
  return severityOf(rule, 'error', rules) !== undefined;
}

/** True when a NUL byte is part of a name: one at its end goes with the blanks where ingestion trims. */
function holdsNul(header: Row, dialect: Dialect): boolean {
  for (let cell = 0; cell < header.count; cell++) {
    const name = cellText(header, cell, dialect);
    if ((dialect.trims ? javaTrim(name) : name).includes('\0')) return true;
  }
  return false;
}

/** The changes of columns that a header asks for. */
function* changesOf({ verdict, settings }: TableKnowledge, header: Row): Generator<FileChange> {
  const isFound = (rule: RuleId) =>
    verdict.faults.some((fault) => fault.rule === rule) &&
    severityOf(rule, 'error', settings.rules) !== undefined;
  // Where a name stands twice the columns are not what they seem.
  if (verdict.faults.some(({ rule }) => rule === 'header/duplicate-column' || rule === 'header/missing'))
    return;
  if (isFound('header/column-order')) yield 'order';
  if (isFound('header/missing-column')) yield 'add-columns';
  if (isFound('header/unknown-column'))
    yield emptyTailOf(verdict.columns, header) > 0 ? 'remove-empty-columns' : 'remove-columns';
}

/** How many cells at the end of a header are empty and all that is unknown; 0 where other cells are. */
export function emptyTailOf(columns: readonly unknown[], header: Row): number {
  const unknown = columns.flatMap((column, cell) => (column === undefined ? [cell] : []));
  const first = columns.length - unknown.length;
  const isTail = unknown[0] === first && header.count === columns.length;
  const isEmpty = unknown.every((cell) => header.starts[cell] === header.ends[cell]);
  return isTail && isEmpty ? unknown.length : 0;
}

/**
 * The cells of the file to be written.
 *
 * @returns undefined where they stay as they are
 */
export function outputCells(
  { table, columns }: TableKnowledge,
  changes: ReadonlySet<FileChange>,
): readonly OutputCell[] | undefined {
  const { variant } = table;
  let cells: OutputCell[] = columns.map((_, from) => ({ from }));
  const columnOf = (cell: OutputCell) =>
    'from' in cell ? columns[cell.from] : variant.columns.find(({ name }) => name === cell.name);
  if (changes.has('remove-columns') || changes.has('remove-empty-columns'))
    cells = cells.filter((cell) => columnOf(cell) !== undefined);
  if (changes.has('add-columns')) {
    variant.columns.forEach((column, index) => {
      if (columns.includes(column)) return;
      const before = variant.columns.slice(0, index).map(({ name }) => name);
      const at = cells.findLastIndex((cell) => before.includes(columnOf(cell)?.name ?? ''));
      cells.splice(at + 1, 0, { name: column.name });
    });
  }
  if (changes.has('order')) {
    const place = (cell: OutputCell) => {
      const column = columnOf(cell);
      return column ? variant.columns.indexOf(column) : variant.columns.length;
    };
    cells.sort((a, b) => place(a) - place(b));
  }
  const stays =
    cells.length === columns.length && cells.every((cell, index) => 'from' in cell && cell.from === index);
  return stays ? undefined : cells;
}

/** True for a row whose escapes another delimiter would change. */
export function holdsEscape(row: Row, { reader, escapes }: Dialect): boolean {
  return reader === 'commons-csv' && escapes && row.bytes.subarray(row.start, row.end).includes(BACKSLASH);
}

import {
  CompletionItemKind,
  InsertTextFormat,
  type CompletionItem,
  type CompletionList,
  type CompletionParams,
  type Range,
} from 'vscode-languageserver';
import type { ColumnSpec } from '../../core/catalogue/spec.ts';
import { needInWords, typeInWords } from '../../core/explain/column-words.ts';
import { knownKeys } from '../../core/explain/known-keys.ts';
import { specifiedValues, valuesAround, type KnownValue } from '../../core/explain/known-values.ts';
import { readRows } from '../../core/explain/master-files-node.ts';
import { nameOfRow, valueOf } from '../../core/explain/master-row.ts';
import { missingColumns } from '../../core/explain/missing-columns.ts';
import { asCell, newRowSnippet } from '../../core/explain/new-row.ts';
import { referencesOf, type LocatedReference } from '../../core/explain/references.ts';
import type { RowAt } from '../../core/explain/row-at.ts';
import { tableAtLine, type TableAt } from '../../core/explain/table-at.ts';
import { cellOf, openFile, toRange, type Feature, type FeatureWorld, type OpenFile } from './feature.ts';
import { filesOf } from './master-rows.ts';

/** So many values are offered at once; more come as the value is typed. */
const MOST_VALUES = 200;

/** Names that the header lacks, values that a column is known to take, and a new row. */
export const completion: Feature = {
  offer: ({ textDocument }) =>
    textDocument?.completion ? { completionProvider: { triggerCharacters: ['|', ','] } } : {},
  listen: (world) => world.connection.onCompletion((params) => completionsAt(world, params)),
};

/** Where something is to be written: the cell, what of it stands before the cursor, and the cells beside it. */
interface Slot {
  readonly table: TableAt;
  readonly cell: number;
  readonly range: Range;
  readonly typed: string;
  /** True where the cell begins with a quote: an editor compares that too. */
  readonly isQuoted: boolean;
  /** Undefined on a line that is empty yet. */
  readonly row: RowAt | undefined;
}

async function completionsAt(
  world: FeatureWorld,
  { textDocument, position, context }: CompletionParams,
): Promise<CompletionList | null> {
  const open = openFile(world, textDocument.uri);
  const table = open && tableAtLine(open.tables, position.line);
  if (!table) return null;
  const sign = context?.triggerCharacter;
  if (sign !== undefined && sign !== String.fromCharCode(table.dialect.delimiter)) return null;
  const slot = slotAt(open, table, position);
  if (!slot) return null;
  if (position.line === table.headerLine) return { isIncomplete: false, items: headerItems(open, slot) };
  const { items, isIncomplete } = await valueItems(world, open, slot);
  const canUseSnippets = world.client().textDocument?.completion?.completionItem?.snippetSupport === true;
  const rows = slot.row || !canUseSnippets || table.columns.length === 0 ? [] : [newRow(open, slot)];
  return { isIncomplete, items: [...rows, ...items] };
}

function slotAt(open: OpenFile, table: TableAt, position: CompletionParams['position']): Slot | undefined {
  const at = cellOf(open, position);
  if (!at)
    return {
      table,
      cell: 0,
      range: { start: position, end: position },
      typed: '',
      isQuoted: false,
      row: undefined,
    };
  const { row, cell } = at;
  const range = toRange(row.rangeOf(cell));
  // An edit that spans lines is none of a completion.
  if (range.start.line !== range.end.line || range.start.line !== position.line) return undefined;
  const text = open.document.getText({ start: range.start, end: position });
  const typed = text.replace(/^"/, '').trimStart();
  return { table, cell, range, typed, isQuoted: text.startsWith('"'), row };
}

function headerItems({ settings }: OpenFile, { table, cell, range }: Slot): CompletionItem[] {
  const delimiter = String.fromCharCode(table.dialect.delimiter);
  const isLast = cell >= table.columns.length - 1;
  return missingColumns(table, cell).flatMap(({ variant, columns }) => {
    const names = columns.map((column, index) => ({
      label: column.name,
      kind: CompletionItemKind.Field,
      detail: `${variant === '' ? '' : `${variant}: `}${typeInWords(table, column)}, ${needInWords(column, settings)}`,
      documentation: column.description,
      sortText: orderOf(index + 1),
      textEdit: { range, newText: asCell(column.name, table) },
    }));
    if (!isLast || columns.length < 2) return names;
    const newText = columns.map(({ name }) => asCell(name, table)).join(delimiter);
    const label = `All ${columns.length} missing columns${variant === '' ? '' : ` (${variant})`}`;
    const all: CompletionItem = {
      label,
      kind: CompletionItemKind.Struct,
      detail: 'in the published order',
      filterText: newText,
      sortText: orderOf(0),
      textEdit: { range, newText },
    };
    return [all, ...names];
  });
}

/** Items stand in the order that they are given, not in that of their letters. */
function orderOf(index: number): string {
  return String(index).padStart(5, '0');
}

async function valueItems(
  world: FeatureWorld,
  open: OpenFile,
  slot: Slot,
): Promise<{ items: CompletionItem[]; isIncomplete: boolean }> {
  const { table, cell, range, isQuoted } = slot;
  const column = table.columns[cell];
  if (!column) return { items: [], isIncomplete: false };
  const known = await masterValues(world, open, slot);
  const values = known?.values ?? ownValues(open, slot, column);
  const hasDetails = world.client().textDocument?.completion?.completionItem?.labelDetailsSupport === true;
  const items = values.map(({ value, meaning }, index) => ({
    label: value,
    kind: CompletionItemKind.Value,
    ...(meaning === '' ? {} : hasDetails ? { labelDetails: { description: meaning } } : { detail: meaning }),
    filterText: `${isQuoted ? '"' : ''}${value} ${meaning}`.trimEnd(),
    sortText: orderOf(index),
    textEdit: { range, newText: asCell(value, table) },
  }));
  return { items, isIncomplete: known?.isWhole === false };
}

function ownValues(
  { lines, settings }: OpenFile,
  { table, cell, range }: Slot,
  column: ColumnSpec,
): KnownValue[] {
  const specified = specifiedValues(table, column, settings.today);
  return specified.length > 0 ? specified : valuesAround(lines, table, cell, range.start.line);
}

/** The values that the masters of a cell have; undefined where there is none. */
async function masterValues(
  world: FeatureWorld,
  open: OpenFile,
  slot: Slot,
): Promise<{ values: KnownValue[]; isWhole: boolean } | undefined> {
  for (const located of referencesOf(slot.table, slot.cell)) {
    const found = await valuesOfReference(world, open, slot, located);
    if (found.values.length > 0) return found;
  }
  return undefined;
}

async function valuesOfReference(
  world: FeatureWorld,
  { root, settings }: OpenFile,
  { row, cell, typed }: Slot,
  { reference, cells }: LocatedReference,
): Promise<{ values: KnownValue[]; isWhole: boolean }> {
  const beside = cells.map((each) => row?.value(each) ?? '');
  const at = cells.indexOf(cell);
  const values: KnownValue[] = [];
  let isWhole = true;
  for (const { spec, file } of filesOf(root, reference.dataset)) {
    const master = await world.masters.find(file, spec, reference.toColumns, settings);
    if (!master) continue;
    const all = knownKeys(master.index, beside, at, '', MOST_VALUES);
    const keys = all.isWhole ? all : knownKeys(master.index, beside, at, typed, MOST_VALUES);
    isWhole &&= all.isWhole;
    const rows = await readRows(master, [...keys.places.values()]);
    [...keys.places.keys()].forEach((key, index) => {
      const found = rows[index];
      // A name that counts without case is written as the master has it.
      const value = found ? valueOf(master.index.table, found, reference.toColumns[at]!) : key;
      if (values.some((known) => known.value === value)) return;
      const meaning = found ? nameOfRow(master.index.table, found) : '';
      values.push({ value, meaning: meaning === value ? '' : meaning });
    });
  }
  return { values, isWhole };
}

function newRow({ settings }: OpenFile, { table, range }: Slot): CompletionItem {
  return {
    label: 'New row',
    kind: CompletionItemKind.Snippet,
    detail: `${table.columns.length} cells`,
    insertTextFormat: InsertTextFormat.Snippet,
    sortText: orderOf(0),
    textEdit: { range, newText: newRowSnippet(table, settings) },
  };
}

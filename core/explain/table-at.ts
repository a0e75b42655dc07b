import { findDataset, variantsOf } from '../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, SectionSpec, VariantSpec } from '../catalogue/spec.ts';
import { FindingCollector } from '../check/findings/collector.ts';
import { dialectOf, readHead } from '../check/header/head.ts';
import { readHeaderRow } from '../check/header/header-row.ts';
import type { CheckSettings } from '../check/settings.ts';
import { COMMA, PIPE, type Dialect } from '../csv/dialect.ts';
import type { Lines } from './lines.ts';
import { rowAt, type RowAt } from './row-at.ts';

/** A header and the rows below it, as they stand in a text. */
export interface TableAt {
  /** The dataset that its rows become: that of the file, or of a section of it. */
  readonly spec: DatasetSpec;
  readonly variant: VariantSpec;
  readonly dialect: Dialect;
  /** 0-based line of the header; where none is written yet, the line for it. */
  readonly headerLine: number;
  /** 0-based line behind its last row: Infinity where the rows go on to the end of the text. */
  readonly endLine: number;
  /** For each cell of a row the column that it becomes; undefined for one that ingestion does not read. */
  readonly columns: readonly (ColumnSpec | undefined)[];
  /** The part of a file of sections that it is. */
  readonly section: SectionSpec | undefined;
}

/** The header is looked for in so many lines: blank ones may stand above it. */
const HEADER_LINES = 100;
/** A file of sections is looked through to so many lines. */
const SECTION_LINES = 20_000;

const encoder = new TextEncoder();
const untold = () => undefined;

/** @returns the 0-based line of a text's header and its text; the first line, empty, where there is none */
export function headerOf(lines: Lines): { readonly line: number; readonly text: string } {
  const [first = ''] = lines.slice(0, 1);
  if (first !== '') return { line: 0, text: first };
  const head = lines.slice(0, HEADER_LINES);
  const line = head.findIndex((text) => text !== '');
  return line < 0 ? { line: 0, text: '' } : { line, text: head[line]! };
}

/**
 * The table of a file with one header.
 *
 * @param header as `headerOf` gives it
 * @returns undefined where ingestion reads no table out of the file: another delimiter, another format
 */
export function tableOf(
  header: { readonly line: number; readonly text: string },
  spec: DatasetSpec,
  settings: CheckSettings,
): TableAt | undefined {
  const { line: headerLine, text } = header;
  const common = { spec, headerLine, endLine: Infinity, section: undefined };
  if (text === '') {
    const variants = variantsOf(spec);
    const variant = variants.find(({ id }) => id === settings.variant) ?? variants[0];
    const delimiter = spec.reading.delimiter === ',' ? COMMA : PIPE;
    return variant && { ...common, variant, dialect: dialectOf(spec, delimiter, settings), columns: [] };
  }
  const collector = new FindingCollector('', settings);
  const head = readHead(encoder.encode(text), spec, settings, collector, untold);
  if (!head?.variant) return undefined;
  const { variant, dialect, firstLine } = head;
  const lines: Lines = { count: 1, slice: (from) => (from === 0 ? [text] : []) };
  const row = rowAt(lines, 0, dialect, 0);
  if (!row) return undefined;
  const { columns } = readHeaderRow(row.row, { spec, variant, dialect, firstLine }, collector, untold);
  return { ...common, variant, dialect, columns };
}

/** The tables of a file of sections, in their order (datasets.json, `sections`); those of other files are none. */
export function sectionsOf(lines: Lines, spec: DatasetSpec, settings: CheckSettings): TableAt[] {
  const dialect = dialectOf(spec, COMMA, settings);
  const sections = spec.sections ?? [];
  const tables: TableAt[] = [];
  let open: TableAt | undefined;
  let index = 0;
  for (const [line, text] of lines.slice(0, SECTION_LINES).entries()) {
    const section = sections[index];
    if (!section) break;
    if (/^[\s,"]*$/.test(text)) continue;
    const cells = text.split(',').map((cell) => cell.trim().replace(/^"(.*)"$/, '$1'));
    if (cells[0] === section.endMarker) {
      if (open) tables.push({ ...open, endLine: line });
      open = undefined;
      index++;
    } else {
      open ??= sectionAt(section, dialect, line, cells);
    }
  }
  return open ? [...tables, open] : tables;
}

function sectionAt(
  section: SectionSpec,
  dialect: Dialect,
  headerLine: number,
  cells: readonly string[],
): TableAt | undefined {
  const spec = findDataset(section.dataset);
  const variant = spec && variantsOf(spec)[0];
  if (!variant) return undefined;
  const columns = cells.map((name) =>
    variant.columns.find((column) => column.name.toLowerCase() === name.toLowerCase()),
  );
  return { spec, variant, dialect, headerLine, endLine: Infinity, columns, section };
}

/** The table that a line belongs to; undefined for lines between tables. */
export function tableAtLine(tables: readonly TableAt[], line: number): TableAt | undefined {
  return tables.find(({ headerLine, endLine }) => line >= headerLine && line < endLine);
}

/** The name that a header has for a 0-based cell; empty for one that it has not. */
export function nameInHeader(lines: Lines, { headerLine, dialect }: TableAt, cell: number): string {
  return rowAt(lines, headerLine, dialect, 0)?.value(cell).trim() ?? '';
}

/** What stands at a place of a text. */
export interface CellAt {
  readonly table: TableAt;
  readonly row: RowAt;
  readonly isHeader: boolean;
  /** 0-based cell of the row. */
  readonly cell: number;
  /** The column that the cell becomes; undefined for one that ingestion does not read. */
  readonly column: ColumnSpec | undefined;
}

/**
 * The cell at a place.
 *
 * @param line 0-based
 * @param character 0-based, in UTF-16 units
 * @returns undefined for a blank line, and for one that belongs to no table
 */
export function cellAt(
  lines: Lines,
  tables: readonly TableAt[],
  line: number,
  character: number,
): CellAt | undefined {
  const table = tableAtLine(tables, line);
  if (!table) return undefined;
  const isHeader = line === table.headerLine;
  const row = rowAt(lines, line, table.dialect, isHeader ? 0 : table.columns.length);
  if (!row) return undefined;
  const cell = row.cellAt(line, character);
  return { table, row, isHeader, cell, column: table.columns[cell] };
}

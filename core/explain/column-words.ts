/** What a column is, in words: the sentences of a hover, and the few words beside a name. */
import { counterpart, findDataset } from '../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, RangeSpec } from '../catalogue/spec.ts';
import { effectOfEmpty, expected } from '../check/findings/message.ts';
import { mapIsOff, type CheckSettings } from '../check/settings.ts';
import { number } from '../wording.ts';
import type { Sentence } from './prose.ts';
import { referencesOf } from './references.ts';
import type { TableAt } from './table-at.ts';

/** The type of a column in a few words, such as "whole number 1 to 12" or "date as yyyy-MM-dd". */
export function typeInWords(table: TableAt, column: ColumnSpec): string {
  const range = rangesOf(table, column).find(({ min, max }) => min !== undefined && max !== undefined);
  const within = range ? ` ${range.min!} to ${range.max!}` : '';
  switch (column.type) {
    case 'integer':
    case 'long':
      return `whole number${within}`;
    case 'decimal':
    case 'double':
      return `number${within}`;
    case 'boolean':
      return 'true or false';
    case 'string':
      return column.dbMaxLength === undefined
        ? 'text'
        : `text of at most ${number(column.dbMaxLength)} characters`;
    case 'date':
    case 'time':
    case 'timestamp':
      return `${column.type === 'timestamp' ? 'date and time' : column.type} as ${column.format ?? 'yyyy-MM-dd'}`;
  }
}

/** "required" or "may be empty". */
export function needInWords(column: ColumnSpec, settings: CheckSettings): string {
  return isRequired(column, settings) ? 'required' : 'may be empty';
}

function isRequired(column: ColumnSpec, settings: CheckSettings): boolean {
  return column.required && !(column.optionalWithoutMap === true && mapIsOff(settings));
}

/** The ranges of a column, which are named as in the main header. */
function rangesOf({ spec, variant }: TableAt, column: ColumnSpec): RangeSpec[] {
  return spec.ranges.filter((range) => counterpart(spec, variant, range.column) === column);
}

/**
 * What a column is and what ingestion does with it.
 *
 * @param cell its 0-based cell in the file
 */
export function describeColumn(
  table: TableAt,
  cell: number,
  column: ColumnSpec,
  settings: CheckSettings,
): Sentence[] {
  const { spec } = table;
  const place = `, column ${cell + 1} of ${table.columns.length}: ${typeInWords(table, column)}, ${needInWords(column, settings)}.`;
  const sentences: Sentence[] = [
    [{ strong: column.name }, place],
    [`${column.description}${valueMeaning(spec, column)}`],
    [takenText(column, settings)],
    [storedText(column)],
  ];
  if (isKey(table, column)) sentences.push([keyText(spec)]);
  for (const { reference } of referencesOf(table, cell)) {
    const master = findDataset(reference.dataset);
    const names = reference.toColumns.map((name) => `"${name}"`).join(', ');
    sentences.push([`Refers to ${names} of ${master?.csv ?? reference.dataset}.`]);
  }
  for (const range of rangesOf(table, column)) sentences.push([rangeText(range)]);
  if (column.note !== undefined) sentences.push([column.note]);
  return sentences;
}

/** What becomes of a cell that no column of the dataset takes. */
export function describeUnread({ spec, section }: TableAt, name: string): Sentence[] {
  const title: Sentence =
    name === '' ? ['A column without a name.'] : [{ strong: name }, ': no column of ', spec.title, '.'];
  if (section?.furtherColumns) return [[{ strong: name }, ': a course of the programs in the rows below.']];
  const effect =
    spec.header.extraColumns === 'lose-rows'
      ? 'Every row then has the wrong number of cells, and ingestion drops them all.'
      : spec.header.match === 'contains'
        ? 'Ingestion reads it only where your state’s query names it.'
        : 'Ingestion drops what is in it.';
  return [title, [effect]];
}

function valueMeaning({ valueMeaning: meanings }: DatasetSpec, { name }: ColumnSpec): string {
  if (!meanings || !isDay(name)) return '';
  const words = Object.entries(meanings).map(([value, meaning]) => `${value}: ${meaning}`);
  return ` ${words.join('; ')}.`;
}

/** True for a column of attendance files: the day of the month is its name. */
export function isDay(name: string): boolean {
  return /^\d{1,2}$/.test(name);
}

function takenText(column: ColumnSpec, settings: CheckSettings): string {
  const check =
    column.processor === undefined || column.processor === 'StrNotNullOrEmpty'
      ? ''
      : column.processor === 'ParseDate'
        ? `Ingestion’s type check takes a date written as ${column.format ?? 'yyyy-MM-dd'}, and drops a row with another value.`
        : `Ingestion’s type check takes ${expected(column)}, and drops a row with another value.`;
  const empty = isRequired(column, settings) ? `If it is empty: ${effectOfEmpty(column)}` : '';
  const text = [check, empty].filter((part) => part !== '').join(' ');
  return text === '' ? 'Ingestion runs no type check on it.' : text;
}

function storedText({ storedAs, dbRange }: ColumnSpec): string {
  if (storedAs === undefined) return 'It is not stored.';
  const range = dbRange ? `, which takes ${dbRange[0]} to ${dbRange[1]}` : '';
  return `Stored in ${storedAs}${range}.`;
}

function isKey({ spec, variant }: TableAt, column: ColumnSpec): boolean {
  return spec.key.columns.some((name) => counterpart(spec, variant, name) === column);
}

function keyText({ key }: DatasetSpec): string {
  return key.columns.length === 1
    ? 'It is the key of a row.'
    : `It is part of the key of a row: ${key.columns.map((name) => `"${name}"`).join(', ')}.`;
}

function rangeText({ min, exclusiveMin, max, notIn, maxFrom, stage, why }: RangeSpec): string {
  const limits = [
    min === undefined ? '' : exclusiveMin === true ? `above ${min}` : `${min} or more`,
    max === undefined ? '' : `at most ${max}`,
    maxFrom === undefined ? '' : `at most ${maxFrom}`,
    notIn === undefined ? '' : `not ${notIn.map((value) => (value === '' ? 'empty' : value)).join(' or ')}`,
  ].filter((text) => text !== '');
  const head = limits.length === 0 ? '' : `Wanted: ${limits.join(', ')}. `;
  return `${head}${stage === undefined ? 'Ingestion' : `A later step (${stage})`}: ${why}.`;
}

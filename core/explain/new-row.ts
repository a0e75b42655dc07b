import { needInWords } from './column-words.ts';
import { specifiedValues } from './known-values.ts';
import type { CheckSettings } from '../check/settings.ts';
import type { TableAt } from './table-at.ts';

/**
 * A row to be filled in, as a snippet of the Language Server Protocol: a stop for each cell, the name of the column in
 * those that must not stay empty, a choice where the values are known.
 */
export function newRowSnippet(table: TableAt, settings: CheckSettings): string {
  const delimiter = String.fromCharCode(table.dialect.delimiter);
  return table.columns
    .map((column, index) => {
      const stop = index + 1;
      if (!column || needInWords(column, settings) !== 'required') return `$${stop}`;
      const values = specifiedValues(table, column, settings.today).map(({ value }) => value);
      return values.length > 0
        ? `\${${stop}|${values.map(inChoice).join(',')}|}`
        : `\${${stop}:${inStop(column.name)}}`;
    })
    .join(delimiter);
}

function inStop(text: string): string {
  return text.replace(/[\\$}]/g, '\\$&');
}

function inChoice(text: string): string {
  return text.replace(/[\\$},|]/g, '\\$&');
}

/** A value as a cell holds it: in quotes where it would not be one cell without. */
export function asCell(value: string, { dialect }: TableAt): string {
  const delimiter = String.fromCharCode(dialect.delimiter);
  return value.includes(delimiter) || /["\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value;
}

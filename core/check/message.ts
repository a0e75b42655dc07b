/**
 * The texts of findings on cells. They never hold the value itself: it may be a child's record, and a finding may end
 * in a log. The editor shows the cell, the command line its place.
 */
import type { ColumnSpec } from '../catalogue/spec.ts';
import type { RuleId, Severity } from '../finding.ts';
import type { CellFault } from './cell.ts';

const ROW_DROPPED = 'Ingestion drops the row and counts it as a data type mismatch.';
const WRITE_FAILS =
  'Ingestion’s type check lets it pass, then the write of the whole file to the database fails.';

export interface CellMessage {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly text: string;
}

/** The finding for a fault of a value. @param value only looked at for a hint, never repeated */
export function describeCell(fault: CellFault, column: ColumnSpec, value: string): CellMessage {
  const name = `"${column.name}"`;
  switch (fault) {
    case 'type':
      return column.type === 'date' || column.type === 'timestamp'
        ? error(
            'cell/format',
            `${name} is not a date written as ${column.format ?? 'yyyy-MM-dd'}. ${ROW_DROPPED}`,
          )
        : error('cell/type', `${name} is not ${expected(column)}${hint(value)}. ${ROW_DROPPED}`);
    case 'db-type':
      return error('cell/type', `${name} is not ${expected(column)}${hint(value)}. ${WRITE_FAILS}`);
    case 'db-range': {
      const [min, max] = column.dbRange ?? ['', ''];
      return error(
        'cell/range',
        `${name} is outside ${min} to ${max}, all that the database column takes. ${WRITE_FAILS}`,
      );
    }
    case 'db-length':
      return error(
        'cell/length',
        `${name} has more than ${column.dbMaxLength ?? 0} characters, all that the database column takes. ${WRITE_FAILS}`,
      );
    case 'db-date':
      return error(
        'cell/format',
        `${name} is not a date written as ${column.format ?? 'yyyy-MM-dd'}. ${WRITE_FAILS} With day and month in another order another day is stored.`,
      );
    case 'db-time':
      return error(
        'cell/format',
        `${name} is not a time written as ${column.format ?? 'HH:mm'}. ${WRITE_FAILS}`,
      );
    case 'loose-date':
      return warning(
        'cell/format',
        `${name} passes ingestion’s date check but is not written as yyyy-MM-dd: it may be stored as another day, or not at all.`,
      );
    case 'unpadded-date':
      return warning(
        'cell/format',
        `${name} is not written as dd/MM/yyyy with two digits for day and month.`,
      );
    case 'blanks':
      return warning(
        'cell/whitespace',
        `${name} has blanks at its start or end. Ingestion does not cut them in this file, so they are stored.`,
      );
  }
}

/** The finding for an empty value in a required column. */
export function describeEmpty(column: ColumnSpec): CellMessage {
  const effect = column.emptyFailsFile
    ? 'It is part of the primary key: the write of the whole file to the database fails.'
    : column.optional === false
      ? ROW_DROPPED
      : 'Ingestion drops the row and counts it as a null value.';
  return error('cell/required', `"${column.name}" is empty. ${effect}`);
}

function expected(column: ColumnSpec): string {
  switch (column.processor === 'StrNotNullOrEmpty' ? undefined : column.processor) {
    case 'ParseInt':
      return 'a whole number from -2147483648 to 2147483647';
    case 'ParseLong':
      return 'a whole number';
    case 'ParseDouble':
    case 'ParseBigDecimal':
      return 'a number';
    case 'ParseBool':
      return 'one of true, t, y, 1, false, f, n, 0';
    default:
      return column.type === 'boolean'
        ? 'true or false'
        : column.type === 'double' || column.type === 'decimal'
          ? 'a number'
          : 'a whole number';
  }
}

function hint(value: string): string {
  if (/^\s|\s$/.test(value)) return ': it has blanks at its start or end';
  if (/^[+-]?\d{1,3}(,\d{2,3})+(\.\d+)?$/.test(value)) return ': it has commas between the digits';
  if (/^[+-]?\d*\.\d*$/.test(value)) return ': it has a decimal point';
  if (/^null$/i.test(value)) return ': the word NULL is text here, leave the cell empty instead';
  if (/^[+-]?\d+$/.test(value)) return ': it is too large';
  return '';
}

function error(rule: RuleId, text: string): CellMessage {
  return { rule, severity: 'error', text };
}

function warning(rule: RuleId, text: string): CellMessage {
  return { rule, severity: 'warning', text };
}

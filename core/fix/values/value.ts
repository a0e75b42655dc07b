/** What may be written in place of a value that has a fault. Texts of values in, texts out. */
import type { ColumnSpec } from '../../catalogue/spec.ts';
import type { CellFault } from '../../check/cells/cell.ts';
import { javaTrim } from '../../check/cells/trim.ts';
import { mendDate, mendTime } from './date.ts';
import { mendBoolean, mendNumber } from './number.ts';
import { write, type ValueMending } from './value-fix.ts';

/** Why a fault of a value has no fix, whatever the value is. */
const lost: Readonly<Partial<Record<CellFault, string>>> = {
  'lost-letters': 'The letters are lost: export the file again as UTF-8.',
  'not-allowed': 'The true coordinates are not in the file.',
  'db-range': 'A number of this size is hardly what was meant, and the one that was is not in the file.',
  'db-length': 'What of the text may be left out is for a person to say.',
};

const UNKNOWN = 'What was meant cannot be told from the value.';

/**
 * What may be written in place of a value.
 *
 * @param value as ingestion reads it, not empty
 * @param isGood whether the column takes another value, `''` for none: no fix is one that it does not take
 */
export function mendValue(
  column: ColumnSpec,
  fault: CellFault,
  value: string,
  isGood: (value: string) => boolean,
): ValueMending {
  const trimmed = javaTrim(value);
  if (trimmed !== value && trimmed !== '' && isGood(trimmed))
    return { fixes: [{ value: trimmed, title: REMOVE_BLANKS, certain: true }] };
  const { fixes, reason } = mendTyped(column, trimmed);
  const good = fixes.filter((fix) => isGood(fix.value));
  if (good.some(({ certain }) => certain)) return { fixes: good };
  return { fixes: good, reason: lost[fault] ?? reason ?? (good.length > 0 ? SEVERAL : UNKNOWN) };
}

export const REMOVE_BLANKS = 'Remove the blanks';
const SEVERAL = 'It can be read in more than one way: choose in the editor.';

function mendTyped(column: ColumnSpec, value: string): ValueMending {
  switch (column.type) {
    case 'date':
    case 'timestamp':
      return mendDate(value, column.format ?? 'yyyy-MM-dd');
    case 'time':
      return mendTime(value);
    case 'boolean':
      return mendBoolean(value);
    case 'string':
      // The check of some text columns wants a number of them.
      return column.processor === undefined || column.processor === 'StrNotNullOrEmpty'
        ? { fixes: [] }
        : mendNumber(value, column.processor === 'ParseInt' || column.processor === 'ParseLong');
    default:
      return mendNumber(value, column.type === 'integer' || column.type === 'long');
  }
}

const years = /^(\d{4})\s*[-/\u2010-\u2015]\s*(\d{4}|\d{2})$/;

/** What may be written in place of an academic year that is not `2026-27`. */
export function mendAcademicYear(value: string): ValueMending {
  const match = years.exec(javaTrim(value));
  const from = Number(match?.[1]);
  const wanted = `${from}-${String((from + 1) % 100).padStart(2, '0')}`;
  const to = match?.[2] ?? '';
  const follows = to.length === 4 ? Number(to) === from + 1 : to === wanted.slice(5);
  return match && follows ? { fixes: [write(wanted, true)] } : { fixes: [], reason: UNKNOWN };
}

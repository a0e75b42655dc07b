/** Which columns hold what is told of a person: hidden where lines of a file are shown outside of it. */
import type { ColumnSpec } from './spec.ts';

/**
 * Columns of the catalogue whose values are a person's own, by their names without case. Ids are not: without the state's
 * own lists they tell nobody who it is.
 */
const PERSONAL = new Set(['name', 'observername', 'dob', 'user uuid', 'diksha uuid']);

/** What the description of such a column says, where a specification of your own adds some. */
const DESCRIBED =
  /\b(date of birth|(phone|mobile|telephone|aadhaar) number|e-?mail|home address|name of the (person|teacher|student|child|father|mother|guardian))\b/i;

/**
 * True for a column that holds personal data, or may.
 *
 * @param column undefined for one that no specification names: nobody knows what it holds
 */
export function isPersonal(column: ColumnSpec | undefined): boolean {
  return !column || PERSONAL.has(column.name.toLowerCase()) || DESCRIBED.test(column.description);
}

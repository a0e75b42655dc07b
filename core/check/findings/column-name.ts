/** Names of columns in messages. */

/** A name in the middle of a sentence: `"Month"`; `column "31"` where the name by itself may be taken for a value. */
export function columnName(name: string): string {
  return /^[\d.]+$/.test(name) ? `column "${name}"` : `"${name}"`;
}

/** The same at the start of a sentence. */
export function columnAtStart(name: string): string {
  const text = columnName(name);
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

/** A longer name is no column's, nor near one: only so many signs of it are repeated in a message. */
const LONGEST_NAME = 100;

/** Signs that move the cursor, colour a terminal, break the line or turn the direction of writing, and half signs. */
const UNFIT = /[\p{Cc}\p{Zl}\p{Zp}\p{Cs}\u202a-\u202e\u2066-\u2069]/gu;

/**
 * A name as the file has it, for a message: in quotes, without blanks round it, the start alone of a long one, `?` for
 * signs that are not fit to be shown.
 */
export function nameInFile(name: string): string {
  const bare = name.trim();
  const start = bare.length > LONGEST_NAME ? `${bare.slice(0, LONGEST_NAME)}…` : bare;
  return `"${start.replace(UNFIT, '?')}"`;
}

/** What is shown of a cell of the header. */
interface HeaderName {
  readonly name: string;
  /** False where a value before it goes on in another line. */
  readonly isInFirstLine: boolean;
}

/**
 * The same of a cell of the header, as far as it stands in the first line: behind a quote that is not closed there the
 * names are values of rows, which no message repeats.
 */
export function cellInFile({ name, isInFirstLine }: HeaderName): string {
  if (!isInFirstLine) return '"…"';
  const [start = '', ...others] = name.trim().split(/[\r\n]/, 2);
  return nameInFile(others.length > 0 ? `${start.slice(0, LONGEST_NAME)}…` : start);
}

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

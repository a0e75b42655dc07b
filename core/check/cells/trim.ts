/** Blanks at the ends of values. Walked sign by sign: a regular expression takes the square of a long run of blanks. */

/** Java's `String.trim`: every sign up to U+0020 goes from both ends, NUL among them; no-break spaces stay. */
export function javaTrim(text: string): string {
  return trimBy(text, (code) => code <= 0x20);
}

/** What PostgreSQL passes over round a value of a type other than text: space, tab and line breaks. */
export function databaseTrim(text: string): string {
  return trimBy(text, (code) => code === 0x20 || (code >= 0x09 && code <= 0x0d));
}

function trimBy(text: string, isBlank: (code: number) => boolean): string {
  let from = 0;
  let to = text.length;
  while (from < to && isBlank(text.charCodeAt(from))) from++;
  while (to > from && isBlank(text.charCodeAt(to - 1))) to--;
  return text.slice(from, to);
}

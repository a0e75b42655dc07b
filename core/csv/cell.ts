import type { Dialect } from './dialect.ts';
import { decodeUtf8 } from './encoding.ts';
import { ENCODED, QUOTED, type Row } from './row.ts';

const ESCAPES: Readonly<Record<string, string>> = { r: '\r', n: '\n', t: '\t', b: '\b', f: '\f' };
const LITERAL_AFTER_ESCAPE = '\r\n\f\t\b"\\';

/** What a backslash before a sign makes of it in Commons CSV; undefined where both stay as they are. */
export function escapedSign(sign: string, dialect: Dialect): string | undefined {
  const named = ESCAPES[sign];
  if (named !== undefined) return named;
  const literal = LITERAL_AFTER_ESCAPE.includes(sign) || sign.charCodeAt(0) === dialect.delimiter;
  return literal ? sign : undefined;
}

/**
 * The value of a cell as ingestion's reader hands it over, before any trimming.
 *
 * @param index 0-based cell of the row
 */
export function cellText(row: Row, index: number, dialect: Dialect): string {
  const raw = decodeUtf8(row.bytes, row.starts[index]!, row.ends[index]!);
  const flags = row.flags[index]!;
  if ((flags & ENCODED) === 0) return raw;
  if (dialect.reader === 'super-csv') return superText(raw);
  return commonsText(
    dialect.unescapeFirst ? raw.replaceAll('\\"', '"') : raw,
    (flags & QUOTED) !== 0,
    dialect,
  );
}

/** Super CSV: quotes toggle, a doubled quote inside quotes is one quote, any line break inside them is LF. */
function superText(raw: string): string {
  let value = '';
  let inQuotes = false;
  for (let i = 0; i < raw.length; i++) {
    const sign = raw[i]!;
    if (sign === '"') {
      if (inQuotes && raw[i + 1] === '"') {
        value += '"';
        i++;
      } else inQuotes = !inQuotes;
    } else if (sign === '\r') {
      value += '\n';
      if (raw[i + 1] === '\n') i++;
    } else value += sign;
  }
  return value;
}

/** Commons CSV: doubled quotes inside quotes, and a backslash before a sign that it can escape. */
function commonsText(raw: string, quoted: boolean, dialect: Dialect): string {
  let value = '';
  for (let i = 0; i < raw.length; i++) {
    const sign = raw[i]!;
    const next = raw[i + 1];
    if (quoted && sign === '"' && next === '"') {
      value += '"';
      i++;
    } else if (dialect.escapes && sign === '\\' && next !== undefined) {
      i++;
      value += escapedSign(next, dialect) ?? sign + next;
    } else value += sign;
  }
  return value;
}

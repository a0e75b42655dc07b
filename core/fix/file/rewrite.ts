import { QUOTE, type Dialect } from '../../csv/dialect.ts';
import { QUOTED, type Row } from '../../csv/row.ts';

/** A cell of the file to be written: one of the file that is read (0-based), or a new column without values. */
export type OutputCell = { readonly from: number } | { readonly name: string };

const encoder = new TextEncoder();

/**
 * Writes a row with its cells in another order, or with another delimiter between them. Cells keep their quotes; one that
 * holds the new delimiter gets some.
 *
 * @param dialect how the row is split
 * @param delimiter the byte to write between cells
 * @param cells undefined for all of them as they stand
 * @param isHeader true for the row that has names in new columns
 * @returns the row without its line end
 */
export function rewriteRow(
  row: Row,
  dialect: Dialect,
  delimiter: number,
  cells: readonly OutputCell[] | undefined,
  isHeader: boolean,
): Uint8Array {
  const parts = spansOf(row, dialect).map(([from, to], cell) =>
    delimiter === dialect.delimiter ? row.bytes.subarray(from, to) : requoted(row, cell, from, to, delimiter),
  );
  const nothing = new Uint8Array(0);
  const wanted = cells
    ? cells.map((cell) =>
        'from' in cell ? (parts[cell.from] ?? nothing) : isHeader ? encoder.encode(cell.name) : nothing,
      )
    : parts;
  const into = new Uint8Array(wanted.reduce((sum, part) => sum + part.length + 1, -1));
  let at = 0;
  wanted.forEach((part, index) => {
    if (index > 0) into[at++] = delimiter;
    into.set(part, at);
    at += part.length;
  });
  return into;
}

/** Where the cells stand, with their quotes and whatever else is between the delimiters. */
export function spansOf(row: Row, { delimiter }: Dialect): [number, number][] {
  const spans: [number, number][] = [];
  let from = row.start;
  for (let cell = 0; cell < row.count; cell++) {
    let to = cell + 1 === row.count ? row.end : row.ends[cell]!;
    while (to < row.end && row.bytes[to] !== delimiter) to++;
    spans.push([from, to]);
    from = to + 1;
  }
  return spans;
}

/** The bytes of a cell as they may stand between other delimiters. */
function requoted(row: Row, cell: number, from: number, to: number, delimiter: number): Uint8Array {
  const raw = row.bytes.subarray(from, to);
  if ((row.flags[cell]! & QUOTED) !== 0 || !raw.includes(delimiter)) return raw;
  const quotes = raw.filter((byte) => byte === QUOTE).length;
  const into = new Uint8Array(raw.length + quotes + 2);
  let at = 0;
  into[at++] = QUOTE;
  for (const byte of raw) {
    if (byte === QUOTE) into[at++] = QUOTE;
    into[at++] = byte;
  }
  into[at] = QUOTE;
  return into;
}

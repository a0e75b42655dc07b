/** Numbers and columns as a person reads them: one form for terminal, editor and findings. */

/** A number with separators between thousands: 1,234,567. */
export function number(value: number): string {
  // The first use of a locale costs tens of milliseconds.
  return String(value).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** "1 error", "2,000 errors". @param plural given where an `s` does not make it */
export function count(value: number, noun: string, plural = `${noun}s`): string {
  return `${number(value)} ${value === 1 ? noun : plural}`;
}

/** Rows of cells in columns of the same width, the last one ragged; `indent` stands before each row. */
export function table(rows: readonly (readonly string[])[], indent = ''): string {
  const widths: number[] = [];
  for (const row of rows) row.forEach((cell, i) => (widths[i] = Math.max(widths[i] ?? 0, cell.length)));
  return rows
    .map(
      (row) =>
        indent + row.map((cell, i) => (i === row.length - 1 ? cell : cell.padEnd(widths[i]!))).join('  '),
    )
    .join('\n');
}

/** The first five names, and how many more there are. */
export function listed(names: readonly string[]): string {
  const more = names.length - 5;
  return names.slice(0, 5).join(', ') + (more > 0 ? ` and ${more} more` : '');
}

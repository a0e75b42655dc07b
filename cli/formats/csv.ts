/** A row of a CSV with commas (RFC 4180), without its line end. */
export function csvRow(cells: readonly (string | number | boolean | undefined)[]): string {
  return cells
    .map((cell) => {
      const text = String(cell ?? '');
      return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    })
    .join(',');
}

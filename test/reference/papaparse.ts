import assert from 'node:assert/strict';
import Papa from 'papaparse';
import type { Reading, SourceRow } from './readers.ts';

/**
 * Where a text has only quotes as RFC 4180 writes them, both readers of ingestion read it as papaparse does: this
 * throws where ours do not.
 */
export function checkAgainstPapaparse(text: string, reading: Reading, delimiter: string): void {
  const [lineEnd = '\n', ...others] = reading.lineEnds;
  if (others.length > 0 || /^\uFEFF|\\/.test(text)) return;
  if (!reading.rows.every((row) => isPlain(row, text, delimiter))) return;
  const parsed = Papa.parse<string[]>(text, { delimiter, newline: lineEnd as '\n', quoteChar: '"' });
  const isBlank = (row: readonly string[]) => row.length === 1 && row[0] === '';
  assert.deepEqual(
    reading.rows.map(({ cells }) => cells.map(({ value }) => value)).filter((row) => !isBlank(row)),
    parsed.data.filter((row) => !isBlank(row)),
  );
}

/** True for a row of cells that stand side by side, each one quoted as a whole or without quotes. */
function isPlain({ cells, faults, from, to }: SourceRow, text: string, delimiter: string): boolean {
  return (
    faults.length === 0 &&
    // A CR inside quotes becomes LF in Super CSV, and papaparse takes it apart in a file of CRs.
    cells.every(({ raw }) => /^(?:[^"]*|"(?:[^"\r]|"")*")$/.test(raw)) &&
    cells.map(({ raw }) => raw).join(delimiter) === text.slice(from, to)
  );
}

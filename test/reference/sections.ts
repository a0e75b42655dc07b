/** A file of several tables, each closed by its marker line (datasets.json, `sections`). */
import { findDataset } from '../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec } from '../../core/catalogue/spec.ts';
import { blankRuns, type Reading, type SourceRow } from './readers.ts';
import { lastLineOf } from './text.ts';
import type { Tell } from './types.ts';
import { faultOf } from './values.ts';

/** True for a row that the script fails on: it takes text behind a quote for part of the value. */
export const isFatal = ({ faults }: SourceRow) => faults.some(({ kind }) => kind !== 'text-after-quote');

const plain = (text: string) => text.trim().toLowerCase().replace(/\s+/g, ' ');

/** @returns the number of rows below the sections' headers */
export function sectionFindings(spec: DatasetSpec, text: string, reading: Reading, tell: Tell): number {
  const sections = spec.sections ?? [];
  const broken = reading.rows.some(isFatal);
  const readable =
    reading.rows[0] && !isFatal(reading.rows[0]) ? reading.rows.filter((row) => !isFatal(row)) : [];
  const blanks = blankRuns(text, reading);
  let index = 0;
  let rows = 0;
  let header: readonly (ColumnSpec | undefined)[] | undefined;
  let courses = 0;

  const tellBlanksBefore = (place: number) => {
    for (let run = blanks[0]; run && run.from < place; run = blanks[0]) {
      if (index < sections.length) tell('dialect/blank-line', 'error', run.from, run.to);
      blanks.shift();
    }
  };
  const next = (to: number) => {
    index = to;
    header = undefined;
    courses = 0;
  };
  for (const row of readable) {
    tellBlanksBefore(row.from);
    const section = sections[index];
    const [first] = row.cells;
    if (!section || !first || row.cells.every(({ value }) => value.trim() === '')) continue;
    const meant = sections.findIndex(({ endMarker }) => plain(endMarker) === plain(first.value));
    if (first.value === section.endMarker) {
      if (section.furtherColumns && courses > 0 && courses < 3) tell('section/too-few-rows', 'warning', 0, 0);
      next(index + 1);
    } else if (meant >= 0) {
      tell('section/marker', 'error', first.from, first.to);
      next(meant + 1);
    } else if (!header) {
      const names = row.cells.map(({ value }) => value.trim().toLowerCase());
      if (!section.columns.every((name) => names.includes(name)))
        tell('header/missing-column', 'error', row.from, row.to);
      const { columns } = findDataset(section.dataset)!;
      header = names.map((name, cell) =>
        names.indexOf(name) === cell
          ? columns.find((column) => column.name.toLowerCase() === name)
          : undefined,
      );
    } else {
      rows++;
      if (section.furtherColumns)
        courses += row.cells.slice(1).filter(({ value }) => value.trim() !== '').length;
      tellCells(row, header, findDataset(section.dataset)!, tell);
    }
  }
  tellBlanksBefore(Infinity);
  const lastLine = lastLineOf(text);
  if (!broken && index < sections.length) tell('section/marker', 'error', lastLine, lastLine);
  return rows;
}

function tellCells(
  row: SourceRow,
  header: readonly (ColumnSpec | undefined)[],
  dataset: DatasetSpec,
  tell: Tell,
): void {
  row.cells.forEach(({ value, from, to }, cell) => {
    const column = header[cell];
    if (!column) return;
    const text = value.trim();
    if (text === '') {
      if (column.required) tell('cell/required', 'error', from, to);
      return;
    }
    const fault = faultOf(text, column, dataset);
    if (fault) tell(fault.rule, fault.severity, from, to);
  });
}

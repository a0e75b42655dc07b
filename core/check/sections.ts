import { findDataset } from '../catalogue/catalogue.ts';
import type { DatasetSpec, SectionSpec } from '../catalogue/spec.ts';
import { cellText } from '../csv/cell.ts';
import type { Dialect } from '../csv/dialect.ts';
import { decodeUtf8 } from '../csv/encoding.ts';
import type { Row } from '../csv/row.ts';
import type { RuleId } from '../finding.ts';
import { compileCell, type CellCheck } from './cells/cell.ts';
import type { FindingCollector } from './findings/collector.ts';
import { fileStart } from './findings/text-range.ts';
import { separatorCause } from './header/header.ts';
import type { RowChecker } from './rows/row-checker.ts';
import { describeCell, describeEmpty } from './findings/message.ts';
import { placeOfCell, placeOfRow } from './findings/place.ts';
import type { CheckSettings } from './settings.ts';

interface OpenSection {
  readonly spec: SectionSpec;
  readonly dataset: DatasetSpec;
  /** For each cell of the section's header its column; undefined for the free course columns. */
  header?: readonly string[];
  checks: Map<number, { readonly name: string; readonly check: CellCheck }>;
  filledCells: number;
}

const encoder = new TextEncoder();

/**
 * Checks a file that holds several tables one under the other, each closed by a marker line: `diksha_enrolment`,
 * which a script of ingestion cuts into four files (datasets.json, `sections`).
 */
export class SectionRows implements RowChecker {
  readonly #sections: readonly SectionSpec[];
  readonly #dialect: Dialect;
  readonly #settings: CheckSettings;
  readonly #collector: FindingCollector;
  #index = 0;
  #open: OpenSection | undefined;
  rows = 0;
  readonly #refusals = new Set<RuleId>();

  constructor(spec: DatasetSpec, dialect: Dialect, settings: CheckSettings, collector: FindingCollector) {
    this.#settings = settings;
    this.#sections = spec.sections ?? [];
    this.#dialect = dialect;
    this.#collector = collector;
  }

  row(row: Row): void {
    const section = this.#sections[this.#index];
    // What follows the last marker is not looked at.
    if (!section || this.#isEmpty(row)) return;
    const first = this.#text(row, 0);
    if (first === section.endMarker) {
      this.#close();
      return;
    }
    if (this.#isWrongMarker(row, first, section)) return;
    this.#open ??= open(section);
    if (!this.#open.header) {
      this.#readHeader(row, this.#open);
      return;
    }
    this.rows++;
    this.#checkRow(row, this.#open);
  }

  isStored(): boolean {
    return true;
  }

  refuse(rule: RuleId): void {
    this.#refusals.add(rule);
  }

  /** The rows are counted in the four files that the sections become: all there is to tell here is what stops the split. */
  get refusals(): readonly RuleId[] {
    return [...this.#refusals].sort();
  }

  blankLines(line: number, count: number): void {
    if (this.#index >= this.#sections.length) return;
    this.refuse('dialect/blank-line');
    this.#collector.add(
      'dialect/blank-line',
      'error',
      () => ({ line, column: 0, endLine: line + count - 1, endColumn: 0 }),
      () =>
        'A blank line. The script that splits this file fails on it: remove the line, or put commas in it.',
    );
  }

  end(line: number): void {
    const section = this.#sections[this.#index];
    if (!section) return;
    this.refuse('section/marker');
    const names = this.#sections.slice(this.#index).map((missing) => `"${missing.endMarker}"`);
    this.#collector.add(
      'section/marker',
      'error',
      () => ({ ...fileStart, line, endLine: line }),
      () =>
        `The file ends before ${names.join(', ')}. Each of the four sections, even an empty one, is closed by its marker line, written exactly so.`,
    );
  }

  #close(): void {
    const section = this.#open;
    if (section?.spec.furtherColumns && section.filledCells > 0 && section.filledCells < 3) {
      const count = section.filledCells;
      this.#collector.add(
        'section/too-few-rows',
        'warning',
        () => fileStart,
        () =>
          `The programs have ${count} courses in all; with fewer than three the script skips the section.`,
      );
    }
    this.#open = undefined;
    this.#index++;
  }

  /** A marker that differs in case or blanks, or that of a later section, would be taken for a row. */
  #isWrongMarker(row: Row, first: string, section: SectionSpec): boolean {
    const plain = (text: string) => text.trim().toLowerCase().replace(/\s+/g, ' ');
    const meant = this.#sections.find((other) => plain(other.endMarker) === plain(first));
    if (!meant) return false;
    this.refuse('section/marker');
    const message =
      meant === section
        ? `The marker must be written exactly "${section.endMarker}".`
        : `Expected the marker "${section.endMarker}" before this one.`;
    this.#collector.add(
      'section/marker',
      'error',
      () => placeOfCell(row, 0),
      () => `${message} Ingestion takes this line for a row.`,
    );
    this.#open = undefined;
    this.#index = this.#sections.indexOf(meant) + 1;
    return true;
  }

  #readHeader(row: Row, section: OpenSection): void {
    const names = Array.from({ length: row.count }, (_, i) => this.#text(row, i).trim().toLowerCase());
    section.header = names;
    const missing = section.spec.columns.filter((column) => !names.includes(column));
    if (missing.length > 0) {
      const list = missing.map((column) => `"${column}"`).join(', ');
      const cause = separatorCause(decodeUtf8(row.bytes, row.start, row.end));
      this.#collector.add(
        'header/missing-column',
        'error',
        () => placeOfRow(row),
        () =>
          `${cause}This section needs ${list} in its header; expected: ${section.spec.columns.join(',')}. Its rows are not loaded.`,
      );
    }
    for (const column of section.dataset.columns) {
      const index = names.indexOf(column.name.toLowerCase());
      if (index >= 0)
        section.checks.set(index, {
          name: column.name,
          check: compileCell(column, section.dataset, this.#settings),
        });
    }
  }

  #checkRow(row: Row, section: OpenSection): void {
    for (let i = 0; i < row.count; i++) {
      const text = this.#text(row, i).trim();
      if (section.spec.furtherColumns && i > 0 && text !== '') section.filledCells++;
      const compiled = section.checks.get(i);
      const column = compiled && section.dataset.columns.find((known) => known.name === compiled.name);
      if (!compiled || !column) continue;
      if (text === '') {
        if (column.required) {
          const empty = describeEmpty(column);
          this.#collector.add(empty.rule, empty.severity, () => placeOfCell(row, i), empty.text);
        }
        continue;
      }
      const bytes = encoder.encode(text);
      const fault = compiled.check(bytes, 0, bytes.length);
      if (fault === undefined) continue;
      const described = describeCell(fault, column, () => text);
      this.#collector.add(described.rule, described.severity, () => placeOfCell(row, i), described.text);
    }
  }

  #isEmpty(row: Row): boolean {
    for (let i = 0; i < row.count; i++) {
      if (this.#text(row, i).trim() !== '') return false;
    }
    return true;
  }

  #text(row: Row, index: number): string {
    return cellText(row, index, this.#dialect);
  }
}

function open(spec: SectionSpec): OpenSection {
  const dataset = findDataset(spec.dataset);
  if (!dataset) throw new Error(`The catalogue has no dataset ${spec.dataset}.`);
  return { spec, dataset, checks: new Map(), filledCells: 0 };
}

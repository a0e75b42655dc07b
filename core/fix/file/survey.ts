import type { DatasetSpec } from '../../catalogue/spec.ts';
import { javaTrim } from '../../check/cells/trim.ts';
import type { CheckSettings } from '../../check/settings.ts';
import { cellText } from '../../csv/cell.ts';
import type { Row } from '../../csv/row.ts';
import { count } from '../../wording.ts';
import { fileFixes, type FileChange } from '../file-fix.ts';
import type { RuleId } from '../../finding.ts';
import { RowFixer } from '../row-fixer.ts';
import { holdsEscape, planHeader, type HeaderPlan } from './header-plan.ts';
import type { RowHandler } from './row-stream.ts';
import { TextStream, type TextStart } from './text-stream.ts';

/** Which changes of a whole file are made, and why others are not. */
export interface SurveyVerdict {
  readonly changes: ReadonlySet<FileChange>;
  readonly left: readonly { readonly rule: RuleId; readonly reason: string }[];
}

const NOT_CERTAIN: Readonly<Partial<Record<FileChange, string>>> = {
  'add-columns':
    'The values of the columns are not in the file: adding them without values is a choice for the editor.',
  'remove-columns': 'What stands in the columns would be lost: removing them is a choice for the editor.',
};

/**
 * Looks whether the changes of columns that a header asks for can be made: each row must have the header's cells, since
 * in another one nobody knows which cell is which. Bytes are pushed as long as it is not settled.
 */
export class FileSurvey implements RowHandler {
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #asked: ReadonlySet<FileChange>;
  readonly #stream: TextStream;
  #start: TextStart | undefined;
  #plan: HeaderPlan | undefined;
  #fixer: RowFixer | undefined;
  #wanted: ReadonlySet<FileChange> = new Set();
  #oddRows = 0;
  #escapedRows = 0;
  #filledTails = 0;
  #tail = 0;
  /** True when no more bytes need to be pushed. */
  isSettled = false;

  /** @param asked changes that a person has chosen, though they are not certain */
  constructor(spec: DatasetSpec, settings: CheckSettings, asked: ReadonlySet<FileChange> = new Set()) {
    this.#spec = spec;
    this.#settings = settings;
    this.#asked = asked;
    this.#stream = new TextStream(spec, settings, (start) => {
      this.#start = start;
      if (!start.head) this.isSettled = true;
      return this;
    });
  }

  /** @throws EncodingError */
  push(chunk: Uint8Array): void {
    if (!this.isSettled) this.#stream.push(chunk);
  }

  /** No byte follows, or no more is needed. @throws EncodingError */
  end(): SurveyVerdict {
    if (!this.isSettled) this.#stream.end();
    const changes = new Set<FileChange>();
    const left: { rule: RuleId; reason: string }[] = [];
    for (const change of this.#plan?.wanted ?? []) {
      const reason = this.#reason(change);
      if (reason === undefined) changes.add(change);
      else left.push({ rule: fileFixes.find((fix) => fix.change === change)!.rule, reason });
    }
    return { changes, left };
  }

  #reason(change: FileChange): string | undefined {
    if (!this.#wanted.has(change)) return NOT_CERTAIN[change];
    if (this.#oddRows > 0)
      return `${count(this.#oddRows, 'row')} cannot be told apart into the cells of the header.`;
    if (change === 'delimiter' && this.#escapedRows > 0)
      return `${count(this.#escapedRows, 'row')} with a backslash would be read in another way.`;
    return change === 'remove-empty-columns' && this.#filledTails > 0
      ? `${count(this.#filledTails, 'row')} with a value in a column without a name.`
      : undefined;
  }

  row(row: Row, next: number): void {
    if (this.#plan && this.#fixer) {
      this.#take(row, next, this.#plan, this.#fixer);
      return;
    }
    this.#plan = this.#start && planHeader(row, this.#start, this.#spec, this.#settings);
    if (!this.#plan) {
      this.isSettled = true;
      return;
    }
    const { wanted, knowledge } = this.#plan;
    this.#wanted = new Set([...wanted].filter((each) => this.#asked.has(each) || !(each in NOT_CERTAIN)));
    this.#fixer = new RowFixer(knowledge);
    this.#tail = this.#wanted.has('remove-empty-columns')
      ? knowledge.columns.filter((column) => column === undefined).length
      : 0;
    this.isSettled = this.#wanted.size === 0;
  }

  #take(row: Row, next: number, { knowledge }: HeaderPlan, fixer: RowFixer): void {
    const width = knowledge.columns.length;
    const { dialect } = knowledge.table;
    if (row.count !== width && !this.#isMended(row, next, fixer)) this.#oddRows++;
    if (this.#wanted.has('delimiter') && holdsEscape(row, dialect)) this.#escapedRows++;
    for (let cell = width - this.#tail; cell < Math.min(width, row.count); cell++) {
      if (javaTrim(cellText(row, cell, dialect)) === '') continue;
      this.#filledTails++;
      return;
    }
  }

  /** True for a row of another width that becomes one of the header’s, or goes. A row without a delimiter may not. */
  #isMended(row: Row, next: number, fixer: RowFixer): boolean {
    // Where the last columns are without a name, rows may end before them.
    if (this.#tail > 0 && row.count === fixer.width - this.#tail) return true;
    return fixer
      .faults(row, next)
      .some(
        ({ rule, fixes }) =>
          (rule === 'row/column-count' || rule === 'row/empty') && fixes[0]?.certain === true,
      );
  }

  proved(): void {
    // No row is proved here: each is looked at.
  }

  blank(): void {
    // A blank line has no cells.
  }

  unreadable(_bytes: Uint8Array, from: number, to: number): void {
    if (to === from) return;
    this.#oddRows++;
    if (!this.#plan) this.isSettled = true;
  }
}

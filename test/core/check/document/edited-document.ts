/** Random documents under random edits: what an incremental check says of each must be what a whole check says. */
import assert from 'node:assert/strict';
import { findDataset } from '../../../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec } from '../../../../core/catalogue/spec.ts';
import { DocumentCheck } from '../../../../core/check/document/document.ts';
import type { FileReport } from '../../../../core/check/file.ts';
import { defaultSettings, type CheckSettings } from '../../../../core/check/settings.ts';
import {
  MasterValues,
  masterKey,
  ValueSet,
  type Masters,
} from '../../../../core/check/identity/value-set.ts';
import { TextBlocks, type TextBlock } from '../../../../core/csv/text-blocks.ts';
import type { Random } from '../../csv/random.ts';
import { checkWhole } from '../whole.ts';

/** Datasets of every kind of header, reader and key. */
const names = [
  'district_mst',
  'school_mst',
  'subject_details',
  'student_attendance',
  'teacher_attendance',
  'periodic_exam_qst_mst',
  'periodic_exam_result_trans',
  'diksha_tpd',
  'diksha_data_summary',
  'diksha_api_progress_exhaust_batch_ids',
  'diksha_enrolment',
  'user_location_master',
  'inspection_master',
  'infra_trans',
  'sch_enr_medinstr',
  'nsqf_exmres_c10',
];

const encoder = new TextEncoder();

/** A document to begin with. */
export interface GivenDocument {
  readonly spec: DatasetSpec;
  readonly settings: CheckSettings;
  readonly text: string;
  /** True when the file begins with a byte order mark, which is not in the text. */
  readonly mark: boolean;
}

export class EditedDocument {
  readonly #random: Random;
  readonly #spec: DatasetSpec;
  readonly #settings: CheckSettings;
  readonly #masters: Masters | undefined;
  readonly #mark: boolean;
  readonly #text: TextBlocks;
  readonly #check: DocumentCheck;
  readonly #lineEnd: string;
  readonly #delimiter: string;

  /** @param given a random one of rows that are mostly good when absent */
  constructor(random: Random, given?: GivenDocument) {
    this.#random = random;
    const spec = given?.spec ?? findDataset(random.pick(names));
    assert.ok(spec);
    this.#spec = spec;
    this.#settings = given?.settings ?? {
      ...defaultSettings,
      today: '2026-11-23',
      release: random.pick(['3.2', '3.6', '3.6']),
      maxFindings: random.pick([1, 2, 7, 40, 1000, 1000, Infinity]),
      rules: random.once(6) ? { 'key/duplicate-record': 'off', 'cell/type': 'warning' } : {},
      ...(random.once(3) ? { rowBytes: 1 + random.below(random.pick([30, 200, 200, 2000])) } : {}),
    };
    this.#masters = random.once(3) ? undefined : mastersOf(spec, random);
    this.#mark = given?.mark ?? random.once(12);
    this.#lineEnd = random.pick(['\n', '\n', '\n', '\r\n', '\r']);
    this.#delimiter = spec.reading.delimiter;
    const size = { lines: 1 + random.below(12), units: 20 + random.below(600) };
    this.#text = new TextBlocks(given?.text ?? this.#anyText(), size);
    const options = { masters: this.#masters, byteOrderMark: this.#mark };
    this.#check = new DocumentCheck(spec, 'f.csv', this.#settings, options);
  }

  /** Makes a few edits and compares the two checks. */
  step(): void {
    const edits = this.#random.once(5) ? 1 + this.#random.below(4) : 1;
    for (let i = 0; i < edits; i++) this.#edit();
    // A check that is given up half way must do no harm.
    if (this.#random.once(10)) this.#check.check(this.#text.blocks).next();
    this.compare();
  }

  /** Compares the two checks of the text as it stands. */
  compare(): void {
    const text = this.#text.text();
    const found = completed(this.#check, this.#text.blocks);
    const bytes = encoder.encode(this.#mark ? `\ufeff${text}` : text);
    const options = this.#masters ? { masters: this.#masters } : {};
    const expected = checkWhole(this.#spec, 'f.csv', bytes, this.#settings, options);
    assert.deepEqual(plain(found), plain(expected), JSON.stringify(text));
  }

  #edit(): void {
    const random = this.#random;
    const { length } = this.#text;
    if (length > 9000) {
      this.#replace(random.below(length), length, '');
      return;
    }
    const at = random.below(length + 1);
    const near = Math.min(length, at + random.below(random.pick([2, 6, 40])));
    switch (random.below(12)) {
      case 0:
      case 1:
      case 2:
        this.#replace(at, at, this.#anySign());
        return;
      case 3:
        this.#replace(at, near, '');
        return;
      case 4:
        this.#replace(at, near, this.#anySign());
        return;
      case 5: {
        const start = this.#lineStart(at);
        this.#replace(start, start, this.#row());
        return;
      }
      case 6: {
        // The same rows once more.
        const start = this.#lineStart(at);
        const target = this.#lineStart(random.below(length + 1));
        this.#replace(target, target, this.#slice(start, this.#lineStart(near + random.below(300))));
        return;
      }
      case 7:
        this.#replace(this.#lineStart(at), this.#lineStart(at + random.below(400)), '');
        return;
      case 8: {
        const span = this.#slice(at, near);
        this.#replace(at, near, random.pick([`"${span}"`, `"${span}${this.#lineEnd}x"`, `"${span}`]));
        return;
      }
      case 9:
        if (random.once(6)) this.#replace(0, this.#lineStart(at), `${this.#header()}${this.#lineEnd}`);
        else this.#replace(Math.min(at, 60), Math.min(at, 60) + random.below(2), this.#anySign());
        return;
      case 10:
        this.#replace(at, at, random.pick([this.#lineEnd, '\n', '\r', '\r\n', '\n\n\n']));
        return;
      default:
        if (random.once(20)) this.#text.replace(undefined, this.#anyText());
        else this.#replace(at, at, this.#rows(random.below(30)));
    }
  }

  #replace(from: number, to: number, text: string): void {
    const span = { start: this.#text.positionAt(from), end: this.#text.positionAt(to) };
    this.#text.replace(span, text);
  }

  #slice(from: number, to: number): string {
    return this.#text.text().slice(from, to);
  }

  #lineStart(offset: number): number {
    return this.#text.offsetAt({ line: this.#text.positionAt(offset).line, character: 0 });
  }

  #anySign(): string {
    const usual = ['1', '7', 'x', ' ', '"', '""', '\\', '\\"', this.#delimiter, 'NULL', 'क', '-'];
    return this.#random.once(12)
      ? this.#random.pick(['\0', '\ufffd', '\ud800', '𝟙'])
      : this.#random.pick(usual);
  }

  #anyText(): string {
    const head = this.#random.once(12) ? this.#lineEnd : '';
    const end = this.#random.once(3) ? '' : this.#lineEnd;
    return `${head}${this.#header()}${this.#lineEnd}${this.#rows(this.#random.below(60))}x`.replace(
      /x$/,
      end,
    );
  }

  #columns(): readonly ColumnSpec[] {
    return this.#spec.columns;
  }

  #header(): string {
    if (this.#spec.sections) return this.#random.pick(this.#spec.sections).columns.join(',');
    const columns = this.#columns().map(({ name }) => name);
    if (this.#random.once(10)) columns.push('extra');
    if (this.#random.once(20)) columns.pop();
    return columns.join(this.#delimiter);
  }

  #rows(count: number): string {
    let rows = '';
    for (let i = 0; i < count; i++) rows += this.#row();
    return rows;
  }

  #row(): string {
    const random = this.#random;
    const blank = random.once(25) ? this.#lineEnd.repeat(1 + random.below(3)) : '';
    const cells = this.#columns().map((column) => this.#value(column));
    if (random.once(30)) cells.pop();
    const section = this.#spec.sections && random.once(8) ? random.pick(this.#spec.sections) : undefined;
    const line = section
      ? random.pick([section.endMarker, section.columns.join(',')])
      : cells.join(this.#delimiter);
    return `${blank}${line}${random.once(60) ? '\r\n' : this.#lineEnd}`;
  }

  /** Few different ones, so that rows, keys and references meet each other. */
  #value(column: ColumnSpec): string {
    const random = this.#random;
    if (random.once(50))
      return random.pick(['', 'x', '-1', '"a""b"', '"1"', ' 1 ', `"${this.#lineEnd}"`, '0']);
    switch (column.type) {
      case 'date':
        return '2026-10-01';
      case 'timestamp':
        return random.pick([
          '2026-10-01 10:00:00',
          '2026-10-01 09:30:00',
          '2026-10-02 10:00:00',
          '2026-10-02',
        ]);
      case 'boolean':
        return random.pick(['true', 'false']);
      case 'string':
        return random.pick(['abc', 'गणित', 'PAT030112102026', '2026-27', '007']);
      default:
        return `${1 + random.below(random.pick([2, 2, 30]))}`;
    }
  }
}

/** The report of an incremental check, whatever turns it takes. */
export function completed(check: DocumentCheck, blocks: readonly TextBlock[]): FileReport {
  const steps = check.check(blocks);
  for (;;) {
    const { done, value } = steps.next();
    if (done === true) return value;
  }
}

/** A report as plain data, without the tally, which a document has not. */
function plain({ values, ...report }: FileReport): object {
  return {
    ...report,
    tally: undefined,
    values: [...values].map(([key, set]) => [key, set.signature, signatureOfAll(set)]),
  };
}

/** The signature after every value has been asked for. */
function signatureOfAll(set: ValueSet): string {
  const all = new ValueSet();
  all.addAll(set);
  return all.signature;
}

/** Masters with half of the values that occur. */
function mastersOf(spec: DatasetSpec, random: Random): Masters {
  const sets = new Map<string, ValueSet>();
  for (const { dataset, toColumns } of spec.references) {
    const master = findDataset(dataset);
    if (!master || random.once(4)) continue;
    const header = master.columns.map(({ name }) => name);
    const rows = Array.from({ length: 16 }, (_, i) =>
      master.columns.map(({ name }) => (toColumns.includes(name) ? `${i + 1}` : '1')).join('|'),
    );
    const text = `${header.join('|')}\n${rows.join('\n')}\n`;
    const { values } = checkWhole(master, 'm.csv', encoder.encode(text), defaultSettings);
    for (const set of values.values()) sets.set(masterKey(dataset, toColumns), set);
  }
  return new MasterValues(sets);
}

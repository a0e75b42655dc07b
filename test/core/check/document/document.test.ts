import assert from 'node:assert/strict';
import { test } from 'node:test';
import { findDataset } from '../../../../core/catalogue/catalogue.ts';
import { DocumentCheck } from '../../../../core/check/document/document.ts';
import type { FileReport } from '../../../../core/check/file.ts';
import { defaultSettings } from '../../../../core/check/settings.ts';
import type { RowProof, RowShape } from '../../../../core/csv/proof/proof.ts';
import { WordProof } from '../../../../core/csv/proof/proof-words.ts';
import { TextBlocks } from '../../../../core/csv/text-blocks.ts';
import { Random } from '../../csv/random.ts';
import { completed, EditedDocument } from './edited-document.ts';
import { checkWhole } from '../whole.ts';

/** A document of subjects in small blocks, and how many rows were looked at. */
class Subjects {
  readonly text: TextBlocks;
  rowsProved = 0;
  readonly #spec = findDataset('subject_details')!;
  readonly #check: DocumentCheck;

  constructor(text: string) {
    this.text = new TextBlocks(text, { lines: 10, units: 10_000 });
    const makeProof = (shape: RowShape): RowProof => {
      const proof = new WordProof(shape);
      const prove = proof.prove.bind(proof);
      proof.prove = (...range) => {
        const at = prove(...range);
        this.rowsProved += proof.rows;
        return at;
      };
      return proof;
    };
    this.#check = new DocumentCheck(this.#spec, 'f.csv', defaultSettings, { makeProof });
  }

  /** Puts a text at a place. */
  insert(line: number, character: number, text: string): void {
    this.text.replace({ start: { line, character }, end: { line, character } }, text);
  }

  delete(line: number, character: number, length: number): void {
    this.text.replace({ start: { line, character }, end: { line, character: character + length } }, '');
  }

  /** Rules and lines of the findings, after a comparison with a whole check. */
  check(): string[] {
    const { findings, totals, rows } = completed(this.#check, this.text.blocks);
    const bytes = new TextEncoder().encode(this.text.text());
    const whole: FileReport = checkWhole(this.#spec, 'f.csv', bytes, defaultSettings);
    assert.deepEqual(
      { findings, totals, rows },
      { findings: whole.findings, totals: whole.totals, rows: whole.rows },
    );
    return findings.map(({ rule, line }) => `${rule} ${line}`);
  }
}

function subjects(count: number): string {
  return `subject_id|subject|grade\n${Array.from({ length: count }, (_, i) => `${i}|Maths|3\n`).join('')}`;
}

test('after each of 4,000 random edits the report is that of a whole check', () => {
  for (let seed = 0; seed < 80; seed++) {
    const document = new EditedDocument(new Random(seed));
    for (let i = 0; i < 50; i++) document.step();
  }
});

test('an edit looks at the rows of its block alone', () => {
  const document = new Subjects(subjects(1000));
  assert.deepEqual(document.check(), []);
  const { rowsProved } = document;
  assert.equal(rowsProved, 1000);
  document.insert(500, 0, 'x');
  assert.deepEqual(document.check(), ['cell/type 500']);
  assert.ok(document.rowsProved < rowsProved + 10);
});

test('a repeat far away comes and goes with the edit', () => {
  const document = new Subjects(subjects(1000));
  document.check();
  document.insert(900, 0, '5|Maths|3\n');
  assert.deepEqual(document.check(), ['key/duplicate-record 900']);
  document.insert(900, 2, 'x');
  assert.deepEqual(document.check(), ['key/duplicate-key 6', 'key/duplicate-key 900']);
  document.insert(900, 0, '1');
  assert.deepEqual(document.check(), ['key/duplicate-key 16', 'key/duplicate-key 900']);
  document.delete(16, 0, 2);
  assert.deepEqual(document.check(), ['cell/required 16']);
  assert.ok(document.rowsProved < 1150);
});

test('a quote that opens takes all behind it, and gives it back when it is closed', () => {
  const document = new Subjects(subjects(1000));
  document.check();
  document.insert(3, 2, '"');
  assert.deepEqual(document.check(), ['dialect/unterminated-quote 3']);
  document.insert(3, 8, '"');
  assert.deepEqual(document.check(), []);
  assert.ok(document.rowsProved < 1020);
});

test('a line that ends with a backslash goes on in the next one', () => {
  const document = new Subjects(subjects(40));
  document.check();
  for (const line of [10, 11, 12, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29, 30, 31]) {
    document.insert(line, document.text.lineSpan(line).end.character, '\\');
    document.check();
  }
});

test('an LF behind the CR that ended the header is part of that line end', () => {
  const document = new Subjects('subject_id|subject|grade\r1|Maths|3\r');
  assert.deepEqual(document.check(), []);
  document.insert(1, 0, '\n');
  assert.deepEqual(document.check(), ['dialect/line-ending 0']);
  document.insert(0, 0, '\n\n');
  assert.deepEqual(document.check(), ['dialect/line-ending 0', 'dialect/blank-line 0']);
});

test('more findings than are shown: those that are hidden come up when others are mended', () => {
  const wrong = Array.from({ length: 3000 }, (_, i) => (i % 2 === 0 ? `x|Maths|3\n` : `${i}|Maths|3\n`)).join(
    '',
  );
  const document = new Subjects(`subject_id|subject|grade\n${wrong}`);
  const [summary, first] = document.check();
  assert.deepEqual([summary, first], ['summary/not-shown 0', 'cell/type 1']);
  document.text.replace({ start: { line: 1, character: 0 }, end: { line: 1, character: 1 } }, '7000');
  assert.equal(document.check()[1], 'cell/type 3');
  document.text.replace({ start: { line: 1, character: 0 }, end: { line: 1990, character: 0 } }, '');
  assert.equal(document.check().length, 505);
});

/**
 * What is mended in each file of `test/fixtures/check` and `test/fixtures/fix`, beside the cases in
 * `test/fixtures/fix/mended.json`: the rules, what is left and why, each changed line before and after (null for a line
 * that goes). With UPDATE_FIXTURES=1 the expectations are written anew; read them before you keep them.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import type { FileChange } from '../../../core/fix/file-fix.ts';
import { ruleIds, type RuleId } from '../../../core/finding.ts';
import { FileMender } from '../../../core/fix/file/mender.ts';
import { mendText, onlyRules } from '../../../core/fix/file/mend.ts';
import { FileSurvey } from '../../../core/fix/file/survey.ts';
import { EncodingError } from '../../../core/fix/file/text-stream.ts';
import { cases, findingsOf, type Case } from './cases.ts';

const expectations = path.join(import.meta.dirname, '../../fixtures/fix/mended.json');
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString('latin1');

function mended({ spec, settings, bytes }: Case) {
  const lines: [number, string, string | null][] = [];
  const report = mendText(spec, settings, bytes, {
    changed: (line, before, after) =>
      lines.push([line + 1, text(before).slice(0, 200), after ? text(after).slice(0, 200) : null]),
  });
  return { ...report, lines };
}

test('what is mended in the fixtures', () => {
  const now = Object.fromEntries(
    cases
      .map((each) => {
        const report = mended(each);
        const left = Object.fromEntries(
          [...report.left].map(([rule, why]) => [rule, Object.fromEntries(why)]),
        );
        const lines = report.lines.slice(0, 8);
        return [each.name, { mended: Object.fromEntries(report.mended), left, lines }] as const;
      })
      .filter(([, { mended: rules, left }]) => Object.keys(rules).length + Object.keys(left).length > 0),
  );
  if (process.env.UPDATE_FIXTURES === '1')
    writeFileSync(expectations, `${JSON.stringify(now, undefined, 1)}\n`);
  assert.deepEqual(now, JSON.parse(readFileSync(expectations, 'utf8')));
});

const mendedInStream = ruleIds.filter((rule) => rule !== 'key/duplicate-record');

for (const each of cases) {
  test(`${each.name}: what is mended stays mended, and a file without a finding as it is`, () => {
    const first = mended(each);
    const again = mended({ ...each, bytes: first.bytes });
    assert.equal(text(again.bytes), text(first.bytes));
    assert.equal(again.mended.size, 0);
    if (findingsOf(each, each.bytes).length === 0) assert.equal(first.isChanged, false);
    if (!first.isChanged) assert.equal(text(first.bytes), text(each.bytes));
  });

  test(`${each.name}: the same in small chunks`, () => {
    // Repeated rows are for whoever has all of the file.
    const off: Case = { ...each, settings: onlyRules(each.settings, mendedInStream) };
    const { spec, settings, bytes } = off;
    for (const size of [1, 7]) {
      const survey = new FileSurvey(spec, settings);
      const parts: Uint8Array[] = [];
      const chunks = Array.from({ length: Math.ceil(bytes.length / size) }, (_, index) =>
        bytes.subarray(index * size, (index + 1) * size),
      );
      for (const chunk of chunks) survey.push(chunk);
      const mender = new FileMender(spec, settings, survey.end(), {
        write: (part) => parts.push(part.slice()),
      });
      for (const chunk of chunks) mender.push(chunk);
      mender.end();
      assert.equal(text(Buffer.concat(parts)), text(mended(off).bytes));
      if (bytes.length > 20_000) break;
    }
  });
}

const named = (name: string): Case => cases.find((each) => each.name === name)!;

for (const [name, change] of [
  ['header-missing-column', 'add-columns'],
  ['header-missing-first-column', 'add-columns'],
  ['header-unknown-by-name', 'remove-columns'],
  ['header-unknown-crc', 'remove-columns'],
  ['header-unknown-udise-between', 'remove-columns'],
] as const) {
  test(`${name}: the columns are in order once "${change}" is chosen`, () => {
    const each = named(name);
    const changes = new Set<FileChange>([change]);
    const { bytes } = mendText(each.spec, each.settings, each.bytes, { asked: changes });
    const found = findingsOf(each, bytes).filter(({ rule }) => rule.startsWith('header/'));
    assert.deepEqual(found, []);
  });
}

test('one rule alone', () => {
  const each = named('numbers-of-a-spreadsheet');
  const damaged = Buffer.concat([Buffer.from('\ufeff'), each.bytes, Buffer.from('\n7599|Zero\n7599|Zero\n')]);
  const only = (rule: RuleId) => mendText(each.spec, onlyRules(each.settings, [rule]), damaged);
  assert.deepEqual([...only('encoding/bom').mended], [['encoding/bom', 1]]);
  assert.deepEqual([...only('dialect/blank-line').mended], [['dialect/blank-line', 1]]);
  assert.deepEqual([...only('key/duplicate-record').mended], [['key/duplicate-record', 1]]);
  assert.deepEqual([...only('cell/type').mended], [['cell/type', 3]]);
  assert.equal(text(only('encoding/bom').bytes), text(damaged.subarray(3)));
});

test('bytes that are not UTF-16, though they begin so, are left', () => {
  const each = named('encoding-utf16');
  // Half of a pair that stands for one sign.
  const broken = Buffer.concat([each.bytes, Buffer.from([0x00, 0xd8, 0x41, 0x00])]);
  assert.throws(() => mendText(each.spec, each.settings, broken), EncodingError);
});

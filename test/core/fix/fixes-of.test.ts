/**
 * What is offered for each finding of `test/fixtures/check` and `test/fixtures/fix`, beside the cases in
 * `test/fixtures/fix/offered.json`: certain fixes begin with "=", offered ones with "?", a reason stands in brackets.
 * With UPDATE_FIXTURES=1 the expectations are written anew; read them before you keep them.
 */
import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { rules, ruleIds, type Finding } from '../../../core/finding.ts';
import { applyEdits } from '../../../core/fix/fix.ts';
import { fileFixes } from '../../../core/fix/file-fix.ts';
import { fixesOf } from '../../../core/fix/fixes-of.ts';
import { withoutFix } from '../../../core/fix/without-fix.ts';
import { cases, findingsOf, knowledgeOf, linesOf, type Case } from './cases.ts';

const expectations = path.join(import.meta.dirname, '../../fixtures/fix/offered.json');

function offered(each: Case, finding: Finding): string {
  const { fixes, reason } = fixesOf(knowledgeOf(each), linesOf(each.bytes, finding), finding);
  const ways = fixes.map(({ certain, title }) => `${certain ? '=' : '?'} ${title}`);
  const why = reason === undefined ? [] : [`(${reason})`];
  return [`${finding.line + 1}:${finding.column + 1} ${finding.rule}`, ...ways, ...why].join('  ');
}

const found = cases.map((each) => ({ each, findings: findingsOf(each, each.bytes) }));

test('what is offered for the findings of the fixtures', () => {
  const now = Object.fromEntries(
    found
      .filter(({ findings }) => findings.length > 0)
      .map(({ each, findings }) => [each.name, findings.map((finding) => offered(each, finding))]),
  );
  if (process.env.UPDATE_FIXTURES === '1')
    writeFileSync(expectations, `${JSON.stringify(now, undefined, 2)}\n`);
  assert.deepEqual(now, JSON.parse(readFileSync(expectations, 'utf8')));
});

/** Findings by rule: those of the same rule may be told one after the other, as when a run ends. */
function countOf(findings: readonly Finding[], { rule }: Finding): number {
  return findings.filter((each) => each.rule === rule).length;
}

/** What it takes to know a fault again: one that was hidden behind the first may come to light in its place. */
function isSame(a: Finding, b: Finding): boolean {
  return a.rule === b.rule && a.line === b.line && a.column === b.column && a.message === b.message;
}

for (const { each, findings } of found) {
  for (const finding of findings) {
    const lines = linesOf(each.bytes, finding);
    const { fixes } = fixesOf(knowledgeOf(each), lines, finding);
    for (const { title, edits } of fixes.filter((fix) => fix.edits.length > 0)) {
      test(`${each.name}, ${finding.rule}: after "${title}" the finding is gone`, () => {
        const moved = edits.map(({ start, end, bytes }) => ({
          start: start + lines.start,
          end: end + lines.start,
          bytes,
        }));
        const after = findingsOf(each, applyEdits(each.bytes, moved));
        // The row below moves up: it may be one of the same inspection.
        const isThere = finding.rule !== 'key/not-earliest' && after.some((other) => isSame(other, finding));
        assert.ok(!isThere || countOf(after, finding) < countOf(findings, finding));
      });
    }
  }
}

test('a rule has a fix in a fixture, or a reason why it has none', () => {
  const mended = new Set(
    found.flatMap(({ each, findings }) =>
      findings
        .filter(
          (finding) => fixesOf(knowledgeOf(each), linesOf(each.bytes, finding), finding).fixes.length > 0,
        )
        .map(({ rule }) => rule),
    ),
  );
  for (const { rule } of fileFixes) mended.add(rule);
  for (const rule of ruleIds)
    assert.notEqual(mended.has(rule), rule in withoutFix, `${rule} (${rules[rule].title})`);
});

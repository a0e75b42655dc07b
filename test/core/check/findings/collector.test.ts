/** What is kept of many findings: bounded, errors first, of every rule some, and the true totals. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { byPlace } from '../../../../core/check/findings/shown.ts';
import { FindingCollector } from '../../../../core/check/findings/collector.ts';
import { defaultSettings, type CheckSettings } from '../../../../core/check/settings.ts';
import type { Finding, RuleId, Severity } from '../../../../core/finding.ts';

/** Adds `count` findings of a rule, on lines `from`, `from + 1`, … */
function add(collector: FindingCollector, rule: RuleId, severity: Severity, from: number, count: number) {
  for (let line = from; line < from + count; line++) {
    const place = { line, column: 0, endLine: line, endColumn: 1 };
    collector.add(
      rule,
      severity,
      () => place,
      () => rule,
    );
  }
}

function collector(settings: Partial<CheckSettings> = {}): FindingCollector {
  return new FindingCollector('f.csv', { ...defaultSettings, ...settings });
}

/** How many findings of each rule are shown. */
function shownByRule(findings: readonly Finding[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { rule } of findings) counts[rule] = (counts[rule] ?? 0) + 1;
  return counts;
}

test('as many as there is room for are all shown, in the order of the file', () => {
  const all = collector();
  add(all, 'cell/type', 'error', 500, 500);
  add(all, 'dialect/blank-line', 'information', 0, 500);
  const findings = all.findings();
  assert.equal(findings.length, 1000);
  assert.deepEqual(
    findings.map(({ line }) => line),
    Array.from({ length: 1000 }, (_, line) => line),
  );
});

test('beyond 1,000 a summary with the true totals comes first', () => {
  const all = collector();
  add(all, 'cell/type', 'error', 0, 25_000);
  add(all, 'cell/whitespace', 'warning', 0, 300);
  add(all, 'dialect/blank-line', 'information', 0, 40);
  assert.deepEqual(all.totals, { errors: 25_000, warnings: 300, information: 40 });
  const [summary, ...shown] = all.findings();
  assert.ok(summary);
  assert.deepEqual([summary.rule, summary.severity, summary.line], ['summary/not-shown', 'information', 0]);
  for (const number of [
    '999 findings',
    '25000 errors',
    '300 warnings',
    '40 for information',
    'cell/type: 25000',
  ])
    assert.ok(summary.message.includes(number), number);
  assert.equal(shown.length, 999);
});

test('errors take the room first', () => {
  const all = collector({ maxFindings: 11 });
  add(all, 'cell/whitespace', 'warning', 0, 50);
  add(all, 'cell/type', 'error', 100, 8);
  assert.deepEqual(shownByRule(all.findings()), {
    'summary/not-shown': 1,
    'cell/whitespace': 2,
    'cell/type': 8,
  });
});

test('no rule crowds out the others; what one does not need another gets', () => {
  const all = collector({ maxFindings: 101 });
  add(all, 'cell/type', 'error', 0, 10_000);
  add(all, 'cell/required', 'error', 0, 10_000);
  add(all, 'encoding/nul-byte', 'error', 20_000, 2);
  assert.deepEqual(shownByRule(all.findings()), {
    'summary/not-shown': 1,
    'cell/type': 49,
    'cell/required': 49,
    'encoding/nul-byte': 2,
  });
});

test('the first of a rule are shown, and the order is that of the file', () => {
  const all = collector({ maxFindings: 5 });
  add(all, 'cell/type', 'error', 10, 10);
  add(all, 'cell/required', 'error', 0, 10);
  const [, ...shown] = all.findings();
  assert.deepEqual(
    shown.map(({ line }) => line),
    [0, 1, 10, 11],
  );
});

test('texts are made for kept findings alone', () => {
  const all = collector({ maxFindings: 10 });
  let made = 0;
  for (let i = 0; i < 1000; i++) {
    all.add(
      'cell/type',
      'error',
      () => ({ line: i, column: 0, endLine: i, endColumn: 1 }),
      () => `text ${made++}`,
    );
  }
  assert.equal(made, 10);
});

test('a rule that is off is not counted; one with another severity counts as that', () => {
  const all = collector({ rules: { 'cell/type': 'off', 'cell/required': 'information' } });
  add(all, 'cell/type', 'error', 0, 5);
  add(all, 'cell/required', 'error', 0, 3);
  assert.deepEqual(all.totals, { errors: 0, warnings: 0, information: 3 });
  assert.deepEqual(shownByRule(all.findings()), { 'cell/required': 3 });
});

test('at one place errors come first', () => {
  const at = (severity: Severity, line: number, column: number): Finding => ({
    rule: 'cell/type',
    severity,
    file: 'f.csv',
    line,
    column,
    endLine: line,
    endColumn: column,
    message: '',
  });
  const sorted = [at('information', 1, 0), at('warning', 0, 5), at('error', 0, 5), at('error', 0, 2)].sort(
    byPlace,
  );
  assert.deepEqual(
    sorted.map(({ severity, line, column }) => [severity, line, column]),
    [
      ['error', 0, 2],
      ['error', 0, 5],
      ['warning', 0, 5],
      ['information', 1, 0],
    ],
  );
});

test('a warning of a rule keeps no error of it from being shown, and is none of its run', () => {
  const all = collector({ maxFindings: 20 });
  add(all, 'cell/format', 'warning', 0, 500);
  add(all, 'cell/format', 'error', 500, 30);
  const shown = all.findings();
  assert.equal(shown.filter(({ severity }) => severity === 'error').length, 19);
  assert.equal(shown.filter(({ rule }) => rule === 'summary/not-shown').length, 1);
  assert.match(shown[0]?.message ?? '', /cell\/format: 530\./);

  const inTurn = collector();
  for (let line = 0; line < 60; line++) {
    const place = { line, column: 0, endLine: line, endColumn: 1 };
    inTurn.add(
      'cell/format',
      line % 2 === 0 ? 'warning' : 'error',
      () => place,
      () => 'text',
      { line, cell: 0 },
    );
  }
  assert.equal(inTurn.findings().length, 60);
});

/**
 * Each folder of test/fixtures/check is a case: one file named as a dataset's CSV, `settings.json` where it needs
 * other settings, `masters/` where it refers to other files, and `expected.json`, the findings as `[rule, severity, "line:column-endLine:endColumn"]`, 1-based.
 * With UPDATE_FIXTURES=1 the expectations are written anew; read them before you keep them.
 */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import type { FileReport } from '../../../core/check/file.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { ruleIds, type Finding } from '../../../core/finding.ts';
import { columnsKey, type Masters } from '../../../core/check/identity/value-set.ts';
import { checkWhole } from './whole.ts';

const folder = path.join(import.meta.dirname, '../../fixtures/check');
const update = process.env.UPDATE_FIXTURES === '1';

type Expected = readonly [rule: string, severity: string, place: string];

interface Case {
  readonly name: string;
  readonly csv: string;
  readonly settings: CheckSettings;
}

/** Faults of ingestion itself are told of every file of some datasets; here only in the cases about them. */
const undisturbed = { 'release/defect': 'off' } as const;

const cases = readdirSync(folder).map((name): Case => {
  const [csv, ...others] = readdirSync(path.join(folder, name)).filter((file) => file.endsWith('.csv'));
  assert.ok(csv !== undefined && others.length === 0, `${name} holds one CSV`);
  const own = path.join(folder, name, 'settings.json');
  const settings = existsSync(own) ? (JSON.parse(readFileSync(own, 'utf8')) as Partial<CheckSettings>) : {};
  return { name, csv, settings: { ...defaultSettings, rules: undisturbed, ...settings } };
});

function check({ name, csv, settings }: Case, chunkBytes = Infinity): FileReport {
  const spec = datasetNamed(csv);
  assert.ok(spec, `${csv} is the name of a dataset’s CSV`);
  const bytes = readFileSync(path.join(folder, name, csv));
  const masters = mastersOf(path.join(folder, name, 'masters'));
  return checkWhole(spec, csv, bytes, settings, { chunkBytes, ...(masters ? { masters } : {}) });
}

/** The values of the files of a folder; undefined when it is not there. */
function mastersOf(directory: string): Masters | undefined {
  if (!existsSync(directory)) return undefined;
  const reports = readdirSync(directory).map((csv) => {
    const spec = datasetNamed(csv);
    assert.ok(spec, csv);
    const bytes = readFileSync(path.join(directory, csv));
    return checkWhole(spec, csv, bytes, defaultSettings, { masters: { find: () => undefined } });
  });
  return {
    find: (dataset, columns) =>
      reports.find((report) => report.dataset === dataset)?.values.get(columnsKey(columns)),
  };
}

function shown({ rule, severity, line, column, endLine, endColumn }: Finding): Expected {
  return [rule, severity, `${line + 1}:${column + 1}-${endLine + 1}:${endColumn + 1}`];
}

function expectationOf({ name }: Case): Expected[] {
  return JSON.parse(readFileSync(path.join(folder, name, 'expected.json'), 'utf8')) as Expected[];
}

for (const each of cases) {
  test(each.name, () => {
    const found = check(each).findings.map(shown);
    if (update) {
      const lines = found.map((finding) => `  ${JSON.stringify(finding).replaceAll('","', '", "')}`);
      const text = lines.length === 0 ? '[]\n' : `[\n${lines.join(',\n')}\n]\n`;
      writeFileSync(path.join(folder, each.name, 'expected.json'), text);
    }
    assert.deepEqual(found, expectationOf(each));
  });
}

test('the findings are the same however the bytes arrive', () => {
  for (const each of cases) {
    const { findings, rows, totals } = check(each);
    for (const chunkBytes of [1, 7]) {
      const other = check(each, chunkBytes);
      assert.deepEqual(
        { ...other, findings: other.findings },
        { ...other, findings, rows, totals },
        each.name,
      );
    }
  }
});

test('a good case has no finding, and every other one has', () => {
  for (const each of cases)
    assert.equal(expectationOf(each).length === 0, each.name.startsWith('good-'), each.name);
});

test('every rule of the check has a case', () => {
  const seen = new Set(cases.flatMap((each) => expectationOf(each).map(([rule]) => rule)));
  const without = ruleIds.filter((rule) => !rule.startsWith('layout/') && !seen.has(rule));
  assert.deepEqual(without, []);
});

test('a message never repeats what stands in a cell below the header', () => {
  const secret = 'Zq7Wx';
  const spec = datasetNamed('school_mst.csv');
  assert.ok(spec);
  const header = spec.columns.map((column) => column.name).join('|');
  const row = spec.columns.map(() => secret).join('|');
  const text = `${header}\n${row}\n${row}|${secret}\n${secret}\n"${secret}"${secret}\n`;
  const { findings } = checkWhole(spec, 'school_mst.csv', new TextEncoder().encode(text), defaultSettings);
  assert.ok(findings.length > 10);
  for (const finding of findings) assert.ok(!finding.message.includes(secret), finding.rule);
});

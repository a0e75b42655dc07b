/** Nothing is called an error of which no step of ingestion is known that refuses, drops or changes. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasets } from '../../core/catalogue/catalogue.ts';
import { datasetNamed } from '../../core/catalogue/match.ts';
import { defaultSettings } from '../../core/check/settings.ts';
import { ruleIds, rules } from '../../core/finding.ts';
import { families, familyOf, familyTitles, ruleSteps } from '../../core/rule-steps.ts';
import { sampleOf } from '../reference/comparison/compare.ts';
import { checkWhole } from './check/whole.ts';

const root = path.join(import.meta.dirname, '../..');

test('every rule whose severity is error has its step', () => {
  const without = ruleIds.filter((rule) => rules[rule].severity === 'error' && !ruleSteps[rule]);
  assert.deepEqual(without, []);
});

test('every dataset goes one of the ways, and each way is gone', () => {
  assert.deepEqual(new Set(datasets.map(familyOf)), new Set(families));
});

test('every error of the fixtures has a step in its kind of dataset', () => {
  const folder = path.join(root, 'test/fixtures/check');
  for (const name of readdirSync(folder)) {
    const files = readdirSync(path.join(folder, name));
    if (files.includes('settings.json') && name === 'settings-severity') continue;
    const spec = datasetNamed(files.find((file) => file.endsWith('.csv'))!)!;
    const expected = JSON.parse(readFileSync(path.join(folder, name, 'expected.json'), 'utf8')) as string[][];
    for (const [rule, severity] of expected) {
      if (severity !== 'error') continue;
      const steps = ruleSteps[rule as (typeof ruleIds)[number]];
      assert.ok(steps?.all ?? steps?.[familyOf(spec)], `${name}: ${rule} in ${familyOf(spec)}`);
    }
  }
});

test('every error of random files has a step in its kind of dataset', () => {
  const without = new Set<string>();
  for (let number = 0; number < 60 * datasets.length; number++) {
    const { spec, bytes, settings } = sampleOf(4, number);
    const given = { ...defaultSettings, ...settings, rules: {}, maxFindings: Infinity };
    for (const { rule, severity } of checkWhole(spec, spec.csv, bytes, given).findings) {
      const steps = ruleSteps[rule];
      if (severity === 'error' && !(steps?.all ?? steps?.[familyOf(spec)]))
        without.add(`${rule} in ${familyOf(spec)} (${spec.id})`);
    }
  }
  assert.deepEqual([...without], []);
});

test('the page of each such rule shows the steps', () => {
  for (const [rule, steps] of Object.entries(ruleSteps)) {
    const page = readFileSync(path.join(root, 'docs/rules', `${rule.replace('/', '-')}.md`), 'utf8');
    const shown = [...page.matchAll(/^\| (.+?) +\| (.+?) +\|$/gm)].map(([, family, step]) => [family, step]);
    const expected = Object.entries(steps).map(([family, step]) => [
      family === 'all' ? 'all' : familyTitles[family as (typeof families)[number]],
      step,
    ]);
    assert.deepEqual(shown.slice(-expected.length), expected, rule);
  }
});

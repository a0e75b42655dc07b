/** The reference finds what the fixtures of the engine expect, and what the engine finds in the samples. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import { defaultSettings, type CheckSettings } from '../../../core/check/settings.ts';
import { failureOf } from './minimise.ts';
import { checkByReference } from '../reference.ts';
import type { ReferenceMasters } from '../types.ts';

const root = path.join(import.meta.dirname, '../../..');
const folder = path.join(root, 'test/fixtures/check');

/** Cases about how many findings are shown, which the reference does not bound. */
const bounded = new Set(['summary-not-shown']);

function specOf(csv: string) {
  const spec = datasetNamed(path.basename(csv));
  assert.ok(spec, csv);
  return spec;
}

function mastersOf(directory: string): ReferenceMasters | undefined {
  if (!existsSync(directory)) return undefined;
  const reports = new Map(
    readdirSync(directory).map((csv) => {
      const spec = specOf(csv);
      return [spec.id, checkByReference(spec, readFileSync(path.join(directory, csv)), defaultSettings)];
    }),
  );
  return (dataset, ...columns) => reports.get(dataset)?.valuesOf(...columns);
}

for (const name of readdirSync(folder).filter((each) => !bounded.has(each))) {
  test(name, () => {
    const file = (...parts: string[]) => path.join(folder, name, ...parts);
    const read = (json: string) => JSON.parse(readFileSync(file(json), 'utf8')) as unknown;
    const own = existsSync(file('settings.json')) ? (read('settings.json') as Partial<CheckSettings>) : {};
    const settings: CheckSettings = { ...defaultSettings, rules: { 'release/defect': 'off' }, ...own };
    const csv = readdirSync(file()).find((each) => each.endsWith('.csv'))!;
    const masters = mastersOf(file('masters'));
    const { findings } = checkByReference(specOf(csv), readFileSync(file(csv)), settings, masters);
    const shown = findings.map(([rule, severity, line, column, endLine, endColumn]) =>
      [rule, severity, `${line + 1}:${column + 1}-${endLine + 1}:${endColumn + 1}`].join(' '),
    );
    const expected = (read('expected.json') as string[][]).map((finding) => finding.join(' '));
    assert.deepEqual(shown.toSorted(), expected.toSorted());
  });
}

const samples = readdirSync(path.join(root, 'samples'), { recursive: true, encoding: 'utf8' }).filter(
  (file) => file.endsWith('.csv'),
);

for (const sample of samples) {
  test(sample, () => {
    const bytes = readFileSync(path.join(root, 'samples', sample));
    const failure = failureOf({
      spec: specOf(sample),
      bytes,
      settings: { ...defaultSettings, today: '2026-11-23' },
      masters: undefined,
      way: { chunkBytes: 64, proof: 'none', splits: [500, 5000] },
      maxFindings: undefined,
    });
    assert.equal(failure, undefined);
  });
}

/** Each folder of test/fixtures/forecast: a file, perhaps settings, and the forecast that it must give. */
import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasetNamed } from '../../core/catalogue/match.ts';
import { defaultSettings, type CheckSettings } from '../../core/check/settings.ts';
import { forecastOf } from '../../core/forecast/forecast.ts';
import { checkWhole } from '../core/check/whole.ts';

const folder = path.join(import.meta.dirname, '../fixtures/forecast');

for (const name of readdirSync(folder)) {
  test(name, () => {
    const file = (part: string) => path.join(folder, name, part);
    const own = existsSync(file('settings.json'))
      ? (JSON.parse(readFileSync(file('settings.json'), 'utf8')) as Partial<CheckSettings>)
      : {};
    const settings: CheckSettings = { ...defaultSettings, countsDays: true, ...own };
    const csv = readdirSync(file('')).find((each) => each.endsWith('.csv'))!;
    const spec = datasetNamed(csv);
    assert.ok(spec, csv);
    const report = checkWhole(spec, csv, readFileSync(file(csv)), settings);
    assert.ok(report.tally);
    const { notes, ...forecast } = forecastOf(spec, settings, { ...report, tally: report.tally });
    const found = { ...forecast, notes };
    // `UPDATE=1` writes what is to be read before it is kept.
    if (process.env.UPDATE === '1')
      writeFileSync(file('expected.json'), `${JSON.stringify(found, null, 2)}\n`);
    assert.deepEqual(found, JSON.parse(readFileSync(file('expected.json'), 'utf8')));
  });
}

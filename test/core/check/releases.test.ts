/** What differs between the releases 3.2 to 3.7 (ingestion-rules, section 12): each rule in every one of them. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import { datasets } from '../../../core/catalogue/catalogue.ts';
import { defaultSettings, releases, type CheckSettings } from '../../../core/check/settings.ts';
import type { RuleId } from '../../../core/finding.ts';
import { checkWhole } from './whole.ts';

/** Places of a rule's findings in a file of a fixture, for each release. */
function foundIn(
  fixture: string,
  csv: string,
  rule: RuleId,
  settings: Partial<CheckSettings>,
): Readonly<Record<string, string>> {
  const spec = datasetNamed(csv);
  assert.ok(spec);
  const bytes = readFileSync(new URL(`../../fixtures/check/${fixture}/${csv}`, import.meta.url));
  return Object.fromEntries(
    releases.map((release) => {
      const { findings } = checkWhole(spec, csv, bytes, { ...defaultSettings, ...settings, release });
      const lines = findings.filter((finding) => finding.rule === rule).map(({ line }) => line + 1);
      return [release, lines.join(' ')];
    }),
  );
}

interface Difference {
  readonly what: string;
  readonly fixture: string;
  readonly csv: string;
  readonly rule: RuleId;
  readonly settings?: Partial<CheckSettings>;
  /** The first release that is different. */
  readonly since: (typeof releases)[number];
  /** Lines of the rule's findings before that release, and from it on. */
  readonly before: string;
  readonly after: string;
}

const withoutMap = { withoutMap: true } as const;
const differences: readonly Difference[] = [
  {
    what: 'of several rows of an inspection the earliest is kept',
    fixture: 'key-not-earliest',
    csv: 'user_location_master.csv',
    rule: 'key/not-earliest',
    since: '3.3',
    before: '',
    after: '2 4 5',
  },
  {
    what: 'before that, all rows of an inspection reach the primary key',
    fixture: 'key-not-earliest-saves-the-key',
    csv: 'user_location_master.csv',
    rule: 'key/duplicate-key',
    since: '3.3',
    before: '2 3 4 5',
    after: '4 5',
  },
  {
    what: 'map_name=none: schools need neither name nor coordinates',
    fixture: 'good-school-without-map-3.5',
    csv: 'school_mst.csv',
    rule: 'cell/required',
    settings: withoutMap,
    since: '3.5',
    before: '2 3 3',
    after: '',
  },
  {
    what: 'map_name=none: coordinates of 0 are not taken for missing',
    fixture: 'good-school-without-map-3.5',
    csv: 'school_mst.csv',
    rule: 'cell/allowed-value',
    settings: withoutMap,
    since: '3.5',
    before: '4 4',
    after: '',
  },
  {
    what: 'map_name=none: no report asks for coordinates above 0',
    fixture: 'good-school-without-map-3.5',
    csv: 'school_mst.csv',
    rule: 'cell/not-counted',
    settings: withoutMap,
    since: '3.5',
    before: '5',
    after: '',
  },
  {
    what: 'map_name=none: locations need no coordinates',
    fixture: 'good-location-without-map-3.5',
    csv: 'user_location_master.csv',
    rule: 'cell/required',
    settings: withoutMap,
    since: '3.5',
    before: '2 2',
    after: '',
  },
  {
    what: 'faults of ingestion’s own are known from 3.6 on',
    fixture: 'release-defect',
    csv: 'student_attendance.csv',
    rule: 'release/defect',
    since: '3.6',
    before: '',
    after: '1',
  },
  {
    what: 'static_datasource=udise: the upsert of grades has no key',
    fixture: 'release-defect-udise-mode-grades',
    csv: 'grade_details.csv',
    rule: 'release/defect',
    settings: { variant: 'udise' },
    since: '3.6',
    before: '',
    after: '1',
  },
];

for (const { what, fixture, csv, rule, settings = {}, since, before, after } of differences) {
  test(`from ${since} on: ${what}`, () => {
    const expected = releases.map((release) => [release, release < since ? before : after]);
    assert.deepEqual(foundIn(fixture, csv, rule, settings), Object.fromEntries(expected));
  });
}

test('without the setting for map_name=none coordinates are needed in every release', () => {
  const fixture = 'good-location-without-map-3.5';
  const found = foundIn(fixture, 'user_location_master.csv', 'cell/required', {});
  assert.deepEqual(
    Object.values(found),
    releases.map(() => '2 2'),
  );
});

test('the releases that brought datasets are among those of the setting', () => {
  const brought = new Set(datasets.map(({ since }) => since));
  assert.deepEqual([...brought].sort(), ['3.0', '3.3', '3.6']);
});

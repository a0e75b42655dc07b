/** Findings name the cause and what ingestion makes of it: a file, the rule that must find it, and its words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import type { RuleId } from '../../../core/finding.ts';
import { checkWhole } from './whole.ts';

interface Told {
  readonly what: string;
  readonly csv: string;
  readonly text: string | Uint8Array;
  readonly rule: RuleId;
  readonly severity: 'error' | 'warning' | 'information';
  readonly words: RegExp;
  /** So many findings of the rule; one where nothing is said. */
  readonly count?: number;
}

const districts = 'DistrictId|District\n';
const days = Array.from({ length: 31 }, (_, day) => day + 1);
const attendance = `StudentAttendanceId|StudentId|SchoolId|AcademicYear|Month|${days.join('|')}\n`;
const blocks = 'BlockId|Block|DistrictId\n';
const settings = { ...defaultSettings, rules: { 'release/defect': 'off' } as const };

function check(told: Told): void {
  const spec = datasetNamed(told.csv);
  assert.ok(spec, told.csv);
  const bytes = typeof told.text === 'string' ? new TextEncoder().encode(told.text) : told.text;
  const { findings } = checkWhole(spec, told.csv, bytes, settings);
  const shown = findings.map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`).join('\n');
  const found = findings.filter(({ rule, severity }) => rule === told.rule && severity === told.severity);
  assert.equal(found.length, told.count ?? 1, shown);
  assert.ok(
    found.every(({ message }) => told.words.test(message)),
    shown,
  );
}

const widths: readonly Told[] = [
  {
    what: 'lines that end with a delimiter, one finding for all of them',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|7501|\n750102|Belgaon|7501|\n750103|Canning|7501|\n`,
    rule: 'row/column-count',
    severity: 'warning',
    words:
      /4 cells instead of 3\. The last ones are empty, as when a line ends with a delimiter\..* loads as it is\. The same in lines 2 to 4: 3 rows\./,
  },
  {
    what: 'a row that ends before a required cell',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh\n`,
    rule: 'row/column-count',
    severity: 'error',
    words:
      /The row ends before "DistrictId", which must not be empty\. Ingestion drops the row and counts it as a null value\./,
  },
  {
    what: 'a row that ends before cells that may be empty',
    csv: 'student_attendance.csv',
    text: `${attendance}1|750101|75010100001|2026-27|10${'|1'.repeat(29)}\n`,
    rule: 'row/column-count',
    severity: 'warning',
    words: /Ingestion reads the missing 2 cells as empty, which they may be, and the row loads\./,
  },
  {
    what: 'a row with a value too much',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|East|7501\n`,
    rule: 'row/column-count',
    severity: 'error',
    words: /Ingestion leaves the last 1 cell out; after a stray delimiter/,
  },
];

for (const told of widths) test(told.what, () => check(told));

test('the values of rows that load as they are are checked', () => {
  check({
    what: '',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|75x1|\n`,
    rule: 'cell/type',
    severity: 'error',
    words: /"DistrictId" is not a whole number/,
  });
});

test('keys of rows that load as they are are compared', () => {
  check({
    what: '',
    csv: 'district_mst.csv',
    text: `${districts}7501|Ambagarh|\n7501|Belgaon\n`,
    rule: 'key/duplicate-key',
    severity: 'error',
    words: /Line [23] has the same "DistrictId"/,
    count: 2,
  });
});

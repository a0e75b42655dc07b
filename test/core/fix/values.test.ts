import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { ColumnSpec } from '../../../core/catalogue/spec.ts';
import { findDataset } from '../../../core/catalogue/catalogue.ts';
import { compileCell } from '../../../core/check/cells/cell.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import { mendAcademicYear, mendValue } from '../../../core/fix/values/value.ts';

function columnOf(dataset: string, name: string): (value: string) => readonly string[] {
  const spec = findDataset(dataset)!;
  const column: ColumnSpec = spec.columns.find((each) => each.name === name)!;
  const check = compileCell(column, spec, defaultSettings);
  const fault = (value: string) => {
    const bytes = new TextEncoder().encode(value);
    return check(bytes, 0, bytes.length);
  };
  return (value) => {
    const found = fault(value);
    assert.ok(found, `"${value}" has a fault`);
    const isGood = (other: string) => (other === '' ? !column.required : fault(other) === undefined);
    const { fixes } = mendValue(column, found, value, isGood);
    return fixes.map((fix) => `${fix.certain ? '=' : '?'}${fix.value}`);
  };
}

const whole = columnOf('district_mst', 'DistrictId');
const decimal = columnOf('school_mst', 'Latitude');
const yearFirst = columnOf('periodic_exam_mst', 'exam_date');

const examples: readonly (readonly [string, (value: string) => readonly string[], string, ...string[]])[] = [
  ['commas between the digits', whole, '7,501', '=7501'],
  ['Indian groups', whole, '12,34,567', '=1234567'],
  ['blanks between the digits', whole, '7 501', '=7501'],
  ['no-break spaces between the digits', whole, '7\u00a0501', '=7501'],
  ['commas and zeros behind a point', whole, '7,501.00', '=7501'],
  ['zeros behind a point', whole, '7501.0', '=7501'],
  ['a point alone', whole, '7501.', '=7501'],
  ['an apostrophe', whole, "'7501", '=7501'],
  ['an apostrophe and commas', whole, "'7,501", '=7501'],
  ['a sign that is not seen', whole, '\u200b7501', '=7501'],
  ['a decimal comma and zeros', whole, '7501,0', '?7501'],
  ['a group too short', whole, '75,01'],
  ['decimals', whole, '7501.5'],
  ['a percent sign', whole, '45%', '?45'],
  ['a currency', whole, '₹7,501', '?7501'],
  ['the letter O', whole, '75O1', '?7501'],
  ['scientific notation', whole, '7.50101E+10'],
  ['a formula’s error', whole, '#N/A'],
  ['a word for nothing where a value must be', whole, 'NULL'],
  ['a number too large', whole, '99999999999999999999'],
  ['one comma where there may be decimals', decimal, '20,123', '?20123', '?20.123'],
  ['a decimal comma', decimal, '20,23', '?20.23'],
  ['commas and decimals', decimal, '1,020.23', '=1020.23'],
  ['a day that can be one alone', yearFirst, '25/12/2026', '=2026-12-25'],
  ['a month that can be one alone', yearFirst, '12/25/2026', '=2026-12-25'],
  ['day and month that may change places', yearFirst, '05/01/2026', '?2026-01-05', '?2026-05-01'],
  ['day and month that are the same', yearFirst, '05.05.2026', '=2026-05-05'],
  ['slashes, the year first', yearFirst, '2026/01/05', '=2026-01-05'],
  ['no zeros before the digits', yearFirst, '2026-1-5', '=2026-01-05'],
  ['the month as a name', yearFirst, '5 January 2026', '=2026-01-05'],
  ['the month as a short name', yearFirst, '05-Sept-2026', '=2026-09-05'],
  ['the month’s name first', yearFirst, 'Jan 5th, 2026', '=2026-01-05'],
  ['the month as a name, two digits of the year', yearFirst, '05-Jan-26', '?2026-01-05'],
  ['eight digits, the year first', yearFirst, '20261225', '=2026-12-25'],
  ['eight digits that may be read twice', yearFirst, '05012026', '?2026-01-05', '?2026-05-01'],
  ['a spreadsheet’s number of the day', yearFirst, '46027', '?2026-01-05'],
  ['midnight behind the date', yearFirst, '25/12/2026 00:00:00', '=2026-12-25 00:00:00', '?2026-12-25'],
  ['text behind the date', yearFirst, '2026-01-05abc', '?2026-01-05'],
  ['a day that is none', yearFirst, '31/02/2026'],
  ['a month of thirteen', yearFirst, '2026-13-05', '?2026-05-13'],
  ['a text', yearFirst, 'today'],
];

for (const [title, column, value, ...expected] of examples) {
  test(`${title}: ${value}`, () => assert.deepEqual(column(value), expected));
}

for (const [value, ...expected] of [
  ['2026-2027', '2026-27'],
  ['2026/27', '2026-27'],
  ['2026 - 27', '2026-27'],
  ['1999-2000', '1999-00'],
  ['2026-28'],
  ['2026'],
] as const) {
  test(`the academic year ${value}`, () =>
    assert.deepEqual(
      mendAcademicYear(value).fixes.map((fix) => fix.value),
      expected,
    ));
}

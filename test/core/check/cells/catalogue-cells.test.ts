/**
 * Every column of every header of every dataset, with values on both sides of what the catalogue says of it: required,
 * type, limits of the database, the word NULL. Each value stands in a row of its own that is good otherwise, and the
 * findings on values must be exactly those expected, in their places.
 */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasets, variantsOf } from '../../../../core/catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, Processor, VariantSpec } from '../../../../core/catalogue/spec.ts';
import { defaultSettings, type CheckSettings } from '../../../../core/check/settings.ts';
import type { RuleId, Severity } from '../../../../core/finding.ts';
import { checkWhole } from '../whole.ts';

/** The rules on a value by itself; those that read a date out of a code, or a year, have fixtures. */
const onValues: ReadonlySet<RuleId> = new Set<RuleId>([
  'cell/type',
  'cell/required',
  'cell/format',
  'cell/range',
  'cell/length',
]);

type Verdict = readonly [rule: RuleId, severity: Severity] | undefined;
type Value = readonly [value: string, verdict: Verdict];

const good = (...values: string[]): Value[] => values.map((value) => [value, undefined]);
const bad = (rule: RuleId, ...values: string[]): Value[] => values.map((value) => [value, [rule, 'error']]);
const doubtful = (...values: string[]): Value[] => values.map((value) => [value, ['cell/format', 'warning']]);

const INT = ['-2147483648', '2147483647'] as const;
const LONG = ['-9223372036854775808', '9223372036854775807'] as const;
const noIntegers = ['x', '5.0', '1,000', '1e3', '--1'];

/** What the type check says (ingestion-rules, section 7). */
const processors: Readonly<Record<Exclude<Processor, 'StrNotNullOrEmpty'>, (column: ColumnSpec) => Value[]>> =
  {
    ParseInt: (column) => [
      ...bad('cell/type', ...noIntegers, '2147483648', '-2147483649'),
      ...limited(column, INT),
    ],
    ParseLong: (column) => [
      ...bad('cell/type', ...noIntegers, '9223372036854775808', '-9223372036854775809'),
      ...limited(column, LONG),
    ],
    ParseDouble: () => [...good('1e3', '-0.5', 'NaN', '1d'), ...bad('cell/type', 'x', '1,5', '1.2.3')],
    ParseBigDecimal: () => [...good('1e3', '-0.5', '+7'), ...bad('cell/type', 'x', 'NaN', '1d', '1.2.3')],
    ParseBool: () => [...good('t', 'N', '1', 'TRUE'), ...bad('cell/type', 'x', 'yes', 'no', '2')],
    ParseDate: ({ format }) =>
      format === 'dd/MM/yyyy'
        ? [
            ...good('29/02/2024'),
            ...bad('cell/format', '31/02/2026', '2026-10-05', 'x'),
            ...doubtful('5/1/2026'),
          ]
        : [
            ...good('2024-02-29', '2026-01-05 10:00'),
            ...bad('cell/format', '2026-02-30', '05/01/2026', 'x'),
            ...doubtful('2026-1-5', '26-01-05', '2026-01-05abc'),
          ],
  };

/** Whole numbers that the type check takes, on both sides of the database's limits. */
function limited({ dbRange, storedAs }: ColumnSpec, [min, max]: readonly [string, string]): Value[] {
  if (!dbRange || storedAs === undefined) return good(min, max, '+5', '007');
  const beyond = [BigInt(dbRange[0]) - 1n, BigInt(dbRange[1]) + 1n];
  const told = beyond.filter((number) => number >= BigInt(min) && number <= BigInt(max)).map(String);
  const least = BigInt(dbRange[0]) < BigInt(min) ? min : dbRange[0];
  const most = BigInt(dbRange[1]) > BigInt(max) ? max : dbRange[1];
  return [...good(least, most, '+5', '007'), ...bad('cell/range', ...told)];
}

/** What the database says of a value that no type check has seen (ingestion-rules, section 7, the end). */
function stored(column: ColumnSpec): Value[] {
  const { dbRange, dbMaxLength, storedAs, type } = column;
  if (storedAs === undefined) return good('x', '5.0', 'ह'.repeat(300));
  if (dbMaxLength !== undefined) {
    const whole = filled(column, dbMaxLength);
    return [...good(whole), ...bad('cell/length', `${whole}ह`)];
  }
  switch (type) {
    case 'integer':
    case 'long':
      if (!dbRange) return good('x');
      return [
        ...bad('cell/type', ...noIntegers),
        ...good(...dbRange),
        ...bad('cell/range', `${BigInt(dbRange[0]) - 1n}`, `${BigInt(dbRange[1]) + 1n}`),
      ];
    case 'decimal':
    case 'double':
      return [...good('1e3', '-0.5', 'NaN'), ...bad('cell/type', 'x', '1,5')];
    case 'boolean':
      return storedAs.endsWith('boolean')
        ? [...good('true', 'F', 'yes', 'off', '1'), ...bad('cell/type', 'x', '2', 'o')]
        : good('maybe');
    case 'date':
      return [...good('2024-02-29', '2026/1/5'), ...bad('cell/format', '05-01-2026', '2026-02-30', 'x')];
    case 'time':
      return [...good('9:05', '23:59:59', '10:00 pm'), ...bad('cell/format', '25:00', '10:60', 'x')];
    default:
      return good('x', 'ह'.repeat(300));
  }
}

/** A text of so many characters; later steps read some at its start. */
function filled({ name }: ColumnSpec, length: number): string {
  const start = name === 'exam_code' ? 'PAT030112102026' : '';
  return (start + 'ह'.repeat(length)).slice(0, length);
}

/** The values that a column is tried with. */
function valuesFor(column: ColumnSpec, spec: DatasetSpec): Value[] {
  const { nullWord, nullWordInKey } = spec.reading;
  const isKey = spec.key.columns.includes(column.name);
  const empty: Verdict = column.required ? ['cell/required', 'error'] : undefined;
  // The query of infra_trans makes 0 or 1 of whatever stands in these.
  if (spec.header.match === 'contains' && !isKey) return good('x', '5.0', '', 'NULL', 'ह'.repeat(300));
  const { processor } = column;
  const checked = processor !== undefined && processor !== 'StrNotNullOrEmpty';
  const values = checked ? processors[processor](column) : stored(column);
  const asText = values.find(([value]) => value === 'x')?.[1];
  const nullValue: Verdict =
    nullWord === 'empty' || (nullWordInKey && isKey)
      ? empty
      : nullWord === 'zero-day' && /^\d+$/.test(column.name)
        ? undefined
        : column.dbMaxLength !== undefined && column.dbMaxLength < 4
          ? ['cell/length', 'error']
          : asText;
  const mixedNull: Verdict = nullWordInKey && isKey ? empty : asText;
  return [...values, ['', empty], ['NULL', nullValue], ['Null', mixedNull]];
}

/** A value without fault; whole numbers differ from row to row, so that no row repeats another. */
function goodValue(column: ColumnSpec, row: number): string {
  if (column.name === 'exam_code') return 'PAT030112102026';
  if (/^(AcademicYear|AC_YEAR)$/.test(column.name)) return '2026-27';
  if (column.name === 'Month') return '10';
  switch (column.type) {
    case 'integer':
    case 'long':
      return String(column.dbRange && BigInt(column.dbRange[1]) < 1000n ? 1 : row + 1);
    case 'decimal':
    case 'double':
      return '12.5';
    case 'boolean':
      return 'true';
    case 'date':
      return column.format === 'dd/MM/yyyy' ? '05/10/2026' : '2026-10-05';
    case 'timestamp':
      return '2026-10-05 10:20:10';
    case 'time':
      return '10:15';
    case 'string':
      return `w${row}`.slice(0, column.dbMaxLength ?? 10);
  }
}

/** One file with a row for each value of each column, and the findings that it must have. */
function fileOf(spec: DatasetSpec, { columns }: VariantSpec): { text: string; expected: string[] } {
  const { delimiter } = spec.reading;
  const lines = [columns.map(({ name }) => name).join(delimiter)];
  const expected: string[] = [];
  for (const [index, column] of columns.entries()) {
    for (const [value, verdict] of valuesFor(column, spec)) {
      const line = lines.length;
      const cells = columns.map((each) => goodValue(each, line));
      const written = value.includes(delimiter) ? `"${value}"` : value;
      const start = cells.slice(0, index).join(delimiter).length + (index > 0 ? 1 : 0);
      cells[index] = written;
      // A line without any sign is no row.
      if (cells.join(delimiter) === '') continue;
      lines.push(cells.join(delimiter));
      if (verdict) expected.push([...verdict, line, start, start + written.length].join(' '));
    }
  }
  return { text: `${lines.join('\n')}\n`, expected };
}

let tried = 0;

for (const spec of datasets) {
  for (const variant of variantsOf(spec)) {
    test(`${spec.id} ${variant.id}: ${variant.columns.length} columns`, () => {
      const { text, expected } = fileOf(spec, variant);
      const asked = variant.id === 'state' || variant.id === 'udise' ? variant.id : 'auto';
      const settings: CheckSettings = { ...defaultSettings, variant: asked, maxFindings: Infinity };
      const { findings } = checkWhole(spec, spec.csv, new TextEncoder().encode(text), settings);
      const found = findings
        .filter(
          ({ rule, message }) => onValues.has(rule) && !/^The academic year|^Characters 8/.test(message),
        )
        .map(({ rule, severity, line, column, endColumn }) =>
          [rule, severity, line, column, endColumn].join(' '),
        );
      assert.deepEqual(found, expected);
      tried += text.split('\n').length - 2;
    });
  }
}

test('every column is tried with several values', () => {
  const columns = datasets.flatMap((spec) => variantsOf(spec).flatMap((variant) => variant.columns));
  assert.ok(tried > columns.length * 5, `${tried} values of ${columns.length} columns`);
});

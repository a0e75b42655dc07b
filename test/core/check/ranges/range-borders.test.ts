/** Where a sample from the middle of a file is believed to start a row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likelyRowStart } from '../../../../core/check/ranges/range-borders.ts';
import type { Dialect } from '../../../../core/csv/dialect.ts';

const commons: Dialect = {
  delimiter: 0x7c,
  reader: 'commons-csv',
  unescapeFirst: false,
  escapes: true,
  trims: true,
};
const superCsv: Dialect = { ...commons, reader: 'super-csv', escapes: false };

/** What follows the believed start of a row in a sample of rows of three cells. */
function believed(sample: string, dialect = commons): string | undefined {
  const at = likelyRowStart(new TextEncoder().encode(sample), { dialect, cells: 3 });
  return at === undefined ? undefined : sample.slice(at);
}

test('without quotes a row starts with the first whole line', () => {
  assert.equal(believed('x|y\n1|a|2\n3|b|4\n'), '1|a|2\n3|b|4\n');
  assert.equal(believed('x|y\r\n1|a|2\r\n'), '1|a|2\r\n');
  assert.equal(believed('x|y\r1|a|2\r3|b|4\r'), '1|a|2\r3|b|4\r');
});

test('an LF alone at the start may be the second half of a line end', () => {
  assert.equal(believed('\n1|a|2\n3|b|4\n'), '3|b|4\n');
});

test('a line end behind a backslash may be part of a value', () => {
  assert.equal(believed('x|y\\\nz|2\n3|b|4\n'), '3|b|4\n');
});

test('quotes round values do not mislead', () => {
  assert.equal(believed('x|y\n1|"a"|2\n3|"b\nc"|4\n'), '1|"a"|2\n3|"b\nc"|4\n');
});

for (const [reader, dialect] of [
  ['Commons CSV', commons],
  ['Super CSV', superCsv],
] as const) {
  test(`inside a quoted value of several lines the row behind it is the first, with ${reader}`, () => {
    assert.equal(believed('x\nmore\nlines"|2\n3|"b"|4\n5|"c"|6\n', dialect), '3|"b"|4\n5|"c"|6\n');
  });
}

test('no line end, or no difference between inside and outside: nobody knows', () => {
  assert.equal(believed('a very long line'), undefined);
  assert.equal(believed('x\n1|2|3\n4|5|6" \n1|2|3\n', superCsv), undefined);
});

test('rows that fit neither way are no place to split', () => {
  assert.equal(believed('x\n1|"a\n2|"b\n3\n4\n5"x|\n'), undefined);
});

/** Rows that are longer than they may be, in chunks of every size around the bound. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { PIPE, ROW_CELLS, type Dialect } from '../../../core/csv/dialect.ts';
import { Feed } from '../../../core/csv/feed.ts';
import { cellText } from '../../../core/csv/cell.ts';
import { Scanner } from '../../../core/csv/scanner.ts';

const BOUND = 20;
const usual = { delimiter: PIPE, unescapeFirst: true, escapes: true, trims: true, rowBytes: BOUND } as const;
const commons: Dialect = { ...usual, reader: 'commons-csv' };
const superCsv: Dialect = { ...usual, reader: 'super-csv', unescapeFirst: false, escapes: false };

/** The rows of a text as `line: cells`, too long ones as `line: kind at line:place in the line`. */
function read(text: string, dialect: Dialect, chunkBytes: number): string[] {
  const found: string[] = [];
  let fault = '';
  const scanner: Scanner = new Scanner(dialect, {
    row(row) {
      const cells = Array.from({ length: row.count }, (_, index) => cellText(row, index, dialect));
      found.push(`${row.line}: ${fault || cells.join(' ')}`);
      fault = '';
    },
    blankLines: (line, count) => found.push(`${line}: ${count} blank`),
    fault(kind, _bytes, lineStart, start, _end, line) {
      fault = `${kind} at ${line}:${start - lineStart}`;
    },
  });
  const bytes = Buffer.from(text, 'latin1');
  const feed = new Feed(scanner);
  for (let at = 0; at < bytes.length; at += chunkBytes) feed.push(bytes.subarray(at, at + chunkBytes));
  feed.end();
  found.push(`${scanner.lines} lines, ${scanner.lineEnds.join(' and ')}`);
  return found;
}

/** The same in chunks of every size. */
function rowsOf(text: string, dialect: Dialect = commons): string[] {
  const rows = read(text, dialect, text.length + 1);
  for (let size = 1; size <= BOUND * 2; size++) assert.deepEqual(read(text, dialect, size), rows, `${size}`);
  return rows;
}

const x = (length: number) => 'x'.repeat(length);

test('a row may have as many bytes as the bound, its line end among them', () => {
  assert.deepEqual(rowsOf(`${x(19)}\nb`), [`0: ${x(19)}`, '1: b', '2 lines, LF']);
  assert.deepEqual(rowsOf(`${x(18)}\r\nb`), [`0: ${x(18)}`, '1: b', '2 lines, CRLF']);
  assert.deepEqual(rowsOf(`${x(19)}\rb`), [`0: ${x(19)}`, '1: b', '2 lines, CR']);
  assert.deepEqual(rowsOf(x(20)), [`0: ${x(20)}`, '1 lines, ']);
  assert.deepEqual(rowsOf(`${x(20)}\nb`), ['0: long-row at 0:0', '1: b', '2 lines, LF']);
  assert.deepEqual(rowsOf(`${x(19)}\r\nb`), ['0: long-row at 0:0', '1: b', '2 lines, CRLF']);
  assert.deepEqual(rowsOf(x(21)), ['0: long-row at 0:0', '1 lines, ']);
});

test('the check goes on at the next line end, however far it is', () => {
  for (const length of [20, 21, 39, 40, 41, 100, 5000]) {
    assert.deepEqual(rowsOf(`a\n${x(length)}|y\nb\n`), ['0: a', '1: long-row at 1:0', '2: b', '3 lines, LF']);
    assert.deepEqual(rowsOf(`${x(length)}\r\n\r\nb`), [
      ...['0: long-row at 0:0', '1: 1 blank', '2: b', '3 lines, CRLF'],
    ]);
  }
  assert.deepEqual(rowsOf(`${x(50)}\r${x(50)}\r`), [
    ...['0: long-row at 0:0', '1: long-row at 1:0', '2 lines, CR'],
  ]);
});

test('a quote that is open at the bound is shown, and ends there: what follows are rows', () => {
  const text = 'a|"one\ntwo\nthree\nfour\nfive\nsix|"\nb\n';
  const expected = ['0: long-quote at 0:2', '4: five', '5: six '];
  assert.deepEqual(rowsOf(text).slice(0, 2), expected.slice(0, 2));
  assert.deepEqual(rowsOf(text, superCsv).slice(0, 2), expected.slice(0, 2));
  assert.deepEqual(rowsOf(`"${x(30)}\n"b"\n`), ['0: long-quote at 0:0', '1: b', '2 lines, LF']);
  assert.deepEqual(rowsOf('a\n1|"line\nbreak"|"line\nbreaks and more"\n2\n'), [
    ...['0: a', '1: long-quote at 2:7', '3: breaks and more"', '4: 2', '5 lines, LF'],
  ]);
});

test('a quote that is closed before the bound is none that is open', () => {
  assert.deepEqual(rowsOf(`"a"|${x(30)}\nb\n`)[0], '0: long-row at 0:0');
  // The last byte within the bound may close the value.
  assert.deepEqual(rowsOf(`"${x(18)}"|b\nb\n`)[0], '0: long-row at 0:0');
  assert.deepEqual(rowsOf(`"${x(17)}\\n|b\nb\n`)[0], '0: long-quote at 0:0');
});

test('only quotes, delimiters, escapes', () => {
  assert.deepEqual(rowsOf('"'.repeat(100)), ['0: long-row at 0:0', '1 lines, ']);
  assert.deepEqual(rowsOf('"'.repeat(101)), ['0: long-row at 0:0', '1 lines, ']);
  assert.deepEqual(rowsOf('|'.repeat(100)), ['0: long-row at 0:0', '1 lines, ']);
  assert.deepEqual(rowsOf('\\'.repeat(100)), ['0: long-row at 0:0', '1 lines, ']);
  assert.deepEqual(rowsOf('"'.repeat(100), superCsv), ['0: long-row at 0:0', '1 lines, ']);
});

test('wrong bytes count as the three bytes that stand for them', () => {
  const six = '\xff'.repeat(6);
  assert.deepEqual(rowsOf(`${six}\nb\n`)[0], `0: ${'\ufffd'.repeat(6)}`);
  assert.deepEqual(rowsOf(`${six}\xff\xff\nb\n`), ['0: long-row at 0:0', '1: b', '2 lines, LF']);
});

test('so many cells are told apart, whatever they hold', () => {
  const dialect: Dialect = { ...commons, rowBytes: 1 << 20 };
  const cells = (count: number) => '|'.repeat(count - 1);
  const first = (text: string, reader: Dialect) => {
    const [row = ''] = read(text, reader, 1000);
    assert.equal(read(text, reader, Infinity)[0], row);
    return row.slice(0, 30).trim();
  };
  for (const reader of [dialect, { ...superCsv, rowBytes: 1 << 20 }]) {
    assert.equal(first(`${cells(ROW_CELLS)}\nb`, reader), '0:');
    assert.equal(first(`${cells(ROW_CELLS + 1)}\nb`, reader), '0: many-cells at 0:0');
    assert.deepEqual(read(`"a\n"${cells(ROW_CELLS * 3)}\nb`, reader, 1000).slice(1), ['2: b', '3 lines, LF']);
  }
});

#!/bin/sh
# DuckDB 1.5.6: a file of 60,000 rows of three cells, one of which, near the top, has only two. `read_csv` takes the file without an
# error and gives one column whose name is the whole header line: the short row makes every delimiter look wrong, and a
# file without one is always a possible reading. `header = true` does not change that. The same row further down than the
# sample is an error that names its line.
# Expected: an error for the short row, wherever it stands, or a table of three columns.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error @duckdb/node-api@1.5.6-r.1
cat >read.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const ROWS = 60_000;
const connection = await (await DuckDBInstance.create(':memory:')).connect();
async function read(shortRow, options = '') {
  const rows = Array.from({ length: ROWS }, (_, row) => (row === shortRow ? `${row}|7` : `${row}|7|9`));
  writeFileSync('rows.csv', `school|grade|pupils\n${rows.join('\n')}\n`);
  try {
    const table = await connection.runAndReadAll(`select * from read_csv('rows.csv'${options})`);
    return `${table.columnCount} column(s) ${JSON.stringify(table.columnNames())}, ${table.currentRowCount} rows`;
  } catch (error) {
    return `error: ${error.message.split('\n')[0]}`;
  }
}

const seen = {
  'no short row': await read(-1),
  'row 10 is short': await read(10),
  'row 10 is short, header = true': await read(10, ', header = true'),
  'row 50,000 is short': await read(50_000),
};
for (const [file, result] of Object.entries(seen)) console.log(`${file}: ${result}`);
const one = `1 column(s) ["school|grade|pupils"], ${ROWS} rows`;
const asFound =
  JSON.stringify(Object.values(seen)) ===
  JSON.stringify([
    `3 column(s) ["school","grade","pupils"], ${ROWS} rows`,
    one,
    one,
    'error: Invalid Input Error: CSV Error on Line: 50002',
  ]);
console.log(asFound ? 'As found: one short row turns three columns into one.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node read.mjs

#!/bin/sh
# DuckDB 1.5.6: a column that holds nothing but `F`, as the gender column of a girls' school does, is read as BOOLEAN, and each
# value as false; one `M` anywhere in it, and it is text. `T` alone is true in the same way, `Yes` and `No` too, while `Y`
# and `N` remain text. The type of a column, and what a query finds in it, so depends on which school the file is of.
# Expected: letters are text, or at least `F` and `T` are treated as `Y` and `N` are.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error @duckdb/node-api@1.5.6-r.1
cat >read.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { DuckDBInstance } from '@duckdb/node-api';

const connection = await (await DuckDBInstance.create(':memory:')).connect();
const seen = [];
for (const values of ['F F F', 'F M F', 'T T T', 'Yes No Yes', 'Y N Y']) {
  const rows = values.split(' ').map((value, row) => `${row + 1}|${value}`);
  writeFileSync('pupils.csv', `id|value\n${rows.join('\n')}\n`);
  const table = await connection.runAndReadAll("select value from read_csv('pupils.csv')");
  seen.push(`${values}: ${table.columnTypes()[0]} ${table.getRows().flat().join(' ')}`);
}
console.log(seen.join('\n'));
const asFound =
  seen.join('; ') ===
  'F F F: BOOLEAN false false false; F M F: VARCHAR F M F; T T T: BOOLEAN true true true; ' +
    'Yes No Yes: BOOLEAN true false true; Y N Y: VARCHAR Y N Y';
console.log(asFound ? 'As found: the girls are false.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node read.mjs

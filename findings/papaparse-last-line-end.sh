#!/bin/sh
# Papa Parse 5.7.1 guesses the delimiter of a file of two columns with pipes between them. Whether the last row ends with a line
# end decides: with one, the nothing behind it counts as a row of one cell, two columns are fewer than the 1.99 it wants
# on average, and the commas inside the names win, though they are uneven; no error. From ten lines on, which is all that
# it looks at, the pipe is found again. Three columns are found in each case.
# Expected: a line end at the end of the last row makes no difference.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error papaparse@5.7.1
cat >read.mjs <<'JS'
import Papa from 'papaparse';

function read(rows, columns, lastLineEnd) {
  const lines = ['id|name|grade', ...Array.from({ length: rows }, (_, row) => `${row}|Rao, A, B|4`)];
  const text = lines.map((line) => line.split('|').slice(0, columns).join('|')).join('\n') + lastLineEnd;
  const { data, errors, meta } = Papa.parse(text);
  return `delimiter ${meta.delimiter} cells of the first rows ${data.slice(0, 3).map((cells) => cells.length)} errors ${errors.length}`;
}

const seen = {
  '2 columns, 8 rows, no last line end': read(8, 2, ''),
  '2 columns, 8 rows, a last line end': read(8, 2, '\n'),
  '2 columns, 9 rows, a last line end': read(9, 2, '\n'),
  '3 columns, 8 rows, a last line end': read(8, 3, '\n'),
};
for (const [file, result] of Object.entries(seen)) console.log(`${file}: ${result}`);
const even = 'delimiter | cells of the first rows 2,2,2 errors 0';
const asFound =
  JSON.stringify(Object.values(seen)) ===
  JSON.stringify([even, 'delimiter , cells of the first rows 1,3,3 errors 0', even, even.replace('2,2,2', '3,3,3')]);
console.log(asFound ? 'As found: the last line end turns pipes into commas.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node read.mjs

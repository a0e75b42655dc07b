#!/bin/sh
# Papa Parse 5.7.1 on a stream guesses line end and delimiter from the first piece that arrives, and never again. The same CRLF
# file, cut at other places, gives other cells: with the header's end in the second piece each row ends with a carriage
# return, with the cut between the header's CR and LF each begins with a line feed, and a row of one is added. No error
# either way. How a stream is cut is up to the disk, the network and whoever sits between.
# Expected: the guess waits for a whole line, or the result does not depend on where the stream is cut.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error papaparse@5.7.1
cat >read.mjs <<'JS'
import { Readable } from 'node:stream';
import Papa from 'papaparse';

const text = 'id|name|grade\r\n1|a|4\r\n2|b|5\r\n';
async function rowsWithCutAt(at) {
  const pieces = [text.slice(0, at), text.slice(at)].filter((piece) => piece !== '');
  const parsed = Readable.from(pieces.map((piece) => Buffer.from(piece))).pipe(Papa.parse(Papa.NODE_STREAM_INPUT));
  return JSON.stringify(await parsed.toArray());
}

const header = 'id|name|grade'.length;
const seen = {
  'in one piece': await rowsWithCutAt(text.length),
  'cut after the first row': await rowsWithCutAt(header + 2 + '1|a|4\r\n'.length),
  'cut before the CR of the header': await rowsWithCutAt(header),
  'cut after the CR of the header': await rowsWithCutAt(header + 1),
};
for (const [cut, rows] of Object.entries(seen)) console.log(`${cut}: ${rows}`);
const whole = '[["id","name","grade"],["1","a","4"],["2","b","5"]]';
const asFound =
  JSON.stringify(Object.values(seen)) ===
  JSON.stringify([
    whole,
    whole,
    '[["id","name","grade\\r"],["1","a","4\\r"],["2","b","5\\r"]]',
    '[["id","name","grade"],["\\n1","a","4"],["\\n2","b","5"],["\\n"]]',
  ]);
console.log(asFound ? 'As found: the cut decides what is read.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node read.mjs

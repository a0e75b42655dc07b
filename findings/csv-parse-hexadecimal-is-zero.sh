#!/bin/sh
# csv-parse 7.0.3 with `cast: true`: a value that JavaScript reads as a hexadecimal, octal or binary number becomes 0, whatever
# it is. One half of it asks `Number`, for which `0x1F` is a number, the other lets `parseFloat` read it, which stops at the
# x. Identifiers such as the addresses of devices are all made equal. What it does not take for a number stays a text.
# Expected: 31, or the text as it was.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error csv-parse@7.0.3
cat >read.mjs <<'JS'
import { parse } from 'csv-parse/sync';

const values = ['31', '0x1F', '0xFACE', '0o17', '0b101', '0x1G', '1_000'];
const [cast] = parse(values.join('|'), { delimiter: '|', cast: true });
values.forEach((value, column) => console.log(`${value}: ${JSON.stringify(cast[column])}`));
const asFound = JSON.stringify(cast) === '[31,0,0,0,0,"0x1G","1_000"]';
console.log(asFound ? 'As found: each of them is 0.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node read.mjs

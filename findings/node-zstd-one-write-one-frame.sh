#!/bin/sh
# Node 24.21.0: two Zstandard frames one behind the other, which by the format (RFC 8878) are one stream, as two gzip members are.
# Written in one piece, only the first one comes out of `createZstdDecompress`, without an error, and the same holds for
# `zstdDecompressSync`; written frame by frame, both come out. Gunzip gives both either way, and so does the zstd command.
# Expected: how the bytes are cut into writes does not decide what comes out.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
apt-get download -qq zstd=1.5.4+dfsg2-5 libzstd1=1.5.4+dfsg2-5 2>/dev/null
for package in *.deb; do dpkg-deb -x "$package" .; done
export LD_LIBRARY_PATH="$work/usr/lib/$(uname -m)-linux-gnu"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error node@24.21.0
cat >read.mjs <<'JS'
import { readFileSync, writeFileSync } from 'node:fs';
import zlib from 'node:zlib';

async function read(make, writes) {
  const stream = make();
  for (const write of writes) stream.write(write);
  stream.end();
  return Buffer.concat(await stream.toArray()).toString();
}

const texts = ['first ', 'second'];
const frames = texts.map((text) => zlib.zstdCompressSync(text));
const members = texts.map((text) => zlib.gzipSync(text));
writeFileSync('both.zst', Buffer.concat(frames));
const seen = {
  'gzip, one write': await read(zlib.createGunzip, [Buffer.concat(members)]),
  'gzip, two writes': await read(zlib.createGunzip, members),
  'zstd, one write': await read(zlib.createZstdDecompress, [Buffer.concat(frames)]),
  'zstd, two writes': await read(zlib.createZstdDecompress, frames),
  'zstd, zstdDecompressSync': zlib.zstdDecompressSync(readFileSync('both.zst')).toString(),
};
console.log(`Node ${process.version}`);
for (const [way, text] of Object.entries(seen)) console.log(`${way}: ${text}`);
const asFound =
  Object.values(seen).join(';') === 'first second;first second;first ;first second;first ';
console.log(asFound ? 'As found: the second frame is lost in silence.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node_modules/.bin/node read.mjs
echo "The zstd command: $(usr/bin/zstd -dc both.zst)"

#!/bin/sh
# @parcel/watcher 2.5.6 on Linux, the recursive watcher of VS Code 1.139: when a folder with a folder inside appears at once,
# as `mkdir -p` or an archive that is extracted makes it, only the outer one is told. What is written into the inner one
# later is never told, however long one waits: the watcher has not noticed that it is there.
# Expected: each later change of a file below the watched folder is told, as it is where the folder was there before.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error @parcel/watcher@2.5.6
cat >watch.mjs <<'JS'
import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import watcher from '@parcel/watcher';

const LONG_ENOUGH = 1500;
const root = mkdtempSync(path.join(process.cwd(), 'watched-'));
const told = [];
const subscription = await watcher.subscribe(root, (error, events) => {
  if (error) throw error;
  told.push(...events.map(({ type, path: file }) => `${type} ${path.relative(root, file)}`));
});
async function toldOf(change) {
  told.length = 0;
  change();
  await wait(LONG_ENOUGH);
  return told.join(', ') || 'nothing';
}

mkdirSync(path.join(root, 'slow'));
await wait(LONG_ENOUGH);
mkdirSync(path.join(root, 'slow', 'inner'));
await wait(LONG_ENOUGH);
const slow = await toldOf(() => writeFileSync(path.join(root, 'slow', 'inner', 'a.csv'), '1\n'));

const made = await toldOf(() => mkdirSync(path.join(root, 'fast', 'inner'), { recursive: true }));
const fast = await toldOf(() => writeFileSync(path.join(root, 'fast', 'inner', 'a.csv'), '1\n'));
await subscription.unsubscribe();

console.log(`A file in folders that were made one after the other: ${slow}`);
console.log(`Two folders made at once:                             ${made}`);
console.log(`A file in the inner one of them, later:               ${fast}`);
const asFound = slow === 'create slow/inner/a.csv' && made === 'create fast' && fast === 'nothing';
console.log(asFound ? 'As found: the change is never told.' : 'This has changed.');
process.exitCode = asFound ? 0 : 1;
JS
node watch.mjs

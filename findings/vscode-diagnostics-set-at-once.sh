#!/bin/sh
# VS Code 1.138 (its own class, out of @codingame/monaco-vscode-api 37.6.1, which runs without an editor): a collection of
# diagnostics that is set for 15 files of 100 each in one call sends twelve files to the window and leaves out the
# others, without an error, although none comes near the thousand that a file may have. The collection itself gives back all
# 1,500, so that a test in the extension host sees nothing missing. Set file by file, all of them are sent.
# Expected: one call for many files shows what a call for each of them shows.
set -eu
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init -y >/dev/null
npm install --no-audit --no-fund --loglevel=error --ignore-scripts @codingame/monaco-vscode-api@37.6.1
cat >set.mjs <<'JS'
const from = (module) => import(`@codingame/monaco-vscode-api/vscode/vs/${module}`);
const { ExtHostDiagnostics } = await from('workbench/api/common/extHostDiagnostics');
const { Diagnostic } = await from('workbench/api/common/extHostTypes/diagnostic');
const { Range } = await from('workbench/api/common/extHostTypes/range');
const { URI } = await from('base/common/uri');
const { extUri } = await from('base/common/resources');

const shown = new Map();
const window = {
  $changeMany: (owner, files) => files.forEach(([uri, markers]) => shown.set(uri.path, markers.length)),
  $clear: () => shown.clear(),
};
const host = new ExtHostDiagnostics({ getProxy: () => window }, { trace() {} }, { extUri }, { getDocument: () => undefined });
const collection = host.createDiagnosticCollection({ value: 'publisher.name' }, 'rows');
const count = (numbers) => [...numbers].reduce((sum, number) => sum + number, 0);
const finding = () => new Diagnostic(new Range(0, 0, 0, 1), 'wrong');
const files = Array.from({ length: 15 }, (_, file) => [
  URI.file(`/data/${String(file).padStart(2, '0')}.csv`),
  Array.from({ length: 100 }, finding),
]);

const look = () =>
  `${shown.size} files and ${count(shown.values())} diagnostics are sent, ${count(files.map(([uri]) => collection.get(uri).length))} are given back`;
collection.set(files);
const atOnce = look();
collection.clear();
for (const [uri, diagnostics] of files) collection.set(uri, diagnostics);
const byFile = look();
console.log(`One call:     ${atOnce}`);
console.log(`File by file: ${byFile}`);
const asFound =
  atOnce === '12 files and 1200 diagnostics are sent, 1500 are given back' &&
  byFile === '15 files and 1500 diagnostics are sent, 1500 are given back';
console.log(asFound ? 'As found: three files are left out.' : 'This has changed.');
process.exit(asFound ? 0 : 1);
JS
node set.mjs

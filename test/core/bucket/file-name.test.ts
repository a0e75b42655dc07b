import assert from 'node:assert/strict';
import path from 'node:path';
import { test } from 'node:test';
import { fileNameOf, fileNamesOf } from '../../../core/bucket/file-name.ts';
import { shown } from '../../../core/bucket/shown.ts';
import { Random } from '../csv/random.ts';

for (const [key, name] of [
  ['district_master/district_mst_20261123122513.zip', 'district_mst_20261123122513.zip'],
  [
    'pat/2026/x/04-06-2020_13:12:59.574_5e160862_school_mst.zip',
    '04-06-2020_13-12-59.574_5e160862_school_mst.zip',
  ],
  ['../../etc/passwd', 'passwd'],
  ['a/..', 'object'],
  ['..', 'object'],
  ['', 'object'],
  ['a/b/', 'b'],
  ['C:\\Windows\\system32\\x.zip', 'x.zip'],
  ['C:', 'C-'],
  ['a/b.zip:stream', 'b.zip-stream'],
  ['a/con.zip', '_con.zip'],
  ['a/LPT1', '_LPT1'],
  ['a/com¹.csv', '_com¹.csv'],
  ['a/console.zip', 'console.zip'],
  ['a/.ssh', '_ssh'],
  ['a/x.zip. . ', 'x.zip'],
  ['a/x\u0000\n\u202ey.zip', 'x---y.zip'],
  ['a/\ud800.zip', '-.zip'],
  ['a/जिला.zip', 'जिला.zip'],
] as const) {
  test(`${JSON.stringify(key)} is stored as ${JSON.stringify(name)}`, () =>
    assert.equal(fileNameOf(key), name));
}

test('a long name is cut in the middle of its stem, between characters', () => {
  const name = fileNameOf(`a/${'क'.repeat(400)}.zip`);
  assert.ok(Buffer.byteLength(name) <= 180);
  assert.match(name, /^क+\.zip$/);
});

test('no two keys share a name, not even where capitals do not count', () => {
  const names = fileNamesOf(['a/x.zip', 'b/x.zip', 'c/X.zip', 'a/x.zip', 'd/y', 'e/y']);
  assert.deepEqual([...names.values()], ['x.zip', 'x (2).zip', 'X (3).zip', 'y', 'y (2)']);
});

test('whatever a key is, its file lies in the chosen folder and nowhere else, on every system', () => {
  const random = new Random(4);
  const parts = [
    ...[
      '..',
      '.',
      '/',
      '\\',
      ':',
      'C:',
      '\\\\server\\share',
      '//',
      'con',
      'NUL.',
      'aux.zip',
      'COM1',
      'lpt9.',
    ],
    ...[
      'a',
      ' ',
      '\u0000',
      '\u001b',
      '\n',
      '\u202e',
      '\ud800',
      '\u2028',
      '?',
      '*',
      '|',
      '"',
      '<',
      '.zip',
      '~',
      '$',
    ],
    ...['‥', '／', '%2e%2e%2f', 'क', '\u00a0', '\ufeff', 'x'.repeat(300)],
  ];
  const folders = [
    [path.posix, '/home/a/b'],
    [path.win32, 'C:\\Users\\a\\b'],
  ] as const;
  for (let round = 0; round < 20_000; round++) {
    const keys = Array.from({ length: 1 + random.below(3) }, () =>
      Array.from({ length: random.below(7) }, () => random.pick(parts)).join(''),
    );
    const names = fileNamesOf(keys);
    assert.equal(new Set([...names.values()].map((name) => name.toLowerCase())).size, new Set(keys).size);
    for (const name of names.values()) {
      const what = JSON.stringify([keys, name]);
      for (const [system, folder] of folders) {
        const file = system.resolve(folder, name);
        assert.equal(system.dirname(file), folder, what);
        assert.equal(system.basename(file), name, what);
      }
      assert.ok(Buffer.byteLength(name) <= 200 && !/\p{Cs}/u.test(name), what);
      assert.doesNotMatch(name, /[\p{Cc}\p{Cf}<>:"/\\|?*]|^[.\s]|[.\s]$/u, what);
      assert.doesNotMatch(name, /^(con|prn|aux|nul|com\d|lpt\d)(\.|$)/i, what);
    }
  }
});

test('a key is shown without signs that a terminal obeys or that turn the text', () => {
  assert.equal(shown('a\u001b[2Jb\u202ec\n'), 'a\\u{1b}[2Jb\\u{202e}c\\u{a}');
  assert.equal(shown('जिला 1'), 'जिला 1');
});

/** Dependencies are installed when they are missing or older than the lock file, and not a second time. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { isInstalled } from '../../scripts/install.mjs';

const lock = {
  packages: {
    '': {},
    'node_modules/a': { version: '1.0.0', integrity: 'sha512-a' },
    'node_modules/windows-only': { version: '2.0.0', integrity: 'sha512-w', optional: true },
  },
};

const cases = {
  'everything for this system is there': {
    installed: { packages: { 'node_modules/a': lock.packages['node_modules/a'] } },
    is: true,
  },
  'a package is missing': { installed: { packages: {} }, is: false },
  'a package is older': {
    installed: { packages: { 'node_modules/a': { version: '0.9.0', integrity: 'sha512-o' } } },
    is: false,
  },
  'a package has the version and another content': {
    installed: { packages: { 'node_modules/a': { version: '1.0.0', integrity: 'sha512-x' } } },
    is: false,
  },
  'a package is there that nobody asks for any more': {
    installed: {
      packages: {
        'node_modules/a': lock.packages['node_modules/a'],
        'node_modules/b': { version: '1.0.0', integrity: 'sha512-b' },
      },
    },
    is: false,
  },
};

for (const [title, { installed, is }] of Object.entries(cases)) {
  test(title, () => assert.equal(isInstalled(lock, installed), is));
}

test('what npm says it has installed here is what the lock file asks for', () => {
  const read = (file) => JSON.parse(readFileSync(file, 'utf8'));
  assert.ok(isInstalled(read('package-lock.json'), read('node_modules/.package-lock.json')));
});

/** package.json holds what is written into it, and keeps what is written by hand. */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { root } from '../../scripts/install.mjs';
import { withContributions } from '../../scripts/manifest.mjs';

const text = readFileSync(path.join(root, 'package.json'), 'utf8');

test('package.json is what `npm run manifest` writes', () => {
  assert.equal(text, withContributions(text), 'run `npm run manifest`');
});

test('what was changed by hand is put right, and nothing else is touched', () => {
  const manifest = JSON.parse(text);
  manifest.contributes.commands.pop();
  manifest.contributes.menus['view/title'][0].when = 'true';
  assert.equal(withContributions(JSON.stringify(manifest)), text);
  const renamed = withContributions(JSON.stringify({ ...manifest, displayName: 'Another name' }));
  assert.equal(renamed, text.replace('"displayName": "cQube Emission"', '"displayName": "Another name"'));
});

test('package.json says what is written into it, and by what', () => {
  const { '//': note, scripts } = JSON.parse(text);
  assert.match(note, /^activationEvents, capabilities and contributes are written by `npm run manifest`/);
  assert.ok(scripts.manifest);
});

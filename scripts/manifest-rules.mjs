// `node scripts/manifest-rules.mjs`: writes the ids and titles of the rules into the manifest, so that the settings
// editor completes them. A test fails when they differ. For Node 24.
import { readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { ruleIds, rules } from '../core/finding.ts';
import { root } from './install.mjs';

const file = path.join(root, 'package.json');
const manifest = JSON.parse(readFileSync(file, 'utf8'));
manifest.contributes.configuration.properties['cqubeEmission.rules'].propertyNames = {
  enum: ruleIds,
  enumDescriptions: ruleIds.map((id) => rules[id].title),
};
writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);

// `npm run manifest`: writes into package.json what VS Code is told of the extension: `activationEvents`,
// `capabilities` and `contributes`. The names are those of client/identifiers.ts, the choices those of core/, the texts
// and places those of scripts/manifest/. The table of rules in docs/rules/README.md is written too, from the registry in
// core/finding.ts. With `--check` nothing is written, and 1 is the exit code where they differ.
import { readFileSync, realpathSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { documentPattern, languageId, rootName, settings } from '../client/identifiers.ts';
import { root } from './install.mjs';
import { contributedCommands } from './manifest/commands.mjs';
import { menus } from './manifest/menus.mjs';
import { withRuleTable } from './manifest/rule-table.mjs';
import { configuration } from './manifest/settings.mjs';
import { views, viewsContainers, viewsWelcome } from './manifest/views.mjs';

const note =
  'activationEvents, capabilities and contributes are written by `npm run manifest` from client/identifiers.ts, core/ and scripts/manifest/: change them there.';

const capabilities = {
  untrustedWorkspaces: {
    supported: 'limited',
    description:
      'Files are checked and zipped. Emitting is off, and the workspace cannot set the address that files and token are sent to.',
    restrictedConfigurations: [`${settings.section}.${settings.endpoint}`],
  },
  virtualWorkspaces: {
    supported: false,
    description: 'Files are read, checked and zipped on a disk, also when they are too large for the editor.',
  },
};

const contributes = {
  commands: contributedCommands,
  menus,
  viewsContainers,
  views,
  viewsWelcome,
  configuration,
  languages: [
    {
      id: languageId,
      aliases: ['cQube CSV'],
      filenamePatterns: [documentPattern],
      configuration: './language-configuration.json',
    },
  ],
  grammars: [
    {
      language: languageId,
      scopeName: 'text.csv.cqube',
      path: './syntaxes/cqube-csv.tmLanguage.json',
    },
  ],
};

/**
 * The text of package.json with what is written into it.
 *
 * @param {string} text that of the file as it is; what is written by hand stays, and so does the order
 */
export function withContributions(text) {
  const byHand = JSON.parse(text);
  const written = {
    activationEvents: [`workspaceContains:${rootName}`, `workspaceContains:**/${rootName}/**`],
    capabilities,
    contributes,
  };
  // The note stands first; each other key keeps its place.
  const manifest = Object.assign({ '//': '' }, byHand, written, { '//': note });
  return `${JSON.stringify(manifest, null, 2)}\n`;
}

if (realpathSync(process.argv[1]) === import.meta.filename) {
  const written = [
    ['package.json', withContributions],
    ['docs/rules/README.md', withRuleTable],
  ];
  for (const [name, make] of written) {
    const file = path.join(root, name);
    const before = readFileSync(file, 'utf8');
    const after = await make(before);
    if (!process.argv.includes('--check')) writeFileSync(file, after);
    else if (after !== before) {
      console.error(`${name} is not what \`npm run manifest\` writes.`);
      process.exitCode = 1;
    }
  }
}

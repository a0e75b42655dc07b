/** The manifest and the code name the same things. */
import assert from 'node:assert/strict';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import {
  commands,
  contextKeys,
  documentPattern,
  languageId,
  planScheme,
  settings,
  views,
} from '../../../client/identifiers.ts';
import { ruleIds } from '../../../core/finding.ts';
import { planTitles } from '../../../client/emission/plan-titles.ts';

interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}

interface Manifest {
  readonly main: string;
  readonly icon: string;
  readonly activationEvents: readonly string[];
  readonly extensionKind: readonly string[];
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly engines: { readonly vscode: string };
  readonly capabilities: {
    readonly untrustedWorkspaces: {
      readonly supported: string;
      readonly restrictedConfigurations: readonly string[];
    };
    readonly virtualWorkspaces: { readonly supported: boolean; readonly description: string };
  };
  readonly contributes: {
    readonly commands: readonly {
      readonly command: string;
      readonly title: string;
      readonly category: string;
      readonly enablement?: string;
    }[];
    readonly menus: Readonly<Record<string, readonly MenuItem[]>>;
    readonly viewsContainers: {
      readonly activitybar: readonly { readonly id: string; readonly icon: string }[];
    };
    readonly views: Readonly<
      Record<string, readonly { readonly id: string; readonly icon: string; readonly visibility?: string }[]>
    >;
    readonly viewsWelcome: readonly {
      readonly view: string;
      readonly contents: string;
      readonly when: string;
    }[];
    readonly configuration: {
      readonly properties: Readonly<
        Record<
          string,
          {
            readonly default: unknown;
            readonly scope: string;
            readonly propertyNames?: { readonly enum: readonly string[] };
            readonly enum?: readonly string[];
            readonly description?: string;
            readonly markdownDescription?: string;
          }
        >
      >;
    };
    readonly languages: readonly {
      readonly id: string;
      readonly filenamePatterns: readonly string[];
      readonly configuration: string;
    }[];
    readonly grammars: readonly {
      readonly language: string;
      readonly scopeName: string;
      readonly path: string;
    }[];
  };
}

const root = path.join(import.meta.dirname, '..', '..', '..');
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as Manifest;
const { contributes } = manifest;
const menuItems = Object.values(contributes.menus).flat();

test('every command is contributed, and no other', () => {
  assert.deepEqual(contributes.commands.map(({ command }) => command).sort(), Object.values(commands).sort());
  for (const { category, title } of contributes.commands) {
    assert.equal(category, 'cQube');
    assert.match(title, /^[A-Z]/);
  }
});

test('menus and welcome texts call commands that exist', () => {
  const known = new Set<string>(Object.values(commands));
  for (const { command } of menuItems) assert.ok(known.has(command), command);
  for (const { contents } of contributes.viewsWelcome) {
    for (const [, command] of contents.matchAll(/command:(cqubeEmission\.\w+)/g))
      assert.ok(known.has(command ?? ''), command);
  }
});

test('when clauses use context keys that are set', () => {
  const known = new Set<string>([...Object.values(contextKeys), ...Object.values(views)]);
  const clauses = [...menuItems, ...contributes.viewsWelcome].map(({ when }) => when ?? '');
  clauses.push(...contributes.commands.map(({ enablement }) => enablement ?? ''));
  for (const clause of clauses) {
    for (const [key] of clause.matchAll(/cqubeEmission\.\w+/g)) assert.ok(known.has(key), key);
  }
});

test('one container holds the views, the first one open', () => {
  assert.deepEqual(
    contributes.viewsContainers.activitybar.map(({ id }) => id),
    [views.container],
  );
  assert.deepEqual(Object.keys(contributes.views), [views.container]);
  assert.deepEqual(
    contributes.views[views.container]!.map(({ id, visibility }) => [id, visibility]),
    [
      [views.datasets, undefined],
      [views.bucket, 'collapsed'],
      [views.history, 'collapsed'],
    ],
  );
  const known = new Set<string>(Object.values(views));
  for (const { view } of contributes.viewsWelcome) assert.ok(known.has(view), view);
});

/** Menu items that a clause shows in a view; a pattern of views counts for each. */
const inView = (menu: string, view: string): readonly MenuItem[] =>
  contributes.menus[menu]!.filter(({ when }) => {
    const pattern = /view =~ \/(?<views>[^/]+)\//.exec(when ?? '')?.groups?.views;
    return pattern === undefined ? when?.includes(`view == ${view}`) : new RegExp(pattern).test(view);
  });

test('a view has at most three buttons in its title, an item at most two', () => {
  for (const view of [views.datasets, views.bucket, views.history]) {
    const places = new Set(
      inView('view/title', view)
        .map(({ group }) => group ?? '')
        .filter((group) => group.startsWith('navigation')),
    );
    assert.ok(places.size >= 1 && places.size <= 3, view);
    const inline = inView('view/item/context', view).filter(({ group }) => group?.startsWith('inline'));
    assert.ok(inline.length >= 1 && inline.length <= 2, view);
  }
});

test('what asks cQube for something is off in Restricted Mode', () => {
  const asking: readonly string[] = [
    ...[commands.filterBucket, commands.openObject, commands.downloadObject, commands.compareObject],
  ];
  for (const { command, enablement } of contributes.commands) {
    if (asking.includes(command)) assert.match(enablement ?? '', /isWorkspaceTrusted/, command);
  }
});

test('settings are those that the code reads, each with description and scope', () => {
  const { section, ...names } = settings;
  const { properties } = contributes.configuration;
  assert.deepEqual(
    Object.keys(properties).sort(),
    Object.values(names)
      .map((name) => `${section}.${name}`)
      .sort(),
  );
  for (const property of Object.values(properties)) {
    assert.ok(property.description ?? property.markdownDescription);
    assert.ok(property.default !== undefined);
  }
  assert.equal(properties[`${section}.${settings.endpoint}`]!.scope, 'machine-overridable');
});

test('the setting of rules completes every rule', () => {
  const { propertyNames } = contributes.configuration.properties[`${settings.section}.${settings.rules}`]!;
  assert.deepEqual(propertyNames?.enum, ruleIds, 'run `npm run manifest`');
});

test('an untrusted workspace cannot redirect files and token', () => {
  const { untrustedWorkspaces, virtualWorkspaces } = manifest.capabilities;
  assert.equal(untrustedWorkspaces.supported, 'limited');
  assert.deepEqual(untrustedWorkspaces.restrictedConfigurations, [
    `${settings.section}.${settings.endpoint}`,
  ]);
  assert.equal(virtualWorkspaces.supported, false);
  assert.ok(virtualWorkspaces.description);
  for (const { command, enablement } of contributes.commands) {
    if (command === commands.emit || command === commands.emitPreviewed) {
      assert.match(enablement ?? '', /isWorkspaceTrusted/);
    }
  }
});

test('the language is for emission folders only, and every named file is there', () => {
  const language = contributes.languages[0]!;
  assert.equal(language.id, languageId);
  assert.deepEqual(language.filenamePatterns, [documentPattern]);
  const grammar = contributes.grammars[0]!;
  assert.equal(grammar.language, languageId);
  const { scopeName } = JSON.parse(readFileSync(path.join(root, grammar.path), 'utf8')) as {
    readonly scopeName: string;
  };
  assert.equal(scopeName, grammar.scopeName);
  for (const file of [
    manifest.icon,
    language.configuration,
    contributes.viewsContainers.activitybar[0]!.icon,
  ]) {
    assert.ok(existsSync(path.join(root, file)), file);
  }
});

test('the extension wakes for emission folders only', () => {
  for (const event of manifest.activationEvents) assert.match(event, /^workspaceContains:.*cqube_emission/);
  assert.deepEqual(manifest.extensionKind, ['workspace']);
});

test('the types are those of the oldest VS Code that is taken', () => {
  assert.equal(manifest.engines.vscode, `^${manifest.devDependencies['@types/vscode']}`);
});

test('the button of the emission list is for that list alone', () => {
  const [item] = contributes.menus['editor/title']!;
  assert.equal(item?.when, `resourceScheme == ${planScheme} && resourceFilename == '${planTitles.emission}'`);
});

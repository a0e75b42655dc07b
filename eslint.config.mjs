import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The direction of imports of docs/architecture.md. Of the rooms in a list each may reach those before it, and none
 * behind it.
 */
const floors = {
  core: [
    ['csv', 'catalogue'],
    'archive',
    'check',
    'fix',
    'layout',
    'cache',
    ['scan', 'forecast', 'explain'],
    'plan',
    'emit',
    'bucket',
  ],
  'core/csv': ['proof', ['row-reader.ts', 'feed.ts']],
  'core/archive': ['read', 'write'],
  'core/check': [
    'settings.ts',
    'cells',
    'findings',
    'header',
    'identity',
    'references',
    'rows',
    'comparison.ts',
    ['table.ts', 'sections.ts'],
    'file.ts',
    'ranges',
    'document',
  ],
  'core/emit': [
    'error.ts',
    'http',
    'api',
    'storage',
    'journal',
    'types.ts',
    ['find-stored.ts', 'ready-file.ts'],
    ['send.ts', 'ingestion.ts'],
    'deliver.ts',
    'run.ts',
  ],
  'core/scan': [
    ['job.ts', 'job-node.ts', 'same-file-node.ts'],
    ['threads', 'examine.ts', 'workspace.ts', 'zips.ts', 'zip-dataset.ts', 'alone-node.ts'],
  ],
};

/** What the files of a folder may not reach besides. A folder is named as it stands in an import path. */
const closed = {
  core: ['**/server/**', '**/client/**', '**/cli/**', '**/local/**', 'vscode', 'vscode-*'],
  'core/archive': ['**/csv/**', '**/catalogue/**'],
  'core/check': ['**/archive/**', 'node:fs', 'node:fs/promises'],
  'core/forecast': ['**/layout/**', '**/cache/**', '**/archive/**'],
  'core/cache': ['**/check/**', '**/archive/**', '**/catalogue/**'],
  'core/bucket': ['**/check/**', '**/csv/**', '**/plan/**', '**/archive/**', '**/scan/**', '**/cache/**'],
  server: ['**/client/**', '**/cli/**', '**/local/**', 'vscode'],
  cli: ['**/client/**', '**/server/**', 'vscode'],
  local: ['**/client/**', '**/server/**', '**/cli/**', 'vscode'],
  client: [
    '**/cli/**',
    '**/local/**',
    '**/core/check/**',
    '**/core/csv/**',
    '**/core/layout/**',
    '**/core/scan/**',
    '**/core/cache/**',
  ],
};

/** A folder or file of a floor as a pattern of import paths. */
const reached = (room) => (room.endsWith('.ts') ? `**/${room}` : `**/${room}/**`);

/** For each room the patterns that it may not reach: its own, and those of the folders that it lies in. */
function forbidden() {
  const rooms = new Map(Object.entries(closed));
  for (const [folder, order] of Object.entries(floors)) {
    order.forEach((floor, index) => {
      const above = order.slice(index + 1).flat();
      for (const room of [floor].flat()) {
        const name = `${folder}/${room}`;
        rooms.set(name, [...(rooms.get(name) ?? []), ...above.map(reached)]);
      }
    });
  }
  const holds = (outer, inner) => inner === outer || inner.startsWith(`${outer}/`);
  return [...rooms.keys()].map((room) => [
    room,
    [...rooms].filter(([outer]) => holds(outer, room)).flatMap(([, patterns]) => patterns),
  ]);
}

/** Node's own modules stay out of the pure floors; files whose name ends in `-node.ts` are the rim. */
const pure = [
  'core/finding.ts',
  'core/csv/**',
  'core/catalogue/**',
  'core/check/**',
  'core/fix/**',
  'core/plan/**',
  'core/forecast/**',
  'core/explain/**',
  'core/bucket/**',
];

/** The folders first: of the rules that fit a file the last one holds, which then has those of its folders too. */
const restrictions = forbidden()
  .sort(([a], [b]) => a.split('/').length - b.split('/').length)
  .map(([room, patterns]) => ({
    files: [room.endsWith('.ts') ? room : `${room}/**/*.ts`],
    rules: { '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: patterns }] }] },
  }));

export default tseslint.config(
  {
    ignores: [
      'dist/',
      'node_modules/',
      '.vscode-host/',
      '.s3/',
      '.try/',
      'bench/.work/',
      'core/csv/proof/proof-kernel/',
    ],
  },
  js.configs.recommended,
  {
    files: ['**/*.ts'],
    extends: [tseslint.configs.strictTypeChecked, tseslint.configs.stylisticTypeChecked],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': [
        'error',
        { allowForKnownSafeCalls: ['test', 'it', 'describe', 'suite'] },
      ],
      '@typescript-eslint/restrict-template-expressions': [
        'error',
        { allowNumber: true, allowBoolean: true },
      ],
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/prefer-for-of': 'off',
      '@typescript-eslint/no-confusing-void-expression': ['error', { ignoreArrowShorthand: true }],
      eqeqeq: 'error',
    },
  },
  ...restrictions,
  {
    files: pure.map((folder) => folder.replace('/**', '/**/*.ts')),
    ignores: ['**/*-node.ts'],
    rules: { 'no-restricted-imports': ['error', { patterns: ['node:*'] }] },
  },
  {
    files: ['**/*.mjs'],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        setTimeout: 'readonly',
        clearTimeout: 'readonly',
        fetch: 'readonly',
      },
    },
  },
);

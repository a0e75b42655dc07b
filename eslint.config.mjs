import js from '@eslint/js';
import tseslint from 'typescript-eslint';

/**
 * The direction of imports of docs/architecture.md as rules: each row says what the files of a folder may not
 * reach. A folder is named as it stands in an import path.
 */
const directions = [
  ['core/**', ['**/server/**', '**/client/**', '**/cli/**', '**/local/**', 'vscode', 'vscode-*']],
  [
    'core/csv/**',
    ['**/catalogue/**', '**/check/**', '**/layout/**', '**/plan/**', '**/archive/**', '**/emit/**'],
  ],
  [
    'core/catalogue/**',
    ['**/csv/**', '**/check/**', '**/layout/**', '**/plan/**', '**/archive/**', '**/emit/**'],
  ],
  [
    'core/check/**',
    ['**/layout/**', '**/plan/**', '**/archive/**', '**/emit/**', 'node:fs', 'node:fs/promises'],
  ],
  ['core/layout/**', ['**/plan/**', '**/emit/**', '**/forecast/**']],
  ['core/forecast/**', ['**/layout/**', '**/plan/**', '**/archive/**', '**/emit/**']],
  ['core/plan/**', ['**/emit/**']],
  ['core/bucket/**', ['**/check/**', '**/csv/**', '**/plan/**', '**/archive/**']],
  ['core/emit/**', ['**/bucket/**']],
  ['core/archive/**', ['**/check/**', '**/layout/**', '**/plan/**', '**/emit/**']],
  ['server/**', ['**/client/**', '**/cli/**', '**/local/**', 'vscode']],
  ['cli/**', ['**/client/**', '**/server/**', 'vscode']],
  ['local/**', ['**/client/**', '**/server/**', '**/cli/**', 'vscode']],
  ['client/**', ['**/cli/**', '**/local/**', '**/core/check/**', '**/core/csv/**', '**/core/layout/**']],
];

/** Node's own modules stay out of the pure floors; files whose name ends in `-node.ts` are the rim. */
const pure = [
  'core/finding.ts',
  'core/csv/**',
  'core/catalogue/**',
  'core/check/**',
  'core/plan/**',
  'core/forecast/**',
  'core/bucket/**',
];

const restrictions = directions.map(([folder, patterns]) => ({
  files: [`${folder}/*.ts`, folder.replace('/**', '/*.ts')],
  rules: {
    '@typescript-eslint/no-restricted-imports': ['error', { patterns: [{ group: patterns }] }],
  },
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

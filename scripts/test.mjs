// `npm test`: unit, command line, protocol and VS Code tests, the last also on the packed extension. `node scripts/test.mjs PART…` runs parts alone; `s3` only by name.
import { ensureInstalled, run, statusOf, toolEnvironment, typeScriptFlag } from './install.mjs';
import { withS3 } from './s3.mjs';

const testArguments = (patterns) => [typeScriptFlag, '--test', '--test-timeout=120000', ...patterns];
const nodeTest = (...patterns) => run('node', testArguments(patterns));

/** The server must be stopped before a failure ends this process. */
async function s3() {
  const status = await withS3((environment) =>
    statusOf('node', testArguments(['test/s3/**/*.test.ts']), {
      env: { ...toolEnvironment(), ...environment },
    }),
  );
  if (status !== 0) process.exit(status);
}

const parts = {
  unit: () =>
    nodeTest(
      'test/core/**/*.test.ts',
      'test/reference/**/*.test.ts',
      'test/forecast/**/*.test.ts',
      'test/client/unit/**/*.test.ts',
      'test/local/**/*.test.ts',
      'test/scripts/**/*.test.mjs',
    ),
  cli: () => nodeTest('test/cli/**/*.test.ts'),
  protocol: () => nodeTest('test/protocol/**/*.test.ts'),
  host: () => run('node', ['test/client/run.mjs']),
  workbench: () => {
    run('node', ['scripts/package.mjs']);
    nodeTest('test/workbench/packed.test.mjs');
  },
  s3,
};

const named = process.argv.slice(2);
const unknown = named.find((part) => !(part in parts));
if (unknown) {
  console.error(`There is no part ${unknown}. Parts: ${Object.keys(parts).join(', ')}.`);
  process.exit(2);
}
ensureInstalled();
run('node', ['esbuild.mjs']);
for (const part of named.length > 0 ? named : ['unit', 'cli', 'protocol', 'host', 'workbench']) {
  console.log(`\n== ${part}`);
  await parts[part]();
}

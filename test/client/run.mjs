// Runs the tests inside VS Code: the hosted one, or the desktop one that VSCODE_EXECUTABLE names.
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { runTests } from '@vscode/test-electron';
import { buildClientTests } from '../../scripts/build-tests.mjs';
import { root, toolEnvironment } from '../../scripts/install.mjs';

await buildClientTests();
const work = mkdtempSync(path.join(os.tmpdir(), 'cqube-client-'));
try {
  const folder = path.join(work, 'workspace');
  mkdirSync(path.join(folder, 'cqube_emission'), { recursive: true });
  await runTests({
    vscodeExecutablePath: process.env.VSCODE_EXECUTABLE ?? path.join(import.meta.dirname, 'launch.mjs'),
    extensionDevelopmentPath: root,
    extensionTestsPath: path.join(root, 'dist/test/client/index.js'),
    // The launcher of the hosted VS Code starts by `env node`, which must be Node 24.
    extensionTestsEnv: { PATH: toolEnvironment().PATH },
    launchArgs: [
      folder,
      `--user-data-dir=${path.join(work, 'data')}`,
      `--extensions-dir=${path.join(work, 'extensions')}`,
    ],
  });
} catch (error) {
  console.error(error.message);
  process.exitCode = 1;
} finally {
  rmSync(work, { recursive: true, force: true });
}

#!/usr/bin/env node
// Stands in for the `code` executable: takes the arguments that @vscode/test-electron gives it, runs the extension
// tests in the hosted VS Code with a headless browser as its window, and ends with their exit code.
import { mkdtempSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { parseArgs } from 'node:util';
import { launchBrowser } from '../../scripts/browser.mjs';
import { startHost } from '../../scripts/host.mjs';

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'extensions-dir': { type: 'string' },
    'user-data-dir': { type: 'string' },
  },
});
const developed = values.extensionDevelopmentPath;
const tests = values.extensionTestsPath;
const folder = positionals[0];
if (!developed || !tests || !folder) {
  console.error('Wanted: --extensionDevelopmentPath=… --extensionTestsPath=… FOLDER');
  process.exit(2);
}

/** A run that hangs is a failure, however long its tests may take. */
const runMinutes = Number(process.env.CQUBE_TEST_MINUTES ?? 10);
const verbose = Boolean(process.env.CQUBE_TEST_VERBOSE);
/** How `index.ts` marks the lines of its report. */
const reportMark = '[test] ';
const scratch = mkdtempSync(path.join(os.tmpdir(), 'cqube-host-'));
process.once('exit', () => rmSync(scratch, { recursive: true, force: true }));

/** Every step of the run, so that each ends in reverse whatever happens. */
const endings = [];

async function run() {
  const host = await startHost({
    extensionsDir: path.resolve(values['extensions-dir'] ?? path.join(scratch, 'extensions')),
    serverDataDir: path.resolve(values['user-data-dir'] ?? path.join(scratch, 'data')),
    workspaceTrust: !('disable-workspace-trust' in values),
    testDriver: true,
    env: { CQUBE_TEST_HOSTED: '1' },
    onOutput: verbose ? (text) => process.stderr.write(text) : undefined,
  });
  endings.push(() => host.stop());
  const browser = await launchBrowser();
  endings.push(() => browser.close());

  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  const ended = new Promise((resolve, reject) => {
    const late = setTimeout(
      () => reject(new Error(`The tests did not end within ${runMinutes} minutes.`)),
      runMinutes * 60_000,
    );
    endings.push(() => clearTimeout(late));
    page.once('crash', () => reject(new Error('The browser page crashed.')));
    void page.exposeFunction('codeAutomationExit', (code) => resolve(code));
  });
  await page.exposeFunction('codeAutomationLog', (kind, [first]) => {
    // VS Code's own chatter about a missing network and missing native modules would bury the report.
    if (typeof first !== 'string') return;
    if (first.startsWith(reportMark)) process.stdout.write(`${first.slice(reportMark.length)}\n`);
    else if (verbose) process.stderr.write(`${kind}: ${first}\n`);
  });
  const remote = (file) => `vscode-remote://${host.authority}${path.resolve(file)}`;
  const payload = [
    ['extensionDevelopmentPath', remote(developed)],
    ['extensionTestsPath', remote(tests)],
  ];
  await page.goto(host.url(path.resolve(folder), payload));
  return ended;
}

let code = 1;
try {
  code = await run();
} catch (error) {
  console.error(error.message);
} finally {
  for (const end of endings.reverse()) await end();
}
process.exit(code);

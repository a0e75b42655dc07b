/** What VS Code's extension host calls to run the tests beside this file. */
import { readdirSync } from 'node:fs';
import path from 'node:path';
import Mocha from 'mocha';
import type { MochaTest, Runner } from 'mocha';

/** The launcher of the hosted VS Code prints the lines that begin so and drops the rest of the console. */
const report = (line: string): void => console.log(`[test] ${line}`);

/** One line per test: the console of an extension host reaches the terminal line by line. */
class LineReporter extends Mocha.reporters.Base {
  constructor(runner: Runner) {
    super(runner);
    runner.on('pass', (test: MochaTest) => report(`  ok    ${test.fullTitle()} (${test.duration ?? 0} ms)`));
    runner.on('pending', (test: MochaTest) => report(`  skip  ${test.fullTitle()}`));
    runner.on('fail', (test: MochaTest, error: Error) => {
      report(`  FAIL  ${test.fullTitle()}`);
      report((error.stack ?? error.message).replace(/^/gm, '        '));
    });
  }
}

export function run(): Promise<void> {
  const grep = process.env.CQUBE_TEST_GREP;
  const mocha = new Mocha({ ui: 'tdd', timeout: 60_000, reporter: LineReporter, ...(grep ? { grep } : {}) });
  const folder = path.join(__dirname, 'host');
  for (const name of readdirSync(folder).sort()) {
    if (name.endsWith('.test.js')) mocha.addFile(path.join(folder, name));
  }
  return new Promise((resolve, reject) => {
    mocha.run((failures) => {
      if (failures === 0) resolve();
      else reject(new Error(`${failures} of the tests inside VS Code failed.`));
    });
  });
}

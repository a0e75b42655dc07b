/** The emission folder is deleted and made again, as an archive that is extracted anew does, while others use the machine. */
import assert from 'node:assert/strict';
import { spawn, type ChildProcess } from 'node:child_process';
import { rmSync } from 'node:fs';
import os from 'node:os';
import { activated, datasetOf, emissionPath, errorsOf, eventually, layOut } from './harness.ts';
import { sampleFiles } from './sample.ts';

const schools = 'school_master/school_mst.csv';
const header = sampleFiles[schools]?.split('\n')[0] ?? '';
const good = sampleFiles[schools]?.split('\n')[1] ?? '';
const REPLACEMENTS = 50;

/** As many valid rows as say, then one whose latitude is no number. */
function schoolsWithErrorIn(line: number): string {
  const rows = Array.from({ length: line }, (_, i) => {
    const [id, ...others] = good.split('|');
    return [Number(id) + i, ...others].join('|');
  });
  return [header, ...rows, ''].join('\n').replace(/\|23\.24\|(?=[^\n]*\n$)/, '|north|');
}

/** The same moments in each run. */
function moments(): () => number {
  let state = 4711;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

suite('a folder that is replaced', () => {
  let load: ChildProcess[] = [];

  suiteSetup(async () => {
    await activated();
    load = os.cpus().map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
  });

  suiteTeardown(() => {
    for (const child of load) child.kill('SIGKILL');
  });

  test('is shown as it is, however often and whenever that happens', async function () {
    this.timeout(600_000);
    const api = await activated();
    const random = moments();
    const pause = () => new Promise((resolve) => setTimeout(resolve, random() * 400));
    for (let i = 1; i <= REPLACEMENTS; i++) {
      rmSync(emissionPath(), { recursive: true });
      if (i % 3 > 0) await pause();
      const line = 1 + (i % 7);
      layOut({ [schools]: schoolsWithErrorIn(line) });
      if (i % 5 > 0) {
        await pause();
        continue;
      }
      await eventually(
        `replacement ${i}: the error stands in line ${line}`,
        () => errorsOf(schools).length === 1 && errorsOf(schools)[0]?.range.start.line === line,
        120,
      );
      await eventually(
        `replacement ${i}: the tree shows it`,
        () => datasetOf(api, 'school_mst')?.state === 'has-errors',
        120,
      );
    }
    layOut();
    await eventually('no error is left', () => errorsOf(schools).length === 0, 120);
    assert.equal(api.state.model.roots.length, 1);
  });
});

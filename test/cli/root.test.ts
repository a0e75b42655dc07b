/** Which folder is meant, and what stands in it that cannot be used. */
import assert from 'node:assert/strict';
import { mkdir, readdir, rename, symlink } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { pathToFileURL } from 'node:url';
import { startLocalEndpoint } from '../../local/server.ts';
import { assertClear, districts, emissionFolder, run, temporaryFolder } from './command-line.ts';

const districtFile = 'district_master/district_mst.csv';
const everywhere = ['check', 'plan', 'status', 'zip', 'forecast'];

/** A folder in which the emission folder lies at `inside`. */
async function laidAt(context: TestContext, inside: string): Promise<string> {
  const made = await emissionFolder(context, { [districtFile]: districts });
  const folder = await temporaryFolder(context);
  await mkdir(path.dirname(path.join(folder, inside)), { recursive: true });
  await rename(path.join(made, 'cqube_emission'), path.join(folder, inside));
  return folder;
}

for (const command of everywhere) {
  test(`${command}: an emission folder that holds another one alone is only its wrapping`, async (context) => {
    const cwd = await laidAt(context, 'cqube_emission/cqube_emission');
    for (const words of [[], ['cqube_emission'], ['.']]) {
      const { code, stdout, stderr } = await run([command, ...words], { cwd });
      assert.ok(code === 0 || (command === 'plan' && code === 1), stderr);
      assert.match(stderr, /cqube_emission\/cqube_emission is meant/);
      assert.match(stdout, /district_m|1 file|1 zip|1 unchanged/);
    }
  });

  test(`${command}: the only emission folder two levels below is meant`, async (context) => {
    const cwd = await laidAt(context, 'export/cqube_emission');
    const { stdout, stderr } = await run([command], { cwd });
    assert.match(stderr, /^export\/cqube_emission is meant\.$/m);
    assert.match(stdout, /district_m|1 file|1 zip|1 unchanged/);
  });

  test(`${command}: a part of an emission folder is refused, and the whole is named`, async (context) => {
    const cwd = await laidAt(context, 'cqube_emission');
    const { code, stderr } = await run([command, 'cqube_emission/district_master'], { cwd });
    assert.equal(code, 2);
    assertClear(stderr);
    assert.match(stderr, /is a part of the emission folder cqube_emission\./);
  });
}

test('a folder that is extracted once more into itself is not sent once more', async (context) => {
  const local = await startLocalEndpoint({ directory: await temporaryFolder(context) });
  context.after(() => local.stop());
  const env = { CQUBE_EMISSION_URL: local.url, CQUBE_EMISSION_TOKEN: local.token };
  const cwd = await laidAt(context, 'cqube_emission');
  const root = path.join(cwd, 'cqube_emission');
  assert.equal((await run(['zip'], { cwd })).code, 0);
  assert.match((await run(['emit'], { cwd, env })).stdout, /^1 file acknowledged/m);
  await rename(root, path.join(cwd, 'extracted'));
  await mkdir(root);
  await rename(path.join(cwd, 'extracted'), path.join(root, 'cqube_emission'));
  const again = await run(['emit'], { cwd, env });
  assert.match(again.stdout, /^Nothing to send\.\nUnchanged since it was acknowledged/);
  assert.deepEqual(await readdir(root), ['cqube_emission']);
});

test('of several emission folders one has to be named', async (context) => {
  const cwd = await laidAt(context, 'north/cqube_emission');
  await mkdir(path.join(cwd, 'south', 'cqube_emission'), { recursive: true });
  const { code, stderr } = await run(['check'], { cwd });
  assert.equal(code, 2);
  assert.match(stderr, /Name one of them: north\/cqube_emission, south\/cqube_emission/);
});

test('an emission folder beside datasets is told to be in the wrong place', async (context) => {
  const cwd = await emissionFolder(context, {
    [districtFile]: districts,
    [`cqube_emission/${districtFile}`]: districts,
  });
  const { code, stdout } = await run(['check'], { cwd });
  assert.equal(code, 1);
  assert.match(stdout, /An emission folder inside the emission folder: .* Move its folders up/);
});

/** An emission folder of which one folder cannot be listed. */
async function refused(context: TestContext): Promise<{ cwd: string; env: Record<string, string> }> {
  const cwd = await emissionFolder(context, {
    [districtFile]: districts,
    'school_master/school_mst.csv': '',
  });
  const preload = pathToFileURL(path.join(import.meta.dirname, '../refused-folder.mjs')).href;
  return {
    cwd,
    env: {
      NODE_OPTIONS: `--import ${preload}`,
      REFUSED_FOLDER: path.join(cwd, 'cqube_emission', 'school_master'),
    },
  };
}

for (const [command, expected] of Object.entries({ status: 2, zip: 2, check: 1, plan: 1 })) {
  test(`${command}: a folder that cannot be read is told, and the exit code says so`, async (context) => {
    const { cwd, env } = await refused(context);
    const { code, stdout, stderr } = await run([command], { cwd, env });
    assert.equal(code, expected);
    assert.match(stdout + stderr, /The folder school_master\/ cannot be read: access is denied\./);
    assertClear(stdout + stderr);
  });
}

for (const command of ['status', 'zip', 'plan']) {
  test(`${command}: a linked folder is called what it is`, async (context) => {
    const cwd = await emissionFolder(context, { [districtFile]: districts });
    const elsewhere = await temporaryFolder(context);
    await symlink(elsewhere, path.join(cwd, 'cqube_emission', 'school_master'), 'dir');
    const { stdout, stderr } = await run([command], { cwd });
    assert.match(stdout + stderr, /school_master is a symbolic link: it is not followed and not sent\./);
    assert.doesNotMatch(stdout + stderr, /no emission file/);
  });
}

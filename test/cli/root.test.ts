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

  test(`${command}: a part of an emission folder is refused, and the command for it alone is named`, async (context) => {
    const cwd = await laidAt(context, 'cqube_emission');
    const { code, stderr } = await run([command, 'cqube_emission/district_master'], { cwd });
    assert.equal(code, 2);
    assertClear(stderr);
    assert.match(
      stderr,
      /^cqube_emission\/district_master is a part of the emission folder cqube_emission\. /,
    );
    const advised = /: cqube-emission (?<words>.*)$/m.exec(stderr)?.groups?.words ?? '';
    const alone = await run(advised.split(' '), { cwd });
    assert.match(alone.stdout, /district_m|1 file|1 zip|1 unchanged/, advised);
    assert.equal(alone.stderr, '');
  });
}

test('what stands in a part decides which command is named', async (context) => {
  const cwd = await emissionFolder(context, {
    [districtFile]: districts,
    'pat/periodic_exam_mst.csv': '',
    'pat/periodic_exam_mst.zip': '',
    'pat/periodic_exam_qst_mst.zip': '',
    'pat/old/periodic_exam_mst.csv': '',
    'empty/notes.txt': '',
  });
  await rename(path.join(cwd, 'cqube_emission'), path.join(cwd, 'with blanks'));
  await mkdir(path.join(cwd, 'my data'));
  await rename(path.join(cwd, 'with blanks'), path.join(cwd, 'my data', 'cqube_emission'));
  const both = 'periodic_exam_mst periodic_exam_qst_mst';
  const root = '"my data/cqube_emission"';
  const advice: readonly (readonly [string, string, string])[] = [
    ['plan', 'pat', `For it alone: cqube-emission plan ${both} ${root}`],
    ['zip', 'pat/old', `For it alone: cqube-emission zip ${both} ${root}`],
    ['emit', 'pat/periodic_exam_mst.zip', `For it alone: cqube-emission emit periodic_exam_mst ${root}`],
    ['history', districtFile, `For it alone: cqube-emission history district_mst ${root}`],
    [
      'check',
      'pat',
      'For it alone: cqube-emission check "my data/cqube_emission/pat/periodic_exam_mst.csv" "my data/cqube_emission/pat/periodic_exam_qst_mst.zip"',
    ],
    [
      'status',
      'pat',
      `\`status\` is about the whole: name that folder. What would be sent of this part alone: cqube-emission plan ${both} ${root}`,
    ],
    ['plan', 'empty', 'No CSV or zip of a dataset is in it: name the whole folder.'],
  ];
  for (const [command, part, words] of advice) {
    const named = `my data/cqube_emission/${part}`;
    const env = { CQUBE_EMISSION_URL: 'https://cqube.example.org/data', CQUBE_EMISSION_TOKEN: 'a.b.c' };
    const { code, stderr } = await run([command, named], { cwd, env });
    const whole = 'is a part of the emission folder my data/cqube_emission.';
    assert.deepEqual([code, stderr], [2, `${named} ${whole} ${words}\n`]);
  }
});

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

for (const command of everywhere) {
  for (const at of ['look', 'survey']) {
    test(`${command}: an emission folder that itself cannot be read is told in our words (${at})`, async (context) => {
      const { cwd, env } = await refused(context);
      const root = path.join(cwd, 'cqube_emission');
      const outcome = await run([command], { cwd, env: { ...env, REFUSED_FOLDER: root, REFUSED_AT: at } });
      assert.deepEqual(outcome, {
        code: 2,
        stdout: '',
        stderr: 'cqube_emission cannot be read: access is denied.\n',
      });
    });
  }
}

test('what the system says of an unusual fault is told without its path', async (context) => {
  const { cwd, env } = await refused(context);
  const root = path.join(cwd, 'cqube_emission');
  const refusal = { REFUSED_FOLDER: root, REFUSED_CODE: 'EUNUSUAL' };
  const { code, stderr } = await run(['check'], { cwd, env: { ...env, ...refusal } });
  assert.deepEqual([code, stderr], [2, 'cqube_emission cannot be read: permission denied.\n']);
});

const nearMisses = {
  'a misspelt folder': 'school_masters/school_mst.csv',
  'a misspelt file': 'school_master/school_msts.csv',
  'a file in the wrong folder': 'district_master/school_mst.csv',
};

for (const command of ['status', 'zip', 'plan']) {
  for (const [what, file] of Object.entries(nearMisses)) {
    test(`${command}: ${what} is told, and the exit code is 1`, async (context) => {
      const cwd = await emissionFolder(context, { [districtFile]: districts, [file]: '' });
      await run(['zip', 'district_mst'], { cwd });
      const { code, stdout, stderr } = await run([command], { cwd });
      assert.equal(code, 1);
      assert.match(stdout + stderr, /Did you mean school_m|belongs into the folder school_master\//);
      // A dataset that is named alone has nothing to do with it.
      if (command !== 'status') assert.equal((await run([command, 'district_mst'], { cwd })).code, 0);
    });
  }

  test(`${command}: what has nothing to do with cQube leaves the exit code 0`, async (context) => {
    const cwd = await emissionFolder(context, {
      [districtFile]: districts,
      'notes.txt': '',
      'district_master/notes.txt': '',
    });
    await run(['zip'], { cwd });
    assert.equal((await run([command], { cwd })).code, 0);
  });
}

test('zip: a dataset that is there under a wrong name alone is told beside the one that is asked for', async (context) => {
  const cwd = await emissionFolder(context, { 'school_masters/school_mst.csv': '' });
  const { code, stderr } = await run(['zip', 'school_mst'], { cwd });
  assert.equal(code, 2);
  assert.match(
    stderr,
    /^school_masters: .*Did you mean school_master\/\?.*\nThere is no CSV of school_mst to zip\.$/m,
  );
});

for (const command of ['status', 'zip', 'plan']) {
  test(`${command}: a linked folder is called what it is`, async (context) => {
    const cwd = await emissionFolder(context, { [districtFile]: districts });
    const elsewhere = await temporaryFolder(context);
    await symlink(elsewhere, path.join(cwd, 'cqube_emission', 'school_master'), 'dir');
    const { code, stdout, stderr } = await run([command], { cwd });
    assert.equal(code, 1);
    assert.match(stdout + stderr, /school_master is a symbolic link: it is not followed and not sent\./);
    assert.doesNotMatch(stdout + stderr, /no emission file/);
  });
}

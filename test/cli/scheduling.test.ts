/** The examples of docs/scheduling, each tried as far as the tools of this computer go. */
import assert from 'node:assert/strict';
import { execFile, spawnSync } from 'node:child_process';
import { chmod, mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { promisify } from 'node:util';
import { startLocalEndpoint, type LocalEndpoint } from '../../local/server.ts';
import { blocks, districts, temporaryFolder } from './command-line.ts';

const examples = path.join(import.meta.dirname, '../../docs/scheduling');
const cli = path.join(import.meta.dirname, '../../dist/cli.js');
const example = (name: string) => readFile(path.join(examples, name), 'utf8');

/** A reason to skip where a program is missing; false where it is there. */
function without(program: string): string | false {
  const missing = process.platform === 'win32' || spawnSync('which', [program]).status !== 0;
  return missing && `${program} is not here`;
}

/** A folder with two states to emit, a command `cqube-emission` on the path, and an endpoint. */
async function scene(context: TestContext) {
  const folder = await temporaryFolder(context);
  const local = await startLocalEndpoint({ directory: path.join(folder, 'bucket') });
  context.after(() => local.stop());
  const command = path.join(folder, 'bin', 'cqube-emission');
  await mkdir(path.dirname(command));
  await writeFile(command, `#!/bin/sh\nexec "${process.execPath}" "${cli}" "$@"\n`);
  await chmod(command, 0o755);
  for (const [state, name, text] of [
    ['goa', 'district_master/district_mst.csv', districts],
    ['gujarat', 'block_master/block_mst.csv', blocks],
  ] as const) {
    const file = path.join(folder, state, 'cqube_emission', name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, text);
    await writeFile(path.join(folder, state, 'token'), local.token);
    await writeFile(path.join(folder, state, 'endpoint'), local.url);
  }
  const own = Object.entries(process.env).filter(([name]) => !/^CQUBE_|_proxy$/i.test(name));
  const env = {
    ...Object.fromEntries(own),
    PATH: `${path.dirname(command)}:${process.env.PATH ?? ''}`,
    CQUBE_EMISSION_CACHE: 'off',
  };
  return { folder, local, command, env };
}

async function stored({ emissionFolder }: LocalEndpoint): Promise<string[]> {
  const entries = await readdir(emissionFolder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map(({ name }) => name.replace(/_\d{14}/, ''))
    .sort();
}

/** Runs a script without blocking this process, in which the endpoint lives. */
async function sh(script: string, cwd: string, env: NodeJS.ProcessEnv) {
  const { stdout, stderr } = await promisify(execFile)('sh', ['-c', script], { cwd, env });
  return `${stdout}${stderr}`;
}

test(
  'cron: the line is well formed, and its command zips and emits without a word',
  { skip: without('sh') },
  async (context) => {
    const { folder, local, env } = await scene(context);
    const lines = (await example('cqube-emission.cron')).split('\n').filter((line) => !/^(#|$)/.test(line));
    const settings = lines.filter((line) => /^[A-Z_]+=/.test(line));
    const [line = ''] = lines.filter((each) => !settings.includes(each));
    assert.deepEqual(
      settings.map((each) => each.split('=')[0]),
      ['MAILTO', 'PATH', 'CQUBE_EMISSION_URL'],
    );
    // In a crontab a per cent sign ends the command.
    assert.doesNotMatch(line, /%/);
    const [, when = '', user, command = ''] = /^((?:\S+ ){5})(\S+) (.*)$/.exec(line) ?? [];
    assert.match(when, /^(\d+|\*) (\d+|\*) \* \* \* $/);
    assert.equal(user, 'cqube');
    const here = command
      .replaceAll('/srv/cqube/cqube_emission', path.join(folder, 'goa', 'cqube_emission'))
      .replace('/etc/cqube-emission/token', path.join(folder, 'goa', 'token'))
      .replace('/var/log/cqube-emission/emission.log', path.join(folder, 'emission.log'));
    assert.equal(await sh(here, folder, { ...env, CQUBE_EMISSION_URL: local.url }), '');
    assert.deepEqual(await stored(local), ['district_mst.zip']);
    assert.match(await readFile(path.join(folder, 'emission.log'), 'utf8'), /"event":"ended".*"exitCode":0/);
  },
);

test('logrotate: the file is found good', { skip: without('logrotate') }, async (context) => {
  const { folder } = await scene(context);
  const file = path.join(folder, 'cqube-emission.logrotate');
  await writeFile(file, (await example('cqube-emission.logrotate')).replace('cqube adm', 'root root'));
  const { stderr } = spawnSync('logrotate', ['--debug', file], { encoding: 'utf8' });
  assert.doesNotMatch(stderr, /^error/m);
  assert.match(stderr, /Handling 1 logs/);
});

test('systemd: the units are found good', { skip: without('systemd-analyze') }, async (context) => {
  const { folder, command } = await scene(context);
  for (const name of ['cqube-emission.service', 'cqube-emission.timer']) {
    const text = await example(name);
    // The program and the user are those of the other computer.
    await writeFile(
      path.join(folder, name),
      text.replaceAll('/usr/local/bin/cqube-emission', command).replace('User=cqube', 'User=root'),
    );
  }
  const { status, stdout, stderr } = spawnSync(
    'systemd-analyze',
    ['verify', path.join(folder, 'cqube-emission.service'), path.join(folder, 'cqube-emission.timer')],
    { encoding: 'utf8', env: { ...process.env, SYSTEMD_LOG_LEVEL: 'warning' } },
  );
  const ours = `${stdout}${stderr}`.split('\n').filter((line) => line.includes('cqube-emission'));
  assert.deepEqual([status, ours], [0, []]);
});

test('systemd: its commands emit', { skip: without('sh') }, async (context) => {
  const { folder, local, env } = await scene(context);
  const service = await example('cqube-emission.service');
  const commands = [...service.matchAll(/^ExecStart(?:Pre)?=-?(.*)$/gm)].map(([, command = '']) => command);
  assert.equal(commands.length, 2);
  for (const command of commands) {
    const here = command
      .replace('/usr/local/bin/', '')
      .replace('%d', path.join(folder, 'goa'))
      .replace('/srv/cqube/cqube_emission', path.join(folder, 'goa', 'cqube_emission'));
    await sh(here, folder, { ...env, CQUBE_EMISSION_URL: local.url });
  }
  assert.deepEqual(await stored(local), ['district_mst.zip']);
});

test(
  'Task Scheduler: well formed, no second instance, and its arguments emit',
  { skip: without('xmllint') },
  async (context) => {
    const { folder, local, env } = await scene(context);
    const file = path.join(examples, 'cqube-emission.xml');
    const { status, stderr } = spawnSync('xmllint', ['--noout', file], { encoding: 'utf8' });
    assert.deepEqual([status, stderr], [0, '']);
    const xml = await example('cqube-emission.xml');
    assert.match(xml, /<MultipleInstancesPolicy>IgnoreNew</);
    const commands = [...xml.matchAll(/<Arguments>(.*)<\/Arguments>/g)].map(([, words = '']) => words);
    assert.equal(commands.length, 2);
    for (const words of commands) {
      const here = words
        .replace('C:\\cqube\\cli.js', 'cqube-emission')
        .replace('https://cqube.example.org/data', local.url)
        .replace('C:\\cqube\\token.txt', path.join(folder, 'goa', 'token'))
        .replace('C:\\cqube\\emission.log', path.join(folder, 'emission.log'))
        .replace('C:\\cqube\\cqube_emission', path.join(folder, 'goa', 'cqube_emission'));
      assert.doesNotMatch(here, /\\/);
      await sh(here, folder, env);
    }
    assert.deepEqual(await stored(local), ['district_mst.zip']);
  },
);

test('GNU parallel: every folder by a process of its own', { skip: without('parallel') }, async (context) => {
  const { folder, local, env } = await scene(context);
  for (const state of ['goa', 'gujarat']) await sh(`cqube-emission zip ${state}/cqube_emission`, folder, env);
  await sh(`${path.join(examples, 'emit-all.sh')} ${folder}/*/cqube_emission`, folder, env);
  assert.deepEqual(await stored(local), ['block_mst.zip', 'district_mst.zip']);
  const jobs = (await readFile(path.join(folder, 'emission.joblog'), 'utf8')).trim().split('\n').slice(1);
  assert.deepEqual(
    jobs.map((job) => job.split('\t')[6]),
    ['0', '0'],
  );
});

/** As much of Airflow as the example uses: decorators that remember, and connections to the endpoint of the test. */
const airflow = `
import sys, types, os
class AirflowException(Exception): pass
class AirflowFailException(AirflowException): pass
class Task:
    def __init__(self, function): self.function = function
    def expand(self, **arguments):
        [(name, values)] = arguments.items()
        for value in values: self.function(**{name: value})
def task(**options): return Task
def dag(**options):
    assert options["max_active_runs"] == 1 and options["catchup"] is False
    return lambda function: function
class BaseHook:
    @staticmethod
    def get_connection(name):
        return types.SimpleNamespace(host=os.environ["TEST_URL"], password=os.environ["TEST_TOKEN"])
for name, content in {
    "airflow": {}, "airflow.exceptions": {"AirflowException": AirflowException, "AirflowFailException": AirflowFailException},
    "airflow.sdk": {"BaseHook": BaseHook, "dag": dag, "task": task},
}.items():
    module = types.ModuleType(name)
    module.__dict__.update(content)
    sys.modules[name] = module
path = sys.argv[1]
source = open(path, encoding="utf-8").read()
compile(source, path, "exec", dont_inherit=True)
root = sys.argv[2]
source = source.replace("/srv/states", root).replace('"--wait", "60"', '"--wait", "0"')
try:
    exec(compile(source, path, "exec"), {"__name__": "dag"})
except AirflowFailException as error:
    print("failed for good:", error)
except AirflowException as error:
    print("tried again:", error)
`;

test(
  'Airflow: the file parses, emits each state, and tells what to try again from what needs a person',
  { skip: without('python3') },
  async (context) => {
    const { folder, local, env } = await scene(context);
    const stub = path.join(folder, 'airflow_stub.py');
    await writeFile(stub, airflow);
    const play = (url: string) =>
      sh(`python3 ${stub} ${path.join(examples, 'cqube_emission_dag.py')} ${folder}`, folder, {
        ...env,
        ...{ TEST_URL: url, TEST_TOKEN: local.token },
      });
    // Nothing takes the files from this bucket: waiting for ingestion in vain needs a person.
    const said = await play(local.url);
    assert.match(said, /"event":"acknowledged"[^]*failed for good/);
    assert.ok(!said.includes(local.token));
    assert.deepEqual(await stored(local), ['block_mst.zip']);
    assert.match(
      await play(local.url.replace('/data', '/elsewhere')),
      /tried again: cqube-emission ended with 2/,
    );
  },
);

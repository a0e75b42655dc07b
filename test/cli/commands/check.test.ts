/** `check`: the contract of its three formats and of its exit codes (architecture, command line contract). */
import assert from 'node:assert/strict';
import { realpath } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { assertClear, blocks, districts, emissionFolder, run } from '../command-line.ts';

const wrong = 'DistrictId|District\n7501|Ambagarh\n75x2|\n';

/** One good dataset, one with two errors, and a stray file. */
const mixed = (context: TestContext) =>
  emissionFolder(context, {
    'block_master/block_mst.csv': blocks,
    'district_master/district_mst.csv': wrong,
    'notes.txt': 'x',
  });

test('text: one line for each finding, which editors can follow, and a summary', async (context) => {
  const cwd = await mixed(context);
  const { code, stdout, stderr } = await run(['check'], { cwd });
  assert.deepEqual([code, stderr], [1, '']);
  const lines = stdout.trimEnd().split('\n');
  const findings = lines.slice(0, lines.indexOf(''));
  for (const line of findings) {
    assert.match(line, /^[^:]+:\d+:\d+: (error|warning|information): .+ \[[a-z]+\/[a-z0-9-]+\]$/);
  }
  const places = findings.map((line) => /^(\S+): (\S+): .* \[(.*)\]$/.exec(line)?.slice(1));
  assert.deepEqual(places, [
    ['notes.txt:1:1', 'warning', 'layout/stray-file'],
    ['district_master/district_mst.csv:3:1', 'error', 'cell/type'],
    ['district_master/district_mst.csv:3:6', 'error', 'cell/required'],
  ]);
  assert.match(lines.at(-2)!, /^2 datasets not zipped yet/);
  const root = path.join(await realpath(cwd), 'cqube_emission');
  assert.equal(
    lines.at(-1),
    `2 files with 3 rows checked in ${root}: 2 errors, 1 warning, 2 for information.`,
  );
});

test('json: one document with exactly the fields of the contract, places 1-based', async (context) => {
  const cwd = await mixed(context);
  const { code, stdout, stderr } = await run(['check', '--format', 'json'], { cwd });
  assert.deepEqual([code, stderr], [1, '']);
  const report = JSON.parse(stdout) as {
    readonly version: number;
    readonly root: string;
    readonly datasets: readonly Record<string, unknown>[];
    readonly findings: readonly Record<string, unknown>[];
    readonly summary: Record<string, unknown>;
  };
  assert.deepEqual(Object.keys(report), ['version', 'root', 'datasets', 'findings', 'summary']);
  assert.equal(report.version, 1);
  assert.equal(report.root, path.join(await realpath(cwd), 'cqube_emission'));
  const [district] = report.datasets;
  assert.ok(district);
  const { seconds, ...facts } = district;
  assert.equal(typeof seconds, 'number');
  assert.deepEqual(facts, {
    dataset: 'district_mst',
    file: 'district_master/district_mst.csv',
    variant: 'state',
    bytes: wrong.length,
    rows: 2,
    errors: 2,
    warnings: 0,
  });
  const error = report.findings.find(({ rule }) => rule === 'cell/type');
  assert.ok(error);
  const { message, ...place } = error;
  assert.equal(typeof message, 'string');
  assert.deepEqual(place, {
    rule: 'cell/type',
    severity: 'error',
    dataset: 'district_mst',
    file: 'district_master/district_mst.csv',
    line: 3,
    column: 1,
    endLine: 3,
    endColumn: 5,
  });
  assert.deepEqual(report.summary, { files: 2, rows: 3, errors: 2, warnings: 1, information: 2 });
});

test('sarif: a log of version 2.1.0 whose results name described rules', async (context) => {
  const cwd = await mixed(context);
  const { code, stdout } = await run(['check', '--format', 'sarif'], { cwd });
  assert.equal(code, 1);
  const log = JSON.parse(stdout) as {
    readonly version: string;
    readonly runs: readonly [
      {
        readonly tool: {
          readonly driver: { readonly name: string; readonly rules: readonly { id: string }[] };
        };
        readonly columnKind: string;
        readonly results: readonly {
          readonly ruleId: string;
          readonly level: string;
          readonly message: { readonly text: string };
          readonly locations: readonly [
            {
              readonly physicalLocation: {
                readonly artifactLocation: { readonly uri: string };
                readonly region: Record<string, number>;
              };
            },
          ];
        }[];
      },
    ];
  };
  assert.equal(log.version, '2.1.0');
  const [{ tool, columnKind, results }] = log.runs;
  assert.deepEqual([tool.driver.name, columnKind], ['cqube-emission', 'utf16CodeUnits']);
  const described = tool.driver.rules.map(({ id }) => id);
  for (const { ruleId, level, message } of results) {
    assert.ok(described.includes(ruleId), ruleId);
    assert.ok(['error', 'warning', 'note'].includes(level));
    assert.notEqual(message.text, '');
  }
  const error = results.find(({ ruleId }) => ruleId === 'cell/type');
  assert.equal(error?.level, 'error');
  assert.deepEqual(error.locations[0].physicalLocation, {
    artifactLocation: { uri: 'district_master/district_mst.csv' },
    region: { startLine: 3, startColumn: 1, endLine: 3, endColumn: 5 },
  });
});

test('exit code 0: warnings and information are no failure', async (context) => {
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': districts,
    'notes.txt': 'x',
  });
  assert.equal((await run(['check'], { cwd })).code, 0);
});

test('severities, variant and number of findings can be set', async (context) => {
  const cwd = await mixed(context);
  const quiet = await run(['check', '--rule', 'cell/type=off', '--rule', 'cell/required=warning'], { cwd });
  assert.equal(quiet.code, 0);
  assert.doesNotMatch(quiet.stdout, /cell\/type/);
  assert.match(quiet.stdout, /: warning: .*\[cell\/required\]/);
  const udise = await run(['check', '--variant', 'udise'], { cwd });
  assert.match(udise.stdout, /\[header\/missing\]/);
  const one = await run(['check', '--max', '1', '--format', 'json'], { cwd });
  const { findings, summary } = JSON.parse(one.stdout) as {
    findings: { rule: string }[];
    summary: { errors: number };
  };
  assert.ok(findings.some(({ rule }) => rule === 'summary/not-shown'));
  assert.equal(summary.errors, 2);
});

test('files by themselves are known by their names', async (context) => {
  const cwd = await mixed(context);
  const file = 'cqube_emission/district_master/district_mst.csv';
  const { code, stdout } = await run(['check', file, '--format', 'json'], { cwd });
  const { findings } = JSON.parse(stdout) as { findings: { file: string; rule: string }[] };
  assert.equal(code, 1);
  assert.deepEqual(
    findings.map((finding) => [finding.file, finding.rule]),
    [
      [file, 'cell/type'],
      [file, 'cell/required'],
    ],
  );
});

test('the folder is found from inside, from beside and by name', async (context) => {
  const cwd = await mixed(context);
  const ways = [
    { words: ['check'], cwd },
    { words: ['check'], cwd: path.join(cwd, 'cqube_emission', 'district_master') },
    { words: ['check', 'cqube_emission'], cwd },
    { words: ['check', '..'], cwd: path.join(cwd, 'cqube_emission') },
  ];
  for (const way of ways) {
    const { stdout } = await run(way.words, { cwd: way.cwd });
    assert.match(stdout, /2 files with 3 rows checked/, way.words.join(' '));
  }
});

const usage: readonly (readonly string[])[] = [
  [],
  ['chekc'],
  ['check', '--format', 'xml'],
  ['check', '--nonsense'],
  ['check', '--rule', 'cell/typo=off'],
  ['check', '--rule', 'cell/type=fatal'],
  ['check', '--max', 'many'],
  ['check', '--variant', 'central'],
  ['check', 'nowhere'],
  ['check', 'a', 'b'],
  ['spec', 'scool_mst'],
  ['zip', 'school_mst'],
];

for (const words of usage) {
  test(`wrong usage ends with 2 and a message: ${words.join(' ') || '(nothing)'}`, async (context) => {
    const cwd = await emissionFolder(context, {});
    const { code, stdout, stderr } = await run(words, { cwd });
    assert.equal(code, 2);
    // Without a command the help is what was asked for.
    if (words.length > 0) assert.equal(stdout, '');
    assertClear(words.length > 0 ? stderr : stdout);
  });
}

test('help ends with 0', async (context) => {
  const cwd = await emissionFolder(context, {});
  for (const words of [['help'], ['--help'], ['check', '--help'], ['help', 'emit']]) {
    const { code, stdout } = await run(words, { cwd });
    assert.equal(code, 0);
    assert.match(stdout, /cqube-emission/);
  }
});

test('large files are checked on threads of their own, with the same report', async (context) => {
  const rows = Array.from({ length: 250_000 }, (_, i) => `${100_000 + i}|Name of district ${i}`);
  const cwd = await emissionFolder(context, {
    'district_master/district_mst.csv': `DistrictId|District\n${rows.join('\n')}\nx|y\n`,
    'block_master/block_mst.csv': 'BlockId|Block|DistrictId\n1|East|100001\n2|West|99\n',
  });
  const reports = await Promise.all(
    ['1', '2'].map((jobs) => run(['check', '--format', 'json', '--jobs', jobs], { cwd })),
  );
  for (const { code, stdout, stderr } of reports) {
    assert.deepEqual([code, stderr], [1, '']);
    const report = JSON.parse(stdout) as { summary: object; findings: { rule: string; line: number }[] };
    assert.deepEqual(report.summary, { files: 2, rows: 250_003, errors: 1, warnings: 1, information: 2 });
    const found = report.findings.filter(({ rule }) => !rule.startsWith('layout/'));
    assert.deepEqual(
      found.map(({ rule, line }) => [rule, line]),
      [
        ['cell/type', 250_002],
        ['reference/unknown', 3],
      ],
    );
  }
});

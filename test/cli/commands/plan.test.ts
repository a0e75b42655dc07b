/** plan in its three formats. */
import assert from 'node:assert/strict';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { districts, emissionFolder, run } from '../command-line.ts';

const samples = path.join(import.meta.dirname, '../../../samples/state/cqube_emission');
const masters = ['district_master/district_mst', 'block_master/block_mst', 'cluster_master/cluster_mst'];

/** The sample's masters, zipped; `more` is added to the districts. */
async function zipped(context: TestContext, more = ''): Promise<string> {
  const names = [...masters, 'school_master/school_mst'].map((name) => `${name}.csv`);
  const texts = await Promise.all(names.map((name) => readFile(path.join(samples, name), 'utf8')));
  const files = names.map((name, index) => [name, texts[index]! + (index === 0 ? more : '')] as const);
  const cwd = await emissionFolder(context, Object.fromEntries(files));
  assert.equal((await run(['zip'], { cwd })).code, 0);
  return cwd;
}

test('text: waves, and why they are in this order', async (context) => {
  const cwd = await zipped(context);
  const { code, stdout } = await run(['plan'], { cwd });
  assert.equal(code, 0);
  assert.match(stdout, /^To send: 4 files, .* in 2 waves\.$/m);
  assert.match(
    stdout,
    /^ {2}district_mst, block_mst, cluster_mst before school_mst; otherwise .* \(cQube’s ingestion\)\.$/m,
  );
});

test('what waits for a master with errors is not sent, until the user says so', async (context) => {
  const cwd = await zipped(context, 'x|Nowhere\n');
  const { code, stdout } = await run(['plan'], { cwd });
  assert.equal(code, 1);
  assert.match(stdout, /^To send: 2 files/m);
  assert.match(
    stdout,
    /^ {2}school_master\/school_mst\.zip: school_mst waits for district_mst, which is held back/m,
  );
  for (const dataset of ['district_mst', 'school_mst']) {
    const included = await run(['plan', '--include', dataset, '--format', 'json'], { cwd });
    const { waves } = JSON.parse(included.stdout) as {
      waves: { files: { dataset: string }[] }[];
    };
    assert.ok(waves.some(({ files }) => files.some((file) => file.dataset === 'school_mst')));
  }
});

test('json: each dependency with its state and the sources of its rule', async (context) => {
  const cwd = await zipped(context, 'x|Nowhere\n');
  const { stdout } = await run(['plan', '--format', 'json'], { cwd });
  const { dependencies } = JSON.parse(stdout) as {
    dependencies: {
      dataset: string;
      on: string[];
      state: string;
      rule: { id: string; sources: { by: string; place: string }[] };
    }[];
  };
  assert.deepEqual(
    dependencies.map(({ dataset, on, state, rule }) => [dataset, ...on, state, rule.id]),
    [
      ['school_mst', 'district_mst', 'held-back', 'hierarchy'],
      ['school_mst', 'block_mst', 'in-plan', 'hierarchy'],
      ['school_mst', 'cluster_mst', 'in-plan', 'hierarchy'],
    ],
  );
  assert.deepEqual(dependencies[0]!.rule.sources[0], { by: 'ingestion', place: 'section 12, 1' });
});

test('mermaid: a box for each wave, an arrow for each dependency', async (context) => {
  const cwd = await zipped(context, 'x|Nowhere\n');
  const { stdout } = await run(['plan', '--format', 'mermaid'], { cwd });
  assert.equal(
    stdout.replaceAll(/\d+ bytes/g, 'N bytes'),
    `flowchart LR
  subgraph wave1["1. Static files, step 1"]
    block_mst["block_mst, N bytes"]
    cluster_mst["cluster_mst, N bytes"]
  end
  district_mst["district_mst: errors"]:::held
  school_mst["school_mst: blocked"]:::held
  district_mst -. held back .-x school_mst
  block_mst --> school_mst
  cluster_mst --> school_mst
  classDef held stroke:#c00,stroke-dasharray:4
`,
  );
});

test('mermaid: nothing to send is a diagram too', async (context) => {
  const cwd = await emissionFolder(context, { 'district_master/district_mst.csv': districts });
  const { stdout } = await run(['plan', '--format', 'mermaid'], { cwd });
  assert.match(stdout, /^flowchart LR\n {2}district_mst\["district_mst: no-zip"\]:::held\n/);
});

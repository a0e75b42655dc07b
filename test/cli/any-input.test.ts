/**
 * No input may end in "Something went wrong inside": folders of odd CSVs and zips, each command, in one thread and in two.
 * `ODD_FOLDERS=50 node --test test/cli/any-input.test.ts` looks at more of them.
 */
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test, type TestContext } from 'node:test';
import { datasets } from '../../core/catalogue/catalogue.ts';
import type { FileForecasts } from '../../core/forecast/files.ts';
import type { Finding } from '../../core/finding.ts';
import { oddCsv, joined } from '../core/any-input/odd-csv.ts';
import { oddZip } from '../core/any-input/odd-zip.ts';
import { assertFindings, assertForecasts, assertText, editorText } from '../core/any-input/properties.ts';
import { Random } from '../core/csv/random.ts';
import { emissionFolder, run } from './command-line.ts';

const FOLDERS = Number(process.env.ODD_FOLDERS ?? 2);
/** Files of more go to a thread of their own. */
const THREAD_BYTES = 5 << 20;

interface Report {
  readonly datasets: readonly object[];
  readonly findings: readonly (Finding & { readonly dataset: string })[];
  readonly summary: { readonly files: number; readonly errors: number };
}

/** A CSV, a zip or both of most datasets; one of them of megabytes. */
function oddFiles(random: Random): Record<string, Uint8Array> {
  const files: Record<string, Uint8Array> = {};
  const large = random.pick(datasets);
  for (const spec of datasets) {
    const odd = oddCsv(random, spec);
    const bytes = spec === large ? grown(odd.bytes, random) : odd.bytes;
    const kind = random.below(5);
    if (kind < 3) files[`${spec.folder}/${spec.csv}`] = bytes;
    if (kind > 1 && kind < 4) {
      const other = oddCsv(random, spec).bytes;
      files[`${spec.folder}/${spec.archive}`] = oddZip(random, spec.csv, bytes, other).bytes;
    }
  }
  return files;
}

/** Some bytes again and again, in one line or in many. */
function grown(bytes: Uint8Array, random: Random): Uint8Array {
  const unit = random.once(2) ? bytes : bytes.filter((byte) => byte !== 0x0a && byte !== 0x0d);
  return unit.length === 0 ? bytes : joined(bytes, Buffer.alloc(THREAD_BYTES, unit));
}

/** What a command prints as JSON: it says nothing else, and finds errors or none. */
async function printed<T>(words: readonly string[], cwd: string, format = 'json'): Promise<T> {
  const { code, stdout, stderr } = await run([...words, '--format', format], { cwd });
  assert.equal(stderr, '', words.join(' '));
  assert.ok(code === 0 || code === 1, `${words.join(' ')} ends with ${code}`);
  return JSON.parse(stdout) as T;
}

/** A report without what no two runs have in common. */
function plain({ datasets: checked, findings, summary }: Report): object {
  return { checked: checked.map((each) => ({ ...each, seconds: undefined })), findings, summary };
}

async function assertFolder(context: TestContext, seed: number): Promise<void> {
  const files = oddFiles(new Random(seed));
  const cwd = await emissionFolder(context, files);
  const report = await printed<Report>(['check', '--jobs', '1'], cwd);
  assert.equal(report.summary.files, report.datasets.length);
  const isText = (file: string) => file.endsWith('.csv') && file in files;
  assertFindings(
    report.findings.map((finding) => (isText(finding.file) ? from0(finding) : atStart(finding))),
    (file) => (isText(file) ? editorText(files[file]!) : undefined),
  );
  assert.deepEqual(plain(await printed<Report>(['check', '--jobs', '2'], cwd)), plain(report));
  const named = Object.keys(files).map((file) => `cqube_emission/${file}`);
  await printed<object>(['check', ...named], cwd, 'sarif');
  assertForecasts(await printed<FileForecasts>(['forecast'], cwd));
  const plan = await printed<{ heldBack: readonly { readonly message: string }[] }>(['plan'], cwd);
  for (const { message } of plan.heldBack) assertText(message);
  const csvs = Object.keys(files).filter((file) => file.endsWith('.csv'));
  const zipped = await printed<{ written: unknown[]; unchanged: unknown[]; failed: unknown[] }>(['zip'], cwd);
  assert.deepEqual([zipped.written.length + zipped.unchanged.length, zipped.failed], [csvs.length, []]);
  const after = await printed<Report>(['check'], cwd);
  const zips = csvs.map((file) => file.replace(/csv$/, 'zip'));
  const stale = after.findings.filter(
    ({ rule, severity, file }) => rule.startsWith('layout/') && severity === 'error' && zips.includes(file),
  );
  assert.deepEqual(stale, []);
  for (const file of csvs) {
    const onDisk = readFileSync(path.join(cwd, 'cqube_emission', file));
    assert.ok(onDisk.equals(files[file]!), file);
  }
}

/** A finding counted as elsewhere: the command line counts from 1. */
function from0(finding: Finding): Finding {
  const { line, column, endLine, endColumn } = finding;
  return { ...finding, line: line - 1, column: column - 1, endLine: endLine - 1, endColumn: endColumn - 1 };
}

/** One whose file nobody opens in an editor. */
function atStart(finding: Finding): Finding {
  return { ...finding, line: 0, column: 0, endLine: 0, endColumn: 0 };
}

for (let seed = 1; seed <= FOLDERS; seed++)
  test(`folder ${seed} of odd files: check, forecast, plan and zip come to an end`, (context) =>
    assertFolder(context, seed));

/** The registry of rules, and its pages in docs/rules: they agree, and the pages' examples are what they claim. */
import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { datasetNamed } from '../../core/catalogue/match.ts';
import { checkWhole } from './check/whole.ts';
import { defaultSettings } from '../../core/check/settings.ts';
import { ruleIds, rules, severityOf, type Finding, type RuleId } from '../../core/finding.ts';

const folder = path.join(import.meta.dirname, '../../docs/rules');
const page = (name: string) => readFileSync(path.join(folder, name), 'utf8');
const pageName = (rule: RuleId) => `${rule.replace('/', '-')}.md`;

test('a user may change the severity of a rule, or turn it off', () => {
  assert.equal(severityOf('cell/type', 'error', {}), 'error');
  assert.equal(severityOf('cell/type', 'error', { 'cell/type': 'warning' }), 'warning');
  assert.equal(severityOf('cell/type', 'error', { 'cell/type': 'off' }), undefined);
});

test('rule ids are kebab-case in groups; every rule says what the server would do', () => {
  for (const rule of ruleIds) {
    assert.match(rule, /^[a-z]+\/[a-z0-9]+(-[a-z0-9]+)*$/);
    assert.match(rules[rule].effect, /\.$/);
  }
});

test('every rule has a page with its id, title, severity and effect, and no page is left over', () => {
  assert.deepEqual(readdirSync(folder).sort(), ['README.md', ...ruleIds.map(pageName)].sort());
  for (const rule of ruleIds) {
    const { title, severity, effect } = rules[rule];
    const text = page(pageName(rule));
    assert.ok(text.startsWith(`# ${title}\n\n\`${rule}\` · default severity: ${severity}\n`), rule);
    assert.ok(text.includes(`## What the server would do\n\n${effect}`), rule);
    assert.ok(text.includes(`--rule ${rule}=`), rule);
  }
});

test('the table of the pages lists every rule as it is', () => {
  const rows = page('README.md')
    .split('\n')
    .filter((line) => line.startsWith('| ['))
    .map((line) => line.slice(1, -1).split(' | '))
    .map((cells) => cells.map((cell) => cell.trim()));
  const expected = ruleIds.map((rule) => {
    const { severity, title, effect } = rules[rule];
    return [`[${rule}](${pageName(rule)})`, severity, title, effect];
  });
  assert.deepEqual(rows, expected);
});

/** The CSV of an example; `⟨…⟩` stands for bytes in hexadecimal, perhaps so many times. Undefined where the example is a folder tree. */
function example(text: string, heading: string): { csv: string; bytes: Uint8Array } | undefined {
  const match = new RegExp(`## ${heading}\n\n\`(.*)\`\n\n\`\`\`csv\n([^]*?\n)\`\`\``).exec(text);
  if (!match) return undefined;
  const bytes = match[2]!.split(/(⟨.*?⟩)/).map((part) => {
    const [, hex, times = '1'] = /^⟨([0-9A-F ]+?)(?: × (\d+))?⟩$/.exec(part) ?? [];
    if (hex === undefined) return Buffer.from(part);
    const once = Buffer.from(hex.replaceAll(' ', ''), 'hex');
    return Buffer.alloc(once.length * Number(times), once);
  });
  return { csv: match[1]!, bytes: Buffer.concat(bytes) };
}

function findingsOf(
  { csv, bytes }: { csv: string; bytes: Uint8Array },
  decided: boolean,
  tellDefects = false,
): readonly Finding[] {
  const spec = datasetNamed(csv);
  assert.ok(spec, csv);
  // In an example of another rule the question of the DIKSHA delimiter is settled.
  // What is told of every file of a dataset is no example of another rule.
  const quiet = { ...defaultSettings, rules: tellDefects ? {} : ({ 'release/defect': 'off' } as const) };
  const settings = decided ? { ...quiet, dikshaDelimiter: 'comma' as const } : quiet;
  return checkWhole(spec, csv, bytes, settings).findings;
}

for (const rule of ruleIds) {
  const text = page(pageName(rule));
  const bad = example(text, 'Bad example');
  const good = example(text, 'Good example');
  if (!bad || !good) continue;
  test(`the examples of ${rule}: the bad one has this finding alone, the good one none`, () => {
    const found = findingsOf(bad, rule !== 'dialect/diksha-delimiter', rule === 'release/defect').map(
      (finding) => finding.rule,
    );
    assert.deepEqual([...new Set(found)], [rule]);
    assert.deepEqual(findingsOf(good, true), []);
  });
}

test('every rule of a file’s content has examples that are checked', () => {
  const without = ruleIds.filter((rule) => !example(page(pageName(rule)), 'Bad example'));
  assert.ok(
    without.every((rule) => /^(layout|summary|reference)\/|^row\/(future-month|retention)$/.test(rule)),
  );
});

const tests = new URL('.', import.meta.url);

/** The tests of files below test/core, by what stands between one `test(` and the next. */
function testsThatName(rule: RuleId): readonly string[] {
  const files = readdirSync(tests, { recursive: true, encoding: 'utf8' });
  return files
    .filter((file) => file.endsWith('.test.ts') && file !== 'finding.test.ts')
    .flatMap((file) => readFileSync(new URL(file, tests), 'utf8').split(/^(?=test\()/m))
    .filter((body) => body.includes(`'${rule}'`));
}

/** The rules that the cases of test/fixtures/check find. */
function rulesOfFixtures(): ReadonlySet<string> {
  const fixtures = path.join(import.meta.dirname, '../fixtures/check');
  const expected = readdirSync(fixtures).map(
    (name) => JSON.parse(readFileSync(path.join(fixtures, name, 'expected.json'), 'utf8')) as string[][],
  );
  return new Set(expected.flat().map(([rule]) => rule!));
}

test('every rule has a severity, a server effect, a page, and a fixture or a test that names it', () => {
  const inFixtures = rulesOfFixtures();
  const pages = readdirSync(folder);
  const lacking = ruleIds.flatMap((rule) => {
    const { severity, effect, title } = rules[rule];
    const shown = inFixtures.has(rule) || (rule.startsWith('layout/') && testsThatName(rule).length > 0);
    return [
      ...(['error', 'warning', 'information'].includes(severity) ? [] : [`${rule}: severity`]),
      ...(effect.trim() !== '' && title.trim() !== '' ? [] : [`${rule}: effect`]),
      ...(pages.includes(pageName(rule)) ? [] : [`${rule}: page`]),
      ...(shown ? [] : [`${rule}: fixture or test`]),
    ];
  });
  assert.deepEqual(lacking, []);
});

test('no fixture expects a rule that is none', () => {
  const known: ReadonlySet<string> = new Set(ruleIds);
  assert.deepEqual(
    [...rulesOfFixtures()].filter((rule) => !known.has(rule)),
    [],
  );
});

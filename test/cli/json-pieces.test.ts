/** Reports of any length: a document that is written in pieces is the one that would have been written at once. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { jsonPieces } from '../../cli/formats/json.ts';
import { districts, emissionFolder, run } from './command-line.ts';

const document = (items: readonly unknown[]) => ({
  version: 1,
  runs: [{ results: items }],
  summary: { files: 2 },
});

const lists: readonly (readonly object[])[] = [
  [],
  [{ a: 1 }],
  [{ a: 'x\ny', b: { c: [1, 2] } }, { a: '', b: {} }, {}],
];

for (const items of lists) {
  test(`${items.length} items in pieces are the same document`, () => {
    const pieces = [...jsonPieces(document, items, (item) => item)].join('');
    assert.equal(pieces, JSON.stringify(document(items), null, 2));
  });
}

test('a file of 300,000 findings that are all asked for is reported in each format', async (context) => {
  const rows = Array.from({ length: 300_000 }, (_, i) => (i % 2 === 0 ? `x${i}|North` : `${i}|`)).join('\n');
  const cwd = await emissionFolder(context, { 'district_master/district_mst.csv': `${districts}${rows}\n` });
  for (const format of ['text', 'json', 'sarif']) {
    const { code, stdout, stderr } = await run(['check', '--max', '0', '--format', format], { cwd });
    assert.deepEqual([code, stderr], [1, '']);
    const found = format === 'text' ? stdout.match(/\[cell\/type\]/g) : stdout.match(/"cell\/type"/g);
    assert.ok((found?.length ?? 0) >= 150_000, `${format}: ${found?.length ?? 0}`);
    if (format !== 'text') assert.doesNotThrow(() => JSON.parse(stdout) as unknown);
  }
});

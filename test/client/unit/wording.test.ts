import assert from 'node:assert/strict';
import { test } from 'node:test';
import { countText, findingsText, sizeText } from '../../../client/wording.ts';

test('sizes read as in a file browser', () => {
  const cases: [number, string][] = [
    [0, '0 bytes'],
    [1, '1 byte'],
    [1023, '1023 bytes'],
    [1024, '1.0 KB'],
    [10_188, '9.9 KB'],
    [10_240, '10 KB'],
    [1_048_575, '1.0 MB'],
    [53_477_376, '51 MB'],
    [5 * 1024 ** 3, '5.0 GB'],
    [5 * 1024 ** 5, '5120 TB'],
  ];
  for (const [bytes, text] of cases) assert.equal(sizeText(bytes), text);
});

test('counts agree with their nouns', () => {
  assert.equal(countText(1, 'file'), '1 file');
  assert.equal(countText(0, 'file'), '0 files');
  assert.equal(countText(2000, 'entry', 'entries'), '2,000 entries');
  assert.equal(findingsText(0, 0), '');
  assert.equal(findingsText(1, 2), '1 error, 2 warnings');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { asMarkdown, asPlainText } from '../../../core/explain/prose.ts';

test('values are never read as Markdown', () => {
  const paragraphs = [
    ['# no heading: ', { strong: '*a* [b](c) <i>' }],
    ['1. no list'],
    ['- none either, and ', { code: 'a`b' }],
    ['two\nlines'],
  ];
  assert.equal(
    asMarkdown(paragraphs),
    [
      '\\# no heading: **\\*a\\* \\[b\\](c) \\<i\\>**',
      '1\\. no list',
      '\\- none either, and `` a`b ``',
      'two lines',
    ].join('\n\n'),
  );
  assert.equal(
    asPlainText(paragraphs),
    '# no heading: *a* [b](c) <i>\n1. no list\n- none either, and a`b\ntwo\nlines',
  );
});

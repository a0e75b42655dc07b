import assert from 'node:assert/strict';
import { test } from 'node:test';
import { elementText } from '../../../../core/emit/storage/xml.ts';

test('finds an element’s text and unescapes it once', () => {
  const xml =
    '<Error><Code>AccessDenied</Code><Message>a &lt;b&gt; &amp;quot; &quot;c&quot; &unknown;</Message></Error>';
  assert.equal(elementText(xml, 'Code'), 'AccessDenied');
  assert.equal(elementText(xml, 'Message'), 'a <b> &quot; "c" &unknown;');
  assert.equal(elementText(xml, 'RequestId'), undefined);
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { TextBlocks, type TextPosition, type TextSpan } from '../../../core/csv/text-blocks.ts';
import { Random } from './random.ts';

/** The library's document of the same text, made anew: its lines are counted from the start. */
function library(text: string): TextDocument {
  return TextDocument.create('file:///x.csv', 'plaintext', 0, text);
}

function assertSame(blocks: TextBlocks, text: string, random: Random): void {
  const other = library(text);
  assert.equal(blocks.text(), text);
  assert.equal(blocks.length, text.length);
  assert.equal(blocks.lineCount, other.lineCount);
  for (let i = 0; i < 8; i++) {
    const offset = random.below(text.length + 3) - 1;
    assert.deepEqual(blocks.positionAt(offset), other.positionAt(offset));
    const place = anyPosition(other.lineCount, random);
    assert.equal(blocks.offsetAt(place), other.offsetAt(place));
    const span = { start: other.positionAt(offset), end: place };
    if (other.offsetAt(span.start) <= other.offsetAt(span.end))
      assert.equal(blocks.text(span), other.getText(span));
    const line = random.below(other.lineCount);
    assert.deepEqual(blocks.lineSpan(line), other.getLineRange(line));
    assert.equal(blocks.lineEndOf(line), other.getEOLCharacters(line));
  }
}

/** Sometimes beyond the end of a line or of the text. */
function anyPosition(lines: number, random: Random): TextPosition {
  return { line: random.below(lines + 1), character: random.below(random.below(8) === 0 ? 60 : 8) };
}

function anyText(random: Random, pieces: number): string {
  const parts = ['a', 'bc', '|', '"', 'क', '𝟙', '\n', '\n', '\r\n', '\r', 'x|y\n', '7501|Ambagarh\r\n'];
  return Array.from({ length: random.below(pieces) }, () => random.pick(parts)).join('');
}

test('10,000 random edits leave the text and the places that the library counts', () => {
  const random = new Random(1);
  let blocks = new TextBlocks('');
  let text = '';
  for (let i = 0; i < 10_000; i++) {
    if (i % 500 === 0) {
      text = anyText(random, 400);
      blocks = new TextBlocks(text, { lines: 1 + random.below(6), units: 1 + random.below(60) });
    }
    const before = library(text);
    const from = random.below(text.length + 1);
    const to = random.below(4) === 0 ? from : Math.min(text.length, from + random.below(12));
    const far = random.below(40) === 0 ? random.below(text.length + 1) : to;
    const span: TextSpan = { start: before.positionAt(from), end: before.positionAt(far) };
    const inserted = anyText(random, random.below(30) === 0 ? 200 : 5);
    blocks.replace(span, inserted);
    const [start, end] = [before.offsetAt(span.start), before.offsetAt(span.end)].sort((a, b) => a - b);
    text = text.slice(0, start) + inserted + text.slice(end);
    assertSame(blocks, text, random);
    for (const [index, block] of blocks.blocks.entries()) {
      const following = blocks.blocks[index + 1]?.text;
      assert.notEqual(block.text, '');
      if (following === undefined) continue;
      assert.match(block.text, /[\r\n]$/);
      assert.ok(!(block.text.endsWith('\r') && following.startsWith('\n')), 'CR LF stands in one block');
    }
  }
});

test('an edit leaves the blocks that it does not touch as they are', () => {
  const text = Array.from({ length: 100 }, (_, i) => `${i}|x\n`).join('');
  const blocks = new TextBlocks(text, { lines: 10, units: 1000 });
  const before = blocks.blocks;
  blocks.replace({ start: { line: 34, character: 1 }, end: { line: 34, character: 1 } }, '7');
  const kept = blocks.blocks.filter((block, index) => block === before[index]);
  assert.equal(before.length, 10);
  assert.equal(kept.length, 9);
  assert.equal(blocks.blocks[3]?.text, before[3]?.text.replace('34|', '374|'));
});

test('a block that grows to twice its size is split', () => {
  const blocks = new TextBlocks('a\n'.repeat(10), { lines: 10, units: 1000 });
  blocks.replace({ start: { line: 5, character: 0 }, end: { line: 5, character: 0 } }, 'b\n'.repeat(10));
  assert.equal(blocks.blocks.length, 1);
  blocks.replace({ start: { line: 5, character: 0 }, end: { line: 5, character: 0 } }, 'c\n');
  assert.deepEqual(
    blocks.blocks.map(({ lineEnds }) => lineEnds),
    [10, 10, 1],
  );
});

test('a span may be given from its end, and no span means the whole text', () => {
  const blocks = new TextBlocks('ab\ncd\n');
  blocks.replace({ start: { line: 1, character: 1 }, end: { line: 0, character: 1 } }, '-');
  assert.equal(blocks.text(), 'a-d\n');
  blocks.replace(undefined, 'new');
  assert.equal(blocks.text(), 'new');
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { boundaryOf, readForm } from '../../local/multipart.ts';

const boundary = 'b0undary';

function field(name: string, value: string): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="${name}"\r\n\r\n${value}\r\n`;
}

function file(content: string, tail = `\r\n--${boundary}--\r\n`): string {
  return `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="x.zip"\r\nContent-Type: application/zip\r\n\r\n${content}${tail}`;
}

/** Reads a body that arrives in pieces of the given size. */
async function read(body: string, size: number): Promise<{ fields: [string, string][]; content: string }> {
  async function* pieces() {
    for (let at = 0; at < body.length; at += size) {
      yield await Promise.resolve(Buffer.from(body.slice(at, at + size), 'latin1'));
    }
  }
  const form = readForm(pieces(), boundary);
  const fields = [...(await form.fields())];
  const chunks: Buffer[] = [];
  for await (const chunk of form.file()) chunks.push(Buffer.from(chunk));
  return { fields, content: Buffer.concat(chunks).toString('latin1') };
}

test('reads fields and file however the body is cut into pieces', async () => {
  const tricky = `\r\n--b0undar\r\n--${boundary.slice(0, 4)}\r\n\r\n--\0\xff`;
  const body = field('Key', 'a/b.zip') + field('policy', '') + file(tricky);
  for (const size of [1, 2, 3, 7, 16, 64, 4096]) {
    assert.deepEqual(await read(body, size), {
      fields: [
        ['key', 'a/b.zip'],
        ['policy', ''],
      ],
      content: tricky,
    });
  }
});

test('reads an empty file and passes over what follows the file', async () => {
  assert.equal((await read(field('key', 'k') + file(''), 5)).content, '');
  const more = await read(
    field('key', 'k') + file('x', `\r\n${field('submit', 'ok')}--${boundary}--\r\n`),
    5,
  );
  assert.deepEqual(more, { fields: [['key', 'k']], content: 'x' });
});

test('tells what is wrong with a form', async () => {
  const end = `--${boundary}--\r\n`;
  for (const [body, code] of [
    [field('key', 'k') + end, 'MissingFile'],
    [field('key', 'k'), 'MalformedPOSTRequest'],
    ['nonsense', 'MalformedPOSTRequest'],
    [`--${boundary}\r\nContent-Type: text/plain\r\n\r\nx\r\n${end}`, 'MalformedPOSTRequest'],
    [field('key', 'k'.repeat(21_000)) + file('x'), 'MaxPostPreDataLengthExceededError'],
    [field('key', 'k') + file('cut short', ''), 'IncompleteBody'],
  ] as const) {
    await assert.rejects(read(body, 1000), { name: 'MalformedForm', code });
  }
});

test('finds the boundary in the content type', () => {
  assert.equal(boundaryOf('multipart/form-data; boundary=abc'), 'abc');
  assert.equal(boundaryOf('multipart/form-data; charset=utf-8; boundary="a b"'), 'a b');
  assert.equal(boundaryOf('application/json'), undefined);
  assert.equal(boundaryOf(undefined), undefined);
});

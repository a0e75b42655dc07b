/** When an answer of an earlier run holds, when a file is read in doubt, and when everything begins anew. */
import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';
import { isSettled, readContent, sameContent, type Content } from '../../../core/cache/content.ts';
import type { FileSystem } from '../../../core/layout/file-system.ts';
import { KeptAnswers, type Question } from '../../../core/cache/kept-answers.ts';
import { MemoryDisk, MemoryStore } from './memory.ts';

const TEXT = 'x'.repeat(100);
const OTHER = 'y'.repeat(100);
const MINUTE = 60_000;
let disk: MemoryDisk;
let store: MemoryStore;
let found: number;

beforeEach(() => {
  disk = new MemoryDisk();
  store = new MemoryStore();
  found = 0;
});

const firstSign: Question<string> = {
  name: 'first sign',
  encode: (answer) => new TextEncoder().encode(answer),
  decode: (bytes) => new TextDecoder().decode(bytes),
};

/** Asks in a run of its own; the answer is the first sign of the file, and `found` counts how often it was looked for. */
async function ask(
  question = firstSign,
  meanwhile: () => void = () => undefined,
  path = 'a.csv',
): Promise<string> {
  const kept = new KeptAnswers({ files: disk, store, root: 'root', now: () => disk.now });
  const answer = await kept.answer(disk.look(path), question, () => {
    found++;
    const sign = disk.text(path)[0] ?? '';
    meanwhile();
    return Promise.resolve(sign);
  });
  await kept.settle();
  return answer;
}

/** What was read since the last call. */
const reads = () => disk.reads.splice(0);

function writeLongAgo(text: string): void {
  disk.write('a.csv', text);
  disk.now += MINUTE;
}

test('the second run reads nothing', async () => {
  writeLongAgo(TEXT);
  assert.equal(await ask(), 'x');
  assert.deepEqual(reads(), ['a.csv']);
  assert.equal(await ask(), 'x');
  assert.deepEqual([reads(), found], [[], 1]);
});

test('a file that was touched or copied is read, and the answer holds', async () => {
  writeLongAgo(TEXT);
  await ask();
  disk.touch('a.csv');
  disk.now += MINUTE;
  reads();
  assert.equal(await ask(), 'x');
  assert.deepEqual([reads(), found], [['a.csv'], 1]);
  await ask();
  assert.deepEqual(reads(), []);
});

test('another content of the same size is seen, though its time was set back', async () => {
  writeLongAgo(TEXT);
  const { modified } = disk.look('a.csv');
  await ask();
  disk.write('a.csv', OTHER, modified);
  disk.now += MINUTE;
  assert.equal(await ask(), 'y');
  assert.equal(found, 2);
});

test('another size needs no reading to begin anew', async () => {
  writeLongAgo(TEXT);
  await ask();
  writeLongAgo(`y${TEXT}`);
  reads();
  assert.equal(await ask(), 'y');
  assert.deepEqual([reads(), found], [['a.csv'], 2]);
});

test('a content that comes back finds its answer again', async () => {
  for (const text of [TEXT, OTHER, TEXT]) {
    writeLongAgo(text);
    assert.equal(await ask(), text[0]);
  }
  assert.equal(found, 2);
});

test('a file that has just been written is read again at the next look: it may have been written twice', async () => {
  disk.write('a.csv', TEXT);
  await ask();
  const written = disk.look('a.csv');
  disk.write('a.csv', OTHER);
  assert.deepEqual(disk.look('a.csv'), written);
  assert.equal(await ask(), 'y');
  assert.equal(found, 2);
  disk.now += MINUTE;
  reads();
  assert.equal(await ask(), 'y');
  assert.deepEqual([reads(), found], [['a.csv'], 2]);
  await ask();
  assert.deepEqual(reads(), []);
});

test('nothing is kept of a file that is written while it is looked at', async () => {
  writeLongAgo(TEXT);
  assert.equal(await ask(firstSign, () => disk.write('a.csv', OTHER)), 'x');
  assert.equal(store.kept.size, 0);
  disk.now += MINUTE;
  assert.equal(await ask(), 'y');
});

test('nothing is kept of a file that is written twice within one step of the clock', async () => {
  disk.write('a.csv', TEXT);
  assert.equal(await ask(firstSign, () => disk.write('a.csv', OTHER)), 'x');
  disk.now += MINUTE;
  assert.equal(await ask(), 'y');
  assert.equal(found, 2);
});

test('what is asked differently is answered by itself', async () => {
  writeLongAgo(TEXT);
  await ask();
  await ask({ ...firstSign, name: 'first sign, release 3.5' });
  assert.equal(found, 2);
  await ask();
  await ask({ ...firstSign, name: 'first sign, release 3.5' });
  assert.equal(found, 2);
});

test('a question about a known content needs no second reading of the file to be kept', async () => {
  writeLongAgo(TEXT);
  await ask();
  reads();
  await ask({ ...firstSign, name: 'another' });
  assert.deepEqual(reads(), []);
});

test('an answer that cannot be understood is found anew', async () => {
  writeLongAgo(TEXT);
  await ask();
  for (const key of store.kept.keys()) store.kept.set(key, new Uint8Array([0xff]));
  const decode = () => {
    throw new Error('What is this?');
  };
  assert.equal(await ask({ ...firstSign, decode }), 'x');
  assert.equal(found, 2);
});

test('an answer that is not worth the room is found each time', async () => {
  writeLongAgo(TEXT);
  const question = { ...firstSign, encode: () => undefined };
  await ask(question);
  await ask(question);
  assert.equal(found, 2);
});

test('an error is thrown on and not kept', async () => {
  writeLongAgo(TEXT);
  const kept = new KeptAnswers({ files: disk, store, root: 'root', now: () => disk.now });
  await assert.rejects(
    kept.answer(disk.look('a.csv'), firstSign, () => Promise.reject(new Error('stopped'))),
    /stopped/,
  );
  await kept.settle();
  assert.equal(store.kept.size, 0);
});

test('files are read one after the other', async () => {
  let open = 0;
  let most = 0;
  const files: FileSystem = {
    list: () => disk.list(),
    stat: (path: string) => disk.stat(path),
    async *read(path: string) {
      most = Math.max(most, ++open);
      yield* disk.read(path);
      open--;
    },
  };
  const kept = new KeptAnswers({ files, store, root: 'root', now: () => disk.now });
  for (const path of ['a.csv', 'b.csv', 'c.csv']) disk.write(path, TEXT);
  disk.now += MINUTE;
  await Promise.all(['a.csv', 'b.csv', 'c.csv'].map((path) => kept.contentOf(disk.look(path))));
  assert.deepEqual([most, reads()], [1, ['a.csv', 'b.csv', 'c.csv']]);
});

test('two who ask for the content of a file at once wait for one reading', async () => {
  writeLongAgo(TEXT);
  const kept = new KeptAnswers({ files: disk, store, root: 'root', now: () => disk.now });
  const [one, two] = await Promise.all([1, 2].map(() => kept.contentOf(disk.look('a.csv'))));
  assert.equal(one, two);
  assert.deepEqual(reads(), ['a.csv']);
});

test('a stamp is settled when the clock of its file system has gone on: FAT’s goes in steps of two seconds', () => {
  const at = (modified: number, changed?: number) => ({
    bytes: 1,
    modified,
    ...(changed === undefined ? {} : { changed }),
  });
  assert.equal(isSettled(at(5_000_123.4), 5_000_150), false);
  assert.equal(isSettled(at(5_000_123.4), 5_000_300), true);
  assert.equal(isSettled(at(5_000_000), 5_002_000), false);
  assert.equal(isSettled(at(5_000_000), 5_003_000), true);
  assert.equal(isSettled(at(1_000_000.5, 5_000_123.4), 5_000_150), false);
  assert.equal(isSettled(at(9_000_000.5), 5_000_000), false);
});

test('contents are told apart by any byte, and by their order', async () => {
  const contentOf = (text: string) => {
    disk.write('t', text);
    return readContent(disk, 't');
  };
  const texts = ['', 'a', 'b', 'ab', 'ba', 'abc', 'abcd', 'abce', TEXT, `${TEXT}z`, `z${TEXT}`];
  const contents: Content[] = [];
  for (const text of texts) contents.push(await contentOf(text));
  contents.forEach((content, index) => {
    contents.forEach((other, place) => assert.equal(sameContent(content, other), index === place));
  });
  const again = await contentOf(TEXT);
  assert.ok(sameContent(again, contents[texts.indexOf(TEXT)]!));
});

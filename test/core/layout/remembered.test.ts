/** Work that several ask for is done once, and does not end with the patience of one of them. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { RememberedAnswers } from '../../../core/cache/remembered.ts';

/** Work that ends when the test says so. */
function work() {
  const begun: { readonly stop: AbortSignal; readonly end: (answer: string) => void }[] = [];
  const find = (stop: AbortSignal) =>
    new Promise<string>((resolve, reject) => {
      stop.addEventListener('abort', () => reject(stop.reason as Error));
      begun.push({ stop, end: resolve });
    });
  return { begun, find };
}

test('an answer is found once for each stamp', async () => {
  const answers = new RememberedAnswers();
  let found = 0;
  const find = () => Promise.resolve(++found);
  assert.equal(await answers.of('a', '1', find), 1);
  assert.equal(await answers.of('a', '1', find), 1);
  assert.equal(await answers.of('b', '1', find), 2);
  assert.equal(await answers.of('a', '2', find), 3);
});

test('who gives up does not end the work: the next one who asks goes on with it', async () => {
  const answers = new RememberedAnswers();
  const { begun, find } = work();
  const first = new AbortController();
  const waiting = answers.of('a', '1', find, first.signal);
  first.abort(new Error('superseded'));
  await assert.rejects(waiting, /superseded/);
  const second = answers.of('a', '1', find);
  begun[0]!.end('done');
  assert.deepEqual([await second, begun.length], ['done', 1]);
});

test('work that nobody waits for ends when the file has changed', async () => {
  const answers = new RememberedAnswers();
  const { begun, find } = work();
  const first = new AbortController();
  const waiting = answers.of('a', '1', find, first.signal);
  first.abort(new Error('superseded'));
  await assert.rejects(waiting);
  const second = answers.of('a', '2', find);
  assert.equal(begun[0]!.stop.aborted, true);
  begun[1]!.end('new');
  assert.equal(await second, 'new');
});

test('work that somebody waits for goes on though another stamp is asked for', async () => {
  const answers = new RememberedAnswers();
  const { begun, find } = work();
  const [old, recent] = [answers.of('a', '1', find), answers.of('a', '2', find)];
  begun[1]!.end('recent');
  begun[0]!.end('old');
  assert.deepEqual(await Promise.all([old, recent]), ['old', 'recent']);
});

test('a failure is told to all who wait, and tried again by the next', async () => {
  const answers = new RememberedAnswers();
  let tries = 0;
  const find = () => Promise.reject(new Error(`failure ${++tries}`));
  const both = [1, 2].map(() => answers.of('a', '1', find));
  for (const each of both) await assert.rejects(each, /failure 1/);
  await assert.rejects(answers.of('a', '1', find), /failure 2/);
});

test('nothing is begun for one who has given up, and everything ends with the whole', async () => {
  const whole = new AbortController();
  const answers = new RememberedAnswers(whole.signal);
  const { begun, find } = work();
  await assert.rejects(answers.of('a', '1', find, AbortSignal.abort(new Error('gone'))), /gone/);
  assert.equal(begun.length, 0);
  const waiting = answers.of('a', '1', find);
  whole.abort(new Error('the end'));
  await assert.rejects(waiting, /the end/);
  await assert.rejects(answers.of('b', '1', find), /the end/);
});

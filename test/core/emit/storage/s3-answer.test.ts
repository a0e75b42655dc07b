/** The error table of emission-protocol, section 5, row by row. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PostAnswer } from '../../../../core/emit/storage/post.ts';
import { judge } from '../../../../core/emit/storage/s3-answer.ts';

const amazon = new URL('https://bucket.s3.amazonaws.com/');

function answer(
  status: number,
  code?: string,
  message = '',
  headers: Record<string, string> = {},
): PostAnswer {
  const text =
    code && `<Error><Code>${code}</Code><Message>${message}</Message><RequestId>R1</RequestId></Error>`;
  return { status, header: (name) => headers[name], text: text ?? '', complete: true };
}

const expired = 'Invalid according to Policy: Policy expired.';
const condition =
  'Invalid according to Policy: Policy Condition failed: [&quot;eq&quot;, &quot;$key&quot;, &quot;x&quot;]';

for (const [status, code, reason, consequence, message] of [
  [403, 'AccessDenied', 'form-expired', 'new-form', expired],
  [403, 'AccessDenied', 'refused', 'stop-run', condition],
  [403, 'AccessDenied', 'refused', 'stop-run', 'Access Denied'],
  [403, 'SignatureDoesNotMatch', 'refused', 'stop-run'],
  [403, 'InvalidAccessKeyId', 'refused', 'stop-run'],
  [403, 'RequestTimeTooSkewed', 'clock-wrong', 'stop-run'],
  [403, undefined, 'refused', 'stop-run'],
  [407, undefined, 'refused', 'stop-run'],
  [400, 'EntityTooLarge', 'too-large', 'fail-file'],
  [400, 'EntityTooSmall', 'file-refused', 'fail-file'],
  [400, 'KeyTooLongError', 'file-refused', 'fail-file'],
  [400, 'InvalidArgument', 'file-refused', 'fail-file'],
  [400, 'MalformedPOSTRequest', 'file-refused', 'fail-file'],
  [411, 'MissingContentLength', 'file-refused', 'fail-file'],
  [400, 'RequestTimeout', 'interrupted', 'retry'],
  [400, 'IncompleteBody', 'interrupted', 'retry'],
  [404, 'NoSuchBucket', 'no-bucket', 'stop-run'],
  [500, 'InternalError', 'server-error', 'retry'],
  [503, 'SlowDown', 'server-error', 'retry'],
  [503, 'ServiceUnavailable', 'server-error', 'retry'],
  [502, undefined, 'server-error', 'retry'],
  [504, undefined, 'server-error', 'retry'],
  [302, undefined, 'refused', 'stop-run'],
] as const) {
  test(`${status} ${code ?? 'without a code'} ${message ?? ''}: ${reason}, ${consequence}`, () => {
    const verdict = judge(answer(status, code, message), amazon, 'us-east-1');
    assert.equal(verdict.kind, 'failed');
    assert.deepEqual(
      [verdict.error.reason, verdict.error.consequence, verdict.error.status, verdict.error.code],
      [reason, consequence, status, code],
    );
    assert.doesNotMatch(verdict.error.message, /Condition|\$key/);
  });
}

test('an answer that broke off counts by its code, else it may pass', () => {
  const verdict = judge({ ...answer(403), complete: false }, amazon, undefined);
  assert.equal(verdict.kind === 'failed' && verdict.error.consequence, 'retry');
});

test('200, 201 and 204 are success, with the ETag where it is an MD5', () => {
  const md5 = 'd41d8cd98f00b204e9800998ecf8427e';
  const headers = { etag: `"${md5.toUpperCase()}"` };
  for (const status of [200, 201, 204]) {
    assert.deepEqual(judge(answer(status, undefined, '', headers), amazon, undefined), {
      kind: 'stored',
      etagIsMd5: true,
      etag: md5,
    });
  }
  for (const [other, etagIsMd5] of [
    [{}, true],
    [{ etag: '"d41d8cd98f00b204e9800998ecf8427e-2"' }, true],
    [{ ...headers, 'x-amz-server-side-encryption': 'aws:kms' }, false],
    [{ ...headers, 'x-amz-server-side-encryption-customer-algorithm': 'AES256' }, false],
  ] as const) {
    const verdict = judge(answer(204, undefined, '', other), amazon, undefined);
    assert.deepEqual(verdict, { kind: 'stored', etagIsMd5 });
  }
});

function elsewhere(from: string, verdictOf: PostAnswer, region?: string): string | undefined {
  const verdict = judge(verdictOf, new URL(from), region);
  return verdict.kind === 'elsewhere' ? verdict.url.href : undefined;
}

test('a young bucket’s 307 is followed to the same bucket at Amazon alone', () => {
  const to = (location: string) => answer(307, 'TemporaryRedirect', '', { location });
  const regional = 'https://bucket.s3.ap-south-1.amazonaws.com/';
  assert.equal(elsewhere(amazon.href, to(regional)), regional);
  assert.equal(
    elsewhere(amazon.href, to('https://bucket.s3-ap-south-1.amazonaws.com/')),
    'https://bucket.s3-ap-south-1.amazonaws.com/',
  );
  assert.equal(elsewhere('https://s3.amazonaws.com/bucket', to(regional)), regional);
  for (const location of [
    'http://bucket.s3.ap-south-1.amazonaws.com/',
    'https://other.s3.ap-south-1.amazonaws.com/',
    'https://bucket.s3.ap-south-1.amazonaws.com:8443/',
    'https://bucket.s3.amazonaws.com.example.org/',
    'https://example.org/bucket.s3.amazonaws.com/',
    'https://bucket.execute-api.amazonaws.com/',
    'https://',
  ]) {
    assert.equal(elsewhere(amazon.href, to(location)), undefined, location);
  }
  assert.equal(elsewhere('https://s3.example.org/bucket', to(regional)), undefined);
});

test('a young region’s bucket is reached at its own address', () => {
  const regional = 'https://bucket.s3.ap-south-2.amazonaws.com/';
  for (const wrong of [answer(400, 'IllegalLocationConstraintException'), answer(301, 'PermanentRedirect')]) {
    assert.equal(elsewhere(amazon.href, wrong, 'ap-south-2'), regional);
    assert.equal(elsewhere(regional, wrong, 'ap-south-2'), undefined);
    assert.equal(elsewhere(amazon.href, wrong), undefined);
  }
});

test('the person is told the code and the request id', () => {
  const verdict = judge(answer(403, 'InvalidAccessKeyId'), amazon, undefined);
  assert.match(
    verdict.kind === 'failed' ? verdict.error.message : '',
    /status 403, InvalidAccessKeyId, request R1/,
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { signForm, verifyForm } from '../../local/policy.ts';
import { amzDate, credentialOf, presign, presignFault, sign } from '../../local/signature.ts';

const keys = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'secret', region: 'ap-south-1' };
const bucket = 'emission';
const now = new Date('2026-11-23T12:25:12.345Z');
const form = () => signForm({ keys, bucket, key: 'pat/x.zip', now, expires: 3600 });

function verdict(fields: Record<string, string>, options: { bucket?: string; now?: Date } = {}) {
  return verifyForm(new Map(Object.entries(fields)), { keys, bucket, now, ...options });
}

/** A form over a policy of our own, properly signed. */
function signed(conditions: readonly unknown[], fields: Record<string, string>) {
  const date = amzDate(now);
  const policy = Buffer.from(JSON.stringify({ expiration: '2026-11-24T00:00:00Z', conditions })).toString(
    'base64',
  );
  return {
    ...fields,
    policy,
    'x-amz-algorithm': 'AWS4-HMAC-SHA256',
    'x-amz-credential': credentialOf(keys, date),
    'x-amz-date': date,
    'x-amz-signature': sign(policy, keys.secretAccessKey, date.slice(0, 8), keys.region),
  };
}

const base = [
  { bucket },
  ...['$x-amz-algorithm', '$x-amz-credential', '$x-amz-date'].map((name) => ['starts-with', name, '']),
];

test('signs as AWS documents it', () => {
  // The worked example of AWS's "Authenticating Requests in Browser-Based Uploads Using POST" for the signing key.
  const key = 'wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY';
  const policy =
    'eyAiZXhwaXJhdGlvbiI6ICIyMDE1LTEyLTMwVDEyOjAwOjAwLjAwMFoiLA0KICAiY29uZGl0aW9ucyI6IFsNCiAgICB7ImJ1Y2tldCI6ICJzaWd2NGV4YW1wbGVidWNrZXQifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRrZXkiLCAidXNlci91c2VyMS8iXSwNCiAgICB7ImFjbCI6ICJwdWJsaWMtcmVhZCJ9LA0KICAgIHsic3VjY2Vzc19hY3Rpb25fcmVkaXJlY3QiOiAiaHR0cDovL3NpZ3Y0ZXhhbXBsZWJ1Y2tldC5zMy5hbWF6b25hd3MuY29tL3N1Y2Nlc3NmdWxfdXBsb2FkLmh0bWwifSwNCiAgICBbInN0YXJ0cy13aXRoIiwgIiRDb250ZW50LVR5cGUiLCAiaW1hZ2UvIl0sDQogICAgeyJ4LWFtei1tZXRhLXV1aWQiOiAiMTQzNjUxMjM2NTEyNzQifSwNCiAgICB7IngtYW16LXNlcnZlci1zaWRlLWVuY3J5cHRpb24iOiAiQUVTMjU2In0sDQogICAgWyJzdGFydHMtd2l0aCIsICIkeC1hbXotbWV0YS10YWciLCAiIl0sDQoNCiAgICB7IngtYW16LWNyZWRlbnRpYWwiOiAiQUtJQUlPU0ZPRE5ON0VYQU1QTEUvMjAxNTEyMjkvdXMtZWFzdC0xL3MzL2F3czRfcmVxdWVzdCJ9LA0KICAgIHsieC1hbXotYWxnb3JpdGhtIjogIkFXUzQtSE1BQy1TSEEyNTYifSwNCiAgICB7IngtYW16LWRhdGUiOiAiMjAxNTEyMjlUMDAwMDAwWiIgfQ0KICBdDQp9';
  assert.equal(
    sign(policy, key, '20151229', 'us-east-1'),
    '8afdbf4008c03f22c2cd3cdb72e4afbb1f6a588f3255ac628749a66d7f09699e',
  );
});

test('takes its own form until it expires', () => {
  assert.deepEqual(verdict(form()), { min: 0, max: Infinity });
  assert.deepEqual(verdict(form(), { now: new Date('2026-11-23T13:25:11Z') }), { min: 0, max: Infinity });
  const late = verdict(form(), { now: new Date('2026-11-23T13:25:12Z') });
  assert.deepEqual('code' in late && [late.status, late.code], [403, 'AccessDenied']);
  assert.match('message' in late ? late.message : '', /Policy expired/);
});

test('refuses what was altered, left out or added', () => {
  const { policy, 'x-amz-signature': signature, ...rest } = form();
  const whole = { ...rest, policy: policy ?? '', 'x-amz-signature': signature ?? '' };
  for (const [fields, code] of [
    [{ ...whole, key: 'pat/y.zip' }, 'AccessDenied'],
    [{ ...whole, success_action_status: '201' }, 'AccessDenied'],
    [{ ...whole, 'x-amz-signature': '0'.repeat(64) }, 'SignatureDoesNotMatch'],
    [{ ...whole, policy: `${policy ?? ''}e30=` }, 'SignatureDoesNotMatch'],
    [
      { ...whole, 'x-amz-credential': credentialOf({ ...keys, accessKeyId: 'OTHER' }, amzDate(now)) },
      'InvalidAccessKeyId',
    ],
    [{ ...whole, 'x-amz-credential': 'nonsense' }, 'InvalidArgument'],
    [{ ...rest, 'x-amz-signature': signature ?? '' }, 'AccessDenied'],
    [{ ...rest, policy: policy ?? '' }, 'SignatureDoesNotMatch'],
  ] as const) {
    const result = verdict(fields);
    assert.equal('code' in result && result.code, code);
  }
  const other = verdict(form(), { bucket: 'other' });
  assert.equal('code' in other && other.code, 'AccessDenied');
});

test('keeps every kind of condition', () => {
  const starts = [...base, ['starts-with', '$key', 'pat/'], ['content-length-range', 1, 10]];
  assert.deepEqual(verdict(signed(starts, { key: 'pat/x.zip' })), { min: 1, max: 10 });
  assert.equal('code' in verdict(signed(starts, { key: 'sat/x.zip' })), true);
  assert.deepEqual(verdict(signed([...base, ['eq', '$key', 'a']], { key: 'a' })), { min: 0, max: Infinity });
  assert.deepEqual(verdict(signed([...base, { key: 'a' }], { key: 'a', 'x-ignore-me': '1' })), {
    min: 0,
    max: Infinity,
  });
  assert.equal('code' in verdict(signed([...base, { key: 'a' }, { acl: 'private' }], { key: 'a' })), true);
  assert.equal('code' in verdict(signed([...base, ['unknown', '$key', 'a']], { key: 'a' })), true);
});

test('a pre-signed address is good for its object, its host and its time', () => {
  const address = presign({
    method: 'GET',
    keys,
    bucketUrl: 'http://127.0.0.1:9/emission',
    key: "a b/c'(1).zip",
    time: now,
    expires: 60,
  });
  const url = new URL(address);
  assert.equal(presignFault(url, '127.0.0.1:9', keys, now), undefined);
  assert.equal(presignFault(url, '127.0.0.1:10', keys, now)?.code, 'SignatureDoesNotMatch');
  assert.equal(
    presignFault(new URL(address.replace('.zip', '.csv')), '127.0.0.1:9', keys, now)?.code,
    'SignatureDoesNotMatch',
  );
  assert.equal(
    presignFault(url, '127.0.0.1:9', { ...keys, accessKeyId: 'OTHER' }, now)?.code,
    'InvalidAccessKeyId',
  );
  assert.equal(
    presignFault(url, '127.0.0.1:9', keys, new Date(now.getTime() + 61_000))?.code,
    'AccessDenied',
  );
  assert.equal(
    presignFault(new URL('http://127.0.0.1:9/emission/a'), '127.0.0.1:9', keys, now)?.code,
    'AccessDenied',
  );
});

/** POST policies: signing them as boto3 does, verifying them as S3 does (emission-protocol, section 5). */
import { algorithm, amzDate, credentialOf, sameSignature, sign } from './signature.ts';
import type { Keys } from './signature.ts';

export interface PolicyOptions {
  readonly keys: Keys;
  readonly bucket: string;
  readonly key: string;
  readonly now: Date;
  /** Seconds until the form expires; 3600 at cQube. */
  readonly expires: number;
}

/** The fields of a form that lets its holder post one object, named and ordered as cQube's API answers them. */
export function signForm(options: PolicyOptions): Record<string, string> {
  const { keys, bucket, key, now, expires } = options;
  const date = amzDate(now);
  const credential = credentialOf(keys, date);
  const policy = Buffer.from(
    JSON.stringify({
      expiration: new Date(now.getTime() + expires * 1000).toISOString().replace(/\.\d+/, ''),
      conditions: [
        { bucket },
        { key },
        { 'x-amz-algorithm': algorithm },
        { 'x-amz-credential': credential },
        { 'x-amz-date': date },
      ],
    }),
  ).toString('base64');
  return {
    key,
    policy,
    'x-amz-algorithm': algorithm,
    'x-amz-credential': credential,
    'x-amz-date': date,
    'x-amz-signature': sign(policy, keys.secretAccessKey, date.slice(0, 8), keys.region),
  };
}

/** Why S3 does not take a post. */
export interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  /** Further elements of the XML. */
  readonly elements?: Readonly<Record<string, string | number>>;
}

function denied(message: string): Refusal {
  return { status: 403, code: 'AccessDenied', message };
}

/** Bounds of `content-length-range` conditions, in bytes of the file. */
export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** Fields that need no condition of the policy. */
const free = new Set(['policy', 'x-amz-signature', 'file', 'awsaccesskeyid', 'signature']);

export interface Verification {
  readonly keys: Keys;
  readonly bucket: string;
  readonly now: Date;
}

/**
 * Verifies the fields that came before the file (names in lower case): signature over the policy, its expiry, every
 * condition, and that no field is without one.
 */
export function verifyForm(
  fields: ReadonlyMap<string, string>,
  verification: Verification,
): Refusal | Bounds {
  const { keys, bucket, now } = verification;
  const policy = fields.get('policy');
  if (policy === undefined) return denied('Access Denied');
  const [accessKeyId, date = '', region = '', service, terminator] = (
    fields.get('x-amz-credential') ?? ''
  ).split('/');
  if (fields.get('x-amz-algorithm') !== algorithm || service !== 's3' || terminator !== 'aws4_request') {
    return { status: 400, code: 'InvalidArgument', message: 'The credential or algorithm is malformed.' };
  }
  if (accessKeyId !== keys.accessKeyId) {
    return {
      status: 403,
      code: 'InvalidAccessKeyId',
      message: 'The AWS Access Key Id you provided does not exist in our records.',
    };
  }
  const expected = sign(policy, keys.secretAccessKey, date, region);
  if (!sameSignature(expected, fields.get('x-amz-signature') ?? '')) {
    return {
      status: 403,
      code: 'SignatureDoesNotMatch',
      message: 'The request signature we calculated does not match the signature you provided.',
    };
  }
  const decoded = decodePolicy(policy);
  if (decoded === undefined) {
    return { status: 400, code: 'InvalidPolicyDocument', message: 'Invalid Policy: Invalid JSON.' };
  }
  if (!(now.getTime() < Date.parse(decoded.expiration)))
    return denied('Invalid according to Policy: Policy expired.');
  return checkConditions(decoded.conditions, new Map([...fields, ['bucket', bucket]]), fields);
}

function decodePolicy(policy: string): { expiration: string; conditions: readonly unknown[] } | undefined {
  try {
    const value = JSON.parse(Buffer.from(policy, 'base64').toString('utf8')) as Record<string, unknown>;
    const { expiration, conditions } = value;
    return typeof expiration === 'string' && Array.isArray(conditions)
      ? { expiration, conditions }
      : undefined;
  } catch {
    return undefined;
  }
}

function checkConditions(
  conditions: readonly unknown[],
  values: ReadonlyMap<string, string>,
  fields: ReadonlyMap<string, string>,
): Refusal | Bounds {
  const covered = new Set<string>();
  let bounds: Bounds = { min: 0, max: Infinity };
  for (const condition of conditions) {
    if (Array.isArray(condition) && condition[0] === 'content-length-range') {
      bounds = { min: Number(condition[1]), max: Number(condition[2]) };
      continue;
    }
    const { name, holds } = readCondition(condition, values);
    if (!holds)
      return denied(`Invalid according to Policy: Policy Condition failed: ${JSON.stringify(condition)}`);
    covered.add(name);
  }
  for (const name of fields.keys()) {
    if (free.has(name) || name.startsWith('x-ignore-') || covered.has(name)) continue;
    return denied(`Invalid according to Policy: Extra input fields: ${name}`);
  }
  return bounds;
}

/** `{name: value}`, `["eq", "$name", value]` and `["starts-with", "$name", start]`; anything else never holds. */
function readCondition(
  condition: unknown,
  values: ReadonlyMap<string, string>,
): { readonly name: string; readonly holds: boolean } {
  if (Array.isArray(condition)) {
    const [operator = '', variable = '', wanted = ''] = condition.map(String);
    const name = variable.replace(/^\$/, '').toLowerCase();
    const value = values.get(name);
    if (value === undefined || condition.length !== 3) return { name, holds: false };
    if (operator === 'eq') return { name, holds: value === wanted };
    return { name, holds: operator === 'starts-with' && value.startsWith(wanted) };
  }
  const [[name, wanted] = ['', undefined]] = Object.entries((condition ?? {}) as Record<string, unknown>);
  return {
    name: name.toLowerCase(),
    holds: values.get(name.toLowerCase()) === wanted && wanted !== undefined,
  };
}

/** AWS Signature Version 4, as far as pre-signed forms and pre-signed GETs need it. */
import { createHash, createHmac, timingSafeEqual } from 'node:crypto';

export interface Keys {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly region: string;
}

export const algorithm = 'AWS4-HMAC-SHA256';

function hmac(key: string | Buffer, text: string): Buffer {
  return createHmac('sha256', key).update(text).digest();
}

/** `20261123T122512Z` for a time. */
export function amzDate(time: Date): string {
  return time.toISOString().replace(/[-:]|\.\d+/g, '');
}

/** `date/region/s3/aws4_request`; `date` is `YYYYMMDD`. */
function scopeOf(date: string, region: string): string {
  return `${date}/${region}/s3/aws4_request`;
}

/** The credential of a form or a query for the day of `date` (`20261123T122512Z`). */
export function credentialOf(keys: Keys, date: string): string {
  return `${keys.accessKeyId}/${scopeOf(date.slice(0, 8), keys.region)}`;
}

/** Hexadecimal signature of `text` with the key derived for a day (`YYYYMMDD`) and region. */
export function sign(text: string, secretAccessKey: string, date: string, region: string): string {
  const day = hmac(`AWS4${secretAccessKey}`, date);
  const signing = hmac(hmac(hmac(day, region), 's3'), 'aws4_request');
  return hmac(signing, text).toString('hex');
}

/** Compares two hexadecimal signatures in constant time. */
export function sameSignature(a: string, b: string): boolean {
  return a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}

/** Percent-encoding of SigV4: everything but unreserved characters, optionally sparing `/`. */
export function uriEncode(text: string, spareSlash: boolean): string {
  const encoded = encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return spareSlash ? encoded.replaceAll('%2F', '/') : encoded;
}

function canonicalQuery(query: ReadonlyMap<string, string>): string {
  return [...query]
    .map(([name, value]) => [uriEncode(name, false), uriEncode(value, false)] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
}

/** The signature of a pre-signed request. `path` is encoded already; `query` lacks the signature. */
function querySignature(
  method: string,
  path: string,
  host: string,
  query: ReadonlyMap<string, string>,
  scope: { readonly secretAccessKey: string; readonly date: string; readonly region: string },
): string {
  const lines = [method, path, canonicalQuery(query), `host:${host}`, '', 'host', 'UNSIGNED-PAYLOAD'];
  const day = scope.date.slice(0, 8);
  const hash = createHash('sha256').update(lines.join('\n')).digest('hex');
  const text = [algorithm, scope.date, scopeOf(day, scope.region), hash].join('\n');
  return sign(text, scope.secretAccessKey, day, scope.region);
}

export interface PresignOptions {
  readonly method: 'GET' | 'PUT' | 'DELETE';
  readonly keys: Keys;
  /** Address of the bucket, such as `http://127.0.0.1:8080/bucket`. */
  readonly bucketUrl: string;
  /** Key of an object; empty for the bucket itself. */
  readonly key: string;
  readonly time: Date;
  /** Seconds. */
  readonly expires: number;
  readonly query?: Readonly<Record<string, string>>;
}

/** Address that allows one kind of request without further credentials until it expires. */
export function presign(options: PresignOptions): string {
  const { keys, bucketUrl, key, time, expires } = options;
  const url = new URL(bucketUrl);
  const path = key === '' ? url.pathname : `${url.pathname.replace(/\/$/, '')}/${uriEncode(key, true)}`;
  const date = amzDate(time);
  const query = new Map([
    ...Object.entries(options.query ?? {}),
    ['X-Amz-Algorithm', algorithm],
    ['X-Amz-Credential', credentialOf(keys, date)],
    ['X-Amz-Date', date],
    ['X-Amz-Expires', String(expires)],
    ['X-Amz-SignedHeaders', 'host'],
  ]);
  const signature = querySignature(options.method, path, url.host, query, { ...keys, date });
  return `${url.origin}${path}?${canonicalQuery(query)}&X-Amz-Signature=${signature}`;
}

/** S3's code for a GET that may not be answered; undefined when its pre-signed query is good. */
export function presignFault(
  url: URL,
  host: string,
  keys: Keys,
  now: Date,
): { code: string; message: string } | undefined {
  const query = new Map(url.searchParams);
  const given = query.get('X-Amz-Signature');
  if (given === undefined) return { code: 'AccessDenied', message: 'Access Denied' };
  query.delete('X-Amz-Signature');
  const date = query.get('X-Amz-Date') ?? '';
  const credential = query.get('X-Amz-Credential') ?? '';
  if (credential !== credentialOf(keys, date)) {
    return {
      code: 'InvalidAccessKeyId',
      message: 'The AWS Access Key Id you provided does not exist in our records.',
    };
  }
  if (!sameSignature(given, querySignature('GET', url.pathname, host, query, { ...keys, date }))) {
    return {
      code: 'SignatureDoesNotMatch',
      message: 'The request signature we calculated does not match the signature you provided.',
    };
  }
  const start = Date.parse(date.replace(/^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/, '$1-$2-$3T$4:$5:$6Z'));
  const end = start + Number(query.get('X-Amz-Expires')) * 1000;
  return now.getTime() <= end ? undefined : { code: 'AccessDenied', message: 'Request has expired' };
}

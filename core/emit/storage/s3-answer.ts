/** What S3's answer to a form post means for the file and for the run (emission-protocol, section 5). */
import { isLoopback } from '../http/endpoint.ts';
import { EmissionError } from '../error.ts';
import type { Consequence, EmissionReason } from '../error.ts';
import { retryAfterSeconds } from '../http/http.ts';
import type { PostAnswer } from './post.ts';
import { elementText } from './xml.ts';

export type Verdict =
  | {
      readonly kind: 'stored';
      /** MD5 of the stored bytes; absent where the answer does not tell it. */
      readonly etag?: string;
      /** False where the storage encrypts with keys that make its ETags, also those of the listing, something else. */
      readonly etagIsMd5: boolean;
    }
  /** Post the same form again, from the file's start, to this address. */
  | { readonly kind: 'elsewhere'; readonly url: URL }
  | { readonly kind: 'failed'; readonly error: EmissionError };

/** Bytes, in UTF-8, of the longest key that S3 takes. */
export const longestKey = 1024;

type Row = readonly [reason: EmissionReason, consequence: Consequence, words: string];

const keysWrong: Row = [
  'refused',
  'stop-run',
  'The storage refuses the upload: the cQube server’s storage keys are wrong or have been changed. Tell the cQube administrator.',
];
const clockWrong: Row = [
  'clock-wrong',
  'stop-run',
  'The storage says that the form is of another time: the clock of the cQube server is wrong. Tell the cQube administrator.',
];
const passing: Row = [
  'server-error',
  'retry',
  'The storage is busy or has an internal error. Try again later.',
];
const slowLine: Row = [
  'interrupted',
  'retry',
  'The storage received the file too slowly or not completely. Check the network and try again.',
];
const regionWrong: Row = [
  'refused',
  'stop-run',
  'The storage bucket is in another region than the cQube server says. Tell the cQube administrator.',
];

const rows = new Map<string, Row>([
  ['SignatureDoesNotMatch', keysWrong],
  ['InvalidAccessKeyId', keysWrong],
  ['ExpiredToken', keysWrong],
  ['InvalidToken', keysWrong],
  ['RequestTimeTooSkewed', clockWrong],
  ['EntityTooLarge', ['too-large', 'fail-file', 'The storage refuses the file because it is too large.']],
  ['EntityTooSmall', ['file-refused', 'fail-file', 'The storage refuses the file because it is too small.']],
  [
    'KeyTooLongError',
    ['file-refused', 'fail-file', 'The storage refuses the file because its path is too long.'],
  ],
  ['RequestTimeout', slowLine],
  ['IncompleteBody', slowLine],
  ['SlowDown', passing],
  ['InternalError', passing],
  ['ServiceUnavailable', passing],
  ['OperationAborted', passing],
  ['IllegalLocationConstraintException', regionWrong],
  ['PermanentRedirect', regionWrong],
  ['TemporaryRedirect', regionWrong],
  [
    'NoSuchBucket',
    [
      'no-bucket',
      'stop-run',
      'The storage bucket of the emission does not exist. Tell the cQube administrator.',
    ],
  ],
]);

/**
 * Judges the answer to a post of a form to `url`. `region` is that of the form's credential, if it names one.
 * Of S3's own words only the code and the request id go into the message: the rest can hold parts of the policy.
 */
export function judge(answer: PostAnswer, url: URL, region: string | undefined): Verdict {
  const { status, text } = answer;
  const code = elementText(text, 'Code');
  if (status === 200 || status === 201 || status === 204) {
    if (/^\s*<(!doctype\s+html|html)/i.test(text)) return failed(answer, loginPage(url.host), code);
    const etagIsMd5 = !hasOwnKeys(answer);
    const etag = answer.header('etag')?.replaceAll('"', '').toLowerCase();
    return { kind: 'stored', etagIsMd5, ...(etagIsMd5 && etag !== undefined && isMd5(etag) ? { etag } : {}) };
  }
  const other = otherAddress(answer, code, url, region);
  if (other !== undefined) return { kind: 'elsewhere', url: other };
  return failed(
    answer,
    (code === undefined ? undefined : rows.get(code)) ?? rowOf(answer, code, url.host),
    code,
  );
}

function failed(answer: PostAnswer, row: Row, code: string | undefined): Verdict {
  const { status, header, text } = answer;
  const [reason, consequence, words] = row;
  const requestId = elementText(text, 'RequestId') ?? header('x-amz-request-id');
  const facts = [`status ${status}`, code, requestId === undefined ? undefined : `request ${requestId}`];
  const message = `${words} (${facts.filter((fact) => fact !== undefined).join(', ')})`;
  const retryAfter = retryAfterSeconds(header);
  return {
    kind: 'failed',
    error: new EmissionError(reason, message, { consequence, status, code, requestId, retryAfter }),
  };
}

function loginPage(host: string): Row {
  return [
    'login-page',
    'stop-run',
    `Instead of the storage, a web page answered at ${host}: perhaps the network asks for a login first. Nothing was stored.`,
  ];
}

function rowOf(answer: PostAnswer, code: string | undefined, host: string): Row {
  const { status, text } = answer;
  if (code === undefined && !answer.complete) {
    return [
      'interrupted',
      'retry',
      'The connection to the storage broke inside its answer. Check the network and try again.',
    ];
  }
  if (code === 'AccessDenied' && /policy expired/i.test(elementText(text, 'Message') ?? '')) {
    return ['form-expired', 'new-form', 'The upload form had expired.'];
  }
  if (code === 'AccessDenied') {
    return [
      'refused',
      'stop-run',
      'The storage refuses the upload: the cQube server’s storage user may not write, or the form was altered on the way. Tell the cQube administrator.',
    ];
  }
  if (status === 407 || ((status === 403 || status === 401) && code === undefined)) {
    return [
      'refused',
      'stop-run',
      `A proxy or firewall on the way to ${host} refuses the upload. Ask the network’s operator to allow it.`,
    ];
  }
  if (status === 408 || status === 429 || (status >= 500 && status !== 501)) return passing;
  if (status >= 300 && status < 400) return regionWrong;
  return ['file-refused', 'fail-file', 'The storage refuses this file.'];
}

/** True when the object is encrypted with keys of KMS or of the customer. */
function hasOwnKeys({ header }: PostAnswer): boolean {
  const encryption = header('x-amz-server-side-encryption');
  const customerKey = header('x-amz-server-side-encryption-customer-algorithm');
  return customerKey !== undefined || encryption?.startsWith('aws:kms') === true;
}

/** True for an ETag, without quotes, that may be an MD5: that of what was stored in parts has another form. */
export function isMd5(etag: string): boolean {
  return /^[0-9a-f]{32}$/.test(etag);
}

/** Where else the same form is good: S3's 307 for young buckets, or the bucket's own region for young regions. */
function otherAddress(
  answer: PostAnswer,
  code: string | undefined,
  url: URL,
  region: string | undefined,
): URL | undefined {
  if (answer.status === 307) {
    const location = answer.header('location');
    if (location === undefined || !URL.canParse(location, url.href)) return undefined;
    const target = new URL(location, url);
    return mayFollow(url, target) ? target : undefined;
  }
  if (code === 'IllegalLocationConstraintException' || code === 'PermanentRedirect') {
    const bucket = amazonBucket(url);
    if (bucket === undefined || region === undefined) return undefined;
    const target = new URL(`https://${bucket}.s3.${region}.amazonaws.com/`);
    return target.host === url.host ? undefined : target;
  }
  return undefined;
}

/** A form goes on only to the same bucket at Amazon over https, or from this computer to this computer. */
function mayFollow(from: URL, to: URL): boolean {
  if (isLoopback(from.hostname)) return isLoopback(to.hostname) && to.pathname === from.pathname;
  const bucket = amazonBucket(from);
  return to.protocol === 'https:' && to.port === '' && bucket !== undefined && amazonBucket(to) === bucket;
}

/** The bucket of an address at Amazon S3, written before the host or as the first part of the path. */
function amazonBucket(url: URL): string | undefined {
  const host = /^(?:(.+)\.)?s3(?:[.-][a-z0-9-]+)*\.amazonaws\.com$/.exec(url.hostname);
  if (host === null) return undefined;
  const bucket = host.at(1) ?? url.pathname.split('/')[1];
  return bucket === '' ? undefined : bucket;
}

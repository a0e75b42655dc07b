/** Client of the cQube emission API: the calls, their odd answers, and what each failure means for a person. */
import { endpointOrigin, isLoopback } from '../http/endpoint.ts';
import { EmissionError } from '../error.ts';
import { exchange, retryAfterSeconds } from '../http/http.ts';
import type { AgentChoice, Answer } from '../http/http.ts';
import { readForm } from './form.ts';
import type { UploadForm } from './form.ts';
import { realPace, withRetries } from '../http/pace.ts';
import type { Endurance, Pace, Presence, Wait } from '../http/pace.ts';

/** Names of the three S3 buckets of a cQube installation. */
export interface Buckets {
  readonly input: string;
  readonly output: string;
  readonly emission: string;
}

export interface StoredFile {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  /** As the server writes it, such as `Mon, 23 Nov 2026 12:25:12 GMT`. */
  readonly lastModified: string;
}

export interface FileList {
  readonly files: readonly StoredFile[];
  /** True when the bucket holds more: the API shows the first 1,000 alone and cannot be asked for the rest. */
  readonly truncated: boolean;
}

export interface ApiOptions extends Endurance {
  /** From `normaliseEndpoint`. */
  readonly endpoint: string;
  /** From `cleanToken`. */
  readonly token: string;
  readonly agent?: AgentChoice | undefined;
  /** Milliseconds until an answer must be there; 30,000 when absent. */
  readonly timeOut?: number | undefined;
  readonly pace?: Pace | undefined;
  /** Shared by the calls of a run; absent where each call stands for itself. */
  readonly presence?: Presence | undefined;
  /** Told before each wait for a further try. */
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

export interface Api {
  /**
   * The installation's buckets: a call without side effects that proves address and token.
   *
   * @throws EmissionError
   */
  readonly listBuckets: (signal?: AbortSignal) => Promise<Buckets>;
  /**
   * A form that takes the file once or more often until it expires. `filename`: path below the emission folder.
   *
   * @throws EmissionError
   */
  readonly requestForm: (filename: string, signal?: AbortSignal) => Promise<UploadForm>;
  /**
   * The first 1,000 objects of one of the installation's buckets.
   *
   * @param endurance how long this call is tried; as long as the others when absent
   * @throws EmissionError
   */
  readonly listFiles: (bucket: string, signal?: AbortSignal, endurance?: Endurance) => Promise<FileList>;
  /**
   * An address from which an object can be read for an hour without the token; whether there is such an object is not
   * looked at. The address is a secret: whoever has it can read the object.
   *
   * @throws EmissionError
   */
  readonly downloadAddress: (bucket: string, key: string, signal?: AbortSignal) => Promise<URL>;
}

/** Kong's words for a refused token, and what they mean for the person who pasted it (emission-protocol, section 2). */
const tokenFaults = new Map([
  ['Unauthorized', 'the request reached it without a token'],
  ['Bad token; invalid JSON', 'the token is damaged or cut short'],
  [
    "No credentials found for given 'iss'",
    'the token is of another cQube installation or has been withdrawn',
  ],
  ['Invalid signature', 'the token is damaged'],
  ['Invalid algorithm', 'it is not an emission token of cQube'],
  ["No mandatory 'iss' in claims", 'it is not an emission token of cQube'],
]);

const serverErrorTries = 3;

/** A client for one endpoint and token (emission-protocol, sections 2, 3 and 7). Makes no request by itself. */
export function createApi(options: ApiOptions): Api {
  const pace = options.pace ?? realPace;
  const origin = endpointOrigin(options.endpoint);

  const call = async (
    path: string,
    body: object | undefined,
    signal: AbortSignal | undefined,
  ): Promise<Answer> => {
    const answer = await exchange(`${options.endpoint}/${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: {
        Authorization: `Bearer ${options.token}`,
        // Kong chooses the form of its own error pages by it.
        Accept: 'application/json',
        'User-Agent': 'cqube-emission',
        Connection: 'close',
        ...(body === undefined ? {} : { 'Content-Type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      timeOut: options.timeOut ?? 30_000,
      agent: options.agent,
      signal,
    });
    if (answer.status !== 200) throw statusError(answer, options.endpoint);
    return answer;
  };

  const retried = <T>(
    attempt: () => Promise<T>,
    signal: AbortSignal | undefined,
    { patience, tries }: Endurance = options,
  ): Promise<T> =>
    withRetries(attempt, {
      pace,
      signal,
      presence: options.presence,
      onWait: options.onWait,
      endurance: ({ status }) => ({
        patience,
        tries: status === 500 ? Math.min(tries ?? Infinity, serverErrorTries) : tries,
      }),
    });

  return {
    listBuckets: (signal) =>
      retried(async () => readBuckets(await call('list_s3_buckets', undefined, signal), origin), signal),
    requestForm: (filename, signal) =>
      retried(async () => {
        const answer = await call('upload-url', { filename }, signal);
        return readForm(jsonOf(answer, origin), {
          filename,
          origin,
          serverTime: answer.headers.get('date'),
          received: pace.monotonic(),
        });
      }, signal),
    listFiles: (bucket, signal, endurance) =>
      retried(
        async () => readFiles(await call('list_s3_files', { bucket }, signal), origin),
        signal,
        endurance,
      ),
    downloadAddress: (bucket, key, signal) =>
      retried(async () => {
        const answer = await call('download_uri', { bucket, filename: key }, signal);
        return readAddress(answer, key, origin);
      }, signal),
  };
}

function statusError(answer: Answer, endpoint: string): EmissionError {
  const { status } = answer;
  const { host, origin, pathname } = new URL(endpoint);
  const stop = { consequence: 'stop-run', status } as const;
  if (status === 401) {
    const fault = tokenFaults.get(kongMessage(answer.text) ?? '');
    return new EmissionError(
      'unauthorized',
      `${host} does not accept the token${fault === undefined ? '' : `: ${fault}`}. Ask the cQube administrator for a new emission token and set it again.`,
      stop,
    );
  }
  if (status === 404) {
    const hint = pathname.endsWith('/data')
      ? 'Check the host name; if it is right, its operator must see to it that the front server passes the calls on to the emission API.'
      : `The emission address usually ends with /data: try ${origin}${pathname.replace(/\/$/, '')}/data.`;
    return new EmissionError('not-found', `There is no emission API at this address (404). ${hint}`, stop);
  }
  if (status >= 300 && status < 400) {
    return new EmissionError(
      'redirected',
      `${host} sends the call on to another address (${status}), which is not followed, because the token would go along. Set the endpoint to the address that answers itself, with https.`,
      stop,
    );
  }
  if (status === 429 || status >= 500) {
    const words =
      status === 500 ? 'reports an internal error' : status === 429 ? 'is asked too often' : 'is not ready';
    return new EmissionError(
      'server-error',
      `The emission API at ${host} ${words} (${status}). Try again later; if it lasts, tell the cQube administrator.`,
      {
        consequence: status === 501 || status === 505 ? 'stop-run' : 'retry',
        status,
        retryAfter: retryAfterSeconds((name) => answer.headers.get(name)),
      },
    );
  }
  if (status === 403 || status === 407) {
    return new EmissionError(
      'refused',
      `${status === 407 ? 'The proxy' : host} refuses the call (${status}). A firewall or proxy on the way may block it; ask the network’s operator.`,
      stop,
    );
  }
  return new EmissionError(
    'bad-answer',
    `The emission API at ${host} does not take the call (${status}). Check that the address is that of a cQube emission API, release 2.0 or later.`,
    stop,
  );
}

function kongMessage(text: string): string | undefined {
  const value = parse(text);
  return isRecord(value) && typeof value.message === 'string' ? value.message : undefined;
}

/** The JSON of an answer, whatever type it is labelled with: `list_s3_buckets` calls its JSON text/html. */
function jsonOf(answer: Answer, origin: string): unknown {
  const value = parse(answer.text);
  if (value !== undefined) return value;
  const { host } = new URL(origin);
  if (/^\s*</.test(answer.text)) {
    throw new EmissionError(
      'login-page',
      `${host} answers with a web page instead of data: perhaps a login page or the report portal. Check the address (it usually ends with /data), and whether the network asks for a login first.`,
      { consequence: 'stop-run', status: answer.status },
    );
  }
  throw badAnswer(origin, answer.status);
}

function badAnswer(origin: string, status: number): EmissionError {
  return new EmissionError(
    'bad-answer',
    `${new URL(origin).host} answers, but not as the cQube emission API does. Check the address; if it is right, tell the cQube administrator.`,
    { consequence: 'stop-run', status },
  );
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function readBuckets(answer: Answer, origin: string): Buckets {
  const value = jsonOf(answer, origin);
  if (isRecord(value)) {
    const { input, output, emission } = value;
    if (typeof input === 'string' && typeof output === 'string' && typeof emission === 'string') {
      return { input, output, emission };
    }
  }
  throw badAnswer(origin, answer.status);
}

function readFiles(answer: Answer, origin: string): FileList {
  const value = jsonOf(answer, origin);
  if (!isRecord(value)) throw badAnswer(origin, answer.status);
  // boto3 leaves `Contents` out of the listing of an empty bucket.
  const contents = value.Contents ?? [];
  if (!Array.isArray(contents)) throw badAnswer(origin, answer.status);
  const files = contents.map((item: unknown): StoredFile => {
    if (!isRecord(item) || typeof item.Key !== 'string' || typeof item.Size !== 'number') {
      throw badAnswer(origin, answer.status);
    }
    return {
      key: item.Key,
      size: item.Size,
      etag: typeof item.ETag === 'string' ? item.ETag.replaceAll('"', '') : '',
      lastModified: typeof item.LastModified === 'string' ? item.LastModified : '',
    };
  });
  return { files, truncated: value.IsTruncated === true };
}

/** The address that `download_uri` hands out for a key (emission-protocol, section 3). */
function readAddress(answer: Answer, key: string, origin: string): URL {
  const value = jsonOf(answer, origin);
  const address = isRecord(value) && Object.hasOwn(value, key) ? value[key] : undefined;
  if (typeof address !== 'string' || !URL.canParse(address)) throw badAnswer(origin, answer.status);
  // Whoever reads an address takes such parts out of it: it would be that of another object.
  if (key.split('/').some((part) => part === '.' || part === '..')) {
    throw new EmissionError(
      'file-refused',
      'The key has a part that is . or .., which no web address can hold: such an object cannot be downloaded.',
      { consequence: 'fail-file' },
    );
  }
  const url = new URL(address);
  if (url.protocol === 'https:' || (url.protocol === 'http:' && isLoopback(url.hostname))) return url;
  throw new EmissionError(
    'bad-answer',
    `The download address from ${new URL(origin).host} does not begin with https, so the data would travel in clear. Tell the cQube administrator.`,
    { consequence: 'stop-run', status: answer.status },
  );
}

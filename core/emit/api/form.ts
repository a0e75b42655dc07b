/** The pre-signed form that `upload-url` hands out, checked before a file is entrusted to it. */
import { isLoopback } from '../http/endpoint.ts';
import { EmissionError } from '../error.ts';

/** Where and with which fields one file may be posted. */
export interface UploadForm {
  readonly url: string;
  /** As returned and in that order; nothing may be added (emission-protocol, section 5). */
  readonly fields: readonly (readonly [name: string, value: string])[];
  /** The object's key: the asked name with the server's time stamp. */
  readonly key: string;
  /** Monotonic milliseconds at which the form expires; absent when the answer does not tell. */
  readonly expires?: number;
}

export interface FormRequest {
  /** The asked name: path below the emission folder, with `/`. */
  readonly filename: string;
  /** Origin of the API, for messages. */
  readonly origin: string;
  /** The answer's `Date` header. */
  readonly serverTime: string | null;
  /** Monotonic milliseconds at which the answer came. */
  readonly received: number;
}

function bad(request: FormRequest, what: string): EmissionError {
  return new EmissionError(
    'bad-answer',
    `The upload form from ${new URL(request.origin).host} cannot be used: ${what}. Tell the cQube administrator.`,
    { consequence: 'stop-run', status: 200 },
  );
}

/**
 * The form in a decoded `upload-url` answer (emission-protocol, section 7, step 5). How long it lives is reckoned by
 * the server's own clock: the policy's expiration against the answer's `Date`.
 *
 * @throws EmissionError `bad-answer` for a missing part, a key of another name, or an address without https.
 */
export function readForm(value: unknown, request: FormRequest): UploadForm {
  const { url, fields } = (value ?? {}) as { readonly url?: unknown; readonly fields?: unknown };
  if (typeof url !== 'string' || !URL.canParse(url)) throw bad(request, 'it holds no address');
  if (typeof fields !== 'object' || fields === null) throw bad(request, 'it holds no fields');
  const { protocol, hostname, username } = new URL(url);
  if (username !== '' || (protocol !== 'https:' && !(protocol === 'http:' && isLoopback(hostname)))) {
    throw bad(request, 'its address does not begin with https, so the data would travel in clear');
  }
  const entries: (readonly [string, string])[] = [];
  for (const [name, field] of Object.entries(fields)) {
    if (typeof field !== 'string') throw bad(request, 'one of its fields is no text');
    entries.push([name, field]);
  }
  const text = (name: string) => entries.find(([field]) => field.toLowerCase() === name)?.[1];
  const key = text('key');
  if (key === undefined || !isKeyOf(key, request.filename)) throw bad(request, 'it is for another file name');
  const life = lifeTime(text('policy'), request.serverTime);
  return { url, fields: entries, key, ...(life === undefined ? {} : { expires: request.received + life }) };
}

/** True when `key` is `filename` with something, the time stamp, before its last dot. */
function isKeyOf(key: string, filename: string): boolean {
  const dot = filename.lastIndexOf('.');
  const stem = dot < 0 ? filename : filename.slice(0, dot);
  return key.startsWith(stem) && key.endsWith(filename.slice(stem.length)) && key.length >= filename.length;
}

/** Milliseconds that the form has to live, both times being the server's. */
function lifeTime(policy: string | undefined, serverTime: string | null): number | undefined {
  if (policy === undefined || serverTime === null) return undefined;
  try {
    const decoded = JSON.parse(Buffer.from(policy, 'base64').toString('utf8')) as {
      readonly expiration?: unknown;
    };
    const life = Date.parse(String(decoded.expiration)) - Date.parse(serverTime);
    return Number.isNaN(life) ? undefined : life;
  } catch {
    return undefined;
  }
}

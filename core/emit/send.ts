/** One file from its form to its acknowledgement: tries, fresh forms, and answers that were lost. */
import { number } from '../wording.ts';
import type { Api } from './api/api.ts';
import { asEmissionError, EmissionError } from './error.ts';
import type { Consequence } from './error.ts';
import { findStored, lookUp, maybeSame } from './find-stored.ts';
import type { Fingerprint } from './storage/form-body.ts';
import type { UploadForm } from './api/form.ts';
import { nextWait } from './http/pace.ts';
import type { Endurance, Pace, Presence, Wait } from './http/pace.ts';
import { postForm } from './storage/upload.ts';
import type { FileState, PostOptions, StoredPost } from './storage/upload.ts';

export interface SendOptions
  extends Pick<PostOptions, 'agent' | 'signal' | 'stall' | 'answerTime' | 'onBytes'>, Endurance {
  readonly api: Api;
  readonly pace: Pace;
  /** Path below the emission folder, with `/`: the name that the key is made of. */
  readonly path: string;
  /** Absolute path. */
  readonly file: string;
  readonly state: FileState;
  /** The bucket in which a file is looked for whose answer was lost, or tells no checksum. */
  readonly emissionBucket: string;
  /** What other files have found out about the storage: where it is away, this one is tried once. */
  readonly storage: Presence;
  /** Awaited before a form is used for the first time. */
  readonly onForm?: ((key: string) => Promise<void>) | undefined;
  /** Awaited before the end of a form leaves, with which the file may be stored; what it throws ends the post. */
  readonly beforeEnd?: ((key: string, fingerprint: Fingerprint) => Promise<void>) | undefined;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

/** A file that S3 has, as far as can be known. */
export interface Acknowledgement extends Fingerprint {
  readonly key: string;
  /** MD5 of the stored bytes in S3's own words, in the answer or the listing; absent when S3 does not tell. */
  readonly etag?: string;
  /** `list`: the answer was lost, the bucket's listing shows the file. */
  readonly by: 'answer' | 'list';
}

/** A failure to send, with what the journal keeps of it. */
export class SendError extends Error {
  override readonly name = 'SendError';
  readonly error: EmissionError;
  /** Key of the last form; absent when there was none. */
  readonly key: string | undefined;
  /** True when a post with that key may have been stored in spite of the failure. */
  readonly maybeStored: boolean;

  constructor(error: EmissionError, key: string | undefined, maybeStored: boolean) {
    super(error.message, { cause: error });
    this.error = error;
    this.key = key;
    this.maybeStored = maybeStored;
  }
}

/** Milliseconds that a repeated post waits behind its fields for a refusal that may have been lost before. */
const refusalPause = 2000;

/** A form with less time to live is not begun with. */
const shortestLife = 60_000;

interface Uncertain {
  readonly key: string;
  readonly fingerprint: Fingerprint;
}

/**
 * Sends one file (emission-protocol, sections 5 and 7). A post without an answer is repeated with the same form, so
 * that it overwrites the same key. When that form has died the bucket is looked into; another form is asked for only
 * when nothing can be stored under the first: a second key would be a second ingestion.
 *
 * @throws SendError
 */
export async function sendFile(options: SendOptions): Promise<Acknowledgement> {
  const { storage } = options;
  let form: UploadForm | undefined;
  let uncertain: Uncertain | undefined;
  let lastError: EmissionError | undefined;
  let waited = 0;
  let expired = 0;
  let brokeInside = false;
  const failure = (thrown: unknown) =>
    new SendError(asEmissionError(thrown), uncertain?.key ?? form?.key, uncertain !== undefined);

  for (let attempt = 1; ; attempt++) {
    if (form === undefined || !lives(form, options.pace)) {
      if (uncertain !== undefined) {
        const found = await lookFor(uncertain, options);
        if (found !== undefined) return found;
        throw failure(formDied(lastError));
      }
      form = await newForm(options).catch((error: unknown) => {
        throw failure(error);
      });
    }
    const { key } = form;
    const result = await postForm({
      ...options,
      form,
      pause: brokeInside ? (signal) => options.pace.sleep(refusalPause, signal) : undefined,
      beforeEnd: (fingerprint) => options.beforeEnd?.(key, fingerprint) ?? Promise.resolve(),
    });
    if (result.kind === 'stored') {
      storage.answered();
      return await compared(key, result, options);
    }
    const { error, fingerprint } = result;
    const wasAway = storage.isAway();
    storage.failed(error, options, waited);
    lastError = error;
    brokeInside = error.reason === 'interrupted' && error.status === undefined && !error.maybeStored;
    if (error.maybeStored && fingerprint !== undefined) uncertain = { key, fingerprint };
    if (error.consequence === 'new-form') {
      if (++expired > 1) throw failure(clockWrong(error));
      form = undefined;
      continue;
    }
    const milliseconds =
      error.consequence === 'retry'
        ? nextWait(storage.left(options), attempt, waited, options.pace.random(), error.retryAfter)
        : undefined;
    if (milliseconds === undefined) {
      const found = uncertain && mayBeWhole(error) ? await lookFor(uncertain, options) : undefined;
      if (found) return found;
      throw failure(error.consequence === 'retry' ? exhausted(error, wasAway && storage.isAway()) : error);
    }
    waited += milliseconds;
    options.onWait?.({ attempt, milliseconds, error });
    try {
      await options.pace.sleep(milliseconds, options.signal);
    } catch (stopped) {
      throw failure(stopped);
    }
  }
}

/** @throws EmissionError that stops the run: the API's own tries are used up, and without it nothing can be sent. */
async function newForm({ api, path, signal, onForm }: SendOptions): Promise<UploadForm> {
  try {
    const form = await api.requestForm(path, signal);
    await onForm?.(form.key);
    return form;
  } catch (error) {
    throw withConsequence(asEmissionError(error), 'stop-run');
  }
}

/** False where looking into the bucket helps nothing: what is stored may be a mixture, or the user wants to stop. */
function mayBeWhole(error: EmissionError): boolean {
  return error.reason !== 'file-changed' && error.reason !== 'cancelled';
}

function lives(form: UploadForm, pace: Pace): boolean {
  return form.expires === undefined || form.expires - pace.monotonic() > shortestLife;
}

/** The acknowledgement by the bucket's listing; undefined when it does not show the very bytes, or cannot be had. */
async function lookFor(uncertain: Uncertain, options: SendOptions): Promise<Acknowledgement | undefined> {
  const { key, fingerprint } = uncertain;
  const { bytes, md5 } = fingerprint;
  const where = await findStored(
    options.api,
    options.emissionBucket,
    { key, bytes, md5 },
    options.signal,
  ).catch(() => undefined);
  return where === 'stored' ? { ...fingerprint, key, etag: md5, by: 'list' } : undefined;
}

/**
 * The acknowledgement of a post that was answered. An answer without a checksum is not proof enough (section 7, step 7):
 * Ceph 16.2 gives none and does not store every file as it came. The bucket is asked at once and once, because ingestion
 * takes files out of it within seconds; where it does not show the file, the answer alone counts.
 *
 * @throws SendError when the bucket holds other bytes. They are not overwritten: ingestion may have them by then.
 */
async function compared(key: string, post: StoredPost, options: SendOptions): Promise<Acknowledgement> {
  const { fingerprint, etag, etagIsMd5 } = post;
  const { bytes, md5 } = fingerprint;
  const done = { ...fingerprint, key, by: 'answer' } as const;
  if (etag !== undefined) return { ...done, etag };
  const { api, emissionBucket, signal } = options;
  const seen = await lookUp(api, emissionBucket, key, { signal, endurance: { tries: 1 } }).catch(
    () => undefined,
  );
  if (typeof seen !== 'object') return done;
  if (!maybeSame(seen, { bytes, md5: etagIsMd5 ? md5 : undefined })) {
    const what =
      seen.size === bytes
        ? `the checksum under ${key} is not that of the zip.`
        : `${number(seen.size)} bytes under ${key}, and the zip has ${number(bytes)}.`;
    const error = new EmissionError(
      'not-identical',
      `The storage holds other bytes than were sent: ${what} The file does not count as sent, and it is not sent again by itself, because ingestion may take what is there. Tell the cQube administrator.`,
      { consequence: 'fail-file', maybeStored: true },
    );
    throw new SendError(error, key, true);
  }
  return seen.etag === md5 ? { ...done, etag: md5 } : done;
}

function formDied(error: EmissionError | undefined): EmissionError {
  const why = 'The form of the file expired before it could be sent again under the same key.';
  return new EmissionError(error?.reason ?? 'form-expired', why, {
    ...(error && detail(error)),
    consequence: 'fail-file',
    maybeStored: true,
  });
}

function clockWrong(error: EmissionError): EmissionError {
  const message =
    'The storage calls even a fresh upload form expired: the clock of the cQube server is wrong. Tell the cQube administrator.';
  return new EmissionError('clock-wrong', message, { ...detail(error), consequence: 'stop-run' });
}

/**
 * A storage that cannot be reached at all would fail every other file in the same way; other faults may pass.
 *
 * @param wasAway true where the file was tried once, because the storage was away already
 */
function exhausted(error: EmissionError, wasAway: boolean): EmissionError {
  const consequence = error.reason === 'unreachable' ? 'stop-run' : 'fail-file';
  const once = wasAway ? ' Tried once, because an earlier file had waited in vain.' : '';
  return withConsequence(error, consequence, error.message + once);
}

function withConsequence(
  error: EmissionError,
  consequence: Consequence,
  message = error.message,
): EmissionError {
  return new EmissionError(error.reason, message, { ...detail(error), consequence });
}

function detail(error: EmissionError) {
  const { status, code, requestId, maybeStored, cause } = error;
  return { status, code, requestId, maybeStored, cause };
}

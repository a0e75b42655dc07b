/** One file from its form to its acknowledgement: tries, fresh forms, and answers that were lost. */
import type { Api } from './api.ts';
import { asEmissionError, EmissionError } from './error.ts';
import type { Consequence } from './error.ts';
import type { Fingerprint } from './form-body.ts';
import type { UploadForm } from './form.ts';
import { backoff } from './pace.ts';
import type { Pace, Wait } from './pace.ts';
import { postForm } from './upload.ts';
import type { FileState, PostOptions } from './upload.ts';

export interface SendOptions extends Pick<PostOptions, 'agent' | 'signal' | 'stall' | 'answerTime'> {
  readonly api: Api;
  readonly pace: Pace;
  /** Path below the emission folder, with `/`: the name that the key is made of. */
  readonly path: string;
  /** Absolute path. */
  readonly file: string;
  readonly state: FileState;
  /** The bucket in which a file is looked for whose answer was lost. */
  readonly emissionBucket: string;
  /** Posts at most; 5 when absent. */
  readonly tries?: number | undefined;
  readonly onForm?: ((key: string) => void) | undefined;
  readonly onBytes?: ((sent: number) => void) | undefined;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

/** A file that S3 has, as far as can be known. */
export interface Acknowledgement extends Fingerprint {
  readonly key: string;
  /** MD5 of the stored bytes in S3's own words; absent when S3 does not tell. */
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
 * that it overwrites the same key: another form would make a second key, and ingestion would take the file twice.
 * Before another form is asked for, and before giving up, the bucket is looked into.
 *
 * @throws SendError
 */
export async function sendFile(options: SendOptions): Promise<Acknowledgement> {
  const tries = options.tries ?? 5;
  let form: UploadForm | undefined;
  let uncertain: Uncertain | undefined;
  let expired = 0;
  let brokeInside = false;
  const failure = (error: EmissionError) =>
    new SendError(error, uncertain?.key ?? form?.key, uncertain !== undefined);

  for (let attempt = 1; ; attempt++) {
    if (form === undefined || !lives(form, options.pace)) {
      const found = uncertain && (await lookFor(uncertain, options));
      if (found) return found;
      try {
        form = await options.api.requestForm(options.path, options.signal);
      } catch (error) {
        // Its own tries are used up, and without the API nothing can be sent.
        throw failure(withConsequence(asEmissionError(error), 'stop-run'));
      }
      options.onForm?.(form.key);
    }
    const { key } = form;
    const result = await postForm({
      ...options,
      form,
      pause: brokeInside ? (signal) => options.pace.sleep(refusalPause, signal) : undefined,
    });
    if (result.kind === 'stored') {
      const { etag, fingerprint } = result;
      return { ...fingerprint, key, by: 'answer', ...(etag === undefined ? {} : { etag }) };
    }
    const { error, fingerprint } = result;
    brokeInside = error.reason === 'interrupted' && error.status === undefined && !error.maybeStored;
    if (error.maybeStored && fingerprint !== undefined) uncertain = { key, fingerprint };
    if (error.consequence === 'new-form') {
      if (++expired > 1) throw failure(clockWrong(error));
      form = undefined;
      continue;
    }
    if (error.consequence !== 'retry' || attempt >= tries) {
      const found = uncertain && mayBeWhole(error) ? await lookFor(uncertain, options) : undefined;
      if (found) return found;
      throw failure(error.consequence === 'retry' ? exhausted(error) : error);
    }
    const milliseconds = backoff(attempt, options.pace.random(), error.retryAfter);
    options.onWait?.({ attempt, milliseconds, error });
    try {
      await options.pace.sleep(milliseconds, options.signal);
    } catch (stopped) {
      throw failure(asEmissionError(stopped));
    }
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
  try {
    const { files } = await options.api.listFiles(options.emissionBucket, options.signal);
    const found = files.find((file) => file.key === key);
    if (found?.size !== fingerprint.bytes || found.etag !== fingerprint.md5) return undefined;
    return { ...fingerprint, key, etag: found.etag, by: 'list' };
  } catch (error) {
    if (error instanceof EmissionError) return undefined;
    throw error;
  }
}

function clockWrong(error: EmissionError): EmissionError {
  const message =
    'The storage calls even a fresh upload form expired: the clock of the cQube server is wrong. Tell the cQube administrator.';
  return new EmissionError('clock-wrong', message, { ...detail(error), consequence: 'stop-run' });
}

/** A storage that cannot be reached at all would fail every other file in the same way; other faults may pass. */
function exhausted(error: EmissionError): EmissionError {
  return withConsequence(error, error.reason === 'unreachable' ? 'stop-run' : 'fail-file');
}

function withConsequence(error: EmissionError, consequence: Consequence): EmissionError {
  return new EmissionError(error.reason, error.message, { ...detail(error), consequence });
}

function detail(error: EmissionError) {
  const { status, code, requestId, maybeStored, cause } = error;
  return { status, code, requestId, maybeStored, cause };
}

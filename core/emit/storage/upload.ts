/** One form post: streams a file to S3 with constant memory and reads whatever answer comes, early or late. */
import { open, stat } from 'node:fs/promises';
import type { FileHandle } from 'node:fs/promises';
import path from 'node:path';
import { cancelled, EmissionError } from '../error.ts';
import { formBody } from './form-body.ts';
import type { Fingerprint, FormBody } from './form-body.ts';
import type { UploadForm } from '../api/form.ts';
import { networkError } from '../http/http.ts';
import type { AgentChoice } from '../http/http.ts';
import { post } from './post.ts';
import type { Posting } from './post.ts';
import { judge } from './s3-answer.ts';
import type { Verdict } from './s3-answer.ts';

/** How a file looked on disk when it was opened: a later difference means that it was written to. */
export interface FileState {
  readonly bytes: number;
  /** Milliseconds since 1970. */
  readonly mtimeMs: number;
}

export interface PostOptions {
  readonly form: UploadForm;
  /** Absolute path of the file. */
  readonly file: string;
  /** The state that was checked; any other state of the file is an error. */
  readonly state: FileState;
  readonly agent?: AgentChoice | undefined;
  readonly signal?: AbortSignal | undefined;
  /** Milliseconds without progress after which a post is given up; 120,000 when absent. */
  readonly stall?: number | undefined;
  /** Milliseconds to wait for the answer once everything was sent; 300,000 when absent. */
  readonly answerTime?: number | undefined;
  /**
   * Awaited between the fields and the file, unless the post ends before. A refusal for the fields can then be read for
   * certain; behind file bytes it may be lost when the other side closes.
   */
  readonly pause?: ((signal: AbortSignal) => Promise<void>) | undefined;
  /**
   * Awaited before the end of the form leaves: until then nothing can be stored, from then on it may be. What it throws
   * ends the post.
   */
  readonly beforeEnd?: ((fingerprint: Fingerprint) => Promise<void>) | undefined;
  /** Told while bytes leave: the file's bytes so far in this post. */
  readonly onBytes?: ((sent: number) => void) | undefined;
}

/** A post that the storage says it has stored. */
export type StoredPost = Extract<Verdict, { kind: 'stored' }> & { readonly fingerprint: Fingerprint };

/** How one post ended. A failed one that may have been stored has a fingerprint. */
export type PostResult =
  StoredPost | { readonly kind: 'failed'; readonly error: EmissionError; readonly fingerprint?: Fingerprint };

/** S3 sends a form on at most this often before the post is given up. */
const mostHops = 3;

/**
 * Posts a file with a form (emission-protocol, section 5): the returned fields, then the file, with its exact length.
 * Every failure, a cancellation included, comes back as a result; nothing is thrown.
 */
export async function postForm(options: PostOptions): Promise<PostResult> {
  let file: FileHandle;
  try {
    file = await open(options.file, 'r');
  } catch (error) {
    return { kind: 'failed', error: unreadable(options.file, error) };
  }
  try {
    const fault = await changed(file, options, false);
    if (fault !== undefined) return { kind: 'failed', error: fault };
    let url = new URL(options.form.url);
    for (let hop = 0; hop <= mostHops; hop++) {
      const result = await postTo(url, file, options);
      if (!(result instanceof URL)) return result;
      url = result;
    }
    return {
      kind: 'failed',
      error: new EmissionError(
        'redirected',
        'The storage sends the upload from one address to the next without end. Tell the cQube administrator.',
        { consequence: 'stop-run' },
      ),
    };
  } finally {
    await file.close();
  }
}

/** One request. An address as result: the same form is to go there. */
async function postTo(url: URL, file: FileHandle, options: PostOptions): Promise<PostResult | URL> {
  const watch = watchProgress(options);
  const body = formBody({
    fields: options.form.fields,
    fileName: path.basename(options.file),
    file,
    bytes: options.state.bytes,
    // Its end by the signal ends the whole post as well.
    pause: () => options.pause?.(watch.signal).catch(() => undefined) ?? Promise.resolve(),
    beforeEnd: options.beforeEnd,
    onBytes: (sent) => {
      watch.progress();
      options.onBytes?.(sent);
    },
  });
  const posting = post({
    url,
    headers: {
      'Content-Type': body.contentType,
      'Content-Length': String(body.contentLength),
      'User-Agent': 'cqube-emission',
      Connection: 'close',
    },
    body: body.chunks,
    agent: options.agent,
    signal: watch.signal,
    onHandedOver: watch.handedOver,
  });
  try {
    const verdict = judge(await posting.answer, url, regionOf(options.form));
    if (verdict.kind === 'elsewhere') return verdict.url;
    if (verdict.kind === 'failed') return { kind: 'failed', error: verdict.error };
    return await stored(verdict, body, file, options);
  } catch (thrown) {
    const error = lost(thrown, url.host, posting, watch, options.signal);
    const fingerprint = body.fingerprint();
    return fingerprint === undefined ? { kind: 'failed', error } : { kind: 'failed', error, fingerprint };
  } finally {
    watch.end();
  }
}

/** Time-outs of one post: each step of progress starts the time anew, the body's end starts the answer's time. */
function watchProgress(options: PostOptions) {
  const limit = new AbortController();
  const stall = options.stall ?? 120_000;
  let timer = setTimeout(() => limit.abort(), stall);
  return {
    signal: options.signal ? AbortSignal.any([options.signal, limit.signal]) : limit.signal,
    progress: (): void => {
      timer.refresh();
    },
    handedOver: (): void => {
      clearTimeout(timer);
      timer = setTimeout(() => limit.abort(), options.answerTime ?? 300_000);
    },
    timedOut: () => limit.signal.aborted,
    /** Also ends what still goes on, such as the sending behind an early answer. */
    end: (): void => {
      clearTimeout(timer);
      limit.abort();
    },
  };
}

/** The region in the form's credential, `key/date/region/s3/aws4_request`. */
function regionOf(form: UploadForm): string | undefined {
  const credential = form.fields.find(([name]) => name.toLowerCase() === 'x-amz-credential')?.[1];
  const region = credential?.split('/')[2];
  return region !== undefined && /^[a-z0-9-]+$/.test(region) ? region : undefined;
}

/** Checks what S3 acknowledged against what was read, and the file against what it was. */
async function stored(
  verdict: Extract<Verdict, { kind: 'stored' }>,
  body: FormBody,
  file: FileHandle,
  options: PostOptions,
): Promise<PostResult> {
  const fingerprint = body.fingerprint();
  if (fingerprint === undefined) {
    const error = new EmissionError(
      'bad-answer',
      'The storage reported success before it had the whole file. Something on the way answers in its place; ask the network’s operator.',
      { consequence: 'stop-run' },
    );
    return { kind: 'failed', error };
  }
  if (verdict.etag !== undefined && verdict.etag !== fingerprint.md5) {
    const error = new EmissionError(
      'not-identical',
      'The storage reports another checksum than the file has: the data was altered on the way.',
      { consequence: 'retry', maybeStored: true },
    );
    return { kind: 'failed', error, fingerprint };
  }
  const fault = await changed(file, options, true);
  if (fault !== undefined) return { kind: 'failed', error: fault, fingerprint };
  return { ...verdict, fingerprint };
}

/** The fault when the file is no longer the one that was planned: rewritten, grown, shortened or replaced. */
async function changed(
  file: FileHandle,
  options: PostOptions,
  sent: boolean,
): Promise<EmissionError | undefined> {
  try {
    const [opened, named] = await Promise.all([file.stat(), stat(options.file)]);
    const same = [opened, named].every(
      (state) => state.size === options.state.bytes && state.mtimeMs === options.state.mtimeMs,
    );
    if (same && opened.ino === named.ino) return undefined;
  } catch (error) {
    return unreadable(options.file, error);
  }
  const name = path.basename(options.file);
  const what = sent
    ? `${name} was written to while it was being sent, so a mixture may have been stored.`
    : `${name} was written to before it could be sent.`;
  return new EmissionError('file-changed', `${what} Zip the dataset again and emit it again.`, {
    consequence: 'fail-file',
    maybeStored: sent,
  });
}

function unreadable(file: string, error: unknown): EmissionError {
  const code = error instanceof Error && 'code' in error ? String(error.code) : undefined;
  const name = path.basename(file);
  return code === 'ENOENT'
    ? new EmissionError('file-missing', `${name} is no longer there. Zip the dataset again.`, {
        consequence: 'fail-file',
        cause: error,
      })
    : new EmissionError(
        'file-unreadable',
        `${name} cannot be read (${code ?? 'unknown error'}). Check its permissions.`,
        {
          consequence: 'fail-file',
          cause: error,
        },
      );
}

/** Why a request ended without an answer. Once all bytes were on their way, the file may be stored all the same. */
function lost(
  error: unknown,
  host: string,
  posting: Posting,
  watch: { readonly timedOut: () => boolean },
  signal: AbortSignal | undefined,
): EmissionError {
  const maybeStored = posting.handedOver();
  if (error instanceof EmissionError) return error;
  if (signal?.aborted) return cancelled(maybeStored);
  const { message, code, consequence, reason } = watch.timedOut()
    ? new EmissionError(
        'time-out',
        maybeStored
          ? `${host} received the file but does not answer.`
          : `Nothing could be sent to ${host} for a long time. Check the network and try again.`,
        { consequence: 'retry' },
      )
    : networkError(error, host);
  return new EmissionError(reason, message, { consequence, code, maybeStored, cause: error });
}

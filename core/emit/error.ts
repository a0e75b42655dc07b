/** What can go wrong between a zip and its acknowledgement, with words for a person and a rule for the emitter. */

export type EmissionReason =
  | 'bad-endpoint'
  | 'bad-token'
  | 'unauthorized'
  | 'not-found'
  | 'login-page'
  | 'redirected'
  | 'unreachable'
  | 'certificate'
  | 'interrupted'
  | 'time-out'
  | 'server-error'
  | 'bad-answer'
  | 'refused'
  | 'form-expired'
  | 'clock-wrong'
  | 'no-bucket'
  | 'file-refused'
  | 'file-missing'
  | 'file-changed'
  | 'file-unreadable'
  | 'too-large'
  | 'not-identical'
  | 'outcome-unknown'
  | 'locked'
  | 'journal'
  | 'cancelled';

/**
 * What the emitter does next: `retry` the same request; ask for a `new-form`; `fail-file` and go on with the files
 * that do not depend on it; `stop-run`, because every other file would meet the same fault.
 */
export type Consequence = 'retry' | 'new-form' | 'fail-file' | 'stop-run';

export interface EmissionErrorDetail {
  readonly consequence: Consequence;
  /** HTTP status of the answer; absent when there was none. */
  readonly status?: number | undefined;
  /** Code of S3's XML error, such as `AccessDenied`, or of the network, such as `ECONNREFUSED`. */
  readonly code?: string | undefined;
  /** S3's id of the request, which its operator can look up. */
  readonly requestId?: string | undefined;
  /** Seconds that the server asks to wait (`Retry-After`). */
  readonly retryAfter?: number | undefined;
  /** True when all bytes had left and no answer acknowledges them: the file may be stored, as it is or otherwise. */
  readonly maybeStored?: boolean | undefined;
  readonly cause?: unknown;
}

/** An error of the emission. `message` is for a person: what is wrong and how to mend it, without any secret. */
export class EmissionError extends Error {
  override readonly name = 'EmissionError';
  readonly reason: EmissionReason;
  readonly consequence: Consequence;
  readonly status: number | undefined;
  readonly code: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfter: number | undefined;
  readonly maybeStored: boolean;

  constructor(reason: EmissionReason, message: string, detail: EmissionErrorDetail) {
    super(message, { cause: detail.cause });
    this.reason = reason;
    this.consequence = detail.consequence;
    this.status = detail.status;
    this.code = detail.code;
    this.requestId = detail.requestId;
    this.retryAfter = detail.retryAfter;
    this.maybeStored = detail.maybeStored ?? false;
  }
}

/** The error of an emission that the user stopped. `maybeStored`: see EmissionErrorDetail. */
export function cancelled(maybeStored = false): EmissionError {
  const message = maybeStored
    ? 'The emission was cancelled before the server answered. The file may have been stored.'
    : 'The emission was cancelled.';
  return new EmissionError('cancelled', message, { consequence: 'stop-run', maybeStored });
}

/** `error` as an EmissionError; an unforeseen one stops the run, with its message alone. */
export function asEmissionError(error: unknown): EmissionError {
  if (error instanceof EmissionError) return error;
  const text = error instanceof Error ? error.message : String(error);
  return new EmissionError('bad-answer', `The emission met an unforeseen error: ${text}`, {
    consequence: 'stop-run',
    cause: error,
  });
}

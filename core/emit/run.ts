/** Carries out a plan: wave after wave, file after file, each acknowledgement in the journal before the next file. */
import { lstat, realpath } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { MAX_UPLOAD_BYTES } from '../plan/plan.ts';
import type { Plan, PlannedFile, Wave } from '../plan/types.ts';
import { createApi } from './api.ts';
import type { Api, Buckets } from './api.ts';
import { endpointOrigin } from './endpoint.ts';
import { asEmissionError, cancelled, EmissionError } from './error.ts';
import type { AgentChoice } from './http.ts';
import { openJournal } from './journal.ts';
import type { AcknowledgedRecord, FailedRecord, Journal } from './journal.ts';
import { realPace } from './pace.ts';
import type { Pace, Wait } from './pace.ts';
import { longestKey } from './s3-answer.ts';
import { sendFile, SendError } from './send.ts';
import type { FileState } from './upload.ts';

export interface EmitOptions {
  /** From `normaliseEndpoint`. */
  readonly endpoint: string;
  /** From `cleanToken`. */
  readonly token: string;
  readonly agent?: AgentChoice | undefined;
  /** Aborting it cancels the run. */
  readonly signal?: AbortSignal | undefined;
  readonly onEvent?: ((event: EmitEvent) => void) | undefined;
  /** Tries of each API call and of each file; 5 when absent. */
  readonly tries?: number | undefined;
  /** Milliseconds: for an API answer, without upload progress, and for the answer to an upload. */
  readonly timeOuts?:
    { readonly api?: number; readonly stall?: number; readonly answer?: number } | undefined;
  readonly pace?: Pace | undefined;
}

export type EmitEvent =
  | { readonly type: 'connected'; readonly buckets: Buckets }
  | { readonly type: 'wave'; readonly wave: Wave }
  | { readonly type: 'file'; readonly file: PlannedFile }
  | { readonly type: 'form'; readonly file: PlannedFile; readonly key: string }
  /** Bytes of the file that have left; falls back to a smaller number when a try begins anew. */
  | { readonly type: 'progress'; readonly file: PlannedFile; readonly sent: number; readonly total: number }
  /** Before a further try; `file` is absent while the endpoint is tried. */
  | { readonly type: 'waiting'; readonly file?: PlannedFile; readonly wait: Wait }
  | { readonly type: 'acknowledged'; readonly file: PlannedFile; readonly record: AcknowledgedRecord }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'not-tried'; readonly notTried: NotTried };

export interface Failure {
  readonly file: PlannedFile;
  readonly error: EmissionError;
  /** `unknown`: all bytes had left, and neither an answer nor the bucket's listing tells what became of them. */
  readonly stored: 'no' | 'unknown';
}

export interface NotTried {
  readonly file: PlannedFile;
  /** `wave`: a file of an earlier wave failed; `stopped`: an error that every file would meet; `cancelled`: the user. */
  readonly why: 'wave' | 'stopped' | 'cancelled';
  /** One sentence for a person. */
  readonly message: string;
}

/** What happened, counted from acknowledgements and failures, never from intentions. */
export interface EmitSummary {
  readonly sent: readonly AcknowledgedRecord[];
  readonly failed: readonly Failure[];
  readonly notTried: readonly NotTried[];
  readonly cancelled: boolean;
  /** The error that ended the run before its time; also set when not one file could be tried. */
  readonly stoppedBy?: EmissionError;
}

/** A zip younger than this may still be being written; it is looked at once more after a moment. */
const settling = 2000;
const settlingPause = 500;

/**
 * Emits the planned zips (emission-protocol, section 7): proves address and token first, then sends wave after wave,
 * one file at a time. A wave begins only when every file of the waves before is acknowledged. Writes the journal
 * beside the emission folder. Everything that goes wrong is in the summary; nothing is thrown.
 */
export async function emit(plan: Plan, options: EmitOptions): Promise<EmitSummary> {
  const run = createRun(plan, options);
  let journal: Journal | undefined;
  try {
    if (options.signal?.aborted) throw cancelled();
    journal = await openJournal(run.folder);
    const buckets = await run.api.listBuckets(options.signal);
    run.tell({ type: 'connected', buckets });
    await sendWaves(run, journal, buckets);
  } catch (error) {
    run.stop(asEmissionError(error));
  } finally {
    await journal?.close();
  }
  return run.summary();
}

interface Run {
  readonly plan: Plan;
  readonly folder: string;
  readonly options: EmitOptions;
  readonly pace: Pace;
  readonly api: Api;
  readonly tell: (event: EmitEvent) => void;
  readonly acknowledge: (file: PlannedFile, record: AcknowledgedRecord) => void;
  readonly fail: (failure: Failure) => void;
  readonly stop: (error: EmissionError) => void;
  readonly stopped: () => boolean;
  readonly failures: () => readonly Failure[];
  readonly summary: () => EmitSummary;
}

function createRun(plan: Plan, options: EmitOptions): Run {
  const pace = options.pace ?? realPace;
  const sent: AcknowledgedRecord[] = [];
  const failed: Failure[] = [];
  const tried = new Set<PlannedFile>();
  let stoppedBy: EmissionError | undefined;
  let current: PlannedFile | undefined;
  const tell = (event: EmitEvent): void => {
    if (event.type === 'file') current = event.file;
    options.onEvent?.(event);
  };
  const api = createApi({
    endpoint: options.endpoint,
    token: options.token,
    agent: options.agent,
    timeOut: options.timeOuts?.api,
    tries: options.tries,
    pace,
    onWait: (wait) => tell({ type: 'waiting', wait, ...(current === undefined ? {} : { file: current }) }),
  });
  return {
    plan,
    folder: plan.root.startsWith('file:') ? fileURLToPath(plan.root) : path.resolve(plan.root),
    options,
    pace,
    api,
    tell,
    acknowledge: (file, record) => {
      tried.add(file);
      sent.push(record);
      tell({ type: 'acknowledged', file, record });
    },
    fail: (failure) => {
      tried.add(failure.file);
      failed.push(failure);
      tell({ type: 'failed', failure });
    },
    stop: (error) => (stoppedBy ??= error),
    stopped: () => stoppedBy !== undefined,
    failures: () => failed,
    summary: () => {
      const notTried = plan.waves
        .flatMap((wave) => wave.files)
        .filter((file) => !tried.has(file))
        .map((file) => ({ file, ...whyNotTried(stoppedBy, failed) }));
      for (const item of notTried) tell({ type: 'not-tried', notTried: item });
      const wasCancelled = stoppedBy?.reason === 'cancelled';
      return { sent, failed, notTried, cancelled: wasCancelled, ...(stoppedBy ? { stoppedBy } : {}) };
    },
  };
}

function whyNotTried(
  stoppedBy: EmissionError | undefined,
  failed: readonly Failure[],
): Omit<NotTried, 'file'> {
  if (stoppedBy?.reason === 'cancelled') {
    return { why: 'cancelled', message: 'Not sent, because the emission was cancelled.' };
  }
  if (stoppedBy !== undefined) {
    return { why: 'stopped', message: `Not sent, because the emission had to stop: ${stoppedBy.message}` };
  }
  const names = failed.map(({ file }) => file.path).join(', ');
  return {
    why: 'wave',
    message: `Not sent, because an earlier step is not complete: ${names} could not be sent.`,
  };
}

async function sendWaves(run: Run, journal: Journal, buckets: Buckets): Promise<void> {
  for (const wave of run.plan.waves) {
    run.tell({ type: 'wave', wave });
    for (const file of wave.files) {
      if (run.options.signal?.aborted) throw cancelled();
      await sendPlanned(run, journal, buckets, file);
      if (run.stopped()) return;
    }
    if (run.failures().length > 0) return;
  }
}

/** Sends one file and writes down how it ended; an error that every file would meet stops the run. */
async function sendPlanned(run: Run, journal: Journal, buckets: Buckets, file: PlannedFile): Promise<void> {
  const { options, pace } = run;
  run.tell({ type: 'file', file });
  const absolute = path.join(run.folder, ...file.path.split('/'));
  const entry = (state: Partial<FileState>) => ({
    time: pace.now().toISOString(),
    path: file.path,
    dataset: file.dataset,
    endpoint: endpointOrigin(options.endpoint),
    bytes: state.bytes ?? file.bytes,
    mtime: new Date(state.mtimeMs ?? 0).toISOString(),
  });
  let state: FileState | undefined;
  try {
    state = await checkFile(run, absolute, file);
    const total = state.bytes;
    const stored = await sendFile({
      api: run.api,
      pace,
      path: file.path,
      file: absolute,
      state,
      emissionBucket: buckets.emission,
      agent: options.agent,
      signal: options.signal,
      tries: options.tries,
      stall: options.timeOuts?.stall,
      answerTime: options.timeOuts?.answer,
      onForm: (key) => run.tell({ type: 'form', file, key }),
      onBytes: (sent) => run.tell({ type: 'progress', file, sent, total }),
      onWait: (wait) => run.tell({ type: 'waiting', file, wait }),
    });
    const { sha256, key, etag, by } = stored;
    const record: AcknowledgedRecord = {
      ...{ event: 'acknowledged', ...entry(state), sha256, key, by },
      ...(etag === undefined ? {} : { etag }),
    };
    const written = await journal.append(record).then(
      () => undefined,
      (error: unknown) => asEmissionError(error),
    );
    // The file is stored, journal or not; but nothing more is sent that could not be written down.
    run.acknowledge(file, record);
    if (written !== undefined) run.stop(written);
  } catch (thrown) {
    const error = asEmissionError(thrown instanceof SendError ? thrown.error : thrown);
    const stored = thrown instanceof SendError && thrown.maybeStored ? 'unknown' : 'no';
    const key = thrown instanceof SendError ? thrown.key : undefined;
    const { reason, status, code, requestId } = error;
    const record: FailedRecord = {
      ...{ event: 'failed', ...entry(state ?? {}), reason, stored },
      ...(key === undefined ? {} : { key }),
      ...(status === undefined ? {} : { status }),
      ...(code === undefined ? {} : { code }),
      ...(requestId === undefined ? {} : { requestId }),
    };
    // A file that the user stopped before it was stored has not failed: it counts as not tried.
    if (error.reason !== 'cancelled' || stored === 'unknown') run.fail({ file, error, stored });
    if (error.consequence === 'stop-run') run.stop(error);
    await journal.append(record);
  }
}

/**
 * The state of a planned zip, once it is certain that it is the planned one and that nothing writes to it.
 *
 * @throws EmissionError that fails the file.
 */
async function checkFile(run: Run, absolute: string, file: PlannedFile): Promise<FileState> {
  const refuse = (
    reason: 'file-missing' | 'file-changed' | 'file-refused' | 'too-large',
    message: string,
  ): never => {
    throw new EmissionError(reason, message, { consequence: 'fail-file' });
  };
  if (Buffer.byteLength(file.path) > longestKey - '_20000101000000'.length) {
    refuse('file-refused', `The path ${file.path} is too long for the storage.`);
  }
  const first = await look(absolute, file.path);
  const inside = await realpath(absolute);
  if (!inside.startsWith((await realpath(run.folder)) + path.sep)) {
    refuse(
      'file-refused',
      `${file.path} is a link to a file outside of the emission folder. Put the zip itself there.`,
    );
  }
  if (first.bytes !== file.bytes) {
    refuse('file-changed', `${file.path} has changed since the plan was made. Check it and emit again.`);
  }
  if (first.bytes === 0) refuse('file-refused', `${file.path} is empty. Zip the dataset again.`);
  if (first.bytes > MAX_UPLOAD_BYTES) {
    refuse('too-large', `${file.path} is larger than 5 GiB, which the storage does not take in one upload.`);
  }
  if (run.pace.now().getTime() - first.mtimeMs < settling) {
    await run.pace.sleep(settlingPause, run.options.signal);
    const second = await look(absolute, file.path);
    if (second.bytes !== first.bytes || second.mtimeMs !== first.mtimeMs) {
      refuse('file-changed', `${file.path} is being written to. Wait until that is done and emit again.`);
    }
  }
  return first;
}

async function look(absolute: string, name: string): Promise<FileState> {
  try {
    const state = await lstat(absolute);
    if (state.isFile()) return { bytes: state.size, mtimeMs: state.mtimeMs };
  } catch (error) {
    throw new EmissionError('file-missing', `${name} cannot be read. Zip the dataset again.`, {
      consequence: 'fail-file',
      cause: error,
    });
  }
  throw new EmissionError('file-refused', `${name} is not a file. Put the zip itself there.`, {
    consequence: 'fail-file',
  });
}

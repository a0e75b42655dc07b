/** One planned file from what the journal knows of it to its outcome, each step written down. */
import type { PlannedFile } from '../plan/types.ts';
import type { Api } from './api/api.ts';
import { asEmissionError, EmissionError } from './error.ts';
import { findStored } from './find-stored.ts';
import type { Whereabouts } from './find-stored.ts';
import type { Fingerprint } from './storage/form-body.ts';
import type { History } from './journal/history.ts';
import type {
  AcknowledgedRecord,
  FailedRecord,
  Journal,
  JournalRecord,
  SentRecord,
} from './journal/journal.ts';
import type { EmissionLock } from './journal/lock.ts';
import type { Pace, Presence } from './http/pace.ts';
import { pathOf, readyFile, sha256Of } from './ready-file.ts';
import { sendFile, SendError } from './send.ts';
import type { EmitEvent, EmitOptions } from './types.ts';
import type { FileState } from './storage/upload.ts';

export interface Delivery {
  /** Path of the emission folder. */
  readonly folder: string;
  readonly api: Api;
  readonly pace: Pace;
  readonly options: EmitOptions;
  /** Origin of the endpoint. */
  readonly endpoint: string;
  /** The emission bucket. */
  readonly bucket: string;
  /** What the files before have found out about the storage. */
  readonly storage: Presence;
  readonly journal: Journal;
  readonly lock: EmissionLock;
  /** What the journal told when the run began. */
  readonly history: History;
  readonly tell: (event: EmitEvent) => void;
}

/** How a file ended. `stop`: an error that every other file would meet as well. */
export type Outcome = { readonly stop?: EmissionError } & (
  | { readonly kind: 'acknowledged' | 'skipped'; readonly record: AcknowledgedRecord }
  | { readonly kind: 'failed'; readonly error: EmissionError; readonly stored: 'no' | 'unknown' }
  /** Cancelled before it could be stored. */
  | { readonly kind: 'untried' }
);

/** Sends one file, unless the journal makes that needless or doubtful. Nothing is thrown. */
export async function deliver(delivery: Delivery, file: PlannedFile): Promise<Outcome> {
  const { folder, pace, options } = delivery;
  let state: FileState | undefined;
  try {
    state = await readyFile({ folder, pace, signal: options.signal }, file);
    const known = await alreadyThere(delivery, file, state);
    if (known?.isNew === false) return { kind: 'skipped', record: known.record };
    return await acknowledge(delivery, known?.record ?? (await send(delivery, file, state)));
  } catch (thrown) {
    return fail(delivery, file, state, thrown);
  }
}

function entryOf({ pace, endpoint }: Delivery, file: PlannedFile, state: FileState | undefined) {
  return {
    endpoint,
    path: file.path,
    dataset: file.dataset,
    bytes: state?.bytes ?? file.bytes,
    mtime: new Date(state?.mtimeMs ?? 0).toISOString(),
    time: pace.now().toISOString(),
  };
}

/** A record with its time and event first, as a person reads it. */
function recordOf<T extends JournalRecord>(record: T): T {
  const { time, event, ...rest } = record;
  return { time, event, ...rest } as T;
}

interface Known {
  readonly record: AcknowledgedRecord;
  /** False for one that the journal has; true for one that it is to get. */
  readonly isNew: boolean;
}

/**
 * The acknowledgement of the file's present content from earlier runs; undefined when it is to be sent.
 *
 * @throws EmissionError `outcome-unknown` for content that may be stored already, of which nothing can be found out
 */
async function alreadyThere(
  delivery: Delivery,
  file: PlannedFile,
  state: FileState,
): Promise<Known | undefined> {
  const { history, options } = delivery;
  const record = options.again === true ? undefined : history.acknowledged.get(file.path);
  const pending = options.unknown === 'send' ? [] : (history.unsettled.get(file.path) ?? []);
  if (![record, ...pending].some((each) => each?.bytes === state.bytes)) return undefined;
  const sha256 = await sha256Of(pathOf(delivery.folder, file), options.signal);
  if (record?.sha256 === sha256) return { record, isNew: false };
  const same = pending.filter((each) => each.sha256 === sha256);
  const last = same.at(-1);
  if (last === undefined) return undefined;
  let where: Whereabouts | undefined;
  for (const sent of same) {
    where = await findStored(delivery.api, delivery.bucket, sent, options.signal);
    if (where === 'stored') return { record: settled(delivery, file, state, sent, 'list'), isNew: true };
  }
  if (options.unknown === 'stored')
    return { record: settled(delivery, file, state, last, 'user'), isNew: true };
  throw new EmissionError(
    'outcome-unknown',
    `${file.path} left at ${last.time} as ${last.key}, and was not acknowledged. ${whereWords(where)} It is not sent again by itself, because ingestion may have it. Find out from the cQube administrator, then emit it again and say which.`,
    { consequence: 'fail-file', maybeStored: true },
  );
}

function settled(
  delivery: Delivery,
  file: PlannedFile,
  state: FileState,
  { key, sha256, md5 }: SentRecord,
  by: 'list' | 'user',
): AcknowledgedRecord {
  const etag = by === 'list' ? { etag: md5 } : {};
  return recordOf({ event: 'acknowledged', ...entryOf(delivery, file, state), key, sha256, ...etag, by });
}

function whereWords(where: Whereabouts | undefined): string {
  switch (where) {
    case 'hidden':
      return 'The bucket holds more than the 1,000 objects that can be listed, so it cannot be looked for.';
    case 'other':
      return 'The bucket shows other content under this name.';
    case 'absent':
      return 'The bucket does not show it, but ingestion takes files out of it within seconds.';
    default:
      return 'The bucket could not be listed.';
  }
}

async function send(delivery: Delivery, file: PlannedFile, state: FileState): Promise<AcknowledgedRecord> {
  const { api, bucket, folder, journal, lock, options, pace, storage, tell } = delivery;
  const entry = () => entryOf(delivery, file, state);
  const { sha256, key, etag, by } = await sendFile({
    api,
    pace,
    path: file.path,
    file: pathOf(folder, file),
    state,
    emissionBucket: bucket,
    storage,
    agent: options.agent,
    signal: options.signal,
    patience: options.patience,
    tries: options.tries,
    stall: options.timeOuts?.stall,
    answerTime: options.timeOuts?.answer,
    onForm: async (formKey) => {
      await lock.check();
      await journal.append(recordOf({ event: 'form', ...entry(), key: formKey }));
      tell({ type: 'form', file, key: formKey });
    },
    beforeEnd: async (formKey, fingerprint: Fingerprint) => {
      await lock.check();
      const { sha256: hash, md5 } = fingerprint;
      await journal.append(recordOf({ event: 'sent', ...entry(), key: formKey, sha256: hash, md5 }));
      tell({ type: 'sent', file, key: formKey });
    },
    onBytes: (sent) => tell({ type: 'progress', file, sent, total: state.bytes }),
    onWait: (wait) => tell({ type: 'waiting', file, wait }),
  });
  const stored = { ...entry(), key, sha256, ...(etag === undefined ? {} : { etag }), by };
  return recordOf({ event: 'acknowledged', ...stored });
}

/** The file is stored, journal or not; but nothing more is sent that could not be written down. */
async function acknowledge({ journal }: Delivery, record: AcknowledgedRecord): Promise<Outcome> {
  const stop = await written(journal, record);
  return { kind: 'acknowledged', record, ...(stop === undefined ? {} : { stop }) };
}

async function fail(
  delivery: Delivery,
  file: PlannedFile,
  state: FileState | undefined,
  thrown: unknown,
): Promise<Outcome> {
  const error = asEmissionError(thrown instanceof SendError ? thrown.error : thrown);
  const maybeStored = thrown instanceof SendError ? thrown.maybeStored : error.maybeStored;
  const stored = maybeStored ? 'unknown' : 'no';
  const key = thrown instanceof SendError ? thrown.key : undefined;
  const { reason, status, code, requestId } = error;
  const record: FailedRecord = recordOf({
    ...{ event: 'failed', ...entryOf(delivery, file, state), reason, stored },
    ...(key === undefined ? {} : { key }),
    ...(status === undefined ? {} : { status }),
    ...(code === undefined ? {} : { code }),
    ...(requestId === undefined ? {} : { requestId }),
  });
  const unwritten = await written(delivery.journal, record);
  const stop = error.consequence === 'stop-run' ? error : unwritten;
  const ending = stop === undefined ? {} : { stop };
  // A file that the user stopped before it was stored has not failed: it counts as not tried.
  if (error.reason === 'cancelled' && stored === 'no') return { kind: 'untried', ...ending };
  return { kind: 'failed', error, stored, ...ending };
}

/** The error with which a record could not be written. */
async function written(journal: Journal, record: JournalRecord): Promise<EmissionError | undefined> {
  try {
    await journal.append(record);
    return undefined;
  } catch (error) {
    return asEmissionError(error);
  }
}

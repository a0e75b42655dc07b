/** What has left this computer, out of the journal, and what the buckets tell of it by now. */
import type { FileList } from '../emit/api/api.ts';
import { maybeSame, shows } from '../emit/find-stored.ts';
import type { JournalRecord } from '../emit/journal/journal.ts';
import { readKey } from './key.ts';

/**
 * `acknowledged`: the server's answer says so. `listed`: the answer was lost, the bucket's listing showed it. `counted`:
 * somebody said so. `unknown`: it left, and was not acknowledged. `refused`: it was not stored.
 */
export type SendingOutcome = 'acknowledged' | 'listed' | 'counted' | 'unknown' | 'refused';

/** One file under one key. */
export interface Sending {
  /** ISO time of the last thing that is known of it. */
  readonly time: string;
  /** Origin of the endpoint. */
  readonly endpoint: string;
  readonly dataset: string;
  /** Path of the zip below the emission folder, with `/`. */
  readonly path: string;
  readonly key: string;
  /** Size of the zip. */
  readonly bytes: number;
  /** Hexadecimal; absent when the file never left as a whole. */
  readonly sha256?: string;
  /** Hexadecimal; absent also where only the acknowledgement is known. */
  readonly md5?: string;
  readonly outcome: SendingOutcome;
}

const outcomes = { answer: 'acknowledged', list: 'listed', user: 'counted' } as const;

/**
 * The sendings of a journal, the oldest first. The journal knows no numbers of rows. What was given up before a key was
 * handed out has not left, and is none.
 */
export function sendingsOf(records: readonly JournalRecord[]): readonly Sending[] {
  const found = new Map<string, Sending>();
  for (const record of records) {
    if (record.event !== 'sent' && record.event !== 'acknowledged' && record.event !== 'failed') continue;
    const { time, endpoint, dataset, path, key, bytes } = record;
    if (key === undefined) continue;
    const id = `${endpoint}\n${key}`;
    const before = found.get(id);
    const outcome =
      record.event === 'acknowledged'
        ? outcomes[record.by]
        : record.event === 'failed' && record.stored === 'no'
          ? 'refused'
          : 'unknown';
    const sha256 = record.event === 'failed' ? before?.sha256 : record.sha256;
    const md5 = record.event === 'sent' ? record.md5 : before?.md5;
    // The place is that of the last word about it.
    found.delete(id);
    found.set(id, {
      ...{ time, endpoint, dataset, path, key, bytes, outcome },
      ...(sha256 === undefined ? {} : { sha256 }),
      ...(md5 === undefined ? {} : { md5 }),
    });
  }
  return [...found.values()];
}

/**
 * Where a sending is by now. `waiting`: the emission bucket holds it. `other`: that holds other bytes under its key.
 * `taken`: the input bucket holds it. `gone`: the emission bucket does not hold it, and the input bucket does not show
 * it. `hidden`: the listing ends before its key.
 */
export type Whereabouts =
  | { readonly kind: 'waiting' | 'other' | 'gone' | 'hidden' }
  | { readonly kind: 'taken'; readonly inputKey: string };

/** What both buckets show, made ready to be asked about many sendings. */
export interface BucketLook {
  readonly whereabouts: (sending: Sending) => Whereabouts;
}

/** @param input absent where the input bucket could not be listed */
export function bucketLook(emission: FileList, input: FileList | undefined): BucketLook {
  const waiting = new Map(emission.files.map((file) => [file.key, file]));
  const taken = new Map<string, string>();
  for (const { key } of input?.files ?? []) {
    const { emissionKey } = readKey('input', key, '');
    if (emissionKey !== undefined) taken.set(emissionKey, key);
  }
  return {
    whereabouts: (sending) => {
      const file = waiting.get(sending.key);
      if (file) return { kind: maybeSame(file, sending) ? 'waiting' : 'other' };
      const inputKey = taken.get(sending.key);
      if (inputKey !== undefined) return { kind: 'taken', inputKey };
      return { kind: shows(emission, sending.key) ? 'gone' : 'hidden' };
    },
  };
}

/** The last sending to an endpoint of what is under a key now, if the journal knows its checksum. */
export function sendingOf(
  sendings: readonly Sending[],
  origin: string,
  emissionKey: string | undefined,
): Sending | undefined {
  return sendings.findLast(
    ({ endpoint, key, sha256 }) => endpoint === origin && key === emissionKey && sha256 !== undefined,
  );
}

/** True when these are the bytes that were sent. */
export function isWhatWasSent(
  { bytes, sha256 }: Sending,
  got: { readonly bytes: number; readonly sha256: string },
): boolean {
  return bytes === got.bytes && sha256 === got.sha256;
}

/** What an outcome is called. */
export const outcomeWords: Readonly<Record<SendingOutcome, string>> = {
  acknowledged: 'acknowledged',
  listed: 'acknowledged, by the bucket’s listing',
  counted: 'counted as stored, as you said',
  unknown: 'unknown: it left, and was not acknowledged',
  refused: 'not stored',
};

/** What whereabouts are called. */
export const whereaboutsWords: Readonly<Record<Whereabouts['kind'], string>> = {
  waiting: 'in the bucket, waits for ingestion',
  other: 'the bucket holds other bytes under this key',
  taken: 'taken in by ingestion',
  gone: 'no longer in the emission bucket',
  hidden: 'not to be seen: the listing ends before it',
};

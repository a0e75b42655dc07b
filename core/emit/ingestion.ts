/** Waits until ingestion has taken what was sent: it moves files out of the emission bucket (emission-protocol, section 4). */
import type { Api, FileList } from './api/api.ts';
import { EmissionError } from './error.ts';
import { shows } from './find-stored.ts';
import type { Pace } from './http/pace.ts';

/** What the bucket's listing tells of the keys. */
export interface Intake {
  /** Gone from the bucket: ingestion took them. Whether it keeps their rows is another matter. */
  readonly taken: readonly string[];
  /** Still in the bucket. */
  readonly waiting: readonly string[];
  /** Behind the 1,000 objects that the listing shows: nothing is known of them. */
  readonly hidden: readonly string[];
}

export interface IntakeResult extends Intake {
  /** Why the waiting ended before its time. */
  readonly error?: EmissionError;
}

export interface IntakeOptions {
  readonly api: Api;
  /** The emission bucket. */
  readonly bucket: string;
  readonly keys: readonly string[];
  /** Milliseconds after which the waiting ends. */
  readonly limit: number;
  readonly pace: Pace;
  readonly signal?: AbortSignal | undefined;
  readonly onLook?: ((intake: Intake) => void) | undefined;
}

/** Ingestion looks into the bucket this often; a closer look would see nothing more. */
const interval = 10_000;

/**
 * Looks into the bucket until every key was taken or the time is over. Passing faults of the API are waited out;
 * nothing is thrown.
 */
export async function waitForIngestion(options: IntakeOptions): Promise<IntakeResult> {
  const { api, bucket, limit, pace, signal } = options;
  const end = pace.monotonic() + limit;
  let intake: Intake = { taken: [], waiting: options.keys, hidden: [] };
  for (;;) {
    try {
      intake = look(await api.listFiles(bucket, signal), intake);
      options.onLook?.(intake);
    } catch (thrown) {
      if (!(thrown instanceof EmissionError)) throw thrown;
      if (thrown.consequence === 'stop-run') return { ...intake, error: thrown };
    }
    const left = end - pace.monotonic();
    if (left <= 0 || intake.taken.length === options.keys.length) return intake;
    try {
      await pace.sleep(Math.min(interval, left), signal);
    } catch (thrown) {
      if (!(thrown instanceof EmissionError)) throw thrown;
      return { ...intake, error: thrown };
    }
  }
}

/** A key that was taken once does not come back. */
function look(list: FileList, before: Intake): Intake {
  const there = new Set(list.files.map(({ key }) => key));
  const taken = [...before.taken];
  const waiting: string[] = [];
  const hidden: string[] = [];
  for (const key of [...before.waiting, ...before.hidden]) {
    if (there.has(key)) waiting.push(key);
    else if (shows(list, key)) taken.push(key);
    else hidden.push(key);
  }
  return { taken, waiting, hidden };
}

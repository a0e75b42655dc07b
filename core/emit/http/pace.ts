/** Time and chance as the emission uses them, so that tests can stand in for both. */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, EmissionError } from '../error.ts';
import type { EmissionReason } from '../error.ts';

export interface Pace {
  /** Waits; rejects with EmissionError `cancelled` when `signal` is aborted. */
  readonly sleep: (milliseconds: number, signal?: AbortSignal) => Promise<void>;
  /** A number from 0 to just below 1. */
  readonly random: () => number;
  /** Milliseconds that only ever grow, from any start. */
  readonly monotonic: () => number;
  /** The time that journals and messages show. */
  readonly now: () => Date;
}

export const realPace: Pace = {
  sleep: async (milliseconds, signal) => {
    try {
      await delay(milliseconds, undefined, signal ? { signal } : {});
    } catch {
      throw cancelled();
    }
  },
  random: () => Math.random(),
  monotonic: () => performance.now(),
  now: () => new Date(),
};

/** A server may ask for more patience than this; then the run goes on asking at this pace. */
const longestWait = 300_000;

/**
 * Milliseconds to wait after the failed try `attempt` (1-based): 1, 2, 4 … 60 s, of which a random half is taken off
 * (emission-protocol, section 7, step 6).
 */
export function backoff(attempt: number, random: number): number {
  return Math.min(60_000, 1000 * 2 ** (attempt - 1)) * (1 - random / 2);
}

/** How long faults that may pass are waited for, in milliseconds, where nobody says otherwise: a server starts in less. */
export const USUAL_PATIENCE = 120_000;

export interface Endurance {
  /** Milliseconds of all waits between the tries; `USUAL_PATIENCE` when absent, 0 for a single try. */
  readonly patience?: number | undefined;
  /** Tries at most, the first one included, whatever the patience; no limit when absent. */
  readonly tries?: number | undefined;
}

/**
 * Milliseconds to wait before another try: those of `backoff`, the last one shortened to what is left of the patience. The
 * time that tries take does not count: an upload may take hours.
 *
 * @param attempt 1-based number of the try that failed
 * @param waited milliseconds of the waits so far
 * @param retryAfterSeconds what the server asks for; it is waited for also beyond the patience, within reason
 * @returns undefined when it is time to give up
 */
export function nextWait(
  { patience = USUAL_PATIENCE, tries = Infinity }: Endurance,
  attempt: number,
  waited: number,
  random: number,
  retryAfterSeconds = 0,
): number | undefined {
  const left = patience - waited;
  if (attempt >= tries || left <= 0) return undefined;
  const asked = Math.min(longestWait, retryAfterSeconds * 1000);
  return Math.max(asked, Math.min(left, backoff(attempt, random)));
}

/**
 * Whether the other side of a run's calls, the API or the storage, is there. Where one call has waited for it in vain, each
 * further one is a single try until it answers: else every file of a run would wait its whole patience again.
 */
export interface Presence {
  readonly isAway: () => boolean;
  /** What a call has left: its own endurance, or a single try. */
  readonly left: (own: Endurance) => Endurance;
  /** Told of a try that succeeded. */
  readonly answered: () => void;
  /** Told of a try that failed, with the milliseconds of the call's waits so far. */
  readonly failed: (error: EmissionError, own: Endurance, waited: number) => void;
}

/** The presence of a side that nobody has asked yet. */
export function createPresence(): Presence {
  let away = false;
  return {
    isAway: () => away,
    left: (own) => (away ? { ...own, tries: 1 } : own),
    answered: () => (away = false),
    failed: (error, { patience = USUAL_PATIENCE }, waited) => {
      if (isOfOtherSide(error)) away ||= patience > 0 && waited >= patience;
      else if (error.status !== undefined) away = false;
    },
  };
}

/** What fails when the other side, or the way to it, is down: the next file would meet it as well. */
const awayReasons = new Set<EmissionReason>(['unreachable', 'interrupted', 'time-out', 'server-error']);

/** False where the other side is there and minds this file: with 400 S3 calls it too slow or not complete. */
function isOfOtherSide({ reason, status }: EmissionError): boolean {
  return awayReasons.has(reason) && status !== 400;
}

export interface Wait {
  /** 1-based number of the try that failed. */
  readonly attempt: number;
  readonly milliseconds: number;
  readonly error: EmissionError;
}

export interface RetryOptions {
  readonly pace: Pace;
  /** How long `error` is tried again. */
  readonly endurance: (error: EmissionError) => Endurance;
  /** What is known of the other side; absent where each call stands for itself. */
  readonly presence?: Presence | undefined;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

/**
 * Runs `attempt` until it succeeds, fails with anything but `retry`, or has been tried long enough.
 *
 * @throws the last EmissionError, or whatever else `attempt` throws.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  const { pace, endurance, presence = createPresence(), signal, onWait } = options;
  let waited = 0;
  for (let number = 1; ; number++) {
    try {
      const result = await attempt();
      presence.answered();
      return result;
    } catch (error) {
      if (!(error instanceof EmissionError)) throw error;
      const own = endurance(error);
      presence.failed(error, own, waited);
      if (error.consequence !== 'retry') throw error;
      const milliseconds = nextWait(presence.left(own), number, waited, pace.random(), error.retryAfter);
      if (milliseconds === undefined) throw error;
      waited += milliseconds;
      onWait?.({ attempt: number, milliseconds, error });
      await pace.sleep(milliseconds, signal);
    }
  }
}

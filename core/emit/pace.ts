/** Time and chance as the emission uses them, so that tests can stand in for both. */
import { setTimeout as delay } from 'node:timers/promises';
import { cancelled, EmissionError } from './error.ts';

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
 * Milliseconds to wait after the failed try `attempt` (1-based): 1, 2, 4 … 60 s, of which a random half is taken off,
 * and never less than the server asked for (emission-protocol, section 7, step 6).
 */
export function backoff(attempt: number, random: number, retryAfterSeconds = 0): number {
  const ceiling = Math.min(60_000, 1000 * 2 ** (attempt - 1));
  return Math.min(longestWait, Math.max(ceiling * (1 - random / 2), retryAfterSeconds * 1000));
}

export interface Wait {
  /** 1-based number of the try that failed. */
  readonly attempt: number;
  readonly milliseconds: number;
  readonly error: EmissionError;
}

export interface RetryOptions {
  readonly pace: Pace;
  /** Largest number of tries for `error`, the first one included. */
  readonly tries: (error: EmissionError) => number;
  readonly signal?: AbortSignal | undefined;
  readonly onWait?: ((wait: Wait) => void) | undefined;
}

/**
 * Runs `attempt` until it succeeds, fails with anything but `retry`, or has been tried often enough.
 *
 * @throws the last EmissionError, or whatever else `attempt` throws.
 */
export async function withRetries<T>(attempt: () => Promise<T>, options: RetryOptions): Promise<T> {
  for (let number = 1; ; number++) {
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof EmissionError) || error.consequence !== 'retry') throw error;
      if (number >= options.tries(error)) throw error;
      const milliseconds = backoff(number, options.pace.random(), error.retryAfter);
      options.onWait?.({ attempt: number, milliseconds, error });
      await options.pace.sleep(milliseconds, options.signal);
    }
  }
}

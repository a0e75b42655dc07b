import type { FileRange, RangePart } from './range.ts';

/** Checks one range. @throws the signal's reason when it is given up */
export type CheckRange = (range: FileRange, signal: AbortSignal) => Promise<RangePart>;

/**
 * Checks the ranges of a file, all at once. A row that goes on behind its range moves the start of the next one: where
 * that was assumed to be elsewhere the range is checked again from there.
 *
 * @param ranges side by side; a row surely starts with the first
 * @returns parts that follow each other without a gap
 * @throws the first error of any range, once nothing is under way any more
 */
export async function checkRanges(
  ranges: readonly FileRange[],
  check: CheckRange,
  signal?: AbortSignal,
): Promise<RangePart[]> {
  const stops = ranges.map(() => new AbortController());
  const stopAll = (reason: unknown) => {
    for (const stop of stops) if (!stop.signal.aborted) stop.abort(reason);
  };
  const start = (range: FileRange, stop: AbortController) =>
    check(range, signal ? AbortSignal.any([signal, stop.signal]) : stop.signal);
  const running = ranges.map((range, index) => start(range, stops[index]!));
  for (const [index, each] of running.entries()) {
    each.catch((error: unknown) => {
      // Whatever the others say, the check has failed.
      if (!stops[index]!.signal.aborted) stopAll(error);
    });
  }
  try {
    const parts: RangePart[] = [];
    let [at] = ranges.map(({ from }) => from);
    for (const [index, { from, to }] of ranges.entries()) {
      if (at === from) parts.push(await running[index]!);
      else {
        stops[index]!.abort(notNeeded);
        // All of it may belong to one row.
        if (at! >= to) continue;
        const stop = new AbortController();
        stops.push(stop);
        parts.push(await start({ from: at!, to }, stop));
      }
      at = parts.at(-1)!.next;
    }
    return parts;
  } finally {
    stopAll(notNeeded);
    await Promise.allSettled(running);
  }
}

const notNeeded = new Error('The range is not needed.');

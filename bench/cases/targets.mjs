// What is made of the results: ratios and sums, NaN where a run is missing or failed.

/** How many times longer the second takes than the first. */
export function times(results, fast, slow) {
  const [a, b] = [results.get(fast), results.get(slow)];
  return a?.median && b?.median ? b.median / a.median : NaN;
}

/** The target that one run is at least so many times as fast as another. */
export const factor = (results, fast, slow, least) => ({
  text: `${fast} against ${slow}`,
  value: times(results, fast, slow),
  least,
});

/** The largest resident memory of a run in MiB. */
export const memoryOf = (results, name) => results.get(name)?.memory ?? NaN;

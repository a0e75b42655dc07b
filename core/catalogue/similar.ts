/** Near misses: which known name a wrong one was probably meant to be. */

/** Number of insertions, deletions, replacements and swaps of neighbours between two texts. */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}

/**
 * A name without case, blanks, dashes, underscores, quotes, signs that are not seen, and a plural's s: `School-IDs` and
 * `school_id` are one. Full-width signs count as those that they look like.
 */
function simplified(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\s_\-.'"\p{Cf}\u2010-\u2015\u2018-\u201f\u2212]+/gu, '')
    .replace(/s$/, '');
}

/**
 * The candidate that a name most likely means.
 *
 * @returns undefined when none is near: one slip in four signs at most, and never more than three
 */
export function mostSimilar(name: string, candidates: Iterable<string>): string | undefined {
  const wanted = simplified(name);
  let best: string | undefined;
  let bestDistance = Infinity;
  for (const candidate of candidates) {
    const other = simplified(candidate);
    const allowed = Math.min(3, Math.floor(Math.max(wanted.length, other.length) / 4));
    if (Math.abs(wanted.length - other.length) > allowed) continue;
    const distance = editDistance(wanted, other);
    if (distance <= allowed && distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Near misses: which known name a wrong one was probably meant to be. */

/**
 * Number of insertions, deletions, replacements and swaps of neighbours between two texts.
 *
 * @param most beyond that many the number does not matter: it is then any larger one
 */
export function editDistance(a: string, b: string, most = Infinity): number {
  const newRow = () => new Array<number>(b.length + 1).fill(Infinity);
  let [beforeLast, last, row] = [newRow(), newRow(), newRow()];
  for (let j = 0; j <= b.length; j++) last[j] = j;
  let leastOfLast = 0;
  for (let i = 1; i <= a.length; i++) {
    // Elsewhere as many signs as that have been put in or taken out.
    const from = Math.max(1, i - most);
    const to = Math.min(b.length, i + most);
    row[from - 1] = from === 1 ? i : Infinity;
    let least = row[from - 1]!;
    for (let j = from; j <= to; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(row[j - 1]! + 1, last[j]! + 1, last[j - 1]! + (same ? 0 : 1));
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1])
        best = Math.min(best, beforeLast[j - 2]! + 1);
      row[j] = best;
      least = Math.min(least, best);
    }
    // All that follows is made of these two rows.
    if (least > most && leastOfLast > most) return least;
    if (to < b.length) row[to + 1] = Infinity;
    [beforeLast, last, row] = [last, row, beforeLast];
    leastOfLast = least;
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
  return new SimilarNames(candidates).mostSimilar(name);
}

/** Names that others may mean: for a header, which may have thousands. */
export class SimilarNames {
  /** By the name what is compared of it, and the signs of that. */
  readonly #names = new Map<string, { readonly text: string; readonly signs: number }>();

  constructor(names: Iterable<string>) {
    for (const name of names) {
      const text = simplified(name);
      this.#names.set(name, { text, signs: signsOf(text) });
    }
  }

  delete(name: string): void {
    this.#names.delete(name);
  }

  /** As the function of this name. */
  mostSimilar(name: string): string | undefined {
    if (this.#names.size === 0) return undefined;
    const wanted = simplified(name);
    const wantedSigns = signsOf(wanted);
    let best: string | undefined;
    let bestDistance = Infinity;
    for (const [candidate, { text, signs }] of this.#names) {
      const allowed = Math.min(3, Math.floor(Math.max(wanted.length, text.length) / 4));
      if (Math.abs(wanted.length - text.length) > allowed) continue;
      // Each sign that the other has not is one slip at least.
      if (bitsOf(wantedSigns & ~signs) > allowed || bitsOf(signs & ~wantedSigns) > allowed) continue;
      const distance = editDistance(wanted, text, allowed);
      if (distance <= allowed && distance < bestDistance) {
        best = candidate;
        bestDistance = distance;
      }
    }
    return best;
  }
}

/** Which signs a text has: bits by the last five of their numbers, so that some share one. */
function signsOf(text: string): number {
  let signs = 0;
  for (let at = 0; at < text.length; at++) signs |= 1 << (text.charCodeAt(at) & 31);
  return signs;
}

function bitsOf(set: number): number {
  let bits = 0;
  for (let rest = set; rest !== 0; rest &= rest - 1) bits++;
  return bits;
}

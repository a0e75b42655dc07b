/** Signs in a name that are hardly seen, or look like others. */

const titles: readonly (readonly [RegExp, string])[] = [
  [/[\u00a0\u2007\u202f]/, 'a no-break space'],
  [/[\u200b-\u200f\u2060\ufeff]/, 'a sign without width'],
  [/\u00ad/, 'a soft hyphen'],
  [/[\uff01-\uff5e]/, 'a full-width sign'],
  [/[\u2018-\u201f]/, 'a curly quote'],
  [/[\u2010-\u2015\u2212]/, 'a dash that is no hyphen'],
  [/\p{Zs}/u, 'a space of another kind'],
  [/[^\x20-\x7e]/, 'no sign of the published name'],
];

/**
 * What is odd about a name that is meant to be one of ASCII signs.
 *
 * @param name as the reader hands it over, not trimmed
 * @returns a sentence that names the first such sign and its place, 1-based; none when there is no such sign
 */
export function oddSigns(name: string): string[] {
  const signs = Array.from(name);
  const at = signs.findIndex((sign) => /[^\x20-\x7e]/.test(sign));
  if (at >= 0) {
    const sign = signs[at]!;
    const code = sign.codePointAt(0)!.toString(16).toUpperCase().padStart(4, '0');
    const title = titles.find(([form]) => form.test(sign))![1];
    return [`Sign ${at + 1} of the name is ${title} (U+${code}).`];
  }
  if (name.startsWith(' '))
    return ['A blank stands before the name, and ingestion does not cut it in this file.'];
  if (name.endsWith(' '))
    return ['A blank stands behind the name, and ingestion does not cut it in this file.'];
  return [];
}

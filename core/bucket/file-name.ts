/** Names of files for objects: a key may be anything at all, the name of a file may not. */

/** Most file systems take 255 bytes; some space is left for a suffix and for the name of a temporary file. */
const longestName = 180;

/** Separators, signs that Windows refuses, signs that are not seen, halves of characters. */
const unfit = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}<>:"/\\|?*]/gu;

/** Names that Windows gives to devices, whatever extension follows. */
const device = /^(con|prn|aux|nul|conin\$|conout\$|com[0-9¹²³]|lpt[0-9¹²³])(?=\.|\s*$)/i;

/**
 * A harmless file name made of the last part of a key: one that is no path, on any system, and that no system takes for
 * anything but a file. Colons, as in the times of input keys, become dashes.
 */
export function fileNameOf(key: string): string {
  const last =
    key
      .split(/[/\\]/)
      .filter((part) => part !== '')
      .at(-1) ?? '';
  const clean = last
    .replace(unfit, '-')
    .replace(/^[\s.]+/, '_')
    .replace(/[\s.]+$/, '');
  const safe = device.test(clean) ? `_${clean}` : clean;
  return shortened(safe === '' || safe === '_' ? 'object' : safe);
}

/** Cuts the stem of a long name, so that its extension stays. */
function shortened(name: string): string {
  if (bytesOf(name) <= longestName) return name;
  const dot = name.lastIndexOf('.');
  const extension = dot > 0 && name.length - dot <= 16 ? name.slice(dot) : '';
  let stem = Array.from(name.slice(0, name.length - extension.length)).slice(0, longestName);
  while (bytesOf(stem.join('')) > longestName - bytesOf(extension)) stem = stem.slice(0, -1);
  return stem.join('').replace(/[\s.]+$/, '') + extension;
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/**
 * A file name for each key, none twice, not even where capitals do not count. Keys that would share a name get a number.
 */
export function fileNamesOf(keys: readonly string[]): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  const taken = new Set<string>();
  for (const key of new Set(keys)) {
    const name = fileNameOf(key);
    const dot = name.lastIndexOf('.');
    const at = dot > 0 ? dot : name.length;
    let free = name;
    for (let number = 2; taken.has(folded(free)); number++)
      free = `${name.slice(0, at)} (${number})${name.slice(at)}`;
    taken.add(folded(free));
    names.set(key, free);
  }
  return names;
}

/** Equal for names that some file system takes for the same. */
function folded(name: string): string {
  return name.normalize('NFC').toUpperCase().toLowerCase();
}

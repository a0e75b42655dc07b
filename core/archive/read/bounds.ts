import { shownName } from '../refusal.ts';

/** How large an entry of a zip may be before it is read without being asked: unpacked, its size is known to nobody. */
export interface EntryBounds {
  /** Most bytes of its content. */
  readonly bytes: number;
  /** Most bytes of content for one byte in the zip. */
  readonly ratio: number;
  /** Content of fewer bytes costs so little time that its ratio is no matter. */
  readonly ratioFrom: number;
}

/**
 * Rows of a CSV come down to a tenth, blank or equal ones to a hundredth; deflate itself can make a thousandth. A CSV of
 * 8 GiB has some 100 million rows, and takes about a minute to be read.
 */
export const usualBounds: EntryBounds = { bytes: 8 * 1024 ** 3, ratio: 250, ratioFrom: 64 << 20 };

/** For whoever wants everything read, however long it takes. */
export const noBounds: EntryBounds = { bytes: Infinity, ratio: Infinity, ratioFrom: Infinity };

/** What of an entry is beyond the bounds; undefined when nothing is. Sizes in bytes. */
export function beyondBounds(
  bounds: EntryBounds,
  { bytes, compressed }: { readonly bytes: number; readonly compressed: number },
): 'bytes' | 'ratio' | undefined {
  if (bytes > bounds.bytes) return 'bytes';
  if (bytes > bounds.ratioFrom && bytes > compressed * bounds.ratio) return 'ratio';
  return undefined;
}

/** Says that an entry is larger than is read without being asked. */
export function describeBeyond(name: string, bounds: EntryBounds, beyond: 'bytes' | 'ratio'): string {
  const what =
    beyond === 'bytes'
      ? `unpacks to more than ${bounds.bytes / 1024 ** 3} GiB`
      : `unpacks to more than ${bounds.ratio} times its size in the zip`;
  return `${shownName(name)} ${what}, which no CSV of such data does.`;
}

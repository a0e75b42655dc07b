import type { EntryBounds } from './bounds.ts';
import { ByteSource } from './byte-source.ts';
import { measureContent, readContent, type ContentOptions, type EntryPlace } from './content.ts';
import { readDirectory, type ListedEntry } from './directory.ts';
import type { EntryFacts } from '../records.ts';
import { walkArchive, type StreamedEntry, type Walk } from './walk.ts';

// What reads zips is loaded where there is one: most checks are of a CSV.

/** Entries that are looked at one by one. Two are too many for ingestion; a zip may have a million. */
const MOST_ENTRIES = 1000;

/** "2 files", as far as they were counted. @param files those of an inspection */
export function filesText(files: number): string {
  return `${files >= MOST_ENTRIES ? 'at least ' : ''}${files} files`;
}

/** Where the list at the end of a zip, which unzip tools show, tells of something else than ingestion reads. */
export type Difference =
  /** There is no list that can be read: an unzip tool cannot open the zip. */
  | { readonly kind: 'no-list' }
  /** Ingestion alone reads it. */
  | { readonly kind: 'streamed-only'; readonly name: string }
  /** An unzip tool alone shows it. */
  | { readonly kind: 'listed-only'; readonly name: string }
  | { readonly kind: 'name'; readonly streamed: string; readonly listed: string }
  /** Size or checksum of the content differ. */
  | {
      readonly kind: 'facts';
      readonly name: string;
      readonly streamed: EntryFacts;
      readonly listed: EntryFacts;
    };

/** What ingestion reads from a zip, and where an unzip tool sees something else. Plain data. */
export interface Inspection extends Walk {
  /** Empty where ingestion refuses the zip anyway. */
  readonly differences: readonly Difference[];
}

export interface InspectOptions {
  /** `read` inflates every entry; sizes are believed when absent, and whatever looks wrong by them is read. */
  readonly contents?: 'read' | 'believe';
  readonly bounds?: EntryBounds;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Says what ingestion would read from a zip, whatever its size, without unpacking it as long as its records agree.
 *
 * @param file path of the archive
 * @returns what ingestion reads, or why it refuses the zip
 * @throws ArchiveError when the file cannot be opened or read, or when an entry that must be unpacked is beyond the
 *   bounds; the signal's reason
 */
export async function inspectArchive(
  file: string,
  { contents = 'believe', bounds, signal }: InspectOptions = {},
): Promise<Inspection> {
  const source = await ByteSource.open(file);
  try {
    const listed = await readDirectory(source, MOST_ENTRIES);
    const options = { listed, most: MOST_ENTRIES, bounds, signal };
    const first = await walkArchive(source, { ...options, contents });
    // A reader that believes no sizes may get further, or not so far.
    const doubtful = first.refusal !== undefined && !first.proven;
    const walk = doubtful ? await walkArchive(source, { ...options, contents: 'read' }) : first;
    return { ...walk, differences: walk.refusal ? [] : differencesOf(walk, listed) };
  } finally {
    await source.close();
  }
}

export interface ReadOptions extends ContentOptions {
  /** Hears, once all is read, what the content came to. */
  readonly onEnd?: (facts: EntryFacts) => void;
}

/**
 * Reads the content of one entry as ingestion does. Checksum and size are not compared: ingestion does not either, and
 * whoever reads can by what `onEnd` tells.
 *
 * @param file path of the archive
 * @param place an entry of its inspection
 * @returns pieces of the content, in order; each is good only until the next one is asked for
 * @throws ArchiveError where ingestion fails, too, when the file cannot be read, and beyond the bounds; the signal's
 *   reason
 */
export async function* readEntry(
  file: string,
  place: EntryPlace,
  { onEnd, ...options }: ReadOptions = {},
): AsyncGenerator<Uint8Array> {
  const source = await ByteSource.open(file);
  try {
    const facts = yield* readContent(source, place, options);
    onEnd?.(facts);
  } finally {
    await source.close();
  }
}

/**
 * Reads one entry for what it comes to alone: size, checksum and the bytes that it takes of the archive.
 *
 * @throws as `readEntry`
 */
export async function measureEntry(
  file: string,
  place: EntryPlace,
  options?: ContentOptions,
): Promise<EntryFacts> {
  const source = await ByteSource.open(file);
  try {
    return await measureContent(source, place, options);
  } finally {
    await source.close();
  }
}

function differencesOf(walk: Walk, listed: readonly ListedEntry[] | undefined): Difference[] {
  if (!listed) return [{ kind: 'no-list' }];
  const byPlace = new Map(listed.map((entry) => [entry.at, entry]));
  const differences = walk.entries.flatMap((entry) => {
    const other = byPlace.get(entry.at);
    byPlace.delete(entry.at);
    return other ? compared(entry, other) : entry.directory ? [] : [streamedOnly(entry)];
  });
  // Of a list that was cut nothing can be said about the rest.
  if (walk.entries.length >= MOST_ENTRIES) return differences;
  const left = [...byPlace.values()].filter(({ name }) => !name.endsWith('/'));
  return [...differences, ...left.map(({ name }) => ({ kind: 'listed-only', name }) as const)];
}

function streamedOnly({ name }: StreamedEntry): Difference {
  return { kind: 'streamed-only', name };
}

function compared(entry: StreamedEntry, listed: ListedEntry): Difference[] {
  const { name, directory, declared } = entry;
  if (name !== listed.name) return [{ kind: 'name', streamed: name, listed: listed.name }];
  const same = (['bytes', 'compressed', 'crc32'] as const).every(
    (key) => declared?.[key] === listed.declared[key],
  );
  if (directory || !declared || same) return [];
  return [{ kind: 'facts', name, streamed: declared, listed: listed.declared }];
}

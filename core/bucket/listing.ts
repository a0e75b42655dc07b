/** What a bucket holds, as its listing shows it: one entry for each object, grouped by dataset, and where the answer ends. */
import { datasets } from '../catalogue/catalogue.ts';
import type { Api, Buckets, FileList } from '../emit/api/api.ts';
import { EmissionError } from '../emit/error.ts';
import { count } from '../wording.ts';
import { readKey } from './key.ts';
import type { BucketRole, KeyFacts, KeyState } from './key.ts';
import { shown } from './shown.ts';

export interface BucketEntry extends KeyFacts {
  readonly role: BucketRole;
  readonly key: string;
  /** Bytes. */
  readonly bytes: number;
  /** MD5 of the bytes, hexadecimal, for all but what was stored in several parts; empty when the server tells none. */
  readonly etag: string;
  /** ISO time at which the object was stored; absent where the server tells none that can be read. */
  readonly stored?: string;
}

export interface Listing {
  readonly role: BucketRole;
  /** Name of the bucket. */
  readonly bucket: string;
  /** In the order of the keys' bytes. */
  readonly entries: readonly BucketEntry[];
  /** True when the bucket holds more than the answer shows, and nothing can ask for the rest. */
  readonly truncated: boolean;
}

/** Entries of one dataset, or of one folder that is no dataset's. */
export interface EntryGroup {
  /** Id of the dataset, or the folder with a slash behind it. */
  readonly id: string;
  /** What a person reads. */
  readonly title: string;
  /** The latest first. */
  readonly entries: readonly BucketEntry[];
}

/** The answer to `list_s3_files` as a listing. @param release as in `readKey` */
export function listingOf(role: BucketRole, bucket: string, list: FileList, release: string): Listing {
  const entries = list.files.map(({ key, size, etag, lastModified }): BucketEntry => {
    const stored = Date.parse(lastModified);
    return {
      ...readKey(role, key, release),
      ...{ role, key, bytes: size, etag },
      ...(Number.isNaN(stored) ? {} : { stored: new Date(stored).toISOString() }),
    };
  });
  return { role, bucket, entries, truncated: list.truncated };
}

/**
 * Asks for the listing of a bucket.
 *
 * @throws EmissionError
 */
export async function lookInto(
  api: Api,
  role: BucketRole,
  buckets: Buckets,
  release: string,
  signal?: AbortSignal,
): Promise<Listing> {
  const bucket = buckets[role];
  try {
    return listingOf(role, bucket, await api.listFiles(bucket, signal), release);
  } catch (error) {
    // The API turns every refusal of the storage into this one.
    if (!(error instanceof EmissionError) || error.status !== 500) throw error;
    const { reason, consequence, status } = error;
    throw new EmissionError(
      reason,
      `The emission API cannot list the ${role} bucket ${shown(bucket)} (500): the bucket may be gone, or the cQube server may lack the right to list it. Tell the cQube administrator.`,
      { consequence, status },
    );
  }
}

export interface EntryFilter {
  /** Ids of datasets; all, and what belongs to none, when empty. */
  readonly datasets: readonly string[];
  /** Only what was stored at this time or later, in milliseconds since 1970; what tells no time stays. */
  readonly since?: number | undefined;
}

/** The entries that a filter leaves. */
export function filtered(entries: readonly BucketEntry[], filter: EntryFilter): readonly BucketEntry[] {
  const { since } = filter;
  return entries.filter(
    ({ spec, stored }) =>
      (filter.datasets.length === 0 || (spec !== undefined && filter.datasets.includes(spec.id))) &&
      (since === undefined || stored === undefined || Date.parse(stored) >= since),
  );
}

const order = new Map(datasets.map(({ id }, index) => [id, index]));

/** Groups entries: datasets in the order of the catalogue, then folders that are no dataset's, by name. */
export function grouped(entries: readonly BucketEntry[]): readonly EntryGroup[] {
  const groups = new Map<string, BucketEntry[]>();
  for (const entry of entries) {
    const id = entry.spec?.id ?? `${entry.folder}/`;
    const group = groups.get(id);
    if (group) group.push(entry);
    else groups.set(id, [entry]);
  }
  const rank = (id: string): number => order.get(id) ?? order.size;
  return [...groups]
    .map(([id, members]) => ({ id, title: titleOf(members[0]!), entries: latestFirst(members) }))
    .sort((a, b) => rank(a.id) - rank(b.id) || (a.id < b.id ? -1 : 1));
}

function titleOf({ spec, folder }: BucketEntry): string {
  return spec?.title ?? (folder === '' ? 'outside of any folder' : `${shown(folder)}/`);
}

function latestFirst(entries: BucketEntry[]): BucketEntry[] {
  return entries.sort((a, b) => {
    const [first, second] = [momentOf(a), momentOf(b)];
    return first === second ? (a.key < b.key ? -1 : 1) : first < second ? 1 : -1;
  });
}

/** Sorts entries of one bucket; of no use as a time. */
function momentOf({ time, stored }: BucketEntry): string {
  return time ?? stored?.replace('T', ' ') ?? '';
}

/** The day of an entry as `yyyy-MM-dd`: by its key, else by when it was stored (UTC); undefined when neither tells. */
export function dayOf({ time, stored }: BucketEntry): string | undefined {
  return (time ?? stored)?.slice(0, 10);
}

/** Entries by their day, the latest first; each inner list keeps its order. */
export function byDay(
  entries: readonly BucketEntry[],
): readonly (readonly [string, readonly BucketEntry[]])[] {
  const days = new Map<string, BucketEntry[]>();
  for (const entry of entries) {
    const day = dayOf(entry) ?? 'without a time';
    const members = days.get(day);
    if (members) members.push(entry);
    else days.set(day, [entry]);
  }
  return [...days].sort(([a], [b]) => (a < b ? 1 : -1));
}

/** What a state means, in words that stand behind a name. */
export const stateWords: Readonly<Record<KeyState, string>> = {
  waiting: 'waits for ingestion',
  dropped: 'ingestion will drop it',
  stays: 'no route takes it',
  taken: 'taken in',
  other: '',
};

/** Says that the listing is cut, where, and what that hides; undefined when it is whole. */
export function cutText({ truncated, entries }: Listing): string | undefined {
  if (!truncated) return undefined;
  const last = entries.at(-1);
  const where = last === undefined ? '' : ` at ${shown(last.key)}`;
  return (
    `cQube’s answer ends after ${count(entries.length, 'object')}${where}, and nothing can ask for the rest. ` +
    'Objects are listed by name: what comes behind that key is in the bucket, but not shown here.'
  );
}

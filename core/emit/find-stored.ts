/** Looks into the emission bucket for a key that nothing certain is known of, as far as its listing shows it. */
import type { Api, FileList, StoredFile } from './api/api.ts';
import { EmissionError } from './error.ts';
import type { Endurance } from './http/pace.ts';
import { isMd5 } from './storage/s3-answer.ts';

export interface Wanted {
  readonly key: string;
  readonly bytes: number;
  /** Hexadecimal. */
  readonly md5: string;
}

/**
 * `stored`: the bucket holds these very bytes. `other`: other bytes under this key. `absent`: the key is not there,
 * never was or was taken by ingestion. `hidden`: the listing ends before the key. `unreadable`: no listing could be had.
 */
export type Whereabouts = 'stored' | 'other' | 'absent' | 'hidden' | 'unreadable';

/**
 * True when the listing would show `key` if it were there: it is cut after 1,000 objects, in the order of the keys'
 * bytes (emission-protocol, section 3).
 */
export function shows(list: FileList, key: string): boolean {
  const last = list.files.at(-1);
  return (
    !list.truncated || (last !== undefined && Buffer.compare(Buffer.from(key), Buffer.from(last.key)) <= 0)
  );
}

/**
 * Where a file is by the listing of `bucket`.
 *
 * @throws EmissionError `cancelled` alone
 */
export async function findStored(
  api: Api,
  bucket: string,
  wanted: Wanted,
  signal?: AbortSignal,
): Promise<Whereabouts> {
  const seen = await lookUp(api, bucket, wanted.key, { signal });
  if (typeof seen === 'string') return seen;
  return seen.size === wanted.bytes && seen.etag === wanted.md5 ? 'stored' : 'other';
}

/**
 * What the listing of `bucket` shows under a key, or why it shows nothing.
 *
 * @throws EmissionError `cancelled` alone
 */
export async function lookUp(
  api: Api,
  bucket: string,
  wanted: string,
  { signal, endurance }: { readonly signal?: AbortSignal | undefined; readonly endurance?: Endurance },
): Promise<StoredFile | Exclude<Whereabouts, 'stored' | 'other'>> {
  let list: FileList;
  try {
    list = await api.listFiles(bucket, signal, endurance);
  } catch (error) {
    if (error instanceof EmissionError && error.reason !== 'cancelled') return 'unreadable';
    throw error;
  }
  return list.files.find(({ key }) => key === wanted) ?? (shows(list, wanted) ? 'absent' : 'hidden');
}

/**
 * False when size or checksum speak against it that `seen` is what was sent.
 *
 * @param md5 hexadecimal; absent where it cannot be compared
 */
export function maybeSame(
  seen: Pick<StoredFile, 'size' | 'etag'>,
  { bytes, md5 }: { readonly bytes: number; readonly md5?: string | undefined },
): boolean {
  return seen.size === bytes && (md5 === undefined || !isMd5(seen.etag) || seen.etag === md5);
}

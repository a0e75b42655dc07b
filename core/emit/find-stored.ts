/** Looks into the emission bucket for a key whose answer was lost, as far as its listing shows it. */
import type { Api, FileList } from './api.ts';
import { EmissionError } from './error.ts';

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
  let list: FileList;
  try {
    list = await api.listFiles(bucket, signal);
  } catch (error) {
    if (error instanceof EmissionError && error.reason !== 'cancelled') return 'unreadable';
    throw error;
  }
  const found = list.files.find(({ key }) => key === wanted.key);
  if (found !== undefined)
    return found.size === wanted.bytes && found.etag === wanted.md5 ? 'stored' : 'other';
  return shows(list, wanted.key) ? 'absent' : 'hidden';
}

/**
 * What the keys of cQube's three buckets tell: the file's name before the server put a time into it, the dataset, the
 * time, and what ingestion does with it.
 */
import { datasetNamed, routeOf } from '../catalogue/match.ts';
import type { DatasetSpec } from '../catalogue/spec.ts';

/** The buckets of an installation: what waits for ingestion, what it has taken in, what reports are made of. */
export const bucketRoles = ['emission', 'input', 'output'] as const;

export type BucketRole = (typeof bucketRoles)[number];

/**
 * `waiting`: ingestion will take it. `dropped`: ingestion will move it away and drop it. `stays`: no route takes it, so
 * it stays in the emission bucket for ever. `taken`: ingestion has moved it to the input bucket, whatever it then made
 * of its rows. `other`: neither, such as everything in the output bucket.
 */
export type KeyState = 'waiting' | 'dropped' | 'stays' | 'taken' | 'other';

export interface KeyFacts {
  /** First part of the key; empty where it has only one. */
  readonly folder: string;
  /** The last part, without what cQube has put into it: `district_mst.zip`. */
  readonly name: string;
  /** Key that the file has, or had, in the emission bucket; absent where the key does not tell. */
  readonly emissionKey?: string;
  /**
   * `yyyy-MM-dd HH:mm:ss` by the clock of the server, whose time zone nobody tells: when the form was handed out, or when
   * ingestion took the file.
   */
  readonly time?: string;
  readonly spec?: DatasetSpec;
  readonly state: KeyState;
}

/**
 * Reads a key.
 *
 * @param release the release of cQube that takes the files: an older one has fewer routes
 */
export function readKey(role: BucketRole, key: string, release: string): KeyFacts {
  switch (role) {
    case 'emission':
      return emissionFacts(key, release);
    case 'input':
      return inputFacts(key);
    case 'output': {
      const { folder, name } = partsOf(key);
      return { folder, name: lastOf(name), state: 'other' };
    }
  }
}

/** The bucket that a key belongs to by its form; undefined where it has neither form. */
export function roleOfKey(key: string): 'emission' | 'input' | undefined {
  if (inputForm.test(key)) return 'input';
  return withoutStamp(key).time === undefined ? undefined : 'emission';
}

/** `folder/name_YYYYmmddHHMMSS.zip` (emission-protocol, section 4). */
function emissionFacts(key: string, release: string): KeyFacts {
  const { text, time } = withoutStamp(key);
  const { folder, name } = partsOf(text);
  const route = routeOf(folder, name);
  const there = route.kind === 'taken' && route.spec.since <= release ? route.spec : undefined;
  return {
    folder,
    name: lastOf(name),
    emissionKey: key,
    ...(time === undefined ? {} : { time }),
    ...(route.kind === 'taken' ? { spec: route.spec } : {}),
    state: there ? 'waiting' : route.kind === 'dropped' ? 'dropped' : 'stays',
  };
}

/**
 * `<folder>/<yyyy>/<yyyy-MM>/<yyyy-MM-dd>_<folder>/<dd-MM-yyyy_HH:mm:ss.SSS>_<uuid>_<name>` (ingestion-rules, section 3).
 */
const inputForm =
  /^(?<folder>[^/]+)\/\d{4}\/\d{4}-\d\d\/\d{4}-\d\d-\d\d_[^/]+\/(?<day>\d\d)-(?<month>\d\d)-(?<year>\d{4})_(?<clock>\d\d:\d\d:\d\d)\.\d{3}_[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}_(?<stored>[^/]+)$/i;

function inputFacts(key: string): KeyFacts {
  const found = inputForm.exec(key)?.groups;
  if (!found) {
    const { folder, name } = partsOf(key);
    return { folder, name: lastOf(name), state: 'taken' };
  }
  const { folder = '', day = '', month = '', year = '', clock = '', stored = '' } = found;
  const name = withoutStamp(stored).text;
  const route = routeOf(folder, name);
  const spec = route.kind === 'taken' ? route.spec : datasetNamed(name);
  return {
    folder,
    name,
    emissionKey: `${folder}/${stored}`,
    time: `${year}-${month}-${day} ${clock}`,
    ...(spec ? { spec } : {}),
    state: 'taken',
  };
}

/**
 * Takes the time stamp out of a name: it stands before the last dot of the whole path, or at the end where there is
 * none.
 */
function withoutStamp(text: string): { readonly text: string; readonly time?: string } {
  const dot = text.lastIndexOf('.');
  const at = dot < 0 ? text.length : dot;
  const stamp = /_(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)$/.exec(text.slice(0, at));
  if (!stamp) return { text };
  const [whole, year, month, day, hour, minute, second] = stamp;
  if (Number(month) > 12 || Number(day) > 31 || Number(hour) > 23) return { text };
  return {
    text: text.slice(0, at - whole.length) + text.slice(at),
    time: `${year!}-${month!}-${day!} ${hour!}:${minute!}:${second!}`,
  };
}

function partsOf(key: string): { readonly folder: string; readonly name: string } {
  const slash = key.indexOf('/');
  return slash < 0 ? { folder: '', name: key } : { folder: key.slice(0, slash), name: key.slice(slash + 1) };
}

function lastOf(path: string): string {
  const parts = path.split('/').filter((part) => part !== '');
  return parts.at(-1) ?? path;
}

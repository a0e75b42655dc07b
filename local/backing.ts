/** What the API does with the storage behind it: sign forms for it, list it, hand out addresses of objects. */
import { elementText } from '../core/emit/storage/xml.ts';
import { signForm } from './policy.ts';
import { presign } from './signature.ts';
import type { Keys } from './signature.ts';
import type { Bucket, StoredObject } from './store.ts';

export interface Listing {
  readonly objects: readonly StoredObject[];
  readonly truncated: boolean;
}

export interface Form {
  readonly url: string;
  readonly fields: Readonly<Record<string, string>>;
}

/** S3 as cQube's API uses it. Addresses are made when they are asked for: the server's port is known only then. */
export interface Backing {
  readonly form: (bucket: string, key: string) => Form;
  /** The first 1,000 objects. */
  readonly list: (bucket: string) => Promise<Listing>;
  /** Address that allows a GET of the key for `seconds`, whether or not the key exists. */
  readonly address: (bucket: string, key: string, seconds: number) => string;
  /** The bytes of an object; undefined when there is none. */
  readonly read: (bucket: string, key: string) => Promise<Buffer | undefined>;
}

const listed = 1000;
const formLife = 3600;

interface Common {
  readonly keys: Keys;
  readonly now: () => Date;
  /** Address below which the buckets lie, such as `http://127.0.0.1:8080`. */
  readonly base: () => string;
}

function signing({ keys, now, base }: Common): Pick<Backing, 'form' | 'address'> {
  return {
    form: (bucket, key) => ({
      url: `${base()}/${bucket}`,
      fields: signForm({ keys, bucket, key, now: now(), expires: formLife }),
    }),
    address: (bucket, key, seconds) =>
      presign({ method: 'GET', keys, bucketUrl: `${base()}/${bucket}`, key, time: now(), expires: seconds }),
  };
}

/** Buckets on this computer's disk. */
export function diskBacking(options: Common & { readonly buckets: ReadonlyMap<string, Bucket> }): Backing {
  return {
    ...signing(options),
    list: async (name) => {
      const objects = (await options.buckets.get(name)?.list()) ?? [];
      return { objects: objects.slice(0, listed), truncated: objects.length > listed };
    },
    read: async (name, key) => {
      const bucket = options.buckets.get(name);
      if ((await bucket?.find(key)) === undefined) return undefined;
      const chunks: Buffer[] = [];
      for await (const chunk of bucket!.read(key) as AsyncIterable<Buffer>) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
  };
}

/** Buckets of another S3 server, reached with pre-signed GETs. */
export function remoteBacking(options: Common): Backing {
  const signed = signing(options);
  return {
    ...signed,
    list: async (bucket) => {
      const address = presign({
        method: 'GET',
        keys: options.keys,
        bucketUrl: `${options.base()}/${bucket}`,
        key: '',
        time: options.now(),
        expires: 60,
        query: { 'max-keys': String(listed) },
      });
      const answer = await fetch(address);
      const xml = await answer.text();
      if (!answer.ok) throw new Error(`The storage answered ${answer.status} to a listing.`);
      const objects = [...xml.matchAll(/<Contents>(.*?)<\/Contents>/gs)].map(([, item = '']) => ({
        key: element(item, 'Key'),
        bytes: Number(element(item, 'Size')),
        etag: element(item, 'ETag').replaceAll('"', ''),
        time: element(item, 'LastModified'),
      }));
      return { objects, truncated: element(xml, 'IsTruncated') === 'true' };
    },
    read: async (bucket, key) => {
      const answer = await fetch(signed.address(bucket, key, 60));
      return answer.ok ? Buffer.from(await answer.arrayBuffer()) : undefined;
    },
  };
}

function element(xml: string, name: string): string {
  return elementText(xml, name) ?? '';
}

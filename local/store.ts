/** Buckets on disk: objects as plain files that a person can look at, beside an index of their keys and checksums. */
import { createHash, randomBytes } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { appendFile, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import path from 'node:path';
import type { Readable } from 'node:stream';

export interface StoredObject {
  readonly key: string;
  readonly bytes: number;
  /** MD5 of the bytes, hexadecimal. */
  readonly etag: string;
  /** ISO time. */
  readonly time: string;
}

/** An object that is being received. Nothing is to be seen of it before `commit`. */
export interface Incoming {
  readonly write: (chunk: Buffer) => Promise<void>;
  readonly bytes: () => number;
  /** Puts the object in its place, over an older one with that key. */
  readonly commit: (key: string, time: Date) => Promise<StoredObject>;
  readonly discard: () => Promise<void>;
}

export interface Bucket {
  readonly name: string;
  /** Objects in the order of their keys' bytes, as S3 lists them. */
  readonly list: () => Promise<readonly StoredObject[]>;
  readonly find: (key: string) => Promise<StoredObject | undefined>;
  /** The bytes of an object that `find` found. */
  readonly read: (key: string) => Readable;
  readonly receive: () => Promise<Incoming>;
}

interface IndexLine extends StoredObject {
  /** Path below the bucket's folder. */
  readonly file: string;
}

/**
 * Opens a bucket in `directory/<name>`. An object whose file somebody deleted is gone, as when ingestion has taken it.
 */
export async function openBucket(directory: string, name: string): Promise<Bucket> {
  const folder = path.join(directory, name);
  const incoming = path.join(directory, '.incoming');
  const index = path.join(directory, `.${name}.index.jsonl`);
  await mkdir(folder, { recursive: true });
  await mkdir(incoming, { recursive: true });
  const objects = await readIndex(index);

  const note = async (line: IndexLine): Promise<void> => {
    objects.set(line.key, line);
    // The line break stands first, so that a line torn by a crash does not swallow the next one.
    await appendFile(index, `\n${JSON.stringify(line)}`);
  };
  const fileOf = (key: string): string => path.join(folder, objects.get(key)?.file ?? '');
  const find = async (key: string): Promise<StoredObject | undefined> => {
    const object = objects.get(key);
    return object !== undefined && (await isFile(fileOf(key))) ? object : undefined;
  };

  return {
    name,
    find,
    list: async () => {
      const found = await Promise.all([...objects.keys()].map(find));
      return found
        .filter((object) => object !== undefined)
        .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
    },
    read: (key) => createReadStream(fileOf(key)),
    receive: () => receive(incoming, folder, note),
  };
}

async function isFile(file: string): Promise<boolean> {
  return stat(file).then(
    (state) => state.isFile(),
    () => false,
  );
}

async function readIndex(index: string): Promise<Map<string, IndexLine>> {
  const objects = new Map<string, IndexLine>();
  const text = await readFile(index, 'utf8').catch(() => '');
  for (const line of text.split('\n')) {
    try {
      const entry = JSON.parse(line) as IndexLine;
      objects.set(entry.key, entry);
    } catch {
      // An empty or torn line names no object.
    }
  }
  return objects;
}

async function receive(
  incoming: string,
  folder: string,
  note: (line: IndexLine) => Promise<void>,
): Promise<Incoming> {
  const temporary = path.join(incoming, randomBytes(8).toString('hex'));
  const handle = await open(temporary, 'wx');
  const md5 = createHash('md5');
  let bytes = 0;
  return {
    write: async (chunk) => {
      md5.update(chunk);
      bytes += chunk.length;
      await handle.writeFile(chunk);
    },
    bytes: () => bytes,
    commit: async (key, time) => {
      await handle.close();
      const object = { key, bytes, etag: md5.digest('hex'), time: time.toISOString() };
      const file = await place(temporary, folder, key);
      await note({ ...object, file });
      return object;
    },
    discard: async () => {
      await handle.close();
      await rm(temporary, { force: true });
    },
  };
}

/** Moves a received file to the path of its key, or to one made of the key's hash; the path below `folder`. */
async function place(temporary: string, folder: string, key: string): Promise<string> {
  const plain = plainPath(key);
  if (plain !== undefined) {
    try {
      await mkdir(path.dirname(path.join(folder, plain)), { recursive: true });
      await rename(temporary, path.join(folder, plain));
      return plain;
    } catch {
      // On a disk, unlike in S3, `a` and `a/b` cannot both be there.
    }
  }
  const hashed = path.join('.keys', createHash('sha256').update(key).digest('hex'));
  await mkdir(path.join(folder, '.keys'), { recursive: true });
  await rename(temporary, path.join(folder, hashed));
  return hashed;
}

/** The key as a path, where every part of it is a harmless file name on every system; a key may be anything at all. */
function plainPath(key: string): string | undefined {
  const parts = key.split('/');
  const harmless = parts.every(
    (part) => /^[A-Za-z0-9_][A-Za-z0-9 ._-]{0,200}$/.test(part) && !part.endsWith('.'),
  );
  return harmless && key.length < 1000 ? path.join(...parts) : undefined;
}

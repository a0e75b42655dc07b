/** Objects put into the buckets of a local endpoint before it starts, as ingestion and other clients would. */
import { defaultBuckets } from '../../local/server.ts';
import { openBucket } from '../../local/store.ts';
import type { BucketNames } from '../../local/api.ts';

export type Stock = Partial<
  Readonly<Record<keyof BucketNames, Readonly<Record<string, string | Uint8Array>>>>
>;

/** @param directory that of the endpoint @param time when the objects were stored */
export async function stock(
  directory: string,
  objects: Stock,
  time = new Date('2026-11-23T12:25:13Z'),
): Promise<void> {
  for (const role of ['input', 'output', 'emission'] as const) {
    const bucket = await openBucket(directory, defaultBuckets[role]);
    for (const [key, content] of Object.entries(objects[role] ?? {})) {
      const incoming = await bucket.receive();
      await incoming.write(Buffer.from(content));
      await incoming.commit(key, time);
    }
  }
}

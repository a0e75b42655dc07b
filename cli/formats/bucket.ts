/** Buckets and what they hold, as lines for a person, as JSON and as CSV. */
import { bucketRoles, type BucketRole } from '../../core/bucket/key.ts';
import { cutText, grouped, stateWords, type BucketEntry, type Listing } from '../../core/bucket/listing.ts';
import type { Sending } from '../../core/bucket/sendings.ts';
import { shown } from '../../core/bucket/shown.ts';
import type { Buckets } from '../../core/emit/api/api.ts';
import type { EmissionError } from '../../core/emit/error.ts';
import { count, table } from '../../core/wording.ts';
import { csvRow } from './csv.ts';
import { jsonDocument } from './json.ts';
import { size } from './text.ts';

/** What each bucket is for. */
const purposes: Readonly<Record<BucketRole, string>> = {
  emission: 'what was sent and waits for ingestion',
  input: 'what ingestion has taken in',
  output: 'what reports are made of',
};

export function bucketsText(buckets: Buckets): string {
  return table(bucketRoles.map((role) => [role, shown(buckets[role]), purposes[role]]));
}

export function bucketsJson(endpoint: string, buckets: Buckets): string {
  return jsonDocument({ endpoint, buckets: bucketRoles.map((role) => ({ role, name: buckets[role] })) });
}

/** A bucket that was listed, after the filter, or why it was not. */
export type Looked =
  | { readonly listing: Listing; readonly entries: readonly BucketEntry[] }
  | { readonly role: BucketRole; readonly bucket: string; readonly error: EmissionError };

/** What was sent from here, by its key in the emission bucket. */
export type SentByKey = ReadonlyMap<string, Sending>;

function sentOf(entry: BucketEntry, sent: SentByKey): Sending | undefined {
  return entry.emissionKey === undefined ? undefined : sent.get(entry.emissionKey);
}

export function filesText(looked: readonly Looked[], sent: SentByKey): string {
  return looked
    .map((each) =>
      'error' in each
        ? `${each.role}: ${shown(each.bucket)}: not listed. ${each.error.message}`
        : listingText(each.listing, each.entries, sent),
    )
    .join('\n\n');
}

function listingText(listing: Listing, entries: readonly BucketEntry[], sent: SentByKey): string {
  const { role, bucket } = listing;
  const bytes = entries.reduce((sum, entry) => sum + entry.bytes, 0);
  const hidden = listing.entries.length - entries.length;
  const lines = [
    `${role}: ${shown(bucket)}: ${count(entries.length, 'object')}${bytes > 0 ? `, ${size(bytes)}` : ''}` +
      (hidden > 0 ? `; ${count(hidden, 'other')} left out by your choice` : ''),
  ];
  for (const { id, title, entries: members } of grouped(entries)) {
    lines.push(`  ${title}${id.endsWith('/') ? '' : ` (${id})`}`);
    const rows = members.map((entry) => [
      timeOf(entry),
      size(entry.bytes),
      shown(entry.name),
      stateOf(entry, sent),
      shown(entry.key),
    ]);
    // The output bucket knows no states.
    lines.push(
      table(
        rows.map((row) => row.filter((_, column) => column !== 3 || role !== 'output')),
        '    ',
      ),
    );
  }
  if (role === 'emission') lines.push(...emissionLines(entries));
  const cut = cutText(listing);
  if (cut !== undefined) lines.push(`  ${cut}`);
  return lines.join('\n');
}

function emissionLines(entries: readonly BucketEntry[]): string[] {
  const of = (state: BucketEntry['state']) => entries.filter((entry) => entry.state === state).length;
  const [waiting, dropped, stays] = [of('waiting'), of('dropped'), of('stays')];
  const lines = [`  ${count(waiting, 'object')} ${waiting === 1 ? 'waits' : 'wait'} for ingestion.`];
  if (dropped > 0)
    lines.push(`  ${count(dropped, 'object')} will be moved away and dropped: no dataset has such a name.`);
  if (stays > 0)
    lines.push(
      `  ${count(stays, 'object')} will stay there for ever: no route of ingestion takes such a key.`,
    );
  return lines;
}

/** By the key, on the server's clock; else when it was stored. */
function timeOf({ time, stored }: BucketEntry): string {
  return time ?? (stored === undefined ? 'no time' : `${stored.slice(0, 19).replace('T', ' ')} UTC`);
}

function stateOf(entry: BucketEntry, sent: SentByKey): string {
  return [stateWords[entry.state], ...(sentOf(entry, sent) ? ['sent from here'] : [])].join(', ');
}

/** Without a word of what went wrong with whole buckets, for which JSON has a place of its own. */
export function filesCsv(looked: readonly Looked[], sent: SentByKey): string {
  const head = [
    'bucket',
    'role',
    'key',
    'dataset',
    'name',
    'time',
    'stored',
    'bytes',
    'etag',
    'state',
    'sent_from_here',
  ];
  const rows = looked.flatMap((each) =>
    'error' in each
      ? []
      : each.entries.map((entry) =>
          csvRow([
            ...[
              each.listing.bucket,
              entry.role,
              entry.key,
              entry.spec?.id,
              entry.name,
              entry.time,
              entry.stored,
            ],
            ...[entry.bytes, entry.etag, entry.state, sentOf(entry, sent) !== undefined],
          ]),
        ),
  );
  return [csvRow(head), ...rows].join('\n');
}

export function filesJson(endpoint: string, looked: readonly Looked[], sent: SentByKey): string {
  return jsonDocument({
    endpoint,
    buckets: looked.map((each) => {
      if ('error' in each) {
        const { role, bucket, error } = each;
        return { role, name: bucket, error: { reason: error.reason, message: error.message } };
      }
      const { role, bucket, truncated } = each.listing;
      return { role, name: bucket, truncated, objects: each.entries.map((entry) => entryJson(entry, sent)) };
    }),
  });
}

function entryJson(entry: BucketEntry, sent: SentByKey): object {
  const { key, spec, folder, name, emissionKey, time, stored, bytes, etag, state } = entry;
  const sending = sentOf(entry, sent);
  return {
    ...{ key, dataset: spec?.id ?? null, folder, name },
    ...(emissionKey === undefined || emissionKey === key ? {} : { emissionKey }),
    ...{ time, stored, bytes, etag, state },
    ...(sending === undefined
      ? {}
      : { sent: { time: sending.time, path: sending.path, sha256: sending.sha256 } }),
  };
}

/** What the view of the buckets shows, drawn as lines of text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  bucketLookOf,
  bucketNodes,
  failureNodes,
  filterChoices,
  listingNodes,
  nodesBelow,
  pageLength,
} from '../../../client/bucket/model.ts';
import type { BucketTreeNode, SentByKey } from '../../../client/bucket/model.ts';
import { commands } from '../../../client/identifiers.ts';
import { listingOf } from '../../../core/bucket/listing.ts';
import type { Listing } from '../../../core/bucket/listing.ts';
import type { BucketRole } from '../../../core/bucket/key.ts';
import type { StoredFile } from '../../../core/emit/api/api.ts';

const uuid = '5e160862-c5b3-4121-9a96-ecefa34fc264';
const buckets = { emission: 'cqube-emission', input: 'cqube-input', output: 'cqube-output' };
const waiting = 'district_master/district_mst_20261123122513.zip';
const taken = (day: string) =>
  `district_master/2026/2026-11/2026-11-${day}_district_master/${day}-11-2026_10:00:00.000_${uuid}_district_mst_202611${day}095950.zip`;

const listing = (role: BucketRole, keys: readonly string[], truncated = false): Listing =>
  listingOf(
    role,
    buckets[role],
    {
      files: keys.map((key) => ({
        key,
        size: 2048,
        etag: '0cc1',
        lastModified: 'Mon, 23 Nov 2026 12:25:13 GMT',
      })),
      truncated,
    },
    '3.6',
  );

const none: SentByKey = new Map();

/** Every node below, indented, as label and description. */
function draw(nodes: readonly BucketTreeNode[], sent: SentByKey = none, indent = ''): string[] {
  return nodes.flatMap((node) => {
    const { label, description, icon } = bucketLookOf(node, sent);
    return [
      `${indent}[${icon ?? ''}] ${label}: ${description}`,
      ...draw(nodesBelow(node), sent, `${indent}  `),
    ];
  });
}

test('three buckets, of which the first is open', () => {
  const nodes = bucketNodes(buckets);
  assert.deepEqual(draw(nodes), [
    '[cloud-upload] Emission: waiting',
    '[inbox] Input: taken in',
    '[graph] Output: for reports',
  ]);
  assert.deepEqual(
    nodes.map((node) => bucketLookOf(node, none).collapsible),
    ['expanded', 'collapsed', 'collapsed'],
  );
  assert.match(bucketLookOf(nodes[0]!, none).tooltip, /Bucket: cqube-emission$/);
});

test('the emission bucket: what waits, by dataset, and what will never be taken', () => {
  const sent: SentByKey = new Map([
    [
      waiting,
      {
        ...{
          time: '2026-11-23T12:25:14.000Z',
          endpoint: 'https://cqube.example.org',
          dataset: 'district_mst',
        },
        ...{ path: 'district_master/district_mst.zip', key: waiting, bytes: 2048, outcome: 'acknowledged' },
      },
    ],
  ]);
  const nodes = listingNodes(listing('emission', ['attic/x_20261123122513.zip', waiting]));
  assert.deepEqual(draw(nodes, sent), [
    '[file-submodule] District Master: 1 object, 2.0 KB',
    '  [file-zip] district_mst.zip: waiting, 23 Nov 2026, 12:25, 2.0 KB, sent from here',
    '[warning] attic/: 1 object, 2.0 KB, 1 not for any dataset',
    '  [warning] x.zip: no route takes it, 23 Nov 2026, 12:25, 2.0 KB',
  ]);
});

test('the input bucket: by dataset and day, the latest first', () => {
  assert.deepEqual(draw(listingNodes(listing('input', [taken('21'), taken('22')]))), [
    '[file-submodule] District Master: 2 objects, 4.0 KB',
    '  [calendar] 22 Nov 2026: 1 object, 2.0 KB',
    '    [file-zip] district_mst.zip: 10:00, 2.0 KB',
    '  [calendar] 21 Nov 2026: 1 object, 2.0 KB',
    '    [file-zip] district_mst.zip: 10:00, 2.0 KB',
  ]);
});

test('an answer that is cut, an empty bucket, and a filter that leaves nothing', () => {
  const [cut] = listingNodes(listing('emission', [waiting], true));
  assert.match(bucketLookOf(cut!, none).tooltip, /ends after 1 object at district_master/);
  assert.deepEqual(draw(listingNodes(listing('emission', []))), [
    '[circle-slash] Empty: This bucket holds nothing.',
  ]);
  const [filteredOut] = listingNodes(listing('emission', [waiting]), 'school_mst');
  assert.equal(filteredOut?.kind === 'note' && filteredOut.command, commands.clearBucketFilter);
});

test('a filter shows one dataset, and can be set to those of which something is there', () => {
  const emission = listing('emission', [waiting, 'pat/periodic_exam_mst_20261123122513.zip']);
  assert.deepEqual(
    listingNodes(emission, 'district_mst').map(({ id }) => id),
    ['emission/district_mst'],
  );
  assert.deepEqual(
    filterChoices(emission.entries).map(({ id, entries }) => [id, entries.length]),
    [
      ['district_mst', 1],
      ['periodic_exam_mst', 1],
    ],
  );
});

test('a tooltip holds all that is known; menus learn from words what can be done', () => {
  const [group] = listingNodes(listing('emission', [waiting]));
  const look = bucketLookOf(nodesBelow(group!)[0]!, none);
  assert.match(
    look.tooltip,
    /^district_master\/district_mst_20261123122513\.zip\nDataset: District Master \(district_mst\)\nSize: 2,048 bytes\n/,
  );
  assert.match(look.tooltip, /\(server’s clock\)\nStored: .*\nETag: 0cc1\nState: waits for ingestion$/);
  assert.deepEqual(look.contextValue.split(' '), [
    'object',
    'can-copy-key',
    'can-download',
    'can-open',
    'can-compare',
  ]);
  assert.match(look.spoken, /^district_mst\.zip, waiting, 23 Nov 2026/);
  const words = (key: string) => {
    const [folder] = listingNodes(listing('output', [key]));
    return bucketLookOf(nodesBelow(folder!)[0]!, none).contextValue;
  };
  assert.equal(words('a/b.parquet'), 'object can-copy-key can-download');
  assert.equal(words('a/b.json'), 'object can-copy-key can-download can-open');
});

test('signs of a key that turn or hide text are shown as what they are', () => {
  const [group] = listingNodes(listing('output', ['a\u202e/b\u0000.zip']));
  assert.equal(bucketLookOf(group!, none).label, 'a\\u{202e}/');
  assert.equal(bucketLookOf(nodesBelow(group!)[0]!, none).label, 'b\\u{0}.zip');
});

test('what can be done depends on what went wrong', () => {
  const offered = (reason?: Parameters<typeof failureNodes>[1]) =>
    failureNodes('top', reason).map(({ command }) => command);
  assert.deepEqual(offered('unauthorized'), [commands.setToken, commands.refreshBucket]);
  assert.deepEqual(offered('unreachable'), [commands.refreshBucket, commands.setEndpoint]);
  assert.deepEqual(offered('server-error'), [commands.refreshBucket]);
  assert.deepEqual(offered(undefined), [commands.refreshBucket]);
});

test('20,000 objects: each key is read once, and nodes are made where somebody looks', () => {
  let reads = 0;
  const files = Array.from({ length: 20_000 }, (_, index): StoredFile => {
    const folder =
      index < 12_000 ? 'pat/periodic_exam_mst' : index < 19_000 ? 'sat/semester_exam_mst' : 'attic/x';
    const key = `${folder}_${20_261_101_000_000 + index}.zip`;
    return {
      ...{ size: 1, etag: '', lastModified: 'Mon, 23 Nov 2026 12:25:13 GMT' },
      get key() {
        reads++;
        return key;
      },
    };
  });
  const emission = listingOf('emission', buckets.emission, { files, truncated: false }, '3.6');
  const groups = listingNodes(emission);
  assert.equal(groups.length, 3);
  assert.equal(reads, 20_000);
  const pages = nodesBelow(groups[0]!);
  assert.deepEqual([pages.length, pages[0]?.kind], [12_000 / pageLength, 'page']);
  assert.equal(bucketLookOf(pages[1]!, none).label, '501 to 1000');
  assert.equal(nodesBelow(pages[1]!).length, pageLength);
  // A second look at the same listing groups nothing anew.
  const again = listingNodes(emission);
  assert.equal(
    again[0]?.kind === 'group' && groups[0]?.kind === 'group' && again[0].group === groups[0].group,
    true,
  );
  assert.equal(reads, 20_000);
});

test('ids are stable and unlike', () => {
  const walk = (nodes: readonly BucketTreeNode[]): string[] =>
    nodes.flatMap((node) => [node.id, ...walk(nodesBelow(node))]);
  const draws = () => walk(listingNodes(listing('input', [taken('21'), taken('22'), 'pat/x.zip', 'y'])));
  assert.deepEqual(draws(), draws());
  assert.equal(new Set(draws()).size, draws().length);
});

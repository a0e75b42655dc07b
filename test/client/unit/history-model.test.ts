/** What the view of the history shows, drawn as lines of text. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { historyBelow, historyLookOf, historyNodes } from '../../../client/bucket/history-model.ts';
import type { FindWhereabouts, HistoryNode } from '../../../client/bucket/history-model.ts';
import type { Sending, Whereabouts } from '../../../core/bucket/sendings.ts';
import { rootUri } from './models.ts';

const sending = (changes: Partial<Sending> = {}): Sending => ({
  ...{ time: '2026-11-23T12:25:14', endpoint: 'https://cqube.example.org', dataset: 'district_mst' },
  ...{ path: 'district_master/district_mst.zip', key: 'district_master/district_mst_20261123122513.zip' },
  ...{ bytes: 2048, sha256: 'b'.repeat(64), md5: 'a'.repeat(32), outcome: 'acknowledged' },
  ...changes,
});

const nowhere: FindWhereabouts = () => undefined;

function draw(nodes: readonly HistoryNode[], find = nowhere, indent = ''): string[] {
  return nodes.flatMap((node) => {
    const { label, description, icon } = historyLookOf(node, find);
    return [
      `${indent}[${icon ?? ''}] ${label}: ${description}`,
      ...draw(historyBelow(node), find, `${indent}  `),
    ];
  });
}

const history = (sendings: readonly Sending[], root = rootUri) => ({
  root,
  name: 'cqube_emission',
  sendings,
});

test('days and what was sent on them, the latest first', () => {
  const sendings = [
    sending({ time: '2026-11-22T08:00:00', key: 'a' }),
    sending(),
    sending({ time: '2026-11-23T13:00:00', outcome: 'unknown', path: 'pat/periodic_exam_mst.zip', key: 'b' }),
  ];
  assert.deepEqual(draw(historyNodes([history(sendings)])), [
    '[calendar] 23 Nov 2026: 2 files, 1 unknown',
    '  [question] periodic_exam_mst.zip: 13:00, 2.0 KB, unknown: it left, and was not acknowledged',
    '  [pass] district_mst.zip: 12:25, 2.0 KB, acknowledged',
    '[calendar] 22 Nov 2026: 1 file',
    '  [pass] district_mst.zip: 08:00, 2.0 KB, acknowledged',
  ]);
});

test('where a file is by now, once the buckets were looked at; then it can be opened from there', () => {
  const inputKey = 'district_master/2026/x.zip';
  for (const [place, words, can] of [
    [{ kind: 'waiting' }, 'in the bucket, waits for ingestion', true],
    [{ kind: 'taken', inputKey }, 'taken in by ingestion', true],
    [{ kind: 'gone' }, 'no longer in the emission bucket', false],
  ] as const satisfies readonly (readonly [Whereabouts, string, boolean])[]) {
    const [day] = historyNodes([history([sending()])]);
    const look = historyLookOf(historyBelow(day!)[0]!, () => place);
    assert.ok(look.description.endsWith(`, ${words}`), look.description);
    assert.equal(look.contextValue.includes('can-download'), can);
    assert.match(look.contextValue, /can-copy-key/);
    if (place.kind === 'taken') assert.match(look.tooltip, /Key there: district_master\/2026\/x\.zip/);
  }
});

test('a tooltip holds key, size, checksums and endpoint', () => {
  const [day] = historyNodes([history([sending()])]);
  const { tooltip } = historyLookOf(historyBelow(day!)[0]!, nowhere);
  for (const part of [
    /^Key: district_master\/district_mst_20261123122513\.zip$/m,
    /^Size: 2,048 bytes$/m,
    /^SHA-256: b{64}$/m,
    /^MD5: a{32}$/m,
    /^Endpoint: https:\/\/cqube\.example\.org$/m,
  ])
    assert.match(tooltip, part);
});

test('several emission folders stand at the top; one without a history does not', () => {
  const other = 'file:///2';
  assert.deepEqual(historyNodes([history([]), history([])]), []);
  assert.equal(historyNodes([history([sending()]), history([], other)])[0]?.kind, 'day');
  assert.deepEqual(
    historyNodes([history([sending()]), history([sending()], other)]).map(({ kind, id }) => [kind, id]),
    [
      ['root', rootUri],
      ['root', other],
    ],
  );
});

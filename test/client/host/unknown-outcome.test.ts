/** A file that left, of which no answer came: nobody but the user can say what is to become of it. */
import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../client/extension.ts';
import { commands } from '../../../client/identifiers.ts';
import type { EmitSummary } from '../../../core/emit/types.ts';
import { startLocalEndpoint } from '../../../local/server.ts';
import type { LocalEndpoint } from '../../../local/server.ts';
import { interceptUploads, takeAndReset, tooLarge } from '../../core/emit/faults.ts';
import {
  activated,
  answering,
  closeAll,
  connect,
  datasetOf,
  emissionPath,
  eventually,
  layOut,
  workspacePath,
} from './harness.ts';

const dataset = 'district_mst';
const doubt =
  '1 file left before and was not acknowledged: cQube may have it. Sent again, a file may be ingested twice.';

async function emit(...buttons: readonly string[]) {
  let summary: EmitSummary | undefined;
  const { messages } = await answering({ buttons: ['Zip Them First', 'Emit', ...buttons] }, async () => {
    summary = await vscode.commands.executeCommand<EmitSummary | undefined>(commands.emit);
  });
  return { summary, messages };
}

/** Who acknowledged the file by the journal: an answer, the bucket's listing, or the user. */
function acknowledgedBy(): string[] {
  const journal = readFileSync(path.join(workspacePath(), 'cqube_emission.journal.jsonl'), 'utf8');
  return journal
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly event: string; readonly by: string })
    .flatMap(({ event, by }) => (event === 'acknowledged' ? [by] : []));
}

suite('a file with an unknown outcome', () => {
  let api: TestApi;
  let endpoint: LocalEndpoint;
  let directory: string;
  let disconnect: () => Promise<void>;

  const stored = (): string[] =>
    readdirSync(endpoint.emissionFolder, { recursive: true })
      .map(String)
      .filter((name) => name.endsWith('.zip'));

  setup(async () => {
    api = await activated();
    directory = mkdtempSync(path.join(os.tmpdir(), 'cqube-endpoint-'));
    // The first upload arrives and its answer is lost; the next try is refused, which ends the run without a long wait.
    const intercept = interceptUploads([takeAndReset, tooLarge, undefined]);
    endpoint = await startLocalEndpoint({ directory, intercept });
    disconnect = await connect(api, endpoint);
    layOut();
    for (const name of readdirSync(emissionPath()))
      if (name !== 'district_master') rmSync(emissionPath(name), { recursive: true });
    await eventually('the folder is seen', () => datasetOf(api, 'block_mst')?.state === 'missing');
    await eventually('the file is seen', () => datasetOf(api, dataset)?.state === 'needs-zip');

    const { messages, summary } = await emit();
    assert.equal(summary?.failed[0]?.stored, 'unknown');
    assert.match(messages.at(-1) ?? '', /1 is perhaps stored\./);
  });

  teardown(async () => {
    await disconnect();
    await endpoint.stop();
    rmSync(directory, { recursive: true });
    await closeAll();
  });

  test('is not sent again while the user does not decide', async () => {
    for (let again = 0; again < 2; again++) {
      const { messages, summary } = await emit();
      const question = messages.find((message) => message.startsWith(doubt));
      assert.match(
        question ?? '',
        /district_master\/district_mst\.zip left at .*, and was not acknowledged\./,
      );
      assert.equal(summary?.failed[0]?.error.reason, 'outcome-unknown');
      assert.deepEqual([stored(), acknowledgedBy()], [[], []]);
    }
    assert.equal(datasetOf(api, dataset)?.state, 'ready');
  });

  test('is sent again when the user says so', async () => {
    const { messages, summary } = await emit('Send Again');
    assert.ok(messages.some((message) => message.startsWith(doubt)));
    assert.equal(summary?.sent[0]?.dataset, dataset);
    assert.match(messages.at(-1) ?? '', /^1 file sent to 127\.0\.0\.1:\d+ and acknowledged\.$/);
    assert.equal(stored().length, 1);
    assert.deepEqual(acknowledgedBy(), ['answer']);
    await eventually('it is emitted', () => datasetOf(api, dataset)?.state === 'emitted');
  });

  test('counts as stored when the user says so, and nothing is sent', async () => {
    const { messages, summary } = await emit('Count as Stored');
    assert.ok(messages.some((message) => message.startsWith(doubt)));
    assert.equal(summary?.sent[0]?.by, 'user');
    assert.match(messages.at(-1) ?? '', /^0 files sent to .* 1 file counts as stored, as you said\.$/);
    assert.deepEqual([stored(), acknowledgedBy()], [[], ['user']]);
    await eventually('it is emitted', () => datasetOf(api, dataset)?.state === 'emitted');
    const again = await emit();
    assert.match(again.messages.at(-1) ?? '', /^Nothing to send: 1 file went to .* before/);
  });
});

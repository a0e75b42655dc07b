import assert from 'node:assert/strict';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import * as vscode from 'vscode';
import type { TestApi } from '../../../client/extension.ts';
import { commands, planScheme } from '../../../client/identifiers.ts';
import { planTitles } from '../../../client/emission/plan-titles.ts';
import type { PlanTitle } from '../../../client/emission/plan-titles.ts';
import type { EmitSummary } from '../../../core/emit/types.ts';
import type { Plan } from '../../../core/plan/types.ts';
import { startLocalEndpoint } from '../../../local/server.ts';
import type { LocalEndpoint } from '../../../local/server.ts';
import {
  activated,
  answering,
  closeAll,
  connect,
  datasetOf,
  emissionPath,
  errorsOf,
  eventually,
  layOut,
  lineOf,
  workspacePath,
} from './harness.ts';
import type { Answers } from './harness.ts';
import { sampleFiles, sampleIds } from './sample.ts';

const yes: Answers = { buttons: ['Zip Them First', 'Emit', 'Save and Go On'] };

/** Text of a list that is shown. */
function listText(title: PlanTitle): string {
  const list = vscode.workspace.textDocuments.find(
    ({ uri }) => uri.scheme === planScheme && uri.path === `/${title}`,
  );
  return list?.getText() ?? '';
}

/** Dataset ids in the order of their acknowledgements. */
function acknowledged(): string[] {
  const journal = readFileSync(path.join(workspacePath(), 'cqube_emission.journal.jsonl'), 'utf8');
  return journal
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { readonly event: string; readonly dataset: string })
    .filter(({ event }) => event === 'acknowledged')
    .map(({ dataset }) => dataset);
}

suite('emission', () => {
  let api: TestApi;
  let endpoint: LocalEndpoint;
  let directory: string;
  let disconnect: () => Promise<void>;

  /** Runs the command; `list` is what the user could read behind the question. */
  const emit = async (answers: Answers) => {
    let summary: EmitSummary | undefined;
    let list = '';
    const whileShown = (message: string): void => {
      if (message.startsWith('Emit ')) list = listText(planTitles.emission);
    };
    const dialogue = await answering({ ...answers, whileShown }, async () => {
      summary = await vscode.commands.executeCommand<EmitSummary | undefined>(commands.emit);
    });
    return { ...dialogue, summary, list };
  };

  suiteSetup(async () => {
    api = await activated();
    directory = mkdtempSync(path.join(os.tmpdir(), 'cqube-endpoint-'));
    endpoint = await startLocalEndpoint({ directory });
    disconnect = await connect(api, endpoint);
  });

  suiteTeardown(async () => {
    await disconnect();
    await endpoint.stop();
    rmSync(directory, { recursive: true });
  });

  teardown(closeAll);

  test('zips are made, verified and shown', async () => {
    layOut();
    await eventually('the sample is seen', () => lineOf(api, 'school_mst') === 'needs zip');
    await answering({}, async () => vscode.commands.executeCommand(commands.zipAll));
    for (const id of sampleIds) await eventually(`${id} is ready`, () => lineOf(api, id) === 'ready');
    assert.equal(api.tree.view.badge, undefined);
  });

  test('the order can be read before anything is sent', async () => {
    layOut();
    await answering({}, async () => vscode.commands.executeCommand(commands.zipAll));
    let plan: Plan | undefined;
    await answering({}, async () => {
      plan = await vscode.commands.executeCommand<Plan>(commands.checkOrder);
    });
    assert.deepEqual(
      plan?.waves.flatMap(({ files }) => files.map(({ dataset }) => dataset)).sort(),
      [...sampleIds].sort(),
    );
    const list = listText(planTitles.order);
    assert.match(list, /WILL BE SENT: 7 files/);
    assert.match(list, /Forecast: 11 of 11 rows will be loaded\./);
    assert.match(list, /school_master\/school_mst\.zip .*\n {8}2 of 2 rows loaded\n/);
    assert.deepEqual(readdirSync(endpoint.emissionFolder), []);
  });

  test('the sample is sent in order, after a list and a question, and the tree shows it', async () => {
    layOut();
    const { list, messages, summary } = await emit(yes);
    assert.equal(summary?.sent.length, sampleIds.length);
    for (const id of sampleIds) assert.ok(list.includes(`/${id}.zip`), id);
    const question = messages.find((message) => message.startsWith('Emit 7 files'));
    assert.ok(question?.includes(endpoint.url));
    assert.match(question ?? '', /Forecast: 11 of 11 rows will be loaded\./);
    assert.match(messages.at(-1) ?? '', /^7 files sent to 127\.0\.0\.1:\d+ and acknowledged\.$/);

    const receipt = await eventually('the list has become the receipt', () => {
      const text = listText(planTitles.emission);
      return text.includes('SENT AND ACKNOWLEDGED: 7 files') && text;
    });
    for (const id of sampleIds) assert.match(receipt, new RegExp(`/${id}_\\d{14}\\.zip `));

    const order = acknowledged();
    assert.deepEqual([...order].sort(), [...sampleIds].sort());
    const before = (a: string, b: string) =>
      assert.ok(order.indexOf(a) < order.indexOf(b), `${a} before ${b}`);
    before('district_mst', 'school_mst');
    before('block_mst', 'school_mst');
    before('cluster_mst', 'school_mst');
    before('school_mst', 'inspection_master');
    before('inspection_master', 'user_location_master');

    const stored = readdirSync(endpoint.emissionFolder, { recursive: true }).map(String);
    for (const id of sampleIds)
      assert.ok(
        stored.some((key) => new RegExp(`/${id}_\\d{14}\\.zip$`).test(key)),
        id,
      );
    for (const id of sampleIds)
      await eventually(`${id} is emitted`, () => datasetOf(api, id)?.state === 'emitted');
  });

  test('what did not change is not sent again, unless asked for', async () => {
    layOut();
    await emit(yes);
    const second = await emit(yes);
    assert.equal(second.summary, undefined);
    assert.match(second.messages.at(-1) ?? '', /Nothing to send/);
    const third = await emit({ buttons: [...(yes.buttons ?? []), 'Send Them Again…'] });
    assert.equal(third.summary?.sent.length, sampleIds.length);
  });

  test('a dataset with errors stays, unless it is ticked', async () => {
    const file = 'school_master/school_mst.csv';
    layOut({ [file]: (sampleFiles[file] ?? '').replace('|23.24|', '|north|') });
    await eventually('the school has an error', () => errorsOf(file).length === 1);
    const { list, offered, summary } = await emit(yes);
    assert.deepEqual(offered, ['school_mst', 'user_location_master', 'inspection_master', 'sch_staff_posn']);
    assert.match(list, /school_master\/school_mst\.zip {2}\(with errors\)/);
    // What needs the schools waits with them.
    assert.match(list, /inspection_master\.zip {2}\(waiting for what is held back\)/);
    assert.deepEqual(
      summary?.sent.map(({ dataset }) => dataset),
      ['district_mst', 'block_mst', 'cluster_mst'],
    );

    const ticked = await emit({ ...yes, picks: ['school_mst'] });
    assert.deepEqual(
      ticked.summary?.sent.map(({ dataset }) => dataset),
      ['school_mst', 'inspection_master', 'sch_staff_posn', 'user_location_master'],
    );
    assert.match(ticked.list, /in spite of its errors/);
  });

  test('what waits for a dataset that is held back stays, unless it is ticked', async () => {
    const file = 'school_master/school_mst.csv';
    layOut({ [file]: (sampleFiles[file] ?? '').replace('|23.24|', '|north|') });
    await eventually('the school has an error', () => errorsOf(file).length === 1);
    const { list, messages, summary } = await emit({ ...yes, picks: ['sch_staff_posn'] });
    assert.deepEqual(
      summary?.sent.map(({ dataset }) => dataset),
      ['district_mst', 'block_mst', 'cluster_mst', 'sch_staff_posn'],
    );
    assert.match(list, /sch_staff_posn\.zip .* without school_mst\n/);
    assert.match(list, /inspection_master\.zip {2}\(waiting for what is held back\)/);
    const question = messages.find((message) => message.startsWith('Emit 4 files'));
    assert.match(question ?? '', /As you chose: sch_staff_posn without school_mst/);
  });

  test('nothing leaves without a yes', async () => {
    layOut();
    const { messages, summary } = await emit({ buttons: ['Zip Them First', 'Read the List First'] });
    assert.equal(summary, undefined);
    assert.ok(messages.some((message) => message.startsWith('Emit 7 files')));
    // The list stays, with a button that sends it.
    let later: EmitSummary | undefined;
    await answering(yes, async () => {
      later = await vscode.commands.executeCommand<EmitSummary>(commands.emitPreviewed);
    });
    assert.equal(later?.sent.length, sampleIds.length);
  });

  test('a list that no longer holds is not sent', async () => {
    layOut();
    await emit({ buttons: ['Zip Them First'] });
    rmSync(emissionPath('block_master'), { recursive: true });
    let later: EmitSummary | undefined;
    const { messages } = await answering(yes, async () => {
      later = await vscode.commands.executeCommand<EmitSummary>(commands.emitPreviewed);
    });
    assert.equal(later, undefined);
    assert.match(messages.join(), /has changed since the list was made/);
    assert.ok(!listText(planTitles.emission).includes('block_master/block_mst.zip'));
  });

  test('a token that the server no longer takes stops the emission before the first file', async () => {
    layOut();
    const { origin } = new URL(endpoint.url);
    await api.tokens.store(origin, 'some.revoked.token');
    const { messages, summary } = await emit(yes);
    await api.tokens.store(origin, endpoint.token);
    assert.equal(summary?.sent.length, 0);
    assert.match(messages.at(-1) ?? '', /0 sent, 7 not tried.*does not accept the token/);
    assert.ok(!messages.join().includes('some.revoked.token'));
  });
});

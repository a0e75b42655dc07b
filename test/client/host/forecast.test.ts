import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import type { TestApi } from '../../../client/extension.ts';
import { commands, planScheme } from '../../../client/identifiers.ts';
import { planTitles } from '../../../client/emission/plan-titles.ts';
import { childNodes, lookOf, topNodes } from '../../../client/tree/tree-model.ts';
import type { TreeNode } from '../../../client/tree/tree-model.ts';
import type { ForecastResult } from '../../../server/messages.ts';
import {
  activated,
  answering,
  closeAll,
  datasetOf,
  emissionPath,
  eventually,
  layOut,
  open,
  replace,
} from './harness.ts';
import type { Answers } from './harness.ts';
import { sampleFiles, sampleIds } from './sample.ts';

const file = 'district_master/district_mst.csv';
const repeated = { [file]: `${sampleFiles[file] ?? ''}2402|Patan\n2403|\n` };

/** Runs the command as a menu does. */
async function forecast(target?: TreeNode | vscode.Uri, answers: Answers = {}) {
  let result: ForecastResult | undefined;
  const dialogue = await answering(answers, async () => {
    result = await vscode.commands.executeCommand<ForecastResult | undefined>(commands.forecast, target);
  });
  const shown = vscode.window.activeTextEditor?.document;
  const list = shown?.uri.scheme === planScheme ? shown : undefined;
  return { ...dialogue, result, list };
}

const idsOf = (result: ForecastResult | undefined) => result?.forecasts.map(({ dataset }) => dataset);

suite('forecast', () => {
  let api: TestApi;

  suiteSetup(async () => {
    api = await activated();
  });

  teardown(closeAll);

  test('of the folder: a read-only list of every file and the sum', async () => {
    layOut(repeated);
    await eventually('the folder is seen', () => datasetOf(api, 'district_mst') !== undefined);
    const { list, result } = await forecast(vscode.Uri.file(emissionPath()));
    assert.deepEqual([...(idsOf(result) ?? [])].sort(), [...sampleIds].sort());
    assert.equal(list?.uri.path, `/${planTitles.forecast}`);
    const text = list.getText();
    assert.match(text, /\n\ndistrict_master\/district_mst\.csv: 2 of 4 rows loaded\n {2}total_records +4\n/);
    assert.match(text, /^From {2}.*cqube_emission\n\n7 files: 11 of 13 rows will be loaded\.\n/);
  });

  test('of a dataset in the tree, and of its file', async () => {
    layOut(repeated);
    await eventually('the file is seen', () => datasetOf(api, 'district_mst')?.state === 'has-errors');
    const [category] = topNodes(api.state.model, { missingShown: false });
    const node = category && childNodes(category, { missingShown: false })[0];
    assert.ok(node?.kind === 'dataset');
    assert.match(lookOf(node).tooltip, /^Forecast: 2 of 4 rows loaded; dropped: 1 with a null, 1 repeat$/m);
    for (const target of [node, childNodes(node, { missingShown: false })[0]]) {
      assert.deepEqual(idsOf((await forecast(target)).result), ['district_mst']);
    }
  });

  test('of the open CSV file: unsaved changes are saved first, or nothing is shown', async () => {
    layOut();
    const document = await open(file);
    await replace(document, '2402|Patan', '2402|');
    const away = await forecast(document.uri);
    assert.match(away.messages[0] ?? '', /unsaved changes, which the forecast would leave out/);
    assert.equal(away.result, undefined);
    const { list, result, messages } = await forecast(document.uri, { buttons: ['Save and Go On'] });
    assert.deepEqual(idsOf(result), ['district_mst'], messages.join('\n'));
    assert.match(list?.getText() ?? '', /1 of 2 rows loaded/);
  });

  test('of a file that belongs to no dataset there is none', async () => {
    layOut({ 'notes.csv': 'a|b\n' });
    await eventually('the folder is seen', () => datasetOf(api, 'district_mst') !== undefined);
    const { messages, result } = await forecast(vscode.Uri.file(emissionPath('notes.csv')));
    assert.equal(result, undefined);
    assert.deepEqual(messages, ['notes.csv belongs to no dataset, so ingestion takes no notice of it.']);
  });
});

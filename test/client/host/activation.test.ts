import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { commands } from '../../../client/identifiers.ts';
import { activated, datasetOf, eventually, layOut, lineOf } from './harness.ts';
import { sampleIds } from './sample.ts';

suite('activation', () => {
  test('a workspace with an emission folder wakes the extension', async () => {
    const extension = vscode.extensions.getExtension('cqube-emission.cqube-emission');
    await eventually('the extension is active', () => extension?.isActive);
  });

  test('every contributed command is there', async () => {
    await activated();
    const known = new Set(await vscode.commands.getCommands(true));
    for (const command of Object.values(commands)) assert.ok(known.has(command), command);
  });

  test('the tree shows each dataset of the folder with its state', async () => {
    const api = await activated();
    layOut();
    for (const id of sampleIds) {
      await eventually(`${id} needs a zip`, () => lineOf(api, id) === 'needs zip');
    }
    assert.equal(lineOf(api, 'student_attendance'), 'missing');
    assert.equal(datasetOf(api, 'school_mst')?.csv?.path, 'school_master/school_mst.csv');
    assert.equal(api.tree.view.badge?.value, sampleIds.length);
  });
});

import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, answering, closeAll, errorsOf, eventually, layOut, open, problemsOf } from './harness.ts';
import { sampleFiles } from './sample.ts';

const schools = 'school_master/school_mst.csv';
const districts = 'district_master/district_mst.csv';

/** What the light bulb offers on a range, its edits made. */
async function offered(
  document: vscode.TextDocument,
  range: vscode.Range,
  kind: vscode.CodeActionKind,
): Promise<vscode.CodeAction[]> {
  return vscode.commands.executeCommand<vscode.CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    range,
    kind.value,
    50,
  );
}

async function apply(action: vscode.CodeAction | undefined): Promise<void> {
  assert.ok(action?.edit, 'the action has edits');
  assert.ok(await vscode.workspace.applyEdit(action.edit));
}

suite('fixes', () => {
  suiteSetup(async () => {
    await activated();
  });

  teardown(closeAll);

  test('a quick fix renames a misspelt column; undo brings every byte back', async () => {
    const text = (sampleFiles[schools] ?? '').replace('|Latitude|', '|Lattitude|');
    layOut({ [schools]: text });
    const document = await open(schools);
    const problem = await eventually('the finding is there', () =>
      errorsOf(schools).find(({ rule }) => rule === 'header/misspelt-column'),
    );
    const actions = await offered(document, problem.range, vscode.CodeActionKind.QuickFix);
    const titles = actions.map(({ title }) => title).join('\n');
    const action = actions.find(({ isPreferred }) => isPreferred === true);
    assert.equal(action?.title, 'Rename to "Latitude"', titles);
    await apply(action);
    assert.equal(document.getText(), sampleFiles[schools]);
    await eventually('the finding is gone', () => errorsOf(schools).length === 0);
    await vscode.commands.executeCommand('undo');
    assert.equal(document.getText(), text);
  });

  test('the severity of a rule is chosen on its finding, and goes back to its own', async () => {
    layOut({ [schools]: (sampleFiles[schools] ?? '').replace('|23.24|', '|north|') });
    const document = await open(schools);
    const problem = await eventually('the finding is there', () =>
      errorsOf(schools).find(({ rule }) => rule === 'cell/type'),
    );
    const actions = await offered(document, problem.range, vscode.CodeActionKind.QuickFix);
    const { command } = actions.find(({ title }) => title === 'Change the severity of cell/type…') ?? {};
    assert.ok(command, actions.map(({ title }) => title).join('\n'));
    const choose = (label: string) =>
      answering({ picks: [label] }, () =>
        Promise.resolve(
          vscode.commands.executeCommand(command.command, ...((command.arguments ?? []) as unknown[])),
        ),
      );
    await choose('Off');
    await eventually('the finding is not told any more', () => errorsOf(schools).length === 0);
    await choose('Default');
    await eventually('it is an error again', () => errorsOf(schools).length === 1);
  });

  test('all that is certain is mended by one source action, and nothing else', async () => {
    const rows = sampleFiles[districts] ?? '';
    layOut({ [districts]: `${rows}\n2498.0|Navagarh\n2499|\n` });
    const document = await open(districts);
    await eventually('the findings are there', () => problemsOf(districts).length >= 3);
    const whole = new vscode.Range(0, 0, 0, 0);
    const actions = await offered(document, whole, vscode.CodeActionKind.SourceFixAll);
    const action = actions.find(({ kind }) => kind?.value === 'source.fixAll.cqube');
    await apply(action);
    assert.equal(document.getText(), `${rows}2498|Navagarh\n2499|\n`);
    await eventually('what nobody knows stays', () => problemsOf(districts).length === 1);
  });
});

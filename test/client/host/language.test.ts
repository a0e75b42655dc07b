import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { activated, closeAll, emissionPath, eventually, layOut, open } from './harness.ts';

const districts = 'district_master/district_mst.csv';
const schools = 'school_master/school_mst.csv';
const inspections = 'inspection_master/inspection_master.csv';

suite('language features', () => {
  suiteSetup(async () => {
    await activated();
    layOut();
  });

  teardown(closeAll);

  test('the id of a school shows the school, and leads to its row', async () => {
    const { uri } = await open(inspections);
    const place = new vscode.Position(1, '11|7|Asha Patel|2401'.length);
    const text = await eventually('the hover names the school', async () => {
      const hovers = await vscode.commands.executeCommand<vscode.Hover[]>(
        'vscode.executeHoverProvider',
        uri,
        place,
      );
      const shown = hovers.flatMap(({ contents }) =>
        contents.map((each) => (each as vscode.MarkdownString).value),
      );
      return shown.find((each) => each.includes('Madhapar Primary School'));
    });
    assert.match(text, /Cluster: \*\*Madhapar\*\* · Block: \*\*Bhuj\*\* · District: \*\*Kutch\*\*/);
    const [link] = await vscode.commands.executeCommand<vscode.LocationLink[]>(
      'vscode.executeDefinitionProvider',
      uri,
      place,
    );
    assert.equal(link?.targetUri.fsPath, emissionPath(schools));
    assert.equal(link.targetRange.start.line, 1);
  });

  test('ids of the master are offered with the name beside them', async () => {
    const { uri } = await open(schools);
    const place = new vscode.Position(1, '24010100101|Madhapar Primary School|1|8|2|2|4|24|2401'.length);
    const labels = await eventually('the districts are offered', async () => {
      const list = await vscode.commands.executeCommand<vscode.CompletionList>(
        'vscode.executeCompletionItemProvider',
        uri,
        place,
      );
      const found = list.items.map(({ label }) =>
        typeof label === 'string' ? label : `${label.label} ${label.description ?? ''}`,
      );
      return found.some((label) => label.includes('Kutch')) && found;
    });
    assert.deepEqual(labels.slice(0, 2), ['2401 Kutch', '2402 Patan']);
  });

  test('the outline has the columns, and a master row leads to what uses it', async () => {
    const { uri } = await open(districts);
    const [table] = await eventually('the outline is there', async () => {
      const symbols = await vscode.commands.executeCommand<vscode.DocumentSymbol[] | undefined>(
        'vscode.executeDocumentSymbolProvider',
        uri,
      );
      return symbols?.length === 1 && symbols;
    });
    assert.deepEqual(
      table?.children.map(({ name }) => name),
      ['DistrictId', 'District'],
    );
    const uses = await vscode.commands.executeCommand<vscode.Location[]>(
      'vscode.executeReferenceProvider',
      uri,
      new vscode.Position(1, 1),
    );
    assert.ok(uses.some((use) => use.uri.fsPath === emissionPath(schools) && use.range.start.line === 1));
  });
});

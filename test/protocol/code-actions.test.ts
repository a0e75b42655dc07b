/** Each finding can be mended where it stands: the action is chosen, its edits are made, the finding is gone. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CodeAction, Diagnostic, TextEdit } from 'vscode-languageserver/node';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { LanguageServer, ableEditor } from './language-server.ts';
import { attendance, attendanceFile, attendanceHeader, blockFile, districtFile, state } from './state.ts';

async function withServer(
  work: (server: LanguageServer) => Promise<void>,
  session?: Parameters<typeof LanguageServer.start>[2],
): Promise<void> {
  const server = await LanguageServer.start(state, {}, session);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

async function actionsOf(
  server: LanguageServer,
  file: string,
  diagnostics: readonly Diagnostic[],
  only?: readonly string[],
): Promise<CodeAction[]> {
  const range = diagnostics[0]?.range ?? { start: { line: 0, character: 0 }, end: { line: 0, character: 0 } };
  return server.connection.sendRequest('textDocument/codeAction', {
    textDocument: { uri: server.uri(file) },
    range,
    context: { diagnostics, ...(only ? { only } : {}) },
  });
}

/** The text after an action, as an editor makes its edits; asks for those that are not there yet. */
async function chosen(server: LanguageServer, text: string, action: CodeAction | undefined): Promise<string> {
  assert.ok(action);
  const whole: CodeAction = action.edit
    ? action
    : await server.connection.sendRequest('codeAction/resolve', action);
  const [change] = whole.edit?.documentChanges ?? [];
  assert.ok(change && 'edits' in change, 'the action has edits');
  const document = TextDocument.create('file:///a.csv', 'csv', 1, text);
  return TextDocument.applyEdits(document, change.edits as TextEdit[]);
}

interface Mended {
  readonly what: string;
  readonly file: string;
  readonly text: string;
  readonly rule: string;
  readonly title: string;
  readonly after: string;
  readonly preferred?: boolean;
}

const blocks = 'BlockId|Block|DistrictId\n';
const cases: readonly Mended[] = [
  {
    what: 'a misspelt column is renamed',
    file: districtFile,
    text: 'Districtid_|District\n7501|Ambagarh\n',
    rule: 'header/misspelt-column',
    title: 'Rename to "DistrictId"',
    after: 'DistrictId|District\n7501|Ambagarh\n',
    preferred: true,
  },
  {
    what: 'a decimal in a column of whole numbers',
    file: blockFile,
    text: `${blocks}750101.0|Ambagarh East|7501\n750201|Belgaon North|7502\n`,
    rule: 'cell/type',
    title: 'Write 750101',
    after: `${blocks}750101|Ambagarh East|7501\n750201|Belgaon North|7502\n`,
    preferred: true,
  },
  {
    what: 'a row that is there twice is removed',
    file: blockFile,
    text: `${blocks}750101|Ambagarh East|7501\n750101|Ambagarh East|7501\n750201|Belgaon North|7502\n`,
    rule: 'key/duplicate-record',
    title: 'Remove this row',
    after: `${blocks}750101|Ambagarh East|7501\n750201|Belgaon North|7502\n`,
    preferred: true,
  },
  {
    what: 'columns are put into their order, with their values',
    file: blockFile,
    text: 'Block|BlockId|DistrictId\nAmbagarh East|750101|7501\nBelgaon North|750201|7502\n',
    rule: 'header/column-order',
    title: 'Put the columns into the specified order',
    after: `${blocks}750101|Ambagarh East|7501\n750201|Belgaon North|7502\n`,
    preferred: true,
  },
  {
    what: 'the delimiter of a spreadsheet becomes that of the dataset',
    file: blockFile,
    text: 'BlockId,Block,DistrictId\n750101,"Ambagarh, East",7501\n',
    rule: 'dialect/delimiter',
    title: 'Write the expected delimiter between the cells',
    after: `${blocks}750101|"Ambagarh, East"|7501\n`,
    preferred: true,
  },
  {
    what: 'blank lines are removed',
    file: blockFile,
    text: `${blocks}750101|Ambagarh East|7501\n\n\n750201|Belgaon North|7502\n`,
    rule: 'dialect/blank-line',
    title: 'Remove the blank lines',
    after: `${blocks}750101|Ambagarh East|7501\n750201|Belgaon North|7502\n`,
    preferred: true,
  },
  {
    what: 'columns that the specification does not name are removed where the user says so',
    file: districtFile,
    text: 'DistrictId|District|Aadhaar\n7501|Ambagarh|1\n',
    rule: 'header/unknown-column',
    title: 'Remove the unknown columns and their values',
    after: 'DistrictId|District\n7501|Ambagarh\n',
  },
];

for (const { what, file, text, rule, title, after, preferred = false } of cases) {
  test(what, async () => {
    await withServer(async (server) => {
      await server.open(file, text);
      const found = (await server.pull(file)).filter(({ code }) => code === rule);
      assert.ok(found.length > 0, rule);
      const actions = await actionsOf(server, file, found.slice(0, 1), ['quickfix']);
      const titles = actions.map((action) => action.title).join('\n');
      const action = actions.find((each) => each.title === title);
      assert.ok(action, titles);
      assert.equal(action.isPreferred === true, preferred, titles);
      const mended = await chosen(server, text, action);
      assert.equal(mended, after);
      await server.change(file, 2, mended);
      const left = (await server.pull(file)).filter(({ code }) => code === rule);
      assert.deepEqual(left, []);
    });
  });
}

test('all findings of a rule are mended at once, others stay', async () => {
  await withServer(async (server) => {
    const text = `${blocks}750101.0|Ambagarh East|7501\n750201.0|Belgaon North|7502\n\n750301.0|Carnac|7501\n`;
    await server.open(blockFile, text);
    const found = (await server.pull(blockFile)).filter(({ code }) => code === 'cell/type');
    const actions = await actionsOf(server, blockFile, found.slice(0, 1), ['quickfix']);
    const all = actions.find(({ title }) => title.startsWith('Fix all of'));
    assert.equal(
      await chosen(server, text, all),
      `${blocks}750101|Ambagarh East|7501\n750201|Belgaon North|7502\n\n750301|Carnac|7501\n`,
    );
  });
});

test('everything that is certain is mended by one source action, what needs a person stays', async () => {
  await withServer(async (server) => {
    const day = (value: string) => attendance(1, '75010100001').replace(/\|1$/, `|${value}`);
    const text = `${attendanceHeader}\n${day('1.0')}\n\n${attendance(2, '75010100001').replace('2026-27', '2026')}\n`;
    await server.open(attendanceFile, text);
    const [action, ...more] = await actionsOf(server, attendanceFile, [], ['source.fixAll']);
    assert.deepEqual(more, []);
    assert.equal(action?.kind, 'source.fixAll.cqube');
    assert.equal(
      await chosen(server, text, action),
      `${attendanceHeader}\n${day('1')}\n${attendance(2, '75010100001').replace('2026-27', '2026')}\n`,
    );
  });
});

test('the edits of a document that has changed meanwhile are not made', async () => {
  await withServer(async (server) => {
    await server.open(blockFile, `${blocks}750101.0|Ambagarh East|7501\n`);
    const [action] = await actionsOf(server, blockFile, [], ['source.fixAll']);
    await server.change(blockFile, 2, `${blocks}750102|Ambagarh East|7501\n`);
    const resolved: CodeAction = await server.connection.sendRequest('codeAction/resolve', action);
    assert.equal(resolved.edit, undefined);
  });
});

test('a client that knows no code actions is offered none', async () => {
  const textDocument = { ...ableEditor };
  delete textDocument.codeAction;
  await withServer(
    (server) => {
      assert.equal(server.capabilities.codeActionProvider, undefined);
      return Promise.resolve();
    },
    { textDocument },
  );
});

test('a client that can choose severities is offered to do so, for each rule once', async () => {
  await withServer(
    async (server) => {
      await server.open(blockFile, `${blocks}750101.0|Ambagarh East|7501.0\n`);
      const found = (await server.pull(blockFile)).filter(({ code }) => code === 'cell/type');
      assert.equal(found.length, 2);
      const actions = await actionsOf(server, blockFile, found, ['quickfix']);
      assert.deepEqual(
        actions.flatMap(({ command }) => (command ? [[command.command, command.arguments]] : [])),
        [['editor.setSeverity', ['cell/type']]],
      );
    },
    { options: { severityCommand: 'editor.setSeverity' } },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type {
  DefinitionLink,
  DocumentSymbol,
  FoldingRange,
  Location,
  Range,
  SelectionRange,
  SymbolInformation,
  WorkspaceSymbol,
} from 'vscode-languageserver/node';
import { ableEditor, LanguageServer } from './language-server.ts';
import {
  attendanceFile,
  blockFile,
  clusterFile,
  districtFile,
  schoolFile,
  schoolHeader,
  state,
} from './state.ts';

const sections = 'diksha_enrolment/diksha_enrolment.csv';

async function withServer(
  work: (server: LanguageServer) => Promise<void>,
  session?: Parameters<typeof LanguageServer.start>[2],
): Promise<void> {
  const server = await LanguageServer.start({ ...state, [sections]: '' }, {}, session);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

/** A range as `line:character-line:character`. */
function brief({ start, end }: Range): string {
  return `${start.line}:${start.character}-${end.line}:${end.character}`;
}

/** Where locations point, with paths below the emission folder. */
function places(server: LanguageServer, found: readonly Location[] | null): string[] {
  return (found ?? []).map(({ uri, range }) => `${uri.replace(`${server.root}/`, '')} ${brief(range)}`);
}

test('a cell leads to the row of its master', async () => {
  await withServer(async (server) => {
    await server.open(attendanceFile, state[attendanceFile]!);
    const links = await server.ask<DefinitionLink[]>('textDocument/definition', attendanceFile, 1, 6);
    const [link] = links;
    assert.equal(links.length, 1);
    assert.equal(link?.targetUri, server.uri(schoolFile));
    assert.equal(brief(link.targetSelectionRange), '1:0-1:11');
    assert.equal(link.targetRange.start.line, 1);
    assert.equal(brief(link.originSelectionRange!), '1:4-1:15');
    const none = await server.ask<DefinitionLink[]>('textDocument/definition', attendanceFile, 2, 6);
    assert.deepEqual(none, []);
  });
});

test('a client without links gets locations, in a master that is open as it stands there', async () => {
  await withServer(
    async (server) => {
      await server.open(blockFile, state[blockFile]!);
      await server.open(districtFile, 'DistrictId|District\n7599|New\n7502|Belgaon\n7501|Ambagarh\n');
      const found = await server.ask<Location[]>('textDocument/definition', blockFile, 1, 22);
      assert.deepEqual(places(server, found), [`${districtFile} 3:0-3:4`]);
    },
    { textDocument: { ...ableEditor, definition: {} } },
  );
});

test('a master row leads to every row that uses it, on the disk and in the editor', async () => {
  await withServer(async (server) => {
    await server.open(districtFile, state[districtFile]!);
    await server.open(clusterFile, `${state[clusterFile]!}7501010002|Other|750101|7501\n`);
    const ask = (includeDeclaration: boolean) =>
      server.ask<Location[]>('textDocument/references', districtFile, 1, 2, {
        context: { includeDeclaration },
      });
    const uses = [
      `${blockFile} 1:21-1:25`,
      `${clusterFile} 1:28-1:32`,
      `${clusterFile} 2:24-2:28`,
      `${schoolFile} 1:42-1:46`,
    ];
    assert.deepEqual(places(server, await ask(false)).sort(), uses);
    assert.deepEqual(places(server, await ask(true)).sort(), [...uses, `${districtFile} 1:0-1:4`].sort());
  });
});

test('a cell that refers to a master row leads to the other rows that use it', async () => {
  await withServer(async (server) => {
    const [header, row] = state[attendanceFile]!.split('\n');
    await server.write(attendanceFile, `${header!}\n${row!}\n${row!.replace('1|', '2|')}\n`);
    await server.open(attendanceFile, `${header!}\n${row!}\n${row!.replace('1|', '2|')}\n`);
    const context = { includeDeclaration: false };
    const found = await server.ask<Location[]>('textDocument/references', attendanceFile, 1, 6, { context });
    assert.deepEqual(places(server, found), [`${attendanceFile} 1:4-1:15`, `${attendanceFile} 2:4-2:15`]);
  });
});

test('not more than a thousand rows that use a master row are listed', async () => {
  await withServer(async (server) => {
    const rows = Array.from({ length: 1500 }, (_, index) => `${index}|Block|7502\n`).join('');
    await server.write(blockFile, `BlockId|Block|DistrictId\n${rows}`);
    await server.open(districtFile, state[districtFile]!);
    const context = { includeDeclaration: false };
    const found = await server.ask<Location[]>('textDocument/references', districtFile, 2, 0, { context });
    assert.equal(found.length, 1000);
  });
});

test('the outline is the header over all its rows', async () => {
  await withServer(async (server) => {
    await server.open(blockFile, state[blockFile]!);
    const found = await server.ask<DocumentSymbol[]>('textDocument/documentSymbol', blockFile, 0, 0);
    const [table] = found;
    assert.deepEqual([found.length, table?.name, brief(table!.range)], [1, 'Block Master', '0:0-3:0']);
    assert.deepEqual(
      table?.children?.map(({ name, detail, range }) => [name, detail, brief(range)]),
      [
        ['BlockId', 'whole number, required', '0:0-0:7'],
        ['Block', 'text of at most 250 characters, required', '0:8-0:13'],
        ['DistrictId', 'whole number, required', '0:14-0:24'],
      ],
    );
  });
});

test('a client without nested outlines gets a flat one', async () => {
  await withServer(
    async (server) => {
      await server.open(districtFile, state[districtFile]!);
      const found = await server.ask<SymbolInformation[]>('textDocument/documentSymbol', districtFile, 0, 0);
      assert.deepEqual(
        found.map(({ name, containerName }) => [name, containerName]),
        [
          ['District Master', undefined],
          ['DistrictId', 'District Master'],
          ['District', 'District Master'],
        ],
      );
    },
    { textDocument: { ...ableEditor, documentSymbol: {} } },
  );
});

test('the sections of a file stand in the outline and fold', async () => {
  await withServer(async (server) => {
    const lines = [
      ...['program_name,Course 1', 'P,do_1', 'End of Program-Course Details,'],
      ...['program_name,district_id,expected_enrollments', 'P,7501,3', 'End Of program details,,', ''],
    ];
    await server.open(sections, lines.join('\n'));
    const symbols = await server.ask<DocumentSymbol[]>('textDocument/documentSymbol', sections, 0, 0);
    assert.deepEqual(
      symbols.map(({ detail, range }) => [detail, brief(range)]),
      [
        ['diksha_program_course_details', '0:0-2:30'],
        ['diksha_program_details', '3:0-5:24'],
      ],
    );
    const folds = await server.ask<FoldingRange[]>('textDocument/foldingRange', sections, 0, 0);
    assert.deepEqual(
      folds.map(({ startLine, endLine }) => [startLine, endLine]),
      [
        [0, 2],
        [3, 5],
      ],
    );
    await server.open(districtFile, state[districtFile]!);
    assert.deepEqual(await server.ask('textDocument/foldingRange', districtFile, 0, 0), []);
  });
});

test('datasets that have a file are found by title and id', async () => {
  await withServer(async (server) => {
    const find = async (query: string) => {
      const found: WorkspaceSymbol[] = await server.connection.sendRequest('workspace/symbol', { query });
      return found.map(({ name, location }) => [name, location.uri]);
    };
    assert.deepEqual(await find('school m'), [['School Master (school_mst)', server.uri(schoolFile)]]);
    assert.equal((await find('')).length, Object.keys(state).length + 1);
    assert.deepEqual(await find('teacher'), []);
  });
});

test('a selection grows from the value to the cell, the row and the file', async () => {
  await withServer(async (server) => {
    const text = `${schoolHeader}\n1|"A ""B"""|3\n`;
    await server.open(schoolFile, text);
    const positions = [{ line: 1, character: 5 }];
    const [inner] = await server.ask<SelectionRange[]>('textDocument/selectionRange', schoolFile, 0, 0, {
      positions,
    });
    const ranges: string[] = [];
    for (let range: SelectionRange | undefined = inner; range; range = range.parent)
      ranges.push(brief(range.range));
    assert.deepEqual(ranges, ['1:3-1:10', '1:2-1:11', '1:0-1:13', '0:0-2:0']);
  });
});

test('a client that asks for nothing is offered nothing', async () => {
  await withServer(
    (server) => {
      const { definitionProvider, referencesProvider, documentSymbolProvider } = server.capabilities;
      const { completionProvider, selectionRangeProvider, foldingRangeProvider } = server.capabilities;
      const offered = [definitionProvider, referencesProvider, documentSymbolProvider, completionProvider];
      assert.deepEqual(
        [...offered, selectionRangeProvider, foldingRangeProvider],
        Array.from({ length: 6 }, () => undefined),
      );
      return Promise.resolve();
    },
    { textDocument: {} },
  );
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { CompletionItem, CompletionList, TextEdit } from 'vscode-languageserver/node';
import { ableEditor, LanguageServer } from './language-server.ts';
import {
  attendanceFile,
  attendanceHeader,
  blockFile,
  clusterFile,
  districtFile,
  examFile,
  infraFile,
  resultFile,
  schoolFile,
  schoolHeader,
  state,
} from './state.ts';

async function withServer(
  work: (server: LanguageServer) => Promise<void>,
  session?: Parameters<typeof LanguageServer.start>[2],
): Promise<void> {
  const files = { ...state, [infraFile]: '', [resultFile]: '' };
  const server = await LanguageServer.start(files, {}, session);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

/** What is offered where a text is broken off at `¦`. */
async function offered(
  server: LanguageServer,
  file: string,
  text: string,
  context?: object,
): Promise<CompletionList | null> {
  const before = text.slice(0, text.indexOf('¦')).split('\n');
  await server.open(file, text.replace('¦', ''));
  return server.ask('textDocument/completion', file, before.length - 1, before.at(-1)!.length, { context });
}

function labels(list: CompletionList | null): string[] {
  return (list?.items ?? []).map(({ label, labelDetails }) =>
    labelDetails?.description === undefined ? label : `${label} ${labelDetails.description}`,
  );
}

function edited(item: CompletionItem | undefined): string {
  return (item?.textEdit as TextEdit | undefined)?.newText ?? '';
}

test('a header lacks its columns in their order, and takes all of them at once', async () => {
  await withServer(async (server) => {
    const list = await offered(server, schoolFile, 'SchoolId|School|highclass|Lat¦');
    assert.deepEqual(labels(list).slice(0, 4), ['All 10 missing columns', 'lowclass', 'SchMgt', 'SchCat']);
    const [all, lowclass] = list!.items;
    assert.equal(edited(all), schoolHeader.replace('SchoolId|School|', '').replace('highclass|', ''));
    assert.match(lowclass?.detail ?? '', /^whole number, may be empty$/);
    assert.deepEqual((lowclass?.textEdit as TextEdit).range, {
      start: { line: 0, character: 26 },
      end: { line: 0, character: 29 },
    });
  });
});

test('an empty file is offered the columns of each header that it may have', async () => {
  await withServer(async (server) => {
    const list = await offered(server, blockFile, '¦');
    const all = list?.items.filter(({ label }) => label.startsWith('All')).map(edited);
    assert.equal(all?.[0], 'BlockId|Block|DistrictId');
    assert.equal(all.length, 2);
  });
});

test('ids come from the master with the name beside them, as the master on the disk has them now', async () => {
  await withServer(async (server) => {
    await server.write(districtFile, 'DistrictId|District\n7501|Ambagarh\n7502|"Bel""gaon"\n');
    const list = await offered(server, blockFile, 'BlockId|Block|DistrictId\n1|a|75¦');
    assert.deepEqual(labels(list), ['7501 Ambagarh', '7502 Bel"gaon']);
    assert.equal(list?.isIncomplete, false);
    assert.equal(list.items[0]?.filterText, '7501 Ambagarh');
  });
});

test('a value in quotes is completed as one', async () => {
  await withServer(async (server) => {
    const list = await offered(server, blockFile, 'BlockId|Block|DistrictId\n1|a|"75¦"\n');
    const [first] = list?.items ?? [];
    assert.equal(first?.filterText, '"7501 Ambagarh');
    assert.deepEqual(first.textEdit, {
      range: { start: { line: 1, character: 4 }, end: { line: 1, character: 8 } },
      newText: '7501',
    });
  });
});

test('of a long master the ids that begin as what is typed are offered', async () => {
  await withServer(async (server) => {
    const rows = Array.from({ length: 1000 }, (_, index) => `${1000 + index}|Block ${index}|7501\n`);
    await server.write(blockFile, `BlockId|Block|DistrictId\n${rows.join('')}`);
    const list = await offered(server, clusterFile, 'ClusterId|Cluster|BlockId|DistrictId\n1|c|199¦|7501\n');
    assert.equal(list?.isIncomplete, true);
    assert.deepEqual(labels(list).slice(0, 2), ['1990 Block 990', '1991 Block 991']);
    assert.equal(list.items.length, 10);
  });
});

test('an exam code is one of the exam in the same row', async () => {
  const header =
    'id|exam_id|exam_code|student_id|student_uid|school_id|studying_class|section|question_id|obtained_marks';
  await withServer(async (server) => {
    const list = await offered(server, resultFile, `${header}\n1|2|¦|1|1|75010100001|3|A|11|3\n`);
    assert.deepEqual(labels(list), ['PAT030213102026 Language']);
  });
});

test('booleans, months, days and academic years are known', async () => {
  await withServer(async (server) => {
    const infra = await offered(server, infraFile, 'school_id|HaveDrinkingWater\n75010100001|¦');
    assert.deepEqual(labels(infra), ['true', 'false']);
    const month = await offered(server, attendanceFile, `${attendanceHeader}\n1|1|75010100001|2026-27|¦`);
    assert.deepEqual(
      [labels(month).length, ...labels(month).slice(8, 10)],
      [12, '9 September', '10 October'],
    );
    const day = await offered(server, attendanceFile, `${attendanceHeader}\n1|1|75010100001|2026-27|10|¦`);
    assert.deepEqual(labels(day), ['1 present', '2 absent']);
    const year = await offered(server, attendanceFile, `${attendanceHeader}\n1|1|75010100001|¦`);
    assert.equal(year?.items.length, 3);
    for (const { label } of year.items) assert.match(label, /^20\d\d-\d\d$/);
  });
});

test('a medium is one of those in the rows around', async () => {
  await withServer(async (server) => {
    const list = await offered(server, examFile, `${state[examFile]!}3|2026-27|¦`);
    assert.deepEqual(labels(list), ['Hindi']);
  });
});

test('an empty line takes a new row, for a client that takes snippets', async () => {
  const text = 'BlockId|Block|DistrictId\n1|a|7501\n¦';
  const newRow = ({ label }: CompletionItem) => label === 'New row';
  await withServer(async (server) => {
    const list = await offered(server, blockFile, text);
    const item = list?.items.find(newRow);
    assert.equal(item?.insertTextFormat, 2);
    assert.equal(edited(item), '${1:BlockId}|${2:Block}|${3:DistrictId}');
  });
  await withServer(
    async (server) => {
      const list = await offered(server, blockFile, text);
      assert.equal(list?.items.some(newRow), false);
    },
    { textDocument: { ...ableEditor, completion: {} } },
  );
});

test('a sign that is not the delimiter of the file offers nothing by itself', async () => {
  await withServer(async (server) => {
    const context = { triggerKind: 2, triggerCharacter: ',' };
    assert.equal(await offered(server, blockFile, 'BlockId|Block|DistrictId\n1|a,¦|7501\n', context), null);
    const pipe = { triggerKind: 2, triggerCharacter: '|' };
    const list = await offered(server, clusterFile, 'ClusterId|Cluster|BlockId|DistrictId\n1|c|¦', pipe);
    assert.deepEqual(labels(list), ['750101 Ambagarh East', '750201 Belgaon North']);
  });
});

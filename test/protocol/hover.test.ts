import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Hover, MarkupContent } from 'vscode-languageserver/node';
import { LanguageServer } from './language-server.ts';
import {
  attendance,
  attendanceFile,
  attendanceHeader,
  clusterFile,
  districtFile,
  examFile,
  resultFile,
  schoolFile,
  state,
} from './state.ts';

async function withServer(
  work: (server: LanguageServer) => Promise<void>,
  files: Readonly<Record<string, string>> = state,
  session?: Parameters<typeof LanguageServer.start>[2],
): Promise<void> {
  const server = await LanguageServer.start(files, {}, session);
  try {
    await work(server);
  } finally {
    await server.stop();
  }
}

async function hovered(
  server: LanguageServer,
  file: string,
  line: number,
  character: number,
): Promise<string> {
  const hover = await server.ask<Hover | null>('textDocument/hover', file, line, character);
  return hover ? (hover.contents as MarkupContent).value : '';
}

test('a header cell says what its column is, and how many findings stand in it', async () => {
  await withServer(async (server) => {
    const bad = state[attendanceFile]!.replaceAll('|10|', '|x|');
    await server.open(attendanceFile, bad);
    await server.pull(attendanceFile);
    const month = attendanceHeader.indexOf('Month');
    const hover = await server.ask<Hover>('textDocument/hover', attendanceFile, 0, month + 2);
    assert.deepEqual(hover.range, {
      start: { line: 0, character: month },
      end: { line: 0, character: month + 5 },
    });
    const { kind, value } = hover.contents as MarkupContent;
    assert.equal(kind, 'markdown');
    const [title, findings, ...more] = value.split('\n\n');
    assert.equal(title, '**Month**, column 5 of 36: whole number 1 to 12, required.');
    assert.equal(findings, '2 findings in this column.');
    const text = more.join('\n');
    assert.match(text, /drops a row with another value/);
    assert.match(text, /Stored in student\\_attendance/);
    assert.match(text, /part of the key/);
  });
});

test('the id of a school shows the school with its cluster, block and district', async () => {
  await withServer(async (server) => {
    await server.open(attendanceFile, state[attendanceFile]!);
    const text = await hovered(server, attendanceFile, 1, 6);
    assert.match(
      text,
      /School: \*\*Adarsh \\\*Vidyalaya\\\*\*\* · Cluster: \*\*Lake Road\*\* · Block: \*\*Ambagarh East\*\* · District: \*\*Ambagarh\*\* \(school\\_mst\.csv, line 2\)/,
    );
    assert.match(await hovered(server, attendanceFile, 2, 6), /No row of school\\_mst\.csv has it/);
  });
});

test('an unsaved edit of a master that an editor holds open counts', async () => {
  await withServer(async (server) => {
    await server.open(clusterFile, state[clusterFile]!);
    await server.open(districtFile, state[districtFile]!);
    assert.match(await hovered(server, clusterFile, 1, 30), /District: \*\*Ambagarh\*\*/);
    await server.change(districtFile, 2, 'DistrictId|District\n7000|First\n7501|Renamed\n');
    assert.match(
      await hovered(server, clusterFile, 1, 30),
      /District: \*\*Renamed\*\* \(district\\_mst\.csv, line 3/,
    );
  });
});

test('a master that changes on the disk is looked through anew', async () => {
  await withServer(async (server) => {
    await server.open(clusterFile, state[clusterFile]!);
    assert.match(await hovered(server, clusterFile, 1, 30), /Ambagarh/);
    await server.write(districtFile, '\ufeffDistrictId|District\r\n"7501"|"Another, name"\r\n');
    assert.match(await hovered(server, clusterFile, 1, 30), /District: \*\*Another, name\*\*/);
  });
});

test('a reference by two columns takes both cells of the row', async () => {
  const header =
    'id|exam_id|exam_code|student_id|student_uid|school_id|studying_class|section|question_id|obtained_marks';
  const rows = `${header}\n1|2|PAT030213102026|1|1|75010100001|3|A|11|3\n1|1|PAT030213102026|1|1|75010100001|3|A|11|3\n`;
  await withServer(
    async (server) => {
      await server.open(resultFile, rows);
      assert.match(
        await hovered(server, resultFile, 1, 6),
        /subject\\_name: \*\*Language\*\* · standard: \*\*3\*\*/,
      );
      assert.match(await hovered(server, resultFile, 2, 6), /No row of periodic\\_exam\\_mst\.csv has it/);
    },
    { ...state, [resultFile]: '' },
  );
});

test('a cell of a row that spans lines is found from each of them', async () => {
  await withServer(async (server) => {
    const row = attendance(3, '75010100001').replace('3|1', '3|"1\n2\n3"');
    await server.open(attendanceFile, `${attendanceHeader}\n${row}\n`);
    assert.match(await hovered(server, attendanceFile, 2, 0), /^\*\*StudentId\*\*/);
    assert.match(await hovered(server, attendanceFile, 3, 4), /^\*\*SchoolId\*\*/);
  });
});

test('what ingestion does not read is said to be so, and blank lines have nothing to say', async () => {
  await withServer(async (server) => {
    await server.open(districtFile, 'DistrictId|District|Remark\n7501|Ambagarh|old|more\n\n');
    assert.match(
      await hovered(server, districtFile, 0, 22),
      /^\*\*Remark\*\*: no column of .*drops what is in it/s,
    );
    assert.match(await hovered(server, districtFile, 1, 15), /^\*\*Remark\*\*: no column of/);
    assert.match(await hovered(server, districtFile, 1, 20), /more cells than the header: 4 in place of 3/);
    assert.equal(await hovered(server, districtFile, 2, 0), '');
  });
});

test('a client without Markdown gets plain text, and one without hovers is offered none', async () => {
  await withServer(
    async (server) => {
      await server.open(examFile, state[examFile]!);
      const hover = await server.ask<Hover>('textDocument/hover', examFile, 0, 0);
      const { kind, value } = hover.contents as MarkupContent;
      assert.equal(kind, 'plaintext');
      assert.match(value, /^exam_id, column 1 of 13: whole number, required\.\n/);
    },
    state,
    { textDocument: { hover: { contentFormat: ['plaintext'] } } },
  );
  const server = await LanguageServer.start({}, {}, { textDocument: {} });
  assert.equal(server.capabilities.hoverProvider, undefined);
  await server.stop();
});

test('files outside an emission folder, and those that are no dataset, have nothing to say', async () => {
  await withServer(async (server) => {
    await server.open('notes/notes.csv', 'a|b\n');
    assert.equal(await hovered(server, 'notes/notes.csv', 0, 0), '');
    await server.open(schoolFile, 'SchoolId;School;lowclass\n');
    assert.equal(await hovered(server, schoolFile, 0, 0), '');
  });
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { LanguageServer } from './language-server.ts';
import { attendanceFile, districtFile, state } from './state.ts';

test('the column under the cursor is that of the cell, in the header and below it', async () => {
  const server = await LanguageServer.start(state);
  const columnAt = (file: string, line: number, character: number) =>
    server.ask('cqube/columnAt', file, line, character);
  await server.open(attendanceFile, state[attendanceFile]!);
  const month = { place: 5, of: 36, name: 'Month', type: 'whole number 1 to 12', need: 'required' };
  assert.deepEqual(await columnAt(attendanceFile, 1, 25), month);
  await server.open(districtFile, 'DistrictId|District|Remark\n7501|Ambagarh|old|more\n\n');
  assert.deepEqual(await columnAt(districtFile, 0, 0), {
    ...{ place: 1, of: 3, name: 'DistrictId' },
    ...{ type: 'whole number', need: 'required' },
  });
  assert.deepEqual(await columnAt(districtFile, 1, 14), { place: 3, of: 3, name: 'Remark' });
  assert.equal(await columnAt(districtFile, 1, 19), null);
  assert.equal(await columnAt(districtFile, 2, 0), null);
  await server.stop();
});

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { columnStatus, sizeStatus, specStatus } from '../../../client/status-text.ts';

const spec = {
  dataset: 'school_mst',
  title: 'School Master',
  variant: 'state',
  reason: 'its header has 13 of the 13 columns of the state header',
  rows: 1200,
  errors: 0,
  warnings: 0,
  milliseconds: 12.4,
};

test('the status names dataset and header variant, and says why', () => {
  assert.deepEqual(specStatus(spec), {
    text: 'School Master (state)',
    detail:
      'No errors in 1,200 rows, 12 ms. Header (state): its header has 13 of the 13 columns of the state header.',
    severity: 'information',
  });
});

test('the severity is that of the worst finding', () => {
  assert.equal(specStatus({ ...spec, warnings: 1 }).severity, 'warning');
  assert.equal(specStatus({ ...spec, warnings: 1, errors: 1 }).severity, 'error');
  assert.equal(specStatus(null).severity, 'warning');
});

test('large files say what is different about them', () => {
  const megabyte = 1024 * 1024;
  assert.equal(sizeStatus(20 * megabyte), undefined);
  assert.match(sizeStatus(20 * megabyte + 1)?.text ?? '', /^Large file/);
  assert.match(sizeStatus(50 * megabyte + 1)?.text ?? '', /^Checked from the disk/);
});

test('the column under the cursor is told by place, name and what it takes', () => {
  const month = { place: 5, of: 36, name: 'Month', type: 'whole number 1 to 12', need: 'required' };
  assert.equal(columnStatus(month).text, '5/36 · Month · whole number 1 to 12 · required');
  assert.equal(
    columnStatus({ place: 3, of: 3, name: 'Remark' }).text,
    '3/3 · Remark · not read by ingestion',
  );
  assert.equal(columnStatus({ place: 3, of: 3, name: '' }).text, '3/3 · not read by ingestion');
});

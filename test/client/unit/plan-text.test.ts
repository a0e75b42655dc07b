import assert from 'node:assert/strict';
import { test } from 'node:test';
import { planText, questionText, resultText } from '../../../client/emission/plan-text.ts';
import { receiptText } from '../../../client/emission/receipt-text.ts';
import { EmissionError } from '../../../core/emit/error.ts';
import type { EmitSummary } from '../../../core/emit/types.ts';
import type { Outcome, Reason, RowFates } from '../../../core/forecast/types.ts';
import type { PlannedForecast } from '../../../core/plan/forecasts.ts';
import type { PlannedFile } from '../../../core/plan/types.ts';
import { forecastList } from '../../../client/emission/forecast-text.ts';
import type { PlanResult } from '../../../server/messages.ts';

const planned = (dataset: string, folder: string, bytes: number): PlannedFile => ({
  ...{ dataset, path: `${folder}/${dataset}.zip`, bytes, after: [] },
});
const district = planned('district_mst', 'district_master', 900);
const school = planned('school_mst', 'school_master', 123_456);
const attendance = planned('student_attendance', 'student_attendance', 5_000_000);

const rowsOf = (total: number, loaded: number): RowFates => ({
  ...{ total, typeMismatch: 0, expired: 0, nullValue: 0, repeats: 0, conflicts: 0, notEarliest: 0 },
  ...{ lostWithFile: total - loaded, loaded, hidden: 0, unclear: 0 },
});

function forecast(file: PlannedFile, outcome: Outcome, rows: RowFates, summary: string): PlannedForecast {
  const { dataset, path } = file;
  return { dataset, path, outcome, reasons: [], rows, summary };
}

const plan: PlanResult = {
  root: 'file:///data/cqube_emission',
  waves: [
    { number: 1, title: 'Masters', files: [district, school] },
    { number: 2, title: 'Transactions', files: [attendance] },
  ],
  heldBack: [
    { path: 'notes.txt', reason: 'not-a-dataset', message: 'cQube takes no file of this name.' },
    {
      dataset: 'block_mst',
      path: 'block_master/block_mst.zip',
      reason: 'errors',
      message: `3 errors. ${'A long explanation that does not fit in a line. '.repeat(3)}`.trim(),
    },
  ],
  warnings: [{ dataset: 'student_attendance', message: 'October was emitted before.' }],
  dependencies: [],
  forecast: [
    forecast(district, 'loads', rowsOf(2, 2), '2 of 2 rows loaded'),
    forecast(
      school,
      'refused',
      rowsOf(300, 0),
      'the whole file is refused: It has no header. [header/missing]',
    ),
    forecast(attendance, 'loads', rowsOf(10_000, 9_998), '9,998 of 10,000 rows loaded; dropped: 2 repeats'),
  ],
};

const context = { folder: '/data/cqube_emission', endpoint: 'https://cqube.example.org/data', include: [] };

test('the list says what goes where in which order, and what stays and why', () => {
  assert.equal(
    planText(plan, { ...context, include: [{ dataset: 'school_mst', reason: 'errors' }] }),
    `From  /data/cqube_emission
To    https://cqube.example.org/data

WILL BE SENT: 3 files, 4.9 MB, in 2 waves
A wave starts when cQube has acknowledged every file of the wave before.
Forecast: 10,000 of 10,302 rows will be loaded; nothing of 1 file.

  Wave 1: Masters
    district_master/district_mst.zip            900 bytes
        2 of 2 rows loaded
    school_master/school_mst.zip                   121 KB   in spite of its errors
        the whole file is refused: It has no header. [header/missing]

  Wave 2: Transactions
    student_attendance/student_attendance.zip      4.8 MB
        9,998 of 10,000 rows loaded; dropped: 2 repeats

WILL NOT BE SENT: 2 files

    block_master/block_mst.zip  (with errors)
        3 errors. A long explanation that does not fit in a line. A long explanation that does not fit in a
        line. A long explanation that does not fit in a line.

    notes.txt  (not for cQube)
        cQube takes no file of this name.

WORTH KNOWING BEFORE: 1 remark

    student_attendance
        October was emitted before.
`,
  );
});

test('an empty plan and an endpoint that is not set are said, not left out', () => {
  const text = planText(
    { ...plan, waves: [], heldBack: [], warnings: [], forecast: [] },
    { ...context, endpoint: undefined },
  );
  assert.match(text, /no endpoint is set/);
  assert.match(text, /NOTHING WILL BE SENT/);
  assert.match(text, /NOTHING IS HELD BACK/);
});

test('the question counts files, names the endpoint and what stays behind', () => {
  const { message, detail } = questionText(plan, {
    ...context,
    include: [{ dataset: 'school_mst', reason: 'errors' }],
  });
  assert.equal(message, 'Emit 3 files (4.9 MB) to cQube?');
  assert.match(detail, /^To https:\/\/cqube\.example\.org\/data$/m);
  assert.match(detail, /^Wave 1, Masters: 2 files$/m);
  assert.match(detail, /^Forecast: 10,000 of 10,302 rows will be loaded; nothing of 1 file\.$/m);
  assert.match(detail, /^school_master\/school_mst\.zip: the whole file is refused: It has no header\./m);
  assert.match(detail, /^As you chose: school_mst in spite of its errors$/m);
  assert.match(detail, /^Not sent: 1 with errors; 1 not for cQube$/m);
});

test('a forecast is a list of lines that can be read without scrolling to the side', () => {
  const reason: Reason = { message: `It is refused ${'because of this and that '.repeat(6)}`, section: 5 };
  const list = forecastList(
    {
      forecasts: [
        {
          ...{ dataset: 'district_mst', file: 'district_master/district_mst.csv', outcome: 'refused' },
          ...{ reasons: [reason], rows: rowsOf(3, 0), effects: {}, notes: [] },
          log: {
            ...{ total_records: 3, blank_lines: 0, duplicate_records: 0, datatype_mismatch: 0, nulls: {} },
            processed_records: 0,
          },
        },
      ],
      unreadable: [{ file: 'block_master/block_mst.csv', message: 'It cannot be read.' }],
    },
    '/data/cqube_emission',
  );
  assert.equal(
    list,
    `From  /data/cqube_emission

2 files: 0 of 3 rows will be loaded; nothing of 1 file.

district_master/district_mst.csv: the whole file is refused
  It is refused because of this and that because of this and that because of this and that because of this and
  that because of this and that because of this and that [section 5]
  total_records      3
  blank_lines        0
  duplicate_records  0
  datatype_mismatch  0
  processed_records  0

block_master/block_mst.csv: It cannot be read.
`,
  );
});

const record = (file: PlannedFile): EmitSummary['sent'][number] => ({
  ...{ event: 'acknowledged', time: '2026-11-23T10:00:00.000Z', path: file.path, dataset: file.dataset },
  ...{ endpoint: 'https://cqube.example.org', bytes: file.bytes, mtime: '2026-11-23T09:00:00.000Z' },
  ...{ sha256: '00', etag: '00', key: file.path, by: 'answer' },
});
const host = 'cqube.example.org';

test('the result counts acknowledgements and failures', () => {
  const complete: EmitSummary = {
    ...{ sent: [record(district), record(school)], skipped: [], failed: [], notTried: [], cancelled: false },
  };
  assert.deepEqual(resultText(complete, host), {
    severity: 'information',
    message: '2 files sent to cqube.example.org and acknowledged.',
  });
  assert.equal(
    resultText({ ...complete, sent: [record(school)], skipped: [record(district)] }, host).message,
    '1 file sent to cqube.example.org and acknowledged. 1 file was there already, with the same content.',
  );
  assert.equal(
    resultText({ ...complete, sent: [{ ...record(school), by: 'user' }] }, host).message,
    '0 files sent to cqube.example.org and acknowledged. 1 file counts as stored, as you said.',
  );
  const error = new EmissionError('file-refused', 'The storage refuses it.', { consequence: 'fail-file' });
  const broken: EmitSummary = {
    sent: [record(district)],
    skipped: [],
    failed: [{ file: school, error, stored: 'unknown' }],
    notTried: [{ file: attendance, why: 'wave', message: '' }],
    cancelled: false,
  };
  assert.deepEqual(resultText(broken, host), {
    severity: 'error',
    message:
      'Emission not complete: of 3 files 1 sent, 1 failed, 1 not tried. 1 is perhaps stored. The storage refuses it.',
  });
});

test('a cancelled emission is no error', () => {
  const error = new EmissionError('cancelled', 'The emission was cancelled.', { consequence: 'stop-run' });
  const summary: EmitSummary = {
    ...{ sent: [record(district)], skipped: [], failed: [], cancelled: true, stoppedBy: error },
    notTried: [{ file: school, why: 'cancelled', message: '' }],
  };
  assert.deepEqual(resultText(summary, host), {
    severity: 'warning',
    message: 'Emission cancelled: of 2 files 1 sent, 1 not tried.',
  });
});

test('a run that ended before its first file says why', () => {
  const stoppedBy = new EmissionError('unauthorized', 'The token is not accepted.', {
    consequence: 'stop-run',
  });
  const summary: EmitSummary = {
    ...{ sent: [], skipped: [], failed: [], cancelled: false, stoppedBy },
    notTried: [{ file: district, why: 'stopped', message: '' }],
  };
  assert.equal(
    resultText(summary, host).message,
    'Emission not complete: of 1 file 0 sent, 1 not tried. The token is not accepted.',
  );
});

test('the receipt lists keys, failures and what was not tried', () => {
  const error = new EmissionError('file-refused', 'The storage refuses it.', { consequence: 'fail-file' });
  const summary: EmitSummary = {
    sent: [record(district), { ...record(school), by: 'user' }],
    skipped: [record(district)],
    failed: [{ file: school, error, stored: 'unknown' }],
    notTried: [{ file: attendance, why: 'wave', message: '' }],
    cancelled: false,
  };
  const text = receiptText('1 of 3 sent.', summary, context).replaceAll(/ {3}\d.*$/gm, '   TIME');
  assert.equal(
    text,
    `From  /data/cqube_emission
To    https://cqube.example.org/data

1 of 3 sent.

SENT AND ACKNOWLEDGED: 1 file

    district_master/district_mst.zip   TIME

COUNTED AS STORED, AS YOU SAID: 1 file

    school_master/school_mst.zip   TIME

THERE BEFORE, WITH THE SAME CONTENT: 1 file

    district_master/district_mst.zip   TIME

FAILED: 1 file

    school_master/school_mst.zip  (perhaps stored)
        The storage refuses it.

NOT TRIED: 1 file

    student_attendance/student_attendance.zip
`,
  );
});

test('the receipt says which files the storage told no checksum of', () => {
  const { etag, ...bare } = record(school);
  assert.equal(etag, '00');
  const summary: EmitSummary = {
    ...{ sent: [record(district), bare], skipped: [], failed: [], notTried: [], cancelled: false },
  };
  assert.match(
    receiptText('2 of 2 sent.', summary, context),
    /\n {4}The storage told no checksum of 1 file \(school_master\/school_mst\.zip\), so what it holds was not compared\n {4}with what was sent\.\n$/,
  );
});

/** Findings name the cause and what ingestion makes of it: a file, the rule that must find it, and its words. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { datasetNamed } from '../../../core/catalogue/match.ts';
import { defaultSettings } from '../../../core/check/settings.ts';
import type { RuleId } from '../../../core/finding.ts';
import { checkWhole } from './whole.ts';

interface Told {
  readonly what: string;
  readonly csv: string;
  readonly text: string | Uint8Array;
  readonly rule: RuleId;
  readonly severity: 'error' | 'warning' | 'information';
  readonly words: RegExp;
  /** So many findings of the rule; one where nothing is said. */
  readonly count?: number;
}

const districts = 'DistrictId|District\n';
const days = Array.from({ length: 31 }, (_, day) => day + 1);
const attendance = `StudentAttendanceId|StudentId|SchoolId|AcademicYear|Month|${days.join('|')}\n`;
const blocks = 'BlockId|Block|DistrictId\n';
const settings = { ...defaultSettings, rules: { 'release/defect': 'off' } as const };

function check(told: Told): void {
  const spec = datasetNamed(told.csv);
  assert.ok(spec, told.csv);
  const bytes = typeof told.text === 'string' ? new TextEncoder().encode(told.text) : told.text;
  const { findings } = checkWhole(spec, told.csv, bytes, settings);
  const shown = findings.map(({ rule, severity, message }) => `${severity} ${rule}: ${message}`).join('\n');
  const found = findings.filter(({ rule, severity }) => rule === told.rule && severity === told.severity);
  assert.equal(found.length, told.count ?? 1, shown);
  assert.ok(
    found.every(({ message }) => told.words.test(message)),
    shown,
  );
}

const widths: readonly Told[] = [
  {
    what: 'lines that end with a delimiter, one finding for all of them',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|7501|\n750102|Belgaon|7501|\n750103|Canning|7501|\n`,
    rule: 'row/column-count',
    severity: 'warning',
    words:
      /4 cells instead of 3\. The last ones are empty, as when a line ends with a delimiter\..* loads as it is\. The same in lines 2 to 4: 3 rows\./,
  },
  {
    what: 'a row that ends before a required cell',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh\n`,
    rule: 'row/column-count',
    severity: 'error',
    words:
      /The row ends before "DistrictId", which must not be empty\. Ingestion drops the row and counts it as a null value\./,
  },
  {
    what: 'a row that ends before cells that may be empty',
    csv: 'student_attendance.csv',
    text: `${attendance}1|750101|75010100001|2026-27|10${'|1'.repeat(29)}\n`,
    rule: 'row/column-count',
    severity: 'warning',
    words: /Ingestion reads the missing 2 cells as empty, which they may be, and the row loads\./,
  },
  {
    what: 'a row with a value too much',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|East|7501\n`,
    rule: 'row/column-count',
    severity: 'error',
    words: /Ingestion leaves the last 1 cell out; after a stray delimiter/,
  },
];

for (const told of widths) test(told.what, () => check(told));

test('the values of rows that load as they are are checked', () => {
  check({
    what: '',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|75x1|\n`,
    rule: 'cell/type',
    severity: 'error',
    words: /"DistrictId" is not a whole number/,
  });
});

test('keys of rows that load as they are are compared', () => {
  check({
    what: '',
    csv: 'district_mst.csv',
    text: `${districts}7501|Ambagarh|\n7501|Belgaon\n`,
    rule: 'key/duplicate-key',
    severity: 'error',
    words: /Line [23] has the same "DistrictId"/,
    count: 2,
  });
});

const header = (csv: string) => {
  const columns = datasetNamed(csv)!.columns.map(({ name }) => name);
  return `${columns.join(csv.startsWith('diksha') ? ',' : '|')}\n`;
};
const exam = (date: string) =>
  `${header('periodic_exam_mst.csv')}1|2026-27|Hindi|3|A|1|Maths|2|Periodic|PAT030105012026|${date}|3|15\n`;

const numbers: readonly (readonly [value: string, words: RegExp])[] = [
  [
    '7.5E+10',
    /: it is in scientific notation, as a spreadsheet shows long numbers; the last digits may be lost\./,
  ],
  ['75,01,001', /: it has commas between the digits\./],
  ['75,01', /: it has a decimal comma\./],
  ['75 001', /: it has signs between the digits\./],
  [
    '7501.0',
    /: it has a decimal point and zeros behind it, as a spreadsheet or a program writes whole numbers\./,
  ],
  ['7501.5', /: it has a decimal point\./],
  ['7501,5', /: it has a decimal comma\./],
  ["'7501", /: an apostrophe stands before it, a spreadsheet’s sign for text\./],
  ['75%', /: it has a percent sign\./],
  ['#N/A', /: it is the error of a spreadsheet formula\./],
  ['#DIV/0!', /: it is the error of a spreadsheet formula\./],
  ['#REF!', /: it is the error of a spreadsheet formula\./],
  ['#####', /: it is what a spreadsheet shows in a column that is too narrow\./],
  ['=A1+1', /: it is a spreadsheet formula\./],
  ['₹ 7501', /: it has the sign of a currency\./],
  ['75\u00a001', /: it holds a sign that is not seen, such as a no-break space\./],
  ['NA', /: it stands for no value, leave the cell empty instead\./],
  ['75O1', /: the letter O stands in it for a zero\./],
  ['99999999999', /: it is too large\./],
  ['Total', /: it looks like a line of totals; remove it\./],
  ['(5 rows)', /: it looks like the line that a database program writes below a table; remove it\./],
];

for (const [value, words] of numbers) {
  test(`the cause of a number like ${value}`, () => {
    const text = `${districts}${value}|Ambagarh\n`;
    check({ what: value, csv: 'district_mst.csv', text, rule: 'cell/type', severity: 'error', words });
  });
}

const dates: readonly (readonly [value: string, severity: Told['severity'], words: RegExp])[] = [
  ['31-01-2026', 'error', /: the day stands first\./],
  ['01/31/2026', 'error', /: the month stands first\./],
  ['05/01/2026', 'error', /: the year stands last\./],
  ['05/01/26', 'error', /: its year has two digits\./],
  ['2026/01/05', 'error', /: "\/" stands between its parts\./],
  ['20260105', 'error', /: nothing stands between year, month and day\./],
  ['46027', 'error', /: it looks like a spreadsheet’s number of a day, counted from 1900\./],
  ['1767571200000', 'error', /: it looks like milliseconds since 1970\./],
  ['1767571200', 'error', /: it looks like seconds since 1970\./],
  ['05-Jan-2026', 'error', /: the month is written as a name\./],
  ['2026-02-30', 'error', /: there is no such day\./],
  ['#N/A', 'error', /: it is the error of a spreadsheet formula\./],
  ['31-01-24', 'warning', /\(its year has two digits and is taken for one of the first century\)/],
  ['2026-01-05 noon', 'warning', /\(something stands behind the date\)/],
  ['2026-1-5', 'warning', /\(month or day has one digit\)/],
];

for (const [value, severity, words] of dates) {
  test(`the cause of a date like ${value}`, () => {
    check({
      what: value,
      csv: 'periodic_exam_mst.csv',
      text: exam(value),
      rule: 'cell/format',
      severity,
      words,
    });
  });
}

const others: readonly Told[] = [
  {
    what: 'a time stamp with the year first where the day is wanted first',
    csv: 'diksha_tpd.csv',
    text: `${header('diksha_tpd.csv')}do_1,Course,State,2026-01-05T10:00:00.000Z,1,Batch,,,,,,u1\n`,
    rule: 'cell/format',
    severity: 'error',
    words: /dd\/MM\/yyyy: it is a time stamp with the year first\./,
  },
  {
    what: 'sep= as the first line',
    csv: 'district_mst.csv',
    text: `sep=|\n${districts}7501|Ambagarh\n`,
    rule: 'header/missing',
    severity: 'error',
    words:
      /^This line tells a spreadsheet program the delimiter; ingestion takes it for the header: remove it\./,
  },
  {
    what: 'sep= as the first line of a file of sections',
    csv: 'diksha_enrolment.csv',
    text: 'sep=,\nprogram_name,course_1\nSpelling,do_1\nEnd of Program-Course Details\n',
    rule: 'header/missing-column',
    severity: 'error',
    words:
      /^This line tells a spreadsheet program the delimiter; ingestion takes it for the header: remove it\. This section needs "program_name" in its header;/,
  },
  {
    what: 'lines that all end with a delimiter',
    csv: 'district_mst.csv',
    text: 'DistrictId|District|\n7501|Ambagarh|\n',
    rule: 'header/unknown-column',
    severity: 'warning',
    words:
      /^The header ends with a delimiter, which makes a column without a name: take the last delimiter from each line\. Ingestion drops what is in it\.$/,
  },
  {
    what: 'a column without a name elsewhere',
    csv: 'district_mst.csv',
    text: 'DistrictId||District\n7501||Ambagarh\n',
    rule: 'header/unknown-column',
    severity: 'warning',
    words: /^Unknown column without a name \(column 2\)\./,
  },
  {
    what: 'what psql writes below a table',
    csv: 'district_mst.csv',
    text: `${districts}7501|Ambagarh\n(1 row)\n`,
    rule: 'row/column-count',
    severity: 'error',
    words:
      /1 cell instead of 2\. This is hardly a row: it looks like the line that a database program writes below a table; remove it\./,
  },
  {
    what: 'rows of delimiters alone',
    csv: 'block_mst.csv',
    text: `${blocks}750101|Ambagarh|7501\n||\n||\n||\n`,
    rule: 'row/empty',
    severity: 'warning',
    words:
      /^The row has no value, only delimiters: remove it\. Ingestion drops the row and counts it as a null value\. The same in lines 3 to 5: 3 rows\./,
  },
  {
    what: 'question marks for letters, in a row that a proof takes and in one that it does not',
    csv: 'district_mst.csv',
    text: `${districts}7501|Ambagarh\n7502|??????? ??\n"7503"|North ????\n7504|Why??\n`,
    rule: 'encoding/lost-letters',
    severity: 'warning',
    words: /^"District" has question marks where a word begins: an export puts one for each letter/,
    count: 2,
  },
  {
    what: 'UTF-16 without a mark',
    csv: 'district_mst.csv',
    text: Buffer.from(`${districts}7501|Ambagarh\n7502|Belgaon\n`, 'utf16le'),
    rule: 'encoding/invalid-utf8',
    severity: 'error',
    words: /^The file is UTF-16 without a mark: every second byte is 0\./,
  },
  {
    what: 'UTF-16 without a mark, the high byte first',
    csv: 'district_mst.csv',
    text: Buffer.from(`${districts}7501|Ambagarh\n`, 'utf16le').swap16(),
    rule: 'encoding/invalid-utf8',
    severity: 'error',
    words: /^The file is UTF-16 without a mark/,
  },
  {
    what: 'a day of attendance',
    csv: 'student_attendance.csv',
    text: `${attendance}1|750101|75010100001|2026-27|10${'|1'.repeat(30)}|x\n`,
    rule: 'cell/type',
    severity: 'error',
    words: /^Column "31" is not a whole number/,
  },
  {
    what: 'Windows-1252',
    csv: 'district_mst.csv',
    text: Buffer.from(`${districts}7501|Ambagarh \x96 East\n`, 'latin1'),
    rule: 'encoding/invalid-utf8',
    severity: 'error',
    words: /This is not UTF-8, but looks like Windows-1252/,
  },
];

for (const told of others) test(told.what, () => check(told));

const kinds: readonly (readonly [what: string, start: string, words: RegExp])[] = [
  ['XLSX', 'PK\x03\x04\x14', /no CSV but a zip or an Excel workbook \(XLSX\).* Save the sheet as CSV/],
  ['XLS', '\xd0\xcf\x11\xe0\xa1\xb1', /no CSV but an old Excel workbook/],
  ['gzip', '\x1f\x8b\b\0', /no CSV but packed with gzip.* Unpack it/],
  ['7-Zip', '7z\xbc\xaf\x27\x1c', /no CSV but a 7-Zip archive/],
  ['RAR', 'Rar!\x1a\x07\x01', /no CSV but a RAR archive/],
  ['PDF', '%PDF-1.7', /no CSV but a PDF/],
  ['HTML', '<!DOCTYPE html>\n<html>', /no CSV but HTML or XML.* page of a login/],
  ['JSON', '[{"DistrictId": 7501}]\n', /no CSV but JSON/],
];

for (const [what, start, words] of kinds) {
  test(`a file that is ${what}: one finding`, () => {
    const text = Buffer.concat([
      Buffer.from(start, 'latin1'),
      Buffer.from('a|b\0\n\xff\n'.repeat(5), 'latin1'),
    ]);
    check({ what, csv: 'district_mst.csv', text, rule: 'encoding/other-format', severity: 'error', words });
    const { findings } = checkWhole(datasetNamed('district_mst.csv')!, 'district_mst.csv', text, settings);
    assert.equal(findings.length, 1);
  });
}

const names: readonly (readonly [what: string, name: string, words: RegExp])[] = [
  ['a no-break space', 'DistrictId\u00a0', /Sign 11 of the name is a no-break space \(U\+00A0\)\./],
  ['a space of no width', 'District\u200bId', /Sign 9 of the name is a sign without width \(U\+200B\)\./],
  ['a soft hyphen', 'District\u00adId', /Sign 9 of the name is a soft hyphen \(U\+00AD\)\./],
  ['full-width signs', 'ＤｉｓｔｒｉｃｔＩｄ', /Sign 1 of the name is a full-width sign \(U\+FF24\)\./],
  ['curly quotes', '“DistrictId”', /Sign 1 of the name is a curly quote \(U\+201C\)\./],
  [
    'a letter of another script',
    'D\u0456strictId',
    /Sign 2 of the name is no sign of the published name \(U\+0456\)\./,
  ],
];

for (const [what, name, words] of names) {
  test(`a column name with ${what}`, () => {
    const text = `${name}|District\n7501|Ambagarh\n`;
    check({ what, csv: 'district_mst.csv', text, rule: 'header/misspelt-column', severity: 'error', words });
  });
}

test('signs that a terminal obeys, that turn the text or break the line are not repeated in a message', () => {
  for (const name of ['District\u001bId', 'District\u202eId', '"District\nId"', 'District\u2028Id']) {
    check({
      what: '',
      csv: 'district_mst.csv',
      text: `${name}|District\n7501|Ambagarh\n`,
      rule: 'header/misspelt-column',
      severity: 'error',
      words: /^Unknown column "District\?Id"\. Did you mean "DistrictId"\?/,
    });
  }
});

test('behind a quote that is not closed in the header no value of a row is repeated', () => {
  for (const [header, severity, names] of [
    ['BlockId|"Block|DistrictId', 'warning', '"Block|DistrictId…", "…", "…"'],
    ['BlockId|Block|DistrictId|"x', 'warning', '"x…", "…", "…"'],
  ] as const) {
    const spec = datasetNamed('block_mst.csv')!;
    const text = `${header}\n1|Asha"|Asha|Asha\n`;
    const { findings } = checkWhole(spec, spec.csv, new TextEncoder().encode(text), settings);
    const unknown = findings.find(({ rule }) => rule === 'header/unknown-column');
    assert.equal(unknown?.severity, severity);
    assert.ok(unknown.message.startsWith(`3 unknown columns: ${names}. `), unknown.message);
    assert.ok(findings.every(({ message }) => !message.includes('Asha')));
  }
  check({
    what: '',
    csv: 'block_mst.csv',
    text: '"x\n1"|Asha|Asha|BlockId|Block|DistrictId\n1|2|3|4|5|6\n',
    rule: 'header/duplicate-column',
    severity: 'error',
    words: /: "…" in columns 2, 3\..* is loaded with what stands in column 3, under "…";/,
  });
});

test('a column name with a blank that ingestion does not cut', () => {
  check({
    what: '',
    csv: 'student_attendance.csv',
    text: attendance.replace('|Month|', '|Month |'),
    rule: 'header/misspelt-column',
    severity: 'error',
    words:
      /"Month"\. Did you mean "Month"\? A blank stands behind the name, and ingestion does not cut it in this file\./,
  });
});

test('names that differ behind their hundredth sign are two; the message shows their start alone', () => {
  const long = 'y'.repeat(100);
  const told = (second: string, count: number) =>
    check({
      what: 'long names',
      csv: 'district_mst.csv',
      text: `${long}x|DistrictId|${long}${second}|District\n1|7501|2|Almora\n`,
      rule: 'header/duplicate-column',
      severity: 'error',
      words: /: "y{100}…" in columns 1, 3\./,
      count,
    });
  told('z', 0);
  told('x', 1);
});

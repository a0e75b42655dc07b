/**
 * For each rule that may be an error the step of ingestion that refuses, drops or changes, by the kind of dataset
 * (ingestion-rules; the number is the section). A rule has no error where no step is known.
 */
import type { DatasetSpec } from './catalogue/spec.ts';
import type { RuleId } from './finding.ts';

/** Datasets that go the same way (ingestion-rules, section 4). */
export const families = [
  'masters',
  'results',
  'attendance',
  'crc',
  'udise',
  'infra',
  'diksha',
  'enrolment',
  'batch-ids',
] as const;

export type Family = (typeof families)[number];

/** The kinds of datasets as a reader of the pages knows them. */
export const familyTitles: Readonly<Record<Family, string>> = {
  masters: 'masters, exams, questions, grades, subjects',
  results: 'PAT and SAT results',
  attendance: 'attendance',
  crc: 'CRC',
  udise: 'UDISE',
  infra: 'infra_trans',
  diksha: 'DIKSHA summary, TPD, mapping',
  enrolment: 'diksha_enrolment',
  'batch-ids': 'DIKSHA batch ids',
};

/** The way that files of a dataset go. */
export function familyOf(spec: DatasetSpec): Family {
  if (spec.category === 'udise') return 'udise';
  if (spec.header.match === 'sections') return 'enrolment';
  if (spec.header.match === 'exact-key') return 'batch-ids';
  if (spec.header.match === 'contains') return 'infra';
  if (spec.reading.reader === 'super-csv') return 'crc';
  if (spec.id.endsWith('_result_trans')) return 'results';
  if (spec.id.endsWith('_attendance')) return 'attendance';
  return ['diksha_data_summary', 'diksha_tpd', 'diksha_tpd_mapping'].includes(spec.id) ? 'diksha' : 'masters';
}

export type Steps = Readonly<Partial<Record<Family | 'all', string>>>;

/** The families whose header is compared by name, before anything else is looked at. */
function byName(step: string): Steps {
  return { masters: step, results: step, attendance: step, diksha: step };
}

const HEADER = 'header by name (5): "columns did not match"';
const TEXT = 'header as text (5): the first line does not hold it';
const SCHOOL = 'header (5): no school_id';
const WRITE = 'write to the database (7)';
const TYPES = 'types (7): ValidateCsv cuts the row out';
const NULLS = 'nulls (8)';
const SPLIT = 'split of the sections (4)';
const READER = 'CSVReader (6): an error ends the file';
const MOVES = 'CSVReader (6): names of a row come from a map of the header';

/** No rule besides these has a finding that is an error. */
export const ruleSteps: Readonly<Partial<Record<RuleId, Steps>>> = {
  'encoding/bom': { enrolment: 'split of the sections (6): the mark is part of the first name' },
  'encoding/invalid-utf8': {
    all: 'reading as UTF-8 (6): the value is changed; UTF-16 has no header that fits',
  },
  'encoding/other-format': { all: 'header (5): there is none' },
  'encoding/nul-byte': {
    ...byName(WRITE),
    ...{
      crc: WRITE,
      udise: WRITE,
      infra: `${WRITE}, of school_id`,
      enrolment: `${WRITE}, of the four files`,
    },
    'batch-ids': 'key batchIdList of the JSON (4), in the header alone',
  },
  'dialect/delimiter': {
    ...byName(HEADER),
    ...{ crc: TEXT, udise: TEXT, infra: 'CSVReader (6): no column is named school_id', enrolment: SPLIT },
  },
  'dialect/quoting': { ...byName(READER), udise: READER, infra: READER, 'batch-ids': READER },
  'dialect/unterminated-quote': {
    ...byName(READER),
    ...{ udise: READER, infra: READER, 'batch-ids': READER },
    ...{ crc: 'types (6): Super CSV meets the end of the file', enrolment: `${SPLIT}: no marker behind it` },
  },
  'dialect/blank-line': { enrolment: `${SPLIT}: the script fails on a blank line` },
  'header/missing': {
    ...byName(HEADER),
    ...{
      crc: TEXT,
      udise: TEXT,
      infra: SCHOOL,
      enrolment: SPLIT,
      'batch-ids': 'key batchIdList of the JSON (4)',
    },
  },
  'header/missing-column': { ...byName(HEADER), crc: TEXT, udise: TEXT, infra: SCHOOL, enrolment: SPLIT },
  'header/misspelt-column': {
    ...byName(HEADER),
    ...{ crc: TEXT, udise: TEXT, infra: SCHOOL, 'batch-ids': 'key batchIdList of the JSON (4)' },
  },
  'header/unknown-column': { crc: 'types (5): every row has the wrong width', udise: TEXT },
  'header/duplicate-column': {
    ...byName(MOVES),
    ...{ udise: MOVES, infra: MOVES, 'batch-ids': MOVES, crc: 'types (5): every row has the wrong width' },
  },
  'header/column-order': { crc: TEXT, udise: TEXT },
  'header/form': { crc: TEXT, udise: TEXT, infra: 'header (5): only so many characters are looked at' },
  'section/marker': { enrolment: SPLIT },
  'row/column-count': {
    ...byName('CSVReader (6): surplus cells are left out; nulls (8): missing ones'),
    ...{ udise: 'CSVReader (6), nulls (8)', infra: 'CSVReader (6), nulls (8)', 'batch-ids': 'CSVReader (6)' },
    crc: 'types (7): the width is wrong',
  },
  'row/none': {
    ...{ masters: 'SAT: type-guessing reader (3): "has no records in"', results: 'SAT: the same (3)' },
    ...{ diksha: 'type-guessing reader (3): "has no records in"', infra: 'more than one line (3)' },
  },
  'row/too-long': { all: 'reading of the rows (6): the reader holds a row in memory as a whole' },
  'row/empty': { masters: `${WRITE}: primary key` },
  'cell/type': { ...byName(`${TYPES}; ${WRITE}`), crc: TYPES, udise: WRITE, infra: WRITE, enrolment: TYPES },
  'cell/required': {
    ...byName(`${NULLS}; not Optional: ${TYPES}; primary key: ${WRITE}`),
    ...{
      crc: `${NULLS}; SchoolId: ${TYPES}`,
      udise: NULLS,
      infra: NULLS,
      enrolment: `${NULLS}, of the four files`,
    },
  },
  'cell/format': {
    ...{ masters: `${TYPES}; exam_code: load statement (10)`, results: 'exam_code: load statement (10)' },
    ...{
      attendance: 'year rule (10)',
      crc: TYPES,
      udise: WRITE,
      diksha: `${TYPES}; ${WRITE}`,
      enrolment: TYPES,
    },
  },
  'cell/range': { ...byName(WRITE), crc: WRITE, udise: WRITE, infra: WRITE, enrolment: WRITE },
  'cell/length': { ...byName(WRITE), crc: WRITE, udise: WRITE, enrolment: WRITE },
  'cell/allowed-value': { masters: `${NULLS}: latitude or longitude 0` },
  'row/future-month': { attendance: 'year rule (10): "Data emitted is future data"' },
  'key/duplicate-record': { infra: 'exact repeats (9): the default query keeps school_id alone' },
  'key/duplicate-key': {
    ...{ masters: 'same id (9)', results: 'same id (9)', attendance: 'same id (9)', udise: 'same id (9)' },
    ...{ infra: 'same id (9)', crc: `${WRITE}: primary key (9)`, diksha: `${WRITE}: primary key (9)` },
  },
  'layout/unknown-folder': { all: 'routes (2): no key starts so' },
  'layout/unknown-file': { all: 'routes (2): no archive name starts so' },
  'layout/misplaced-file': { all: 'routes (2): the key is that of another dataset, or of none' },
  'layout/release': { all: 'routes (12): brought by a later release' },
  'layout/zip-content': { all: 'archive (3): unzip, and every entry is read as the dataset' },
  'layout/unreadable': { all: 'none is reached: the file cannot be sent' },
};

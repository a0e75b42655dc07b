/**
 * The texts of findings on cells. They never hold the value itself: it may be a child's record, and a finding may end
 * in a log. The editor shows the cell, the command line its place.
 */
import { findDataset } from '../../catalogue/catalogue.ts';
import type { ColumnSpec, DatasetSpec, RangeSpec, ReferenceSpec } from '../../catalogue/spec.ts';
import type { RuleId, Severity } from '../../finding.ts';
import { causeOfDate, causeOfLooseDate, causeOfNumber } from '../cells/cause.ts';
import type { CellFault } from '../cells/cell.ts';
import { columnAtStart, columnName } from './column-name.ts';
import type { SecondReading } from '../cells/second-reader.ts';

const ROW_DROPPED = 'Ingestion drops the row and counts it as a data type mismatch.';
const WRITE_FAILS =
  'Ingestion’s type check lets it pass, then the write of the whole file to the database fails.';

export interface CellMessage {
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly text: () => string;
}

/**
 * The finding for a fault of a value.
 *
 * @param value only looked at for a hint, never repeated; asked when the text is
 */
export function describeCell(fault: CellFault, column: ColumnSpec, value: () => string): CellMessage {
  const name = columnAtStart(column.name);
  const format = column.format ?? 'yyyy-MM-dd';
  switch (fault) {
    case 'type':
      return column.type === 'date' || column.type === 'timestamp'
        ? error(
            'cell/format',
            () => `${name} is not a date written as ${format}${causeOfDate(value(), format)}. ${ROW_DROPPED}`,
          )
        : error(
            'cell/type',
            () => `${name} is not ${expected(column)}${causeOfNumber(value())}. ${ROW_DROPPED}`,
          );
    case 'db-type':
      return error(
        'cell/type',
        () => `${name} is not ${expected(column)}${causeOfNumber(value())}. ${WRITE_FAILS}`,
      );
    case 'db-range': {
      const [min, max] = column.dbRange ?? ['', ''];
      return error(
        'cell/range',
        () => `${name} is outside ${min} to ${max}, all that the database column takes. ${WRITE_FAILS}`,
      );
    }
    case 'db-length':
      return error(
        'cell/length',
        () =>
          `${name} has more than ${column.dbMaxLength ?? 0} characters, all that the database column takes. ${WRITE_FAILS}`,
      );
    case 'db-date':
      return error(
        'cell/format',
        () =>
          `${name} is not a date written as ${format}${causeOfDate(value(), format)}. ${WRITE_FAILS} With day and month in another order another day is stored.`,
      );
    case 'db-time':
      return error(
        'cell/format',
        () => `${name} is not a time written as ${column.format ?? 'HH:mm'}. ${WRITE_FAILS}`,
      );
    case 'loose-date':
      return warning(
        'cell/format',
        () =>
          `${name} passes ingestion’s date check but is not written as yyyy-MM-dd${causeOfLooseDate(value())}: it may be stored as another day, or not at all.`,
      );
    case 'unpadded-date':
      return warning(
        'cell/format',
        () => `${name} is not written as dd/MM/yyyy with two digits for day and month.`,
      );
    case 'not-allowed':
      return error(
        'cell/allowed-value',
        () =>
          `${name} is 0, which ingestion takes for a missing value. The row is dropped and stored among the invalid schools ("No lat long").`,
      );
    case 'lost-letters':
      return warning(
        'encoding/lost-letters',
        () =>
          `${name} has question marks where a word begins: an export puts one for each letter that its encoding has not. Export the file again as UTF-8.`,
      );
    case 'blanks':
      return warning(
        'cell/whitespace',
        () =>
          `${name} has blanks at its start or end. Ingestion does not cut them in this file, so they are stored.`,
      );
  }
}

/** The finding for an empty value in a required column. */
export function describeEmpty(column: ColumnSpec): CellMessage {
  return error('cell/required', () => `${columnAtStart(column.name)} is empty. ${effectOfEmpty(column)}`);
}

/** What ingestion does with an empty value of a required column, as a sentence (ingestion-rules, sections 7 to 9). */
export function effectOfEmpty(column: ColumnSpec): string {
  return emptyEffects[fateOfEmpty(column)];
}

/** The steps that an empty value of a required column may stop at, in their order. */
const emptyFates = ['type', 'null', 'key'] as const;
const emptyEffects: Readonly<Record<(typeof emptyFates)[number], string>> = {
  type: ROW_DROPPED,
  null: 'Ingestion drops the row and counts it as a null value.',
  key: 'It is part of the primary key: the write of the whole file to the database fails.',
};

function fateOfEmpty(column: ColumnSpec): (typeof emptyFates)[number] {
  if (column.processor !== undefined && column.optional === false) return 'type';
  return column.emptyFailsFile === true ? 'key' : 'null';
}

/** What becomes of a row that ends before the cells of required columns. */
export function describeMissing(columns: readonly ColumnSpec[]): string {
  const names = columns.slice(0, 3).map(({ name }) => columnName(name));
  if (columns.length > names.length) names.push(`${columns.length - names.length} more`);
  const fates = columns.map(fateOfEmpty);
  const first = emptyFates.find((fate) => fates.includes(fate));
  return `The row ends before ${names.join(', ')}, which must not be empty. ${first ? emptyEffects[first] : ''}`;
}

/**
 * The finding for a row of delimiters alone.
 *
 * @param fate what its empty cells come to: the type check or the null check drops the row, or a primary key fails the file
 */
export function describeEmptyRow(fate: (typeof emptyFates)[number]): CellMessage {
  const text = 'The row has no value, only delimiters: remove it.';
  if (fate === 'key')
    return error(
      'row/empty',
      () => `${text} The write of the whole file to the database fails for its empty key.`,
    );
  return warning('row/empty', () => `${text} ${emptyEffects[fate]}`);
}

/** The finding for a cell of a CRC file that its two readers read differently. */
export function describeSecondReading(rule: RuleId, reading: SecondReading, column: ColumnSpec): string {
  const [what, first, second, remedy] =
    rule === 'dialect/escape'
      ? ['holds a backslash', 'keeps it', 'takes it for an escape sign and ', 'leave it out']
      : [
          'has a quote inside the value',
          'takes it away',
          '',
          'put the whole value in quotes and double the inner one ("")',
        ];
  return `${columnAtStart(column.name)} ${what}. Super CSV, which reads the row for the type check, ${first}; Commons CSV, which reads it afterwards, ${second}${secondReadings[reading]} if the row reaches it as it stands here: ${remedy}.`;
}

const secondReadings: Readonly<Record<SecondReading, string>> = {
  'other-value': 'reads another value',
  fails: 'stops with an error, so that the file is not loaded,',
  splits: 'splits the value',
  'goes-on': 'goes on behind the end of the value',
};

/** What the type check of a column takes, as the end of "is not …". */
export function expected(column: ColumnSpec): string {
  switch (column.processor === 'StrNotNullOrEmpty' ? undefined : column.processor) {
    case 'ParseInt':
      return 'a whole number from -2147483648 to 2147483647';
    case 'ParseLong':
      return 'a whole number';
    case 'ParseDouble':
    case 'ParseBigDecimal':
      return 'a number';
    case 'ParseBool':
      return 'one of true, t, y, 1, false, f, n, 0';
    default:
      return column.type === 'boolean'
        ? 'true or false'
        : column.type === 'double' || column.type === 'decimal'
          ? 'a number'
          : 'a whole number';
  }
}

function error(rule: RuleId, text: () => string): CellMessage {
  return { rule, severity: 'error', text };
}

function warning(rule: RuleId, text: () => string): CellMessage {
  return { rule, severity: 'warning', text };
}

/** The finding for a row that is the same as an earlier one. @param line 1-based editor line of that one */
export function describeRepeat(spec: DatasetSpec, line: number): string {
  const same = `This row is the same as line ${line}. Ingestion keeps the first one and counts this one as a duplicate record`;
  return spec.header.match === 'contains'
    ? `${same}; with the default query the whole file then loses its columns besides "${spec.key.columns.join('", "')}".`
    : `${same}.`;
}

/** The finding for a row that shares its key with another. @param line 1-based editor line of the other */
export function describeConflict(spec: DatasetSpec, line: number): string {
  const key = spec.key.columns.map((name) => `"${name}"`).join(', ');
  return `Line ${line} has the same ${key} and other values. ${conflictEffect(spec)}`;
}

/** The 0-based editor line that the text of a conflict names (`describeConflict`, `describeVisit`); undefined for none. */
export function otherLineOf(message: string): number | undefined {
  const line = /^Line (\d+) (?:has the same|repeats)/.exec(message)?.[1];
  return line === undefined ? undefined : Number(line) - 1;
}

function conflictEffect(spec: DatasetSpec): string {
  switch (spec.key.sameId) {
    case 'fail-file':
    case 'upsert-fails-file':
    case 'keep-earliest-inspection':
      return 'The key is the primary key of the database: the write of the whole file fails.';
    case 'lose-file':
      return 'The query of cQube 3.6 that should drop such rows is not valid SQL: the whole file is lost.';
    default:
      return spec.header.match === 'contains'
        ? 'Ingestion drops all of them, and with the default query the whole file loses its other columns.'
        : spec.category === 'udise' && spec.columns.some(({ name }) => name === 'ac_year')
          ? 'Ingestion keeps none of them: every row of a conflict is dropped. The academic year is no part of the key, so emit one year at a time.'
          : 'Ingestion keeps none of them: every row of a conflict is dropped.';
  }
}

/** What becomes of a CRC location row that is not simply kept and counted. */
export type VisitFate =
  'later' | 'unclear' | 'dropped-not-in-school' | 'dropped-no-inspection' | 'not-in-school' | 'no-inspection';

/** The finding for a location row. @param line 1-based editor line of the row that it comes from, if there is one */
export function describeVisit(fate: VisitFate, line: number): string {
  const dropped = `Line ${line} repeats an "InspectionId". Ingestion then keeps only rows with`;
  switch (fate) {
    case 'later':
      return `Line ${line} has the same "InspectionId" and an earlier "CreatedOn". Ingestion keeps the earliest row of an inspection and drops this one.`;
    case 'unclear':
      return `Line ${line} has the same "InspectionId". Ingestion keeps the row with the earliest "CreatedOn", and which of them that is cannot be told: the time stamps are the same, or not written alike.`;
    case 'dropped-not-in-school':
      return `${dropped} "InSchoolLocation" true, and drops this one.`;
    case 'dropped-no-inspection':
      return `${dropped} an "InspectionId" above 0, and drops this one.`;
    case 'not-in-school':
      return '"InSchoolLocation" is false: the row is not counted as a visit.';
    case 'no-inspection':
      return '"InspectionId" is 0: the row is not counted as a visit.';
  }
}

/** The finding for a value that no row of the master has. */
export function describeReference(spec: DatasetSpec, reference: ReferenceSpec): string {
  const names = reference.columns.map((name) => `"${name}"`).join(', ');
  const master = findDataset(reference.dataset);
  const effect =
    referenceEffects[`${spec.id} ${reference.dataset}`] ??
    'Reports that join it with the master leave the row out.';
  return `No row of ${master?.csv ?? reference.dataset} has this ${names}. ${effect}`;
}

/** The finding for a value above the number that another file has for it. */
export function describeAboveLimit(range: RangeSpec, csv: string, column: string): string {
  return `"${range.column}" is above the "${column}" of its row in ${csv}. A later step (${range.stage ?? ''}) may leave out what it is part of: ${range.why}.`;
}

/** The finding for a file that refers to a dataset of which no file is there. */
export function describeNoMaster(dataset: string): string {
  const csv = findDataset(dataset)?.csv ?? dataset;
  return `${csv} is not in this emission folder, so whether its values are there is not checked.`;
}

/** What the later joins do with a row whose master row is missing (ingestion-rules, section 10). */
const referenceEffects: Readonly<Record<string, string>> = {
  'school_mst district_mst': 'The school is then missing from the hierarchy, and with it from every report.',
  'school_mst block_mst': 'The school is then missing from the hierarchy, and with it from every report.',
  'school_mst cluster_mst': 'The school is then missing from the hierarchy, and with it from every report.',
  'school_mst school_management_master': 'The school is shown without its management.',
  'school_mst school_category_master': 'The school is shown without its category.',
  'periodic_exam_result_trans periodic_exam_mst': 'The result is left out of the reports.',
  'semester_exam_result_trans semester_exam_mst': 'The result is shown without its exam.',
  'user_location_master inspection_master':
    'The visit is not counted: a location counts only with its inspection.',
  'diksha_tpd diksha_tpd_mapping': 'The user is counted under school 9999.',
  'diksha_data_summary district_mst':
    'The usage is left out: the district is found by its name, in any case.',
  'periodic_exam_mst subject_details': 'Exception reports do not find the subject of the exam.',
  'semester_exam_mst subject_details': 'Exception reports do not find the subject of the exam.',
};

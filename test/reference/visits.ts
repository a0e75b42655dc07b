/** CRC location rows that do not count, or that ingestion drops (ingestion-rules, sections 9.2, 10 and 12). */
import type { RuleId, Severity } from '../../core/finding.ts';
import { wholeNumber } from './values.ts';

/** A location row that is no exact repeat. */
export interface LocationRow {
  readonly InspectionId: string;
  readonly InSchoolLocation: string;
  readonly CreatedOn: string;
}

export interface LocationFinding<Row extends LocationRow> {
  readonly row: Row;
  readonly rule: RuleId;
  readonly severity: Severity;
  readonly column: 'InspectionId' | 'InSchoolLocation';
  /** The row that it comes from. */
  readonly other?: Row;
  /** True when the same fault in the next row is part of a run. */
  readonly inRuns: boolean;
}

const postgresTrue = ['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1'];
const postgresFalse = ['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0'];

const word = (text: string) => text.replace(/^[ \t\n\v\f\r]+|[ \t\n\v\f\r]+$/g, '').toLowerCase();
const isInSchool = (row: LocationRow) => postgresTrue.includes(word(row.InSchoolLocation));
const numberOf = (row: LocationRow) => wholeNumber(row.InspectionId) ?? -1n;

/** @returns what there is to tell, and the rows that surely go on to the table with its primary key */
export function locationFindings<Row extends LocationRow>(
  rows: readonly Row[],
  release: number,
): { findings: LocationFinding<Row>[]; kept: Row[] } {
  const visits = new Map<string, Row[]>();
  for (const row of rows) {
    if (!isInSchool(row) || numberOf(row) <= 0n) continue;
    visits.set(row.InspectionId, [...(visits.get(row.InspectionId) ?? []), row]);
  }
  const repeat =
    release < 3.3 ? undefined : rows.find((row) => visits.get(row.InspectionId)?.slice(1).includes(row));
  const findings: LocationFinding<Row>[] = [];
  const kept: Row[] = [];
  for (const row of rows) {
    const group = visits.get(row.InspectionId);
    const leftOut = group?.includes(row) ? undefined : whyLeftOut(row);
    if (!group?.includes(row)) {
      if (!repeat) kept.push(row);
      if (leftOut && repeat)
        findings.push({
          row,
          rule: 'key/not-earliest',
          severity: 'warning',
          column: leftOut,
          other: repeat,
          inRuns: true,
        });
      else if (leftOut && !(leftOut === 'InspectionId' && numberOf(row) < 0n))
        findings.push({
          row,
          rule: 'cell/not-counted',
          severity: leftOut === 'InspectionId' ? 'warning' : 'information',
          column: leftOut,
          inRuns: true,
        });
      continue;
    }
    const other = repeat && group.length > 1 ? earlierThan(row, group) : undefined;
    if (other)
      findings.push({
        row,
        rule: 'key/not-earliest',
        severity: 'warning',
        column: 'InspectionId',
        other,
        inRuns: false,
      });
    else kept.push(row);
  }
  return { findings, kept };
}

function whyLeftOut(row: LocationRow): 'InspectionId' | 'InSchoolLocation' | undefined {
  if (numberOf(row) <= 0n) return 'InspectionId';
  return postgresFalse.includes(word(row.InSchoolLocation)) ? 'InSchoolLocation' : undefined;
}

/** A row of the group that is, or may be, the earlier one; undefined when the row itself is the earliest for certain. */
function earlierThan<Row extends LocationRow>(row: Row, group: readonly Row[]): Row | undefined {
  const forms = new Set(group.map(({ CreatedOn }) => formOf(CreatedOn)));
  if (forms.size > 1 || forms.has(undefined)) return group[0] === row ? group[1] : group[0];
  const times = group.map(({ CreatedOn }) => CreatedOn.slice(0, 26));
  const least = times.reduce((a, b) => (b < a ? b : a));
  const earliest = group.filter((_, index) => times[index] === least);
  if (row !== earliest[0]) return earliest[0];
  return earliest.length > 1 ? earliest.at(-1) : undefined;
}

/** The form of a plain time stamp: of two in one form the earlier is also the smaller text. */
function formOf(text: string): string | undefined {
  const [hours = 0, minutes = 0, seconds = 0] = text.slice(11, 19).split(':').map(Number);
  if (minutes > 59 || seconds > 59 || hours * 3600 + minutes * 60 + seconds > 24 * 3600) return undefined;
  return /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$/.test(text)
    ? text.replace(/\d/g, '0')
    : undefined;
}

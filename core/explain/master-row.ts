/** What a row of a master is shown by: its name, and what it says of itself in a few words. */
import { counterpart, findDataset } from '../catalogue/catalogue.ts';
import type { DatasetSpec, ReferenceSpec } from '../catalogue/spec.ts';
import { effectOfReference } from '../check/findings/tally.ts';
import type { Piece, Sentence } from './prose.ts';
import { cellsOf } from './references.ts';
import type { RowAt } from './row-at.ts';
import type { TableAt } from './table-at.ts';

const exam = ['subject_name', 'standard', 'medium', 'exam_type', 'exam_date', 'total_marks'];
const question = ['question_title', 'indicator_title', 'question_marks'];
const subject = ['subject', 'grade'];

/**
 * The columns that a row is shown by, named as in the main header, its name first. Names of persons are none of them.
 */
export const shownColumns: Readonly<Record<string, readonly string[]>> = {
  district_mst: ['District'],
  block_mst: ['Block'],
  cluster_mst: ['Cluster'],
  school_mst: ['School'],
  school_category_master: ['SchoolCategory'],
  school_management_master: ['Management'],
  subject_details: subject,
  periodic_exam_subject_details: subject,
  semester_exam_subject_details: subject,
  grade_details: ['students_count'],
  periodic_exam_grade_details: ['students_count'],
  semester_exam_grade_details: ['students_count'],
  periodic_exam_mst: exam,
  semester_exam_mst: exam,
  periodic_exam_qst_mst: question,
  semester_exam_qst_mst: question,
  diksha_tpd_mapping: ['School Name', 'District'],
  diksha_course_details: ['course_start_date', 'course_end_date'],
  diksha_program_course_details: ['program_name'],
  inspection_master: ['SchoolId', 'VisitDate'],
};

/** A master row's name, such as that of a school; empty where it has none. */
export function nameOfRow(table: TableAt, row: RowAt): string {
  const [first] = shownColumns[table.spec.id] ?? [];
  return first === undefined ? '' : valueOf(table, row, first);
}

/** A value of a row by its column in the main header; empty where the file has not got it. */
export function valueOf(table: TableAt, row: RowAt, name: string): string {
  const cell = cellsOf(table, [name])?.[0];
  return cell === undefined ? '' : row.value(cell);
}

/** The values of a row that a reference of its dataset goes by; undefined where one is missing. */
export function valuesFor(
  table: TableAt,
  row: RowAt,
  { columns }: Pick<ReferenceSpec, 'columns'>,
): readonly string[] | undefined {
  const values = cellsOf(table, columns)?.map((cell) => row.value(cell));
  return values === undefined || values.includes('') ? undefined : values;
}

/** References of a master that its rows are shown with: what a school belongs to, the nearest first. */
export function belongings(spec: DatasetSpec): ReferenceSpec[] {
  const single = spec.references.filter(({ columns }) => columns.length === 1);
  const isPlace = (reference: ReferenceSpec) =>
    spec.id !== 'school_mst' || effectOfReference(spec, reference) === 'hierarchy';
  return [...single.filter(isPlace).reverse(), ...single.filter((reference) => !isPlace(reference))];
}

/**
 * A master row in words.
 *
 * @param owners the names of what it belongs to, by the dataset that holds them
 */
export function describeMasterRow(
  table: TableAt,
  row: RowAt,
  owners: readonly { readonly dataset: string; readonly name: string }[],
): Sentence {
  const { spec } = table;
  const pieces: Piece[] = [];
  for (const name of shownColumns[spec.id] ?? []) {
    const value = valueOf(table, row, name);
    if (value === '') continue;
    if (pieces.length > 0) pieces.push(' · ');
    pieces.push(`${counterpart(spec, table.variant, name)?.name ?? name}: `, { strong: value });
  }
  for (const { dataset, name } of owners) {
    const [column] = shownColumns[dataset] ?? [];
    pieces.push(`${pieces.length > 0 ? ' · ' : ''}${column ?? dataset}: `, { strong: name });
  }
  if (pieces.length > 0) pieces.push(' ');
  return [...pieces, `(${spec.csv}, line ${row.range.line + 1})`];
}

/** What is said where no row of a master has the values. */
export function describeNoRow({ dataset }: ReferenceSpec): Sentence {
  return [`No row of ${findDataset(dataset)?.csv ?? dataset} has it.`];
}

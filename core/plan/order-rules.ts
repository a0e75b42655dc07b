import { datasets, sharesTable } from '../catalogue/catalogue.ts';
import type { OrderReason, OrderRule, OrderSource } from './types.ts';

const page: OrderSource = { by: 'page', place: 'emission order & instructions' };
const catalogue: OrderSource = { by: 'catalogue', place: 'emitBefore' };
const ingestion = (section: string): OrderSource => ({ by: 'ingestion', place: `section ${section}` });

const results = ['periodic_exam_result_trans', 'semester_exam_result_trans'] as const;
const grades = ['grade_details', 'periodic_exam_grade_details', 'semester_exam_grade_details'] as const;

/**
 * The rules of the order of emission, each with its source: what the published page demands, and what ingestion needs
 * in fact (emission-process, emission order; ingestion-rules, sections 10 and 12). They explain the catalogue's
 * `emitAfter` and `emitBefore`; a test holds the two together.
 */
export const orderRules: readonly OrderRule[] = [
  {
    id: 'hierarchy',
    before: ['district_mst', 'block_mst', 'cluster_mst'],
    after: ['school_mst'],
    sources: [ingestion('12, 1'), ingestion('10')],
    needed: true,
    effect:
      'schools whose district, block or cluster cQube does not know are left out of the school hierarchy',
  },
  {
    // Not in the catalogue: these two need no districts, but they are what the hierarchy is built on.
    id: 'hierarchy-builders',
    before: ['district_mst', 'block_mst', 'cluster_mst'],
    after: ['grade_details', 'subject_details'],
    sources: [ingestion('12, 1')],
    needed: false,
    effect: 'the school hierarchy is built without their new names',
  },
  {
    id: 'school-kinds',
    before: ['school_mst'],
    after: ['school_category_master', 'school_management_master'],
    sources: [ingestion('12, 2')],
    needed: true,
    effect: 'they are written to the schools that are there, and to none that come later',
  },
  {
    id: 'school-grades',
    before: ['school_mst'],
    after: ['grade_details'],
    sources: [ingestion('12, 1'), ingestion('10')],
    needed: true,
    effect: 'the school hierarchy is built without these schools',
  },
  {
    id: 'schools-first',
    before: ['school_mst'],
    after: datasets
      .filter(({ category, emitAfter }) => category !== 'static' && emitAfter.includes('school_mst'))
      .map(({ id }) => id),
    sources: [ingestion('10')],
    needed: true,
    effect: 'rows of schools that cQube does not know are in no report',
  },
  ...(['periodic', 'semester'] as const).map((kind): OrderRule => ({
    id: `${kind}-questions`,
    before: [`${kind}_exam_mst`],
    after: [`${kind}_exam_qst_mst`],
    sources: [{ by: 'catalogue', place: 'emitAfter' }, ingestion('10')],
    needed: true,
    effect: 'its questions belong to no exam',
  })),
  {
    id: 'periodic-exams',
    before: ['periodic_exam_mst', 'periodic_exam_qst_mst'],
    after: ['periodic_exam_result_trans'],
    sources: [page, ingestion('12, 4'), ingestion('10')],
    needed: true,
    effect: 'results of exams and questions that cQube does not know are dropped',
  },
  {
    id: 'semester-exams',
    before: ['semester_exam_mst', 'semester_exam_qst_mst'],
    after: ['semester_exam_result_trans'],
    sources: [ingestion('12, 4'), ingestion('10')],
    needed: true,
    effect:
      'results of questions that cQube does not know are dropped, and those of unknown exams stay without their exam',
  },
  {
    id: 'student-totals',
    before: grades,
    after: results,
    sources: [page, ingestion('12, 3'), ingestion('10')],
    needed: true,
    effect: 'there are no student totals for the results',
  },
  ...(['periodic', 'semester'] as const).map((kind): OrderRule => ({
    id: `${kind}-subjects`,
    before: ['subject_details', `${kind}_exam_subject_details`],
    after: [`${kind}_exam_result_trans`],
    sources: [catalogue],
    needed: false,
    effect: 'exception reports do not know the subjects',
  })),
  {
    id: 'visits',
    before: ['inspection_master'],
    after: ['user_location_master'],
    sources: [page, ingestion('12, 5')],
    needed: true,
    effect: 'no visit is counted',
  },
  {
    id: 'tpd-mapping',
    before: ['diksha_tpd_mapping'],
    after: ['diksha_tpd'],
    sources: [ingestion('12, 6'), ingestion('10')],
    needed: true,
    effect: 'users without a mapping are counted for no school',
  },
  {
    id: 'enrolment-targets',
    before: ['district_mst'],
    after: ['diksha_enrolment', 'diksha_etb_enrolment'],
    sources: [ingestion('12, 6')],
    needed: true,
    effect: 'targets of districts that cQube does not know are lost',
  },
  {
    id: 'summary-districts',
    before: ['district_mst'],
    after: ['diksha_data_summary'],
    sources: [ingestion('10')],
    needed: true,
    effect: 'rows of districts that cQube does not know are left out',
  },
];

/** The published page wants every static file before any other: a matter of order alone, for all of them. */
export const staticFirst: Pick<OrderReason, 'id' | 'sources'> = { id: 'static-first', sources: [page] };

/** What one file depends on by one rule. */
export interface Requirement {
  /** Dataset ids of which one is enough. */
  readonly on: readonly string[];
  readonly rule: OrderReason;
}

const known = new Map<string, readonly Requirement[]>();

/** Everything that a dataset depends on, directly. Pure; each dataset is looked up once. */
export function requirementsOf(dataset: string): readonly Requirement[] {
  const found = known.get(dataset);
  if (found) return found;
  const requirements = orderRules
    .filter(({ after }) => after.includes(dataset))
    .flatMap(({ before, id, sources, needed, effect }) => {
      const rule = { id, sources, needed, effect };
      return byTable(before).map((on) => ({ on, rule }));
    });
  known.set(dataset, requirements);
  return requirements;
}

/** Datasets that fill one table, together. */
function byTable(ids: readonly string[]): string[][] {
  const groups: string[][] = [];
  for (const id of ids) {
    const group = groups.find(([first]) => sharesTable(first!, id));
    if (group) group.push(id);
    else groups.push([id]);
  }
  return groups;
}

const names = {
  page: 'published order',
  ingestion: 'cQube’s ingestion',
  catalogue: 'dataset specs',
} as const;

/** The sources of a rule as a person knows them: `published order, cQube’s ingestion`. */
export function sourcesText({ sources }: Pick<OrderReason, 'sources'>): string {
  return [...new Set(sources.map(({ by }) => names[by]))].join(', ');
}

/** A small emission folder whose files refer to each other. */
export const districtFile = 'district_master/district_mst.csv';
export const blockFile = 'block_master/block_mst.csv';
export const clusterFile = 'cluster_master/cluster_mst.csv';
export const schoolFile = 'school_master/school_mst.csv';
export const attendanceFile = 'student_attendance/student_attendance.csv';
export const examFile = 'pat/periodic_exam_mst.csv';
export const resultFile = 'pat/periodic_exam_result_trans.csv';
export const infraFile = 'infra_trans/infra_trans.csv';

export const schoolHeader =
  'SchoolId|School|lowclass|highclass|SchMgt|SchCat|SchoolMedium|StateId|DistrictId|BlockId|ClusterId|Latitude|Longitude';
export const attendanceHeader = [
  ...['StudentAttendanceId', 'StudentId', 'SchoolId', 'AcademicYear', 'Month'],
  ...Array.from({ length: 31 }, (_, day) => String(day + 1)),
].join('|');

/** A row of attendance without its days. */
export function attendance(id: number, school: string, month = '10'): string {
  return `${id}|1|${school}|2026-27|${month}${'|1'.repeat(31)}`;
}

export const state: Readonly<Record<string, string>> = {
  [districtFile]: 'DistrictId|District\n7501|Ambagarh\n7502|Belgaon\n',
  [blockFile]: 'BlockId|Block|DistrictId\n750101|Ambagarh East|7501\n750201|Belgaon North|7502\n',
  [clusterFile]: 'ClusterId|Cluster|BlockId|DistrictId\n7501010001|Lake Road|750101|7501\n',
  [schoolFile]: `${schoolHeader}\n75010100001|Adarsh *Vidyalaya*|1|8|||4|75|7501|750101|7501010001|20.2|74\n`,
  [attendanceFile]: `${attendanceHeader}\n${attendance(1, '75010100001')}\n${attendance(2, '75010100009')}\n`,
  [examFile]:
    'exam_id|assessment_year|medium|standard|division|subject_id|subject_name|exam_type_id|exam_type|exam_code|exam_date|total_questions|total_marks\n' +
    '1|2026-27|Hindi|3|A|1|Mathematics|2|PAT|PAT030112102026|2026-10-12|3|15\n' +
    '2|2026-27|Hindi|3|A|2|Language|2|PAT|PAT030213102026|2026-10-13|3|15\n',
};

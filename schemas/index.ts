/** Every dataset file of this folder, in the order of the published page. A test compares the list with the folder. */
import district_mst from './static/district_mst.json' with { type: 'json' };
import block_mst from './static/block_mst.json' with { type: 'json' };
import cluster_mst from './static/cluster_mst.json' with { type: 'json' };
import school_mst from './static/school_mst.json' with { type: 'json' };
import school_category_master from './static/school_category_master.json' with { type: 'json' };
import school_management_master from './static/school_management_master.json' with { type: 'json' };
import grade_details from './static/grade_details.json' with { type: 'json' };
import subject_details from './static/subject_details.json' with { type: 'json' };
import periodic_exam_mst from './static/periodic_exam_mst.json' with { type: 'json' };
import periodic_exam_qst_mst from './static/periodic_exam_qst_mst.json' with { type: 'json' };
import semester_exam_mst from './static/semester_exam_mst.json' with { type: 'json' };
import semester_exam_qst_mst from './static/semester_exam_qst_mst.json' with { type: 'json' };
import semester_exam_subject_details from './static/semester_exam_subject_details.json' with { type: 'json' };
import diksha_tpd_mapping from './static/diksha_tpd_mapping.json' with { type: 'json' };
import diksha_api_progress_exhaust_batch_ids from './static/diksha_api_progress_exhaust_batch_ids.json' with { type: 'json' };
import diksha_enrolment from './static/diksha_enrolment.json' with { type: 'json' };
import diksha_etb_enrolment from './static/diksha_etb_enrolment.json' with { type: 'json' };
import diksha_course_details from './static/diksha_course_details.json' with { type: 'json' };
import diksha_course_enrolment from './static/diksha_course_enrolment.json' with { type: 'json' };
import diksha_program_course_details from './static/diksha_program_course_details.json' with { type: 'json' };
import diksha_program_details from './static/diksha_program_details.json' with { type: 'json' };
import periodic_exam_grade_details from './static/periodic_exam_grade_details.json' with { type: 'json' };
import periodic_exam_subject_details from './static/periodic_exam_subject_details.json' with { type: 'json' };
import semester_exam_grade_details from './static/semester_exam_grade_details.json' with { type: 'json' };
import student_attendance from './transaction/student_attendance.json' with { type: 'json' };
import teacher_attendance from './transaction/teacher_attendance.json' with { type: 'json' };
import user_location_master from './transaction/user_location_master.json' with { type: 'json' };
import inspection_master from './transaction/inspection_master.json' with { type: 'json' };
import infra_trans from './transaction/infra_trans.json' with { type: 'json' };
import diksha_data_summary from './transaction/diksha_data_summary.json' with { type: 'json' };
import diksha_tpd from './transaction/diksha_tpd.json' with { type: 'json' };
import periodic_exam_result_trans from './transaction/periodic_exam_result_trans.json' with { type: 'json' };
import semester_exam_result_trans from './transaction/semester_exam_result_trans.json' with { type: 'json' };
import sch_facility from './udise/sch_facility.json' with { type: 'json' };
import nsqf_plcmnt_c12 from './udise/nsqf_plcmnt_c12.json' with { type: 'json' };
import nsqf_plcmnt_c10 from './udise/nsqf_plcmnt_c10.json' with { type: 'json' };
import nsqf_class_cond from './udise/nsqf_class_cond.json' with { type: 'json' };
import sch_exmres_c12 from './udise/sch_exmres_c12.json' with { type: 'json' };
import sch_exmres_c10 from './udise/sch_exmres_c10.json' with { type: 'json' };
import sch_exmres_c5 from './udise/sch_exmres_c5.json' with { type: 'json' };
import sch_incen_cwsn from './udise/sch_incen_cwsn.json' with { type: 'json' };
import sch_enr_by_stream from './udise/sch_enr_by_stream.json' with { type: 'json' };
import sch_enr_cwsn from './udise/sch_enr_cwsn.json' with { type: 'json' };
import sch_enr_medinstr from './udise/sch_enr_medinstr.json' with { type: 'json' };
import sch_enr_age from './udise/sch_enr_age.json' with { type: 'json' };
import sch_enr_newadm from './udise/sch_enr_newadm.json' with { type: 'json' };
import sch_enr_reptr from './udise/sch_enr_reptr.json' with { type: 'json' };
import sch_enr_fresh from './udise/sch_enr_fresh.json' with { type: 'json' };
import sch_staff_posn from './udise/sch_staff_posn.json' with { type: 'json' };
import sch_exmmarks_c10 from './udise/sch_exmmarks_c10.json' with { type: 'json' };
import sch_exmmarks_c12 from './udise/sch_exmmarks_c12.json' with { type: 'json' };
import nsqf_exmres_c10 from './udise/nsqf_exmres_c10.json' with { type: 'json' };
import nsqf_exmres_c12 from './udise/nsqf_exmres_c12.json' with { type: 'json' };
import nsqf_trng_prov from './udise/nsqf_trng_prov.json' with { type: 'json' };
import nsqf_faculty from './udise/nsqf_faculty.json' with { type: 'json' };
import sch_exmres_c8 from './udise/sch_exmres_c8.json' with { type: 'json' };
import sch_profile from './udise/sch_profile.json' with { type: 'json' };
import tch_profile from './udise/tch_profile.json' with { type: 'json' };
import sch_recp_exp from './udise/sch_recp_exp.json' with { type: 'json' };
import nsqf_basic_info from './udise/nsqf_basic_info.json' with { type: 'json' };
import nsqf_enr_caste from './udise/nsqf_enr_caste.json' with { type: 'json' };
import nsqf_enr_sub_sec from './udise/nsqf_enr_sub_sec.json' with { type: 'json' };
import sch_pgi_details from './udise/sch_pgi_details.json' with { type: 'json' };
import sch_safety from './udise/sch_safety.json' with { type: 'json' };
import sch_incentives from './udise/sch_incentives.json' with { type: 'json' };

export const datasetFiles: readonly unknown[] = [
  district_mst,
  block_mst,
  cluster_mst,
  school_mst,
  school_category_master,
  school_management_master,
  grade_details,
  subject_details,
  periodic_exam_mst,
  periodic_exam_qst_mst,
  semester_exam_mst,
  semester_exam_qst_mst,
  semester_exam_subject_details,
  diksha_tpd_mapping,
  diksha_api_progress_exhaust_batch_ids,
  diksha_enrolment,
  diksha_etb_enrolment,
  diksha_course_details,
  diksha_course_enrolment,
  diksha_program_course_details,
  diksha_program_details,
  periodic_exam_grade_details,
  periodic_exam_subject_details,
  semester_exam_grade_details,
  student_attendance,
  teacher_attendance,
  user_location_master,
  inspection_master,
  infra_trans,
  diksha_data_summary,
  diksha_tpd,
  periodic_exam_result_trans,
  semester_exam_result_trans,
  sch_facility,
  nsqf_plcmnt_c12,
  nsqf_plcmnt_c10,
  nsqf_class_cond,
  sch_exmres_c12,
  sch_exmres_c10,
  sch_exmres_c5,
  sch_incen_cwsn,
  sch_enr_by_stream,
  sch_enr_cwsn,
  sch_enr_medinstr,
  sch_enr_age,
  sch_enr_newadm,
  sch_enr_reptr,
  sch_enr_fresh,
  sch_staff_posn,
  sch_exmmarks_c10,
  sch_exmmarks_c12,
  nsqf_exmres_c10,
  nsqf_exmres_c12,
  nsqf_trng_prov,
  nsqf_faculty,
  sch_exmres_c8,
  sch_profile,
  tch_profile,
  sch_recp_exp,
  nsqf_basic_info,
  nsqf_enr_caste,
  nsqf_enr_sub_sec,
  sch_pgi_details,
  sch_safety,
  sch_incentives,
];

/** A small valid emission folder: three masters over each other, schools, two transactions that depend, one UDISE file. */
const lines = (...rows: readonly string[]): string => rows.map((row) => `${row}\n`).join('');

export const sampleFiles: Readonly<Record<string, string>> = {
  'district_master/district_mst.csv': lines('DistrictId|District', '2401|Kutch', '2402|Patan'),
  'block_master/block_mst.csv': lines('BlockId|Block|DistrictId', '240101|Bhuj|2401', '240201|Sidhpur|2402'),
  'cluster_master/cluster_mst.csv': lines(
    'ClusterId|Cluster|BlockId|DistrictId',
    '2401010001|Madhapar|240101|2401',
    '2402010001|Kakoshi|240201|2402',
  ),
  'school_master/school_mst.csv': lines(
    'SchoolId|School|lowclass|highclass|SchMgt|SchCat|SchoolMedium|StateId|DistrictId|BlockId|ClusterId|Latitude|Longitude',
    '24010100101|Madhapar Primary School|1|8|2|2|4|24|2401|240101|2401010001|23.24|69.71',
    '24020100101|Kakoshi Girls School|1|5|3|1|4|24|2402|240201|2402010001|23.92|72.37',
  ),
  'inspection_master/inspection_master.csv': lines(
    'InspectionId|ObserverId|ObserverName|SchoolId|BeginningStandard|EndStandard|TotalClassRooms|VisitDate|VisitStartTime|VisitEndTime|ActualClassRooms|TotalSuggestionLastMonth|ResolvedFromThat|IsInspection|ReasonType|ReasonDesc|TotalScore|Score|IsOffline',
    '11|7|Asha Patel|24010100101|1|8|6|2026-10-05|10:15|13:40|5|2|1|1|||100|63.75|FALSE',
  ),
  'user_location_master/user_location_master.csv': lines(
    'UserLocationMasterId|UserMasterId|SchoolId|InspectionId|Latitude|Longitude|InSchoolLocation|CreatedOn',
    '31|7|24010100101|11|23.24|69.71|TRUE|2026-10-05 10:20:10.000',
  ),
  'udise/sch_staff_posn.csv': lines(
    'udise_sch_code|ac_year|tch_regular|tch_contract|tch_part_time|nontch_accnt|nontch_lib_asst|nontch_lab_asst|nontch_udc|nontch_ldc|nontch_peon|nontch_watchman|tch_hav_adhr',
    '24010100101|2026-27|6|1|2|0|1|2|0|1|2|0|1',
  ),
};

/** Ids of the sample's datasets. */
export const sampleIds = Object.keys(sampleFiles).map((file) => /(\w+)\.csv$/.exec(file)?.[1] ?? '');

// What more threads, more cores and an earlier run are worth.
import { spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { attendance, dataFile, tinyFile } from './files.mjs';
import { ours } from './ours.mjs';
import { factor, times } from './targets.mjs';

export const scaleCases = [
  {
    id: 'cache',
    title: 'an emission folder of 100 MB that was checked before',
    prepare(context) {
      const kinds = [
        ['attendance', 'student_attendance', 'student_attendance.csv', 40],
        ['teacher_attendance', 'teacher_attendance', 'teacher_attendance.csv', 20],
        ['schools', 'school_master', 'school_mst.csv', 20],
        ['facility', 'udise', 'sch_facility.csv', 20],
      ];
      const files = kinds.map(([kind, folder, name, size]) =>
        dataFile(context, `cache/cqube_emission/${folder}`, name, { kind, bytes: size * 1e6 }),
      );
      const emission = path.dirname(path.dirname(files[0]));
      const cache = path.join(context.work, 'kept');
      const forget = ({ env }) => rmSync(env.CQUBE_EMISSION_CACHE, { recursive: true, force: true });
      return {
        runs: [
          ours(context, '1 kB', tinyFile(context)),
          ours(context, 'without cache', emission),
          { ...ours(context, 'first run', emission, { cache }), before: forget },
          ours(context, 'second run', emission, { cache }),
        ].map((each) => ({ ...each, file: undefined })),
        targets: (results) => [
          { text: 'second run against 1 kB', value: times(results, '1 kB', 'second run'), most: 3 },
        ],
      };
    },
  },
  {
    id: 'ranges',
    title: 'student_attendance of 300 MB and 1.2 GB in ranges: two threads against one',
    prepare(context) {
      const sizes = [300, 1200];
      const files = sizes.map((size) => attendance(context, size === 300 ? 'attendance' : 'ranges', size));
      const name = (size, jobs) => `${size} MB, ${jobs} ${jobs === 1 ? 'thread' : 'threads'}`;
      return {
        runs: files.flatMap((file, index) =>
          [1, 2].map((jobs) => ours(context, name(sizes[index], jobs), file, { jobs })),
        ),
        // What the study measured with two workers on two cores (performance study, section 7).
        targets: (results) =>
          [1.26, 1.7].map((least, index) =>
            factor(results, name(sizes[index], 2), name(sizes[index], 1), least),
          ),
      };
    },
  },
  {
    id: 'cores',
    title: 'an emission folder with large files: two cores against one',
    prepare(context) {
      const kinds = {
        attendance: ['student_attendance', 'student_attendance.csv', 250],
        teacher_attendance: ['teacher_attendance', 'teacher_attendance.csv', 150],
        facility: ['udise', 'sch_facility.csv', 150],
        sch_profile: ['udise', 'sch_profile.csv', 150],
        periodic_exam_result_trans: ['pat', 'periodic_exam_result_trans.csv', 150],
        semester_exam_result_trans: ['sat', 'semester_exam_result_trans.csv', 150],
      };
      const files = Object.entries(kinds).map(([kind, [folder, name, size]]) =>
        dataFile(context, `cores/cqube_emission/${folder}`, name, { kind, bytes: size * 1e6 }),
      );
      const emission = path.dirname(path.dirname(files[0]));
      const pinned = spawnSync('taskset', ['--version']).status === 0 && os.availableParallelism() > 1;
      const two = ours(context, 'two cores', emission, { file: files[0], jobs: 'auto' });
      return {
        runs: pinned
          ? [
              { ...two, command: ['taskset', '-c', '0,1', ...two.command] },
              { ...two, name: 'one core', command: ['taskset', '-c', '0', ...two.command] },
            ]
          : [two],
        targets: (results) => [
          { text: 'one core against two', value: times(results, 'two cores', 'one core'), least: 1.6 },
        ],
      };
    },
  },
];

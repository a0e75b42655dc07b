/** Days of attendance rows that are never taken, and codes that count nothing (ingestion-rules, sections 9 and 10). */
import type { DatasetSpec } from '../../core/catalogue/spec.ts';
import { wholeNumber } from '../reference/values.ts';
import type { ModelRow } from './model-row.ts';

export type LostDays = Record<'no-such-day' | 'sunday' | 'day-to-come' | 'other-code', number>;

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];

export function lostDaysOf(spec: DatasetSpec, rows: readonly ModelRow[], today?: string): LostDays {
  const lost: LostDays = { 'no-such-day': 0, sunday: 0, 'day-to-come': 0, 'other-code': 0 };
  for (const { values } of rows) {
    const academicYear = values[spec.id === 'student_attendance' ? 'AcademicYear' : 'AC_YEAR']!;
    const month = Number(wholeNumber(values.Month!) ?? 0n);
    const [, first, century, second] = /^((\d{2})\d{2})-(\d{2})$/.exec(academicYear) ?? [];
    if (first === undefined || month < 1 || month > 12) continue;
    const year = Number(month <= 5 ? `${century!}${second!}` : first);
    const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
    const length = lengths[month - 1]! + (month === 2 && isLeap ? 1 : 0);
    for (let day = 1; day <= 31; day++) {
      const value = values[String(day)]!;
      if (value === '') continue;
      const pad = (number: number, digits: number) => String(number).padStart(digits, '0');
      const date = `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}`;
      if (day > length) lost['no-such-day']++;
      else if (weekday(year, month, day) === 0) lost.sunday++;
      else if (today !== undefined && date > today) lost['day-to-come']++;
      else if (!['1', '2'].includes(String(wholeNumber(value)))) lost['other-code']++;
    }
  }
  return lost;
}

/** Sakamoto's method: 0 is Sunday. */
function weekday(year: number, month: number, day: number): number {
  const shifts = [0, 3, 2, 5, 0, 3, 5, 1, 4, 6, 2, 4];
  const y = month < 3 ? year - 1 : year;
  const sum = y + Math.floor(y / 4) - Math.floor(y / 100) + Math.floor(y / 400) + shifts[month - 1]! + day;
  return ((sum % 7) + 7) % 7;
}

/** CRC location rows of which ingestion keeps the earliest of each inspection (ingestion-rules, sections 9 and 10). */
import { wholeNumber } from '../reference/values.ts';
import type { ModelRow } from './model-row.ts';

const trueWords = ['t', 'tr', 'tru', 'true', 'y', 'ye', 'yes', 'on', '1'];
const falseWords = ['f', 'fa', 'fal', 'fals', 'false', 'n', 'no', 'of', 'off', '0'];
const timeStamp = /^\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,9})?)?)?$/;

/** @returns the rows that may be kept, how many of them may not be, and those that surely are */
export function afterEarliestRule(
  rows: readonly ModelRow[],
  release: number,
): { kept: ModelRow[]; unclear: number; surelyKept: ModelRow[] } {
  const word = ({ values }: ModelRow) => values.InSchoolLocation!.replace(/^\s+|\s+$/g, '').toLowerCase();
  const inspection = ({ values }: ModelRow) => wholeNumber(values.InspectionId!) ?? -1n;
  const visits = rows.filter((row) => trueWords.includes(word(row)) && inspection(row) > 0n);
  const inspections = new Set(visits.map(({ values }) => values.InspectionId!));
  const groups = [...inspections].map((id) => visits.filter(({ values }) => values.InspectionId === id));
  if (release < 3.3 || groups.every((group) => group.length === 1)) {
    for (const row of rows) {
      const isElsewhere = falseWords.includes(word(row)) && inspection(row) > 0n;
      if (isElsewhere || inspection(row) === 0n) row.effects.add('not-counted');
    }
    return { kept: [...rows], unclear: 0, surelyKept: [...rows] };
  }
  const kept: ModelRow[] = [];
  const surelyKept: ModelRow[] = [];
  for (const group of groups) {
    const times = group.map(({ values }) => values.CreatedOn!);
    const isAlike =
      times.every((time) => timeStamp.test(time) && isOnClock(time)) &&
      new Set(times.map((time) => time.replace(/\d/g, '0'))).size === 1;
    const micros = times.map((time) => time.slice(0, 26));
    const least = micros.toSorted()[0];
    const first = isAlike ? group.filter((_, index) => micros[index] === least) : group;
    kept.push(...first);
    if (first.length === 1) surelyKept.push(...first);
  }
  return { kept, unclear: kept.length - surelyKept.length, surelyKept };
}

/** False for a time of day that no clock shows, such as 45:92:56: nobody knows what the database makes of it. */
function isOnClock(time: string): boolean {
  const [hours = 0, minutes = 0, seconds = 0] = time.slice(11, 19).split(':').map(Number);
  return minutes < 60 && seconds < 60 && hours * 3600 + minutes * 60 + seconds <= 24 * 3600;
}

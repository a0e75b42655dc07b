/** Forecasts as a person reads them: each in full, for a terminal or an editor. */
import type { Effect, LostDay } from '../check/findings/tally.ts';
import { count, number, table } from '../wording.ts';
import type { FileForecasts } from './files.ts';
import { outcomeText, totalText } from './summary.ts';
import type { Forecast, Outcome } from './types.ts';

/** Marks a piece of text by what it is: the name of a file, or an outcome. */
export type Mark = (text: string, as: 'file' | Outcome) => string;

/** What keeps a loaded row out of reports, or may, as the rest of "3 rows: …". */
const effectTexts: Readonly<Partial<Record<Effect, string>>> = {
  expired: 'older than the retention period of 90 days: deleted before the reports',
  coordinates: 'coordinates that the reports leave out',
  'not-counted': 'a value that a later step does not count',
  hierarchy: 'no district, block or cluster: deleted from the hierarchy',
  'no-master': 'no master row: the reports leave them out',
  unlinked: 'no master row, shown all the same',
};

const dayTexts: Readonly<Record<LostDay, string>> = {
  'no-such-day': 'in days that the month has not',
  sunday: 'on Sundays',
  'day-to-come': 'on days to come',
  'other-code': 'other than 1 and 2, which count nothing',
};

/**
 * The forecast of each file: what becomes of it, its log, and what the log does not say.
 *
 * @param mark colours a terminal; nothing is marked when absent
 * @returns a text of some lines for each file, without an end of line behind the last
 */
export function fileTexts(
  { forecasts, unreadable }: FileForecasts,
  mark: Mark = (text) => text,
): readonly string[] {
  return [
    ...forecasts.map((each) => fileText(each, mark)),
    ...unreadable.map(({ file, message }) => `${mark(file, 'file')}: ${message}`),
  ];
}

/**
 * The sum over files in one sentence.
 *
 * @param place what follows the number of files, such as " in /data/cqube_emission"
 */
export function sumText({ forecasts, unreadable }: FileForecasts, place = ''): string {
  return `${count(forecasts.length + unreadable.length, 'file')}${place}: ${totalText(forecasts)}.`;
}

function fileText(forecast: Forecast, mark: Mark): string {
  const { file, outcome, reasons, notes } = forecast;
  const lines = [`${mark(file, 'file')}: ${mark(outcomeText(forecast), outcome)}`];
  for (const { message, rule, section } of reasons)
    lines.push(`  ${message} [${rule === undefined ? '' : `${rule}, `}section ${section}]`);
  const log = logRows(forecast);
  if (log.length > 0) lines.push(table(log, '  '));
  lines.push(...lossLines(forecast), ...notes.map((note) => `  ${note}`));
  return lines.join('\n');
}

function logRows({ log }: Forecast): string[][] {
  if (!log) return [];
  const { nulls, count_of_null_rows: nullRows, processed_records: processed, ...others } = log;
  return [
    ...Object.entries(others).map(([name, value]) => [name, number(value)]),
    ...Object.entries(nulls).map(([name, value]) => [`null in ${name}`, number(value)]),
    ...(nullRows === undefined ? [] : [['count_of_null_rows', number(nullRows)]]),
    ['processed_records', number(processed)],
  ];
}

function lossLines({ rows, effects, days }: Forecast): string[] {
  const lines: string[] = [];
  const lose = (value: number, text: string) => {
    if (value > 0) lines.push(`  ${count(value, 'row')}: ${text}`);
  };
  lose(rows.conflicts, 'dropped, since another row has the same key and other values');
  lose(rows.notEarliest, 'dropped by the rule that keeps the earliest location of an inspection');
  lose(rows.expired, 'deleted before the null check, older than the retention period of 90 days');
  for (const [effect, text] of Object.entries(effectTexts)) lose(effects[effect as Effect] ?? 0, text);
  lose(rows.hidden, 'loaded, and shown in no report');
  for (const [day, text] of Object.entries(dayTexts)) {
    const value = days?.[day as LostDay] ?? 0;
    if (value > 0) lines.push(`  ${count(value, 'value')} ${text}`);
  }
  return lines;
}

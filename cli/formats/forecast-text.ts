import type { Effect, LostDay } from '../../core/check/tally.ts';
import type { Forecast, Outcome } from '../../core/forecast/types.ts';
import { count, number, paint, table } from './text.ts';

export interface ForecastResult {
  readonly root: string;
  readonly forecasts: readonly Forecast[];
  /** Files of which nothing can be told, and why. */
  readonly unreadable: readonly { readonly file: string; readonly message: string }[];
}

const colors: Readonly<Record<Outcome, string>> = {
  stays: '31',
  refused: '31',
  fails: '31',
  lost: '31',
  nothing: '33',
  split: '36',
  setting: '36',
  loads: '32',
};

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

/** The forecast of each file: what becomes of it, its log, and what the log does not say. */
export function forecastText({ root, forecasts, unreadable }: ForecastResult, color: boolean): string {
  const parts = forecasts.map((each) => fileText(each, color));
  for (const { file, message } of unreadable) parts.push(`${paint(file, '1', color)}: ${message}`);
  const loaded = forecasts.reduce((sum, { rows }) => sum + rows.loaded, 0);
  const total = forecasts.reduce((sum, { rows }) => sum + rows.total, 0);
  parts.push(
    `${count(forecasts.length + unreadable.length, 'file')} in ${root}: ${number(loaded)} of ${count(total, 'row')} will be loaded.`,
  );
  return parts.join('\n\n');
}

function fileText(forecast: Forecast, color: boolean): string {
  const { file, outcome, reasons, notes } = forecast;
  const lines = [`${paint(file, '1', color)}: ${paint(outcomeText(forecast), colors[outcome], color)}`];
  for (const { message, rule, section } of reasons)
    lines.push(`  ${message} [${rule === undefined ? '' : `${rule}, `}section ${section}]`);
  const log = logRows(forecast);
  if (log.length > 0) lines.push(table(log, '  '));
  lines.push(...lossLines(forecast), ...notes.map((note) => `  ${note}`));
  return lines.join('\n');
}

function outcomeText({ outcome, rows }: Forecast): string {
  switch (outcome) {
    case 'loads':
      return `${number(rows.loaded)} of ${count(rows.total, 'row')} loaded`;
    case 'nothing':
      return `none of ${count(rows.total, 'row')} loaded`;
    case 'refused':
      return 'the whole file is refused';
    case 'fails':
      return 'the write of the whole file fails';
    case 'lost':
      return 'the whole file is lost';
    case 'stays':
      return 'stays in the emission bucket';
    case 'split':
      return `${count(rows.total, 'row')} split into four files`;
    case 'setting':
      return 'read as a setting';
  }
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

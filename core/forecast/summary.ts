/** Forecasts in one line: what a person reads before an emission. */
import { count, number } from '../wording.ts';
import type { Forecast, RowFates } from './types.ts';

/** What drops rows, in the order of the steps (ingestion-rules, sections 7 to 9), as the rest of "dropped: 3 …". */
const drops: readonly (readonly [keyof RowFates, (rows: number) => string])[] = [
  ['typeMismatch', (rows) => `${number(rows)} by the type check`],
  ['expired', (rows) => `${number(rows)} older than 90 days`],
  ['nullValue', (rows) => `${number(rows)} with a null`],
  ['repeats', (rows) => count(rows, 'repeat')],
  ['conflicts', (rows) => `${number(rows)} with the key of another row`],
  ['notEarliest', (rows) => `${count(rows, 'later location')} of an inspection`],
];

/**
 * What becomes of a file as a whole, in a few words without its name.
 *
 * @returns such as "9,812 of 10,000 rows loaded", without a full stop
 */
export function outcomeText({ outcome, rows }: Pick<Forecast, 'outcome' | 'rows'>): string {
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

/**
 * The forecast of a file in one line without its name: what becomes of it, how many rows each step drops and how many
 * loaded rows no report shows; or the first reason why the file as a whole is not loaded.
 *
 * @returns such as "9,812 of 10,000 rows loaded; dropped: 68 with a null, 120 repeats; 3 loaded rows shown in no report"
 */
export function summaryText(forecast: Pick<Forecast, 'outcome' | 'reasons' | 'rows'>): string {
  const { outcome, reasons, rows } = forecast;
  const said = outcomeText(forecast);
  const [first, ...others] = reasons;
  if (first) {
    const more = others.length > 0 ? ` (${count(others.length, 'more reason')})` : '';
    const rule = first.rule === undefined ? '' : ` [${first.rule}]`;
    return `${said}: ${first.message}${rule}${more}`;
  }
  if (outcome !== 'loads' && outcome !== 'nothing') return said;
  const dropped = drops.flatMap(([fate, text]) => (rows[fate] > 0 ? [text(rows[fate])] : []));
  return [
    said,
    ...(dropped.length > 0 ? [`dropped: ${dropped.join(', ')}`] : []),
    ...(rows.unclear > 0 ? [`${count(rows.unclear, 'loaded row')} may be dropped`] : []),
    ...(rows.hidden > 0 ? [`${count(rows.hidden, 'loaded row')} shown in no report`] : []),
  ].join('; ');
}

/** True when nothing of a file is loaded though it is meant to be: it is refused, lost, stays, or loses every row. */
export function isNotLoaded({ outcome }: Pick<Forecast, 'outcome'>): boolean {
  return outcome !== 'loads' && outcome !== 'split' && outcome !== 'setting';
}

/**
 * The sum over files.
 *
 * @returns such as "19,812 of 20,000 rows will be loaded; nothing of 1 file", without a full stop
 */
export function totalText(forecasts: readonly Pick<Forecast, 'outcome' | 'rows'>[]): string {
  const loaded = forecasts.reduce((sum, { rows }) => sum + rows.loaded, 0);
  const total = forecasts.reduce((sum, { rows }) => sum + rows.total, 0);
  const without = forecasts.filter(isNotLoaded).length;
  const nothing = without > 0 ? `; nothing of ${count(without, 'file')}` : '';
  return `${number(loaded)} of ${count(total, 'row')} will be loaded${nothing}`;
}

import { isNotLoaded, totalText } from '../../core/forecast/summary.ts';
import type { Mark } from '../../core/forecast/text.ts';
import type { Outcome } from '../../core/forecast/types.ts';
import type { PlannedForecast } from '../../core/plan/forecasts.ts';
import { count } from '../../core/wording.ts';
import { paint } from './text.ts';

const colors: Readonly<Record<Outcome | 'file', string>> = {
  file: '1',
  stays: '31',
  refused: '31',
  fails: '31',
  lost: '31',
  nothing: '33',
  split: '36',
  setting: '36',
  loads: '32',
};

/** Marks the pieces of a forecast with colours of the terminal. */
export function markIn(color: boolean): Mark {
  return (text, as) => paint(text, colors[as], color);
}

/** The forecast of each file that a plan sends, in a line each, and their sum; no line where nothing is sent. */
export function forecastLines(forecast: readonly PlannedForecast[]): string[] {
  if (forecast.length === 0) return [];
  return [
    'What ingestion will do with them:',
    ...forecast.map(lineOf),
    `  In all ${totalText(forecast)}. \`cqube-emission forecast\` tells more.`,
  ];
}

/** The files of which ingestion will load nothing, and why; no line where there is none. */
export function notLoadedLines(forecast: readonly PlannedForecast[]): string[] {
  const files = forecast.filter(isNotLoaded);
  if (files.length === 0) return [];
  return [`Ingestion will load nothing of ${count(files.length, 'file')} to be sent:`, ...files.map(lineOf)];
}

function lineOf({ path, summary }: PlannedForecast): string {
  return `  ${path}: ${summary}`;
}

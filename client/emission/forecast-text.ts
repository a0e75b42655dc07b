/** A forecast as a list to be read in an editor. Knows nothing of VS Code. */
import { fileTexts, sumText } from '../../core/forecast/text.ts';
import type { ForecastResult } from '../../server/messages.ts';
import { lineWidth, wrap } from './plan-text.ts';

/** The forecast in full, the sum first. `folder`: path of the emission folder, as the person knows it. */
export function forecastList(forecast: ForecastResult, folder: string): string {
  if (forecast.forecasts.length + forecast.unreadable.length === 0) return `There is no file in ${folder}.\n`;
  const lines = [`From  ${folder}`, sumText(forecast), ...fileTexts(forecast)]
    .join('\n\n')
    .split('\n')
    // Columns of numbers are short, and keep their blanks.
    .flatMap((line) => (line.length > lineWidth ? wrap(line, line.startsWith('  ') ? 2 : 0) : [line]));
  return `${lines.join('\n')}\n`;
}

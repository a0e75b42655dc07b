/** What ingestion will do with what a plan sends. */
import type { CheckSettings } from '../check/settings.ts';
import { forecastFiles, type ExaminedFiles } from '../forecast/files.ts';
import { summaryText } from '../forecast/summary.ts';
import type { Forecast } from '../forecast/types.ts';
import type { Plan } from './types.ts';

/** The forecast of a file that a plan sends, as far as it is said before an emission. */
export interface PlannedForecast extends Pick<Forecast, 'dataset' | 'outcome' | 'reasons' | 'rows'> {
  /** Path of the zip below the emission folder, with `/`. */
  readonly path: string;
  /** All of it in one line, without the name of the file. */
  readonly summary: string;
}

/**
 * The forecast of each file that a plan sends, in its order. What is sent holds what was checked: a zip that differs
 * from its CSV is in no plan.
 *
 * @param examined the files that the plan was made of; one without the tally of its check has no forecast
 * @param settings those of the checks
 */
export function forecastPlan(
  plan: Plan,
  examined: readonly ExaminedFiles[],
  settings: CheckSettings,
): PlannedForecast[] {
  return plan.waves
    .flatMap(({ files }) => files)
    .flatMap(({ dataset, path }) => {
      const files = examined.filter(({ spec }) => spec.id === dataset);
      return forecastFiles(files, settings).forecasts.map((forecast) => {
        const { outcome, reasons, rows } = forecast;
        return { dataset, path, outcome, reasons, rows, summary: summaryText(forecast) };
      });
    });
}

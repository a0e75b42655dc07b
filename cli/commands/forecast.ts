import type { CheckSettings } from '../../core/check/settings.ts';
import { forecastOf } from '../../core/forecast/forecast.ts';
import type { Forecast } from '../../core/forecast/types.ts';
import type { Examination } from '../../core/layout/examine.ts';
import { cacheFolder } from '../cache.ts';
import { choiceOf, type Command } from '../command.ts';
import { examineFiles, filesNamed } from '../files.ts';
import { forecastText, type ForecastResult } from '../formats/forecast-text.ts';
import { jsonDocument } from '../formats/json.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom } from '../workspace.ts';

/** Findings are not shown, so neither their severities nor their number matter. */
const findingOptions = ['rule', 'max'];
const options = Object.fromEntries(
  Object.entries(checkOptions).filter(([name]) => !findingOptions.includes(name)),
);

export const forecast: Command = {
  parameters: '[folder | files…]',
  options: { ...options, format: { type: 'string' } },
  help: [
    ['--format F', 'text or json'],
    ...checkHelp.filter(([option]) => !findingOptions.some((name) => option.startsWith(`--${name} `))),
  ],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const settings: CheckSettings = { ...settingsFrom(values), countsDays: true };
    const named = filesNamed(positionals, terminal.directory);
    const options = { jobs: jobsFrom(values), cache: cacheFolder(values, terminal) };
    let root = terminal.directory;
    let examined: readonly Examination[];
    if (named.length > 0) {
      const files = await examineFiles(named, settings, terminal, options);
      examined = files.map(({ examination }) => examination);
    } else {
      const { workspace } = await load(positionals[0], settings, terminal, options);
      root = workspace.root;
      examined = workspace.datasets.map(({ examination }) => examination);
    }
    const result = resultOf(root, examined, settings);
    terminal.print(format === 'json' ? jsonDocument(result) : forecastText(result, terminal.color));
    return result.unreadable.length > 0 || result.forecasts.some(losesRows) ? 1 : 0;
  },
};

function resultOf(root: string, examined: readonly Examination[], settings: CheckSettings): ForecastResult {
  const forecasts: Forecast[] = [];
  const unreadable: { file: string; message: string }[] = [];
  for (const { spec, csv, zip, report, findings, zipState } of examined) {
    const file = csv ?? zip;
    if (!file) continue;
    if (!report?.tally) {
      const finding = findings.find(({ severity }) => severity === 'error');
      unreadable.push({ file: file.path, message: finding?.message ?? 'The file cannot be read.' });
      continue;
    }
    const made = forecastOf(spec, settings, { ...report, tally: report.tally });
    const notes = zipState === 'stale' ? [staleNote(spec.archive), ...made.notes] : made.notes;
    forecasts.push({ ...made, notes });
  }
  return { root, forecasts, unreadable };
}

function staleNote(archive: string): string {
  return `This is about the CSV. ${archive} holds something else, and the zip is what would be emitted.`;
}

/** True when something of the file is not loaded, besides rows that stand twice. */
function losesRows({ outcome, rows }: Forecast): boolean {
  if (outcome === 'split' || outcome === 'setting') return false;
  return outcome !== 'loads' || rows.total > rows.loaded + rows.repeats;
}

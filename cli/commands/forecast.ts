import type { CheckSettings } from '../../core/check/settings.ts';
import { forecastFiles } from '../../core/forecast/files.ts';
import { isNotLoaded } from '../../core/forecast/summary.ts';
import { fileTexts, sumText } from '../../core/forecast/text.ts';
import type { Forecast } from '../../core/forecast/types.ts';
import type { Examination } from '../../core/scan/examine.ts';
import { cacheFolder } from '../inputs/cache.ts';
import { choiceOf, type Command } from '../command.ts';
import { examineFiles, filesNamed } from '../inputs/files.ts';
import { markIn } from '../formats/forecast.ts';
import { jsonDocument } from '../formats/json.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom } from '../inputs/workspace.ts';

/** Findings are not shown, so neither their severities nor their number matter. */
const findingOptions = ['rule', 'max'];
const options = Object.fromEntries(
  Object.entries(checkOptions).filter(([name]) => !findingOptions.includes(name)),
);

export const forecast: Command = {
  parameters: '[folder | files…]',
  alone: 'file',
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
    const made = forecastFiles(examined, settings);
    terminal.print(
      format === 'json'
        ? jsonDocument({ root, ...made })
        : [...fileTexts(made, markIn(terminal.color)), sumText(made, ` in ${root}`)].join('\n\n'),
    );
    return made.unreadable.length > 0 || made.forecasts.some(losesRows) ? 1 : 0;
  },
};

/** True when something of the file is not loaded, besides rows that stand twice. */
function losesRows({ outcome, rows }: Forecast): boolean {
  return isNotLoaded({ outcome }) || (outcome === 'loads' && rows.total > rows.loaded + rows.repeats);
}

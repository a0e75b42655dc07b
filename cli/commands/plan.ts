import { endpointOrigin, normaliseEndpoint } from '../../core/emit/http/endpoint.ts';
import { forecastPlan } from '../../core/plan/forecasts.ts';
import { planEmission } from '../../core/plan/plan.ts';
import type { Plan } from '../../core/plan/types.ts';
import { cacheFolder } from '../inputs/cache.ts';
import { choiceOf, textOf, textsOf, type Command, type OptionValues, type Terminal } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { planMermaid } from '../formats/plan-mermaid.ts';
import { planText, type PlannedEmission } from '../formats/plan-text.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom, splitTargets } from '../inputs/workspace.ts';

export const planOptions: Command['options'] = {
  ...checkOptions,
  endpoint: { type: 'string' },
  include: { type: 'string', multiple: true },
  force: { type: 'boolean' },
};

export const planHelp: Command['help'] = [
  ['--endpoint URL', 'emission endpoint, https://…/data; or CQUBE_EMISSION_URL in the environment'],
  ['--include DATASET', 'send this dataset in spite of its errors or of what it waits for; may be repeated'],
  ['--force', 'send again what is acknowledged and unchanged; ingestion then takes it twice'],
  ...checkHelp,
];

const formats = {
  text: (planned: PlannedEmission) => planText(planned, true),
  json: planJson,
  mermaid: ({ plan }: PlannedEmission) => planMermaid(plan),
};

export const plan: Command = {
  parameters: '[datasets…] [folder]',
  alone: 'dataset',
  options: { ...planOptions, format: { type: 'string' } },
  help: [['--format F', 'text, json, or mermaid (a diagram, for Markdown)'], ...planHelp],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json', 'mermaid']);
    const { datasets, root } = splitTargets(positionals);
    const endpoint = textOf(values, 'endpoint') ?? terminal.environment.CQUBE_EMISSION_URL;
    const origin = endpoint === undefined ? undefined : endpointOrigin(normaliseEndpoint(endpoint));
    const planned = await makePlan(root, datasets, origin, values, terminal);
    terminal.print(formats[format](planned));
    return holdsBack(planned.plan) ? 1 : 0;
  },
};

/**
 * Checks a folder, plans its emission and says what ingestion will do with what is sent.
 *
 * @param datasets those to consider; all when empty
 * @param origin endpoint whose acknowledgements count; all when undefined
 */
export async function makePlan(
  root: string | undefined,
  datasets: readonly string[],
  origin: string | undefined,
  values: OptionValues,
  terminal: Terminal,
): Promise<PlannedEmission> {
  const options = { endpoint: origin, jobs: jobsFrom(values), cache: cacheFolder(values, terminal) };
  const settings = settingsFrom(values);
  const { workspace } = await load(root, settings, terminal, options);
  const planned = planEmission(workspace, {
    ...(datasets.length > 0 ? { only: datasets } : {}),
    include: textsOf(values, 'include'),
    again: values.force === true,
  });
  const examined = workspace.datasets.map(({ examination }) => examination);
  return { plan: planned, forecast: forecastPlan(planned, examined, settings) };
}

/** The plan with its forecast as one JSON document; `more` stands before them. */
export function planJson({ plan, forecast }: PlannedEmission, more: object = {}): string {
  return jsonDocument({ ...more, ...plan, forecast });
}

/** True when something is left out that should be mended; what is acknowledged, or no emission file, need not. */
export function holdsBack(planned: Plan): boolean {
  return planned.heldBack.some(({ reason }) => reason !== 'unchanged' && reason !== 'not-a-dataset');
}

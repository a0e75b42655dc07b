import { endpointOrigin, normaliseEndpoint } from '../../core/emit/endpoint.ts';
import { planEmission } from '../../core/plan/plan.ts';
import type { ExplainedPlan, Plan } from '../../core/plan/types.ts';
import { cacheFolder } from '../cache.ts';
import { choiceOf, textOf, textsOf, type Command, type OptionValues, type Terminal } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { planMermaid } from '../formats/plan-mermaid.ts';
import { planText } from '../formats/plan-text.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom, splitTargets } from '../workspace.ts';

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

export { planText };

const formats = {
  text: (planned: ExplainedPlan) => planText(planned, true),
  json: jsonDocument,
  mermaid: planMermaid,
};

export const plan: Command = {
  parameters: '[datasets…] [folder]',
  options: { ...planOptions, format: { type: 'string' } },
  help: [['--format F', 'text, json, or mermaid (a diagram, for Markdown)'], ...planHelp],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json', 'mermaid']);
    const { datasets, root } = splitTargets(positionals);
    const endpoint = textOf(values, 'endpoint') ?? terminal.environment.CQUBE_EMISSION_URL;
    const origin = endpoint === undefined ? undefined : endpointOrigin(normaliseEndpoint(endpoint));
    const planned = await makePlan(root, datasets, origin, values, terminal);
    terminal.print(formats[format](planned));
    return holdsBack(planned) ? 1 : 0;
  },
};

/**
 * Checks a folder and plans its emission.
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
): Promise<ExplainedPlan> {
  const options = { endpoint: origin, jobs: jobsFrom(values), cache: cacheFolder(values, terminal) };
  const { workspace } = await load(root, settingsFrom(values), terminal, options);
  return planEmission(workspace, {
    ...(datasets.length > 0 ? { only: datasets } : {}),
    include: textsOf(values, 'include'),
    again: values.force === true,
  });
}

/** True when something is left out that should be mended; what is acknowledged, or no emission file, need not. */
export function holdsBack(planned: Plan): boolean {
  return planned.heldBack.some(({ reason }) => reason !== 'unchanged' && reason !== 'not-a-dataset');
}

import { endpointOrigin, normaliseEndpoint } from '../../core/emit/endpoint.ts';
import { planEmission } from '../../core/plan/plan.ts';
import type { Plan } from '../../core/plan/types.ts';
import { cacheFolder } from '../cache.ts';
import { choiceOf, textOf, textsOf, type Command, type OptionValues, type Terminal } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { count, size, table } from '../formats/text.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom, splitTargets } from '../workspace.ts';

export const planOptions: Command['options'] = {
  ...checkOptions,
  endpoint: { type: 'string' },
  include: { type: 'string', multiple: true },
  force: { type: 'boolean' },
};

export const planHelp: Command['help'] = [
  ['--endpoint URL', 'emission endpoint, https://…/data; or CQUBE_EMISSION_URL in the environment'],
  ['--include DATASET', 'send this dataset in spite of its errors; may be repeated'],
  ['--force', 'send again what is acknowledged and unchanged; ingestion then takes it twice'],
  ...checkHelp,
];

export const plan: Command = {
  parameters: '[datasets…] [folder]',
  options: { ...planOptions, format: { type: 'string' } },
  help: [['--format F', 'text or json'], ...planHelp],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const { datasets, root } = splitTargets(positionals);
    const endpoint = textOf(values, 'endpoint') ?? terminal.environment.CQUBE_EMISSION_URL;
    const origin = endpoint === undefined ? undefined : endpointOrigin(normaliseEndpoint(endpoint));
    const planned = await makePlan(root, datasets, origin, values, terminal);
    terminal.print(format === 'json' ? jsonDocument(planned) : planText(planned));
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
): Promise<Plan> {
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

/** The plan for a person: waves in order, then what is left out, then warnings. */
export function planText(planned: Plan): string {
  const lines: string[] = [];
  const files = planned.waves.flatMap((wave) => wave.files);
  const bytes = files.reduce((sum, file) => sum + file.bytes, 0);
  lines.push(
    files.length === 0
      ? 'Nothing to send.'
      : `To send: ${count(files.length, 'file')}, ${size(bytes)}, in ${count(planned.waves.length, 'wave')}.`,
  );
  for (const wave of planned.waves) {
    lines.push(`  ${wave.number}. ${wave.title}`);
    lines.push(
      table(
        wave.files.map((file) => [file.path, size(file.bytes)]),
        '     ',
      ),
    );
  }
  const unzipped = planned.heldBack.filter((held) => held.reason === 'no-zip');
  if (unzipped.length > 0) {
    lines.push(
      '',
      `Not zipped yet, so not sent (\`cqube-emission zip\` zips them): ${count(unzipped.length, 'file')}`,
    );
    lines.push(...unzipped.map((held) => `  ${held.path}`));
  }
  const others = planned.heldBack.filter((held) => held.reason !== 'no-zip');
  if (others.length > 0) {
    lines.push('', 'Not sent:');
    for (const held of others) lines.push(`  ${held.path}: ${held.message}`);
  }
  if (planned.warnings.length > 0) {
    lines.push('', 'Order:');
    for (const warning of planned.warnings) lines.push(`  ${warning.message}`);
  }
  return lines.join('\n');
}

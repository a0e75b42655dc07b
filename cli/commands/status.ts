import { endpointOrigin, normaliseEndpoint } from '../../core/emit/http/endpoint.ts';
import type { DatasetState, DatasetStatus } from '../../core/scan/workspace.ts';
import { count, table } from '../../core/wording.ts';
import { cacheFolder } from '../inputs/cache.ts';
import { choiceOf, textOf, type Command } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { paint, size } from '../formats/text.ts';
import { checkHelp, checkOptions, jobsFrom, load, settingsFrom, unusable } from '../inputs/workspace.ts';

const words: Readonly<Record<DatasetState, string>> = {
  missing: 'missing',
  'has-errors': 'has errors',
  'needs-zip': 'needs zip',
  'zip-stale': 'zip stale',
  ready: 'ready',
  emitted: 'emitted',
  'changed-since-emission': 'changed since emission',
};

export const status: Command = {
  parameters: '[folder]',
  options: {
    ...checkOptions,
    format: { type: 'string' },
    endpoint: { type: 'string' },
    all: { type: 'boolean' },
  },
  help: [
    ['--format F', 'text or json'],
    ['--all', 'the missing ones too'],
    ['--endpoint URL', 'only what this endpoint acknowledged counts as emitted'],
    ...checkHelp,
  ],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const endpoint = textOf(values, 'endpoint');
    const origin = endpoint === undefined ? undefined : endpointOrigin(normaliseEndpoint(endpoint));
    const { workspace } = await load(positionals[0], settingsFrom(values), terminal, {
      endpoint: origin,
      jobs: jobsFrom(values),
      cache: cacheFolder(values, terminal),
    });
    const { lines, code } = unusable(workspace.tree);
    lines.forEach(terminal.tell);
    const shown = workspace.datasets.filter((each) => values.all === true || each.state !== 'missing');
    if (format === 'json')
      terminal.print(jsonDocument({ root: workspace.root, datasets: shown.map(statusJson) }));
    else {
      const rows = shown.map((each) => statusRow(each, terminal.color));
      terminal.print(rows.length === 0 ? 'No dataset is there yet.' : table(rows));
    }
    return code === 0 && shown.some((each) => each.state === 'has-errors') ? 1 : code;
  },
};

function statusRow({ examination, state, acknowledged }: DatasetStatus, color: boolean): string[] {
  const { spec, totals, csv, zip } = examination;
  const detail: string[] = [];
  if (totals.errors > 0) detail.push(count(totals.errors, 'error'));
  if (totals.warnings > 0) detail.push(count(totals.warnings, 'warning'));
  if (csv) detail.push(`CSV ${size(csv.bytes)}`);
  if (zip) detail.push(`zip ${size(zip.bytes)}`);
  if (acknowledged) detail.push(`acknowledged ${acknowledged.time}`);
  const tone = state === 'has-errors' ? '31' : state === 'ready' || state === 'emitted' ? '32' : '33';
  return [
    spec.category,
    `${spec.folder}/${spec.id}`,
    paint(words[state].padEnd(22), tone, color),
    detail.join(', '),
  ];
}

function statusJson({ examination, state, acknowledged }: DatasetStatus): object {
  const { spec, totals, csv, zip, report } = examination;
  return {
    dataset: spec.id,
    category: spec.category,
    folder: spec.folder,
    state,
    errors: totals.errors,
    warnings: totals.warnings,
    ...(report?.variant ? { variant: report.variant.id } : {}),
    ...(csv ? { csv: { path: csv.path, bytes: csv.bytes } } : {}),
    ...(zip ? { zip: { path: zip.path, bytes: zip.bytes } } : {}),
    ...(acknowledged ? { emittedAt: acknowledged.time } : {}),
  };
}

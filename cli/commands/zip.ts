import { defaultSettings } from '../../core/check/settings.ts';
import { zipDatasets } from '../../core/layout/zip.ts';
import { cacheFolder, cacheHelp, cacheOption } from '../cache.ts';
import { choiceOf, UsageError, type Command } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { count, size } from '../formats/text.ts';
import { load, splitTargets } from '../workspace.ts';

export const zip: Command = {
  parameters: '[datasets…] [folder]',
  options: { format: { type: 'string' }, ...cacheOption },
  help: [['--format F', 'text or json'], ...cacheHelp],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const { datasets, root } = splitTargets(positionals);
    const { workspace } = await load(root, defaultSettings, terminal, {
      cache: cacheFolder(values, terminal),
    });
    const examined = workspace.datasets.map((status) => status.examination);
    const wanted = examined.filter(
      ({ spec, csv }) => csv && (datasets.length === 0 || datasets.includes(spec.id)),
    );
    const without = datasets.filter((id) => !wanted.some(({ spec }) => spec.id === id));
    if (without.length > 0) throw new UsageError(`There is no CSV of ${without.join(', ')} to zip.`);
    const result = await zipDatasets(workspace.root, wanted, {
      signal: terminal.signal,
      onProgress: (bytes, dataset) => terminal.progress(`Zipping ${dataset}, ${size(bytes)} read …`),
    });
    terminal.progress('');
    if (format === 'json') terminal.print(jsonDocument(result));
    else {
      for (const { path, bytes } of result.written) terminal.print(`${path}: ${size(bytes)}`);
      for (const { path, message } of result.failed) terminal.print(`${path}: ${message}`);
      terminal.print(
        `${count(result.written.length, 'zip')} written, ${result.unchanged.length} unchanged, ${result.failed.length} failed.`,
      );
    }
    return result.failed.length > 0 ? 1 : 0;
  },
};

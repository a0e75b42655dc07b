import { DEFAULT_LEVEL } from '../../core/archive/write/write.ts';
import { zipDatasets } from '../../core/scan/zip-dataset.ts';
import { count } from '../../core/wording.ts';
import { cacheFolder, cacheHelp, cacheOption } from '../inputs/cache.ts';
import { choiceOf, textOf, UsageError, type Command, type OptionValues } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { size } from '../formats/text.ts';
import { loadZips, splitTargets, unusable } from '../inputs/workspace.ts';

export const zip: Command = {
  parameters: '[datasets…] [folder]',
  alone: 'dataset',
  options: { format: { type: 'string' }, level: { type: 'string' }, ...cacheOption },
  help: [
    [
      '--level N',
      `1 (fast) to 9 (small), ${DEFAULT_LEVEL} if left out; zips that are up to date stay as they are`,
    ],
    ['--format F', 'text or json'],
    ...cacheHelp,
  ],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const level = levelFrom(values);
    const { datasets, root: named } = splitTargets(positionals);
    const { root, tree, candidates } = await loadZips(named, terminal, cacheFolder(values, terminal));
    const wanted = candidates.filter(
      ({ spec, csv }) => csv && (datasets.length === 0 || datasets.includes(spec.id)),
    );
    const without = datasets.filter((id) => !wanted.some(({ spec }) => spec.id === id));
    const { lines, code } = unusable(tree, datasets);
    lines.forEach(terminal.tell);
    if (without.length > 0) throw new UsageError(`There is no CSV of ${without.join(', ')} to zip.`);
    const result = await zipDatasets(root, wanted, {
      level,
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
    return result.failed.length > 0 ? 1 : code;
  },
};

/** @throws UsageError for what is no level */
function levelFrom(values: OptionValues): number {
  const level = textOf(values, 'level');
  if (level === undefined) return DEFAULT_LEVEL;
  if (!/^[1-9]$/.test(level)) throw new UsageError('--level takes a whole number from 1 to 9.');
  return Number(level);
}

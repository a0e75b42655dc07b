import path from 'node:path';
import { addDataset, AlreadyThereError, initializeEmissionFolder } from '../../core/layout/init.ts';
import { findDataset, variantsOf } from '../../core/catalogue/catalogue.ts';
import { count } from '../../core/wording.ts';
import { choiceOf, textOf, UsageError, type Command } from '../command.ts';
import { jsonDocument } from '../formats/json.ts';
import { splitTargets } from '../inputs/workspace.ts';

export const init: Command = {
  parameters: '[datasets…] [folder]',
  options: { format: { type: 'string' }, variant: { type: 'string' } },
  help: [
    ['--format F', 'text or json'],
    ['--variant V', 'header of the masters: state or udise'],
  ],
  async run({ values, positionals, terminal }) {
    const format = choiceOf(values, 'format', ['text', 'json']);
    const { datasets, root } = splitTargets(positionals);
    const variant = textOf(values, 'variant');
    for (const id of datasets) {
      const variants = variantsOf(findDataset(id)!).map((each) => each.id);
      if (variant !== undefined && variants.length > 1 && !variants.includes(variant)) {
        throw new UsageError(`${id} has the headers ${variants.join(', ')}; not ${variant}.`);
      }
    }
    const made = await initializeEmissionFolder(path.resolve(terminal.directory, root ?? '.'));
    const files: string[] = [];
    const kept: string[] = [];
    for (const id of datasets) {
      try {
        files.push(await addDataset(made.root, findDataset(id)!, variant));
      } catch (error) {
        if (!(error instanceof AlreadyThereError)) throw error;
        kept.push(error.message);
      }
    }
    if (format === 'json') terminal.print(jsonDocument({ ...made, files, kept }));
    else {
      terminal.print(
        `${made.root}: ${count(made.created.length, 'folder')} made, ${count(files.length, 'CSV')} made.`,
      );
      for (const message of kept) terminal.print(message);
    }
    return kept.length > 0 ? 1 : 0;
  },
};

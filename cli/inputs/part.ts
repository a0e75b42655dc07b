import { readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetOfCsv, datasetsOfFolder } from '../../core/catalogue/match.ts';
import { UsageError, type Command } from '../command.ts';

/** A part of an emission folder was named where the whole is wanted. */
export class PartError extends UsageError {
  readonly #root: string;
  /** A file of each dataset in the part, by the dataset's id; its CSV where there is one. */
  readonly #files: ReadonlyMap<string, string>;

  constructor(part: string, root: string, files: ReadonlyMap<string, string>) {
    super(`${part} is a part of the emission folder ${root}.`);
    this.#root = root;
    this.#files = files;
  }

  /**
   * The message with what would do: the words of a command that is about this part alone, or about the whole.
   *
   * @param name of the command that was called
   * @param alone how it takes one dataset; undefined where it cannot
   */
  messageFor(name: string, alone: Command['alone']): string {
    const ids = [...this.#files.keys()];
    if (ids.length === 0)
      return `${this.message} No CSV or zip of a dataset is in it: name the whole folder.`;
    const ofDatasets = (command: string) => line(command, ...ids, this.#root);
    if (alone === 'dataset') return `${this.message} For it alone: ${ofDatasets(name)}`;
    if (alone === 'file') return `${this.message} For it alone: ${line(name, ...this.#files.values())}`;
    return `${this.message} \`${name}\` is about the whole: name that folder. What would be sent of this part alone: ${ofDatasets('plan')}`;
  }
}

/**
 * The error of a part of an emission folder.
 *
 * @param part absolute path of a folder or file inside it
 * @param root absolute path of the emission folder
 * @param shown a path as a person would type it
 */
export function partOf(part: string, root: string, shown: (file: string) => string): PartError {
  const [folder = ''] = path.relative(root, part).split(path.sep);
  const inside = path.join(root, folder);
  const names = statSync(part).isDirectory() ? readdirSync(inside) : [path.basename(part)];
  const files = new Map<string, string>();
  for (const spec of datasetsOfFolder(folder)) {
    const name =
      names.find((each) => datasetOfCsv(folder, each) === spec) ??
      names.find((each) => each === spec.archive);
    if (name !== undefined) files.set(spec.id, shown(path.join(inside, name)));
  }
  return new PartError(shown(part), shown(root), files);
}

/** A call as a person would type it: words with blanks in quotes. */
function line(...words: readonly string[]): string {
  return ['cqube-emission', ...words.map((word) => (/\s/.test(word) ? `"${word}"` : word))].join(' ');
}

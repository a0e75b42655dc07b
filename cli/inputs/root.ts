import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetsOfFolder } from '../../core/catalogue/match.ts';
import { EMISSION_FOLDER } from '../../core/layout/emission-folder.ts';
import { reasonOf } from '../../core/layout/emission-tree.ts';
import { wrapsEmissionFolder } from '../../core/layout/tree.ts';
import { UsageError } from '../command.ts';
import { partOf } from './part.ts';

/**
 * The emission folder that a command is about.
 *
 * @param given what the user named: the emission folder, a folder that holds it, or nothing for the nearest one
 * @param tell is told which folder is taken where that is not the one that was named
 * @throws UsageError when there is none, or more than one, or when a folder on the way cannot be read
 */
export function findRoot(
  given: string | undefined,
  directory: string,
  tell: (text: string) => void = () => undefined,
): string {
  try {
    return rootMeant(given, directory, tell);
  } catch (error) {
    throw unreadableFolder(error, directory);
  }
}

/** The error of a folder that cannot be read, in our words; any other one as it is. */
export function unreadableFolder(error: unknown, directory: string): Error {
  const { code, path: folder } = error as NodeJS.ErrnoException;
  if (code === undefined || folder === undefined) return error as Error;
  return new UsageError(`${shown(folder, directory)} cannot be read: ${reasonOf(error)}.`);
}

function rootMeant(given: string | undefined, directory: string, tell: (text: string) => void): string {
  const start = path.resolve(directory, given ?? '.');
  const stats = statSync(start, { throwIfNoEntry: false });
  if (!stats) throw new UsageError(`${given ?? start} is not there.`);
  const above = rootAbove(start);
  if (!stats.isDirectory()) {
    if (above !== undefined) throw partOf(start, above, (file) => shown(file, directory));
    throw new UsageError(`${given ?? start} is a file. Expected: a folder ${EMISSION_FOLDER}.`);
  }
  const named = rootNear(start, given !== undefined) ?? (given === undefined ? above : undefined);
  if (named !== undefined) {
    const root = innermost(named);
    if (root !== named)
      tell(
        `${shown(named, directory)} holds another ${EMISSION_FOLDER} alone: ${shown(root, directory)} is meant.`,
      );
    return root;
  }
  if (above !== undefined) throw partOf(start, above, (file) => shown(file, directory));
  const below = rootsBelow(start);
  const [only] = below;
  if (only !== undefined && below.length === 1) {
    tell(`${shown(only, directory)} is meant.`);
    return innermost(only);
  }
  if (below.length > 1) {
    throw new UsageError(
      `${given ?? 'This folder'} holds more than one emission folder. Name one of them: ${below.map((folder) => shown(folder, directory)).join(', ')}`,
    );
  }
  throw new UsageError(
    `${given ?? 'This folder'} is no emission folder and holds none. Expected: a folder ${EMISSION_FOLDER} with one folder for each data source. ` +
      '`cqube-emission init` makes one.',
  );
}

/** The folder itself, or the emission folder right inside. `isNamed`: whether it may bear any name. */
function rootNear(start: string, isNamed: boolean): string | undefined {
  if (path.basename(start) === EMISSION_FOLDER || (isNamed && holdsDatasets(start))) return start;
  const inside = path.join(start, EMISSION_FOLDER);
  return existsSync(inside) ? inside : undefined;
}

function rootAbove(start: string): string | undefined {
  for (let folder = path.dirname(start); folder !== path.dirname(folder); folder = path.dirname(folder)) {
    if (path.basename(folder) === EMISSION_FOLDER) return folder;
  }
  return undefined;
}

/** The emission folders in the folders of a folder. */
function rootsBelow(start: string): string[] {
  return readdirSync(start, { withFileTypes: true })
    .filter((entry) => entry.isDirectory())
    .map(({ name }) => path.join(start, name, EMISSION_FOLDER))
    .filter((folder) => existsSync(folder))
    .sort();
}

function innermost(folder: string): string {
  const entries = readdirSync(folder, { withFileTypes: true }).map((entry) => ({
    name: entry.name,
    kind: entry.isDirectory() ? ('directory' as const) : ('file' as const),
  }));
  return wrapsEmissionFolder(entries) ? innermost(path.join(folder, EMISSION_FOLDER)) : folder;
}

function holdsDatasets(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && datasetsOfFolder(entry.name).length > 0,
  );
}

/** A path as a person would type it. */
function shown(folder: string, directory: string): string {
  const relative = path.relative(directory, folder);
  return relative === '' ? '.' : relative.startsWith('..') ? folder : relative;
}

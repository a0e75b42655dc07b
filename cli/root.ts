import { existsSync, readdirSync, statSync } from 'node:fs';
import path from 'node:path';
import { datasetsOfFolder } from '../core/catalogue/match.ts';
import { EMISSION_FOLDER } from '../core/layout/tree.ts';
import { UsageError } from './command.ts';

/**
 * The emission folder that a command is about.
 *
 * @param given what the user named: the emission folder, a folder that holds it, or nothing for the nearest one
 * @throws UsageError when there is none
 */
export function findRoot(given: string | undefined, directory: string): string {
  const start = path.resolve(directory, given ?? '.');
  if (!existsSync(start)) throw new UsageError(`${given ?? start} is not there.`);
  if (!statSync(start).isDirectory())
    throw new UsageError(`${given ?? start} is a file. Expected: a folder ${EMISSION_FOLDER}.`);
  if (path.basename(start) === EMISSION_FOLDER || (given !== undefined && holdsDatasets(start))) return start;
  const inside = path.join(start, EMISSION_FOLDER);
  if (existsSync(inside)) return inside;
  if (given === undefined) {
    for (let folder = path.dirname(start); folder !== path.dirname(folder); folder = path.dirname(folder)) {
      if (path.basename(folder) === EMISSION_FOLDER) return folder;
    }
  }
  throw new UsageError(
    `${given ?? 'This folder'} is no emission folder and holds none. Expected: a folder ${EMISSION_FOLDER} with one folder for each data source. ` +
      '`cqube-emission init` makes one.',
  );
}

function holdsDatasets(folder: string): boolean {
  return readdirSync(folder, { withFileTypes: true }).some(
    (entry) => entry.isDirectory() && datasetsOfFolder(entry.name).length > 0,
  );
}

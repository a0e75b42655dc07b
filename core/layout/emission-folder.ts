import path from 'node:path';

/** Name of the folder that holds everything to emit. */
export const EMISSION_FOLDER = 'cqube_emission';

/**
 * The folder beside which the records of an emission folder lie: itself, or the outermost of those above it that bear the
 * name one inside the other. An archive that is extracted once more into the folder of its name must not seem never to
 * have been sent.
 *
 * @param folder absolute path
 */
export function outermost(folder: string): string {
  const above = path.dirname(folder);
  const isNested = path.basename(folder) === EMISSION_FOLDER && path.basename(above) === EMISSION_FOLDER;
  return isNested ? outermost(above) : folder;
}

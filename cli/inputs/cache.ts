import { homedir } from 'node:os';
import path from 'node:path';
import type { OptionValues, Terminal } from '../command.ts';

export const cacheOption = { 'no-cache': { type: 'boolean' } } as const;

export const cacheHelp = [
  ['--no-cache', 'checks every file anew, and keeps nothing; or CQUBE_EMISSION_CACHE=off in the environment'],
] as const;

/**
 * The folder for answers that outlast a run: what CQUBE_EMISSION_CACHE names, or the place that the platform has for
 * caches.
 *
 * @returns undefined when the user wants none
 */
export function cacheFolder(
  values: OptionValues,
  { environment, directory }: Terminal,
  platform: NodeJS.Platform = process.platform,
): string | undefined {
  const named = environment.CQUBE_EMISSION_CACHE ?? '';
  if (values['no-cache'] === true || named === 'off') return undefined;
  if (named !== '') return path.resolve(directory, named);
  return path.join(platformFolder(environment, platform), 'cqube-emission');
}

function platformFolder(environment: Terminal['environment'], platform: NodeJS.Platform): string {
  if (platform === 'darwin') return path.join(homedir(), 'Library', 'Caches');
  const [named, usual] =
    platform === 'win32'
      ? [environment.LOCALAPPDATA, ['AppData', 'Local']]
      : [environment.XDG_CACHE_HOME, ['.cache']];
  // A relative path is no valid one, by the rules of XDG.
  return named !== undefined && path.isAbsolute(named) ? named : path.join(homedir(), ...usual);
}

import { type Command, type OptionValues, UsageError } from '../command.ts';

/** `check --fix`: what it does to files before they are checked, and what it says of it. */
export const fixOptions: Command['options'] = {
  fix: { type: 'boolean' },
  'fix-dry-run': { type: 'boolean' },
  'show-personal': { type: 'boolean' },
  'no-backup': { type: 'boolean' },
  'discard-backups': { type: 'boolean' },
};

export const fixHelp: Command['help'] = [
  ['--fix', 'mend what has one reading, keep each file as it was beside it, then check'],
  ['--fix-dry-run', 'show what --fix would do as a unified diff; nothing is written'],
  ['--show-personal', 'do not hide names and dates of birth in that diff'],
  ['--no-backup', 'with --fix: keep no file as it was'],
  ['--discard-backups', 'with --fix: mend nothing, remove the files that earlier runs have kept'],
];

export type FixMode = 'none' | 'fix' | 'dry-run' | 'discard';

/** @throws UsageError for options that do not go together */
export function fixModeFrom(values: OptionValues): FixMode {
  const isFix = values.fix === true;
  const isDry = values['fix-dry-run'] === true;
  if (isFix && isDry) throw new UsageError('Give either --fix or --fix-dry-run.');
  for (const name of ['no-backup', 'discard-backups'])
    if (values[name] === true && !isFix) throw new UsageError(`--${name} goes with --fix.`);
  if (values['show-personal'] === true && !isDry)
    throw new UsageError('--show-personal goes with --fix-dry-run.');
  if (isDry) return 'dry-run';
  if (!isFix) return 'none';
  return values['discard-backups'] === true ? 'discard' : 'fix';
}

import type { ParseArgsOptionsConfig } from 'node:util';

/** The rim of the command line: everything that a command does to the outside goes through it. */
export interface Terminal {
  /** Standard output: results, and nothing else. */
  readonly print: (text: string) => void;
  /** The same for a text of any length, and a line end behind it. */
  readonly printPieces: (pieces: Iterable<string>) => Promise<void>;
  /** Standard error: progress lines and problems. */
  readonly tell: (text: string) => void;
  /** One line of progress that the next one replaces; does nothing where standard error is no terminal. */
  readonly progress: (text: string) => void;
  readonly color: boolean;
  readonly directory: string;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborts on Ctrl-C. */
  readonly signal: AbortSignal;
}

export type OptionValues = Readonly<Record<string, string | boolean | (string | boolean)[] | undefined>>;

export interface Invocation {
  readonly values: OptionValues;
  readonly positionals: readonly string[];
  readonly terminal: Terminal;
}

/**
 * 0: no error; 1: errors found, a name that is only nearly right, or something was not emitted; 2: wrong usage, or
 * something could not be reached.
 */
export type ExitCode = 0 | 1 | 2;

export interface Command {
  /** What follows the name in the usage line. */
  readonly parameters: string;
  /** How one dataset alone is meant: by its id before the folder, or by its file. Undefined where it cannot be. */
  readonly alone?: 'dataset' | 'file';
  readonly options: ParseArgsOptionsConfig;
  /** A line for each option, in the order of the help. */
  readonly help: readonly (readonly [option: string, meaning: string])[];
  readonly run: (invocation: Invocation) => Promise<ExitCode>;
}

/** What the user asked for cannot be done as asked; the message says why and what would do. Exit code 2. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** The text of an option, undefined when it is absent. */
export function textOf(values: OptionValues, name: string): string | undefined {
  const value = values[name];
  return typeof value === 'string' ? value : undefined;
}

/** All texts of an option that may be repeated. */
export function textsOf(values: OptionValues, name: string): string[] {
  const value = values[name];
  return Array.isArray(value) ? value.filter((each) => typeof each === 'string') : [];
}

/** One of the allowed words of an option; the first when the option is absent. @throws UsageError for another */
export function choiceOf<T extends string>(
  values: OptionValues,
  name: string,
  allowed: readonly [T, ...T[]],
): T {
  const value = textOf(values, name);
  if (value === undefined) return allowed[0];
  const found = allowed.find((word) => word === value);
  if (!found) throw new UsageError(`--${name} takes ${allowed.join(', ')}; not "${value}".`);
  return found;
}

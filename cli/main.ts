import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { mostSimilar } from '../core/catalogue/similar.ts';
import { EmissionError } from '../core/emit/error.ts';
import { isCheckThread } from '../core/scan/threads/pool-thread.ts';
import { reasonOf } from '../core/layout/emission-tree.ts';
import { table } from '../core/wording.ts';
import { UsageError, type Command, type Terminal } from './command.ts';
import { commands, type CommandEntry } from './commands.ts';
import { PartError } from './inputs/part.ts';

const INTERRUPTED = 130;
/** So many UTF-16 units of a long text are written at a time. */
const PRINTED_UNITS = 1 << 16;

async function main(words: readonly string[]): Promise<number> {
  const [name, ...rest] = words;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    const wanted = rest.find((word) => !word.startsWith('-'));
    const command = commands.find((each) => each.name === wanted);
    if (wanted !== undefined && !command) {
      process.stderr.write(`${noCommand(wanted)}\n`);
      return 2;
    }
    process.stdout.write(`${command ? await commandHelp(command) : help()}\n`);
    return name === undefined ? 2 : 0;
  }
  const entry = commands.find((each) => each.name === name);
  const stop = new AbortController();
  let command: Command | undefined;
  process.once('SIGINT', () => stop.abort());
  process.once('SIGTERM', () => stop.abort());
  try {
    if (!entry) throw new UsageError(noCommand(name));
    command = await entry.load();
    const { values, positionals } = parse(name, command, rest);
    if (values.help === true) {
      process.stdout.write(`${await commandHelp(entry)}\n`);
      return 0;
    }
    const terminal = openTerminal(stop.signal, values['no-progress'] !== true);
    const code = await command.run({ values, positionals, terminal });
    return stop.signal.aborted ? INTERRUPTED : code;
  } catch (error) {
    if (stop.signal.aborted) {
      process.stderr.write('Interrupted.\n');
      return INTERRUPTED;
    }
    process.stderr.write(`${messageOf(error, name, command)}\n`);
    return 2;
  }
}

function parse(name: string, command: Command, words: string[]) {
  try {
    const common = { help: { type: 'boolean', short: 'h' }, 'no-progress': { type: 'boolean' } } as const;
    return parseArgs({ args: words, options: { ...command.options, ...common }, allowPositionals: true });
  } catch (error) {
    const reason = (error as Error).message.split('. ')[0] ?? '';
    throw new UsageError(`${reason}. \`cqube-emission ${name} --help\` shows the options.`);
  }
}

function openTerminal(signal: AbortSignal, progress: boolean): Terminal {
  const moving = progress && process.stderr.isTTY;
  let shown = false;
  const clear = () => {
    if (shown) process.stderr.write('\r\u001b[K');
    shown = false;
  };
  return {
    print: (text) => {
      clear();
      process.stdout.write(`${text}\n`);
    },
    printPieces: async (pieces) => {
      clear();
      let text = '';
      for (const piece of pieces) {
        text += piece;
        if (text.length < PRINTED_UNITS) continue;
        if (!process.stdout.write(text)) await once(process.stdout, 'drain');
        text = '';
      }
      process.stdout.write(`${text}\n`);
    },
    tell: (text) => {
      clear();
      process.stderr.write(`${text}\n`);
    },
    progress: (text) => {
      if (!moving) return;
      clear();
      if (text === '') return;
      process.stderr.write(text.slice(0, process.stderr.columns - 1));
      shown = true;
    },
    color: process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '',
    directory: process.cwd(),
    environment: process.env,
    signal,
  };
}

function messageOf(error: unknown, name: string, command: Command | undefined): string {
  if (error instanceof PartError) return error.messageFor(name, command?.alone);
  if (error instanceof UsageError || error instanceof EmissionError) return error.message;
  if (error instanceof Error && 'code' in error && 'path' in error)
    return `${String(error.path)}: ${reasonOf(error)}.`;
  return `Something went wrong inside cqube-emission: ${(error as Error).message}`;
}

function help(): string {
  return [
    'cqube-emission <command> [options]',
    '',
    'Checks, zips and emits cQube data files. The folder defaults to the nearest cqube_emission.',
    '',
    table(
      commands.map((each) => [each.name, each.summary]),
      '  ',
    ),
    '',
    '`cqube-emission help <command>` shows the options of a command.',
    'Exit code 0: no error; 1: errors, a name nearly right, or something not emitted; 2: wrong usage, or out of reach; 130: interrupted.',
  ].join('\n');
}

function noCommand(name: string): string {
  const meant = mostSimilar(
    name,
    commands.map((each) => each.name),
  );
  return `There is no command ${name}.${meant === undefined ? '' : ` Did you mean ${meant}?`}\n\n${help()}`;
}

async function commandHelp({ name, summary, load }: CommandEntry): Promise<string> {
  const command = await load();
  const options = [...command.help, ['--no-progress', 'no progress line on standard error']];
  return [`cqube-emission ${name} ${command.parameters}`, '', summary, '', table(options, '  ')].join('\n');
}

if (isCheckThread())
  void import('../core/scan/threads/check-thread-node.ts').then(({ serveChecks }) => serveChecks());
else {
  // A reader that has seen enough, such as `head`, closes the pipe: that is no fault.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => {
    if (error.code === 'EPIPE') process.exit(0);
    throw error;
  });
  void main(process.argv.slice(2)).then((code) => {
    process.exitCode = code;
  });
}

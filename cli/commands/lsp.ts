import { createRequire } from 'node:module';
import path from 'node:path';
import { UsageError, type Command } from '../command.ts';

/** What Ctrl-C and a request to end make of a program. */
const INTERRUPTED = 130;

export const lsp: Command = {
  parameters: '--stdio',
  options: { stdio: { type: 'boolean' }, clientProcessId: { type: 'string' } },
  help: [
    ['--stdio', 'speaks the Language Server Protocol over standard input and output, the only way there is'],
    ['--clientProcessId N', 'ends when that process has ended'],
  ],
  async run({ values, positionals, terminal }) {
    if (values.stdio !== true || positionals.length > 0)
      throw new UsageError('An editor starts the language server as `cqube-emission lsp --stdio`.');
    // It lies beside the command line, which starts sooner without it, and reads the options by itself.
    createRequire(__filename)(path.join(__dirname, 'server.js'));
    await new Promise<void>((resolve) => {
      if (terminal.signal.aborted) resolve();
      else terminal.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    // Standard input would keep the process alive.
    process.exit(INTERRUPTED);
  },
};

import path from 'node:path';
import { startLocalEndpoint } from '../../local/server.ts';
import { textOf, UsageError, type Command } from '../command.ts';

export const serve: Command = {
  parameters: '[folder for what is uploaded]',
  options: { port: { type: 'string' } },
  help: [['--port N', 'port on 127.0.0.1; any free one if left out']],
  async run({ values, positionals, terminal }) {
    const port = textOf(values, 'port') ?? '0';
    if (!/^\d{1,5}$/.test(port) || Number(port) > 65535)
      throw new UsageError('--port takes a number up to 65535.');
    const directory = path.resolve(terminal.directory, positionals[0] ?? 'cqube-local');
    const endpoint = await startLocalEndpoint({ directory, port: Number(port) });
    terminal.print(`Local emission endpoint: ${endpoint.url}`);
    terminal.print(`Token, good for this run: ${endpoint.token}`);
    terminal.print(`Objects: ${endpoint.emissionFolder}`);
    terminal.print('Ctrl-C ends it.');
    await new Promise<void>((resolve) => {
      if (terminal.signal.aborted) resolve();
      else terminal.signal.addEventListener('abort', () => resolve(), { once: true });
    });
    await endpoint.stop();
    return 0;
  },
};

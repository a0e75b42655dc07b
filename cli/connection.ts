/** Where a command sends to and with which token. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cleanToken, normaliseEndpoint } from '../core/emit/endpoint.ts';
import { textOf, UsageError, type Invocation } from './command.ts';

/** The endpoint of the option or the environment; undefined when there is none and it is optional. @throws UsageError */
export function endpointOf({ values, terminal }: Invocation, optional: boolean): string | undefined {
  const text = textOf(values, 'endpoint') ?? terminal.environment.CQUBE_EMISSION_URL;
  if (text !== undefined && text !== '') return normaliseEndpoint(text);
  if (optional) return undefined;
  throw new UsageError('No endpoint. Name it with --endpoint https://…/data or in CQUBE_EMISSION_URL.');
}

/**
 * The token comes from a file or the environment: an argument could be seen by every process of the computer.
 *
 * @throws UsageError
 */
export async function tokenOf({ values, terminal }: Invocation): Promise<string> {
  const file = textOf(values, 'token-file');
  if (file !== undefined) {
    let text: string;
    try {
      text = await readFile(path.resolve(terminal.directory, file), 'utf8');
    } catch {
      throw new UsageError(`The token file ${file} cannot be read.`);
    }
    return cleanToken(text);
  }
  const token = terminal.environment.CQUBE_EMISSION_TOKEN;
  if (token === undefined || token === '') {
    throw new UsageError(
      'No token. Put it into CQUBE_EMISSION_TOKEN, or into a file that you name with --token-file.',
    );
  }
  return cleanToken(token);
}

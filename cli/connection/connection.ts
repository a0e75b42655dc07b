/** Where a command sends to and with which token. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { cleanToken, normaliseEndpoint } from '../../core/emit/http/endpoint.ts';
import { textOf, UsageError, type Invocation } from '../command.ts';

/** The endpoint of the option or the environment; undefined when there is none. @throws EmissionError `bad-endpoint` */
export function namedEndpoint({ values, terminal }: Invocation): string | undefined {
  const text = textOf(values, 'endpoint') ?? terminal.environment.CQUBE_EMISSION_URL;
  return text === undefined || text === '' ? undefined : normaliseEndpoint(text);
}

/** The endpoint of the option or the environment. @throws UsageError when there is none */
export function endpointOf(invocation: Invocation): string {
  const endpoint = namedEndpoint(invocation);
  if (endpoint !== undefined) return endpoint;
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

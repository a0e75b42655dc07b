/** Endpoint and token: set, removed and tried. */
import * as vscode from 'vscode';
import { createApi } from '../../core/emit/api/api.ts';
import type { Buckets } from '../../core/emit/api/api.ts';
import { cleanToken } from '../../core/emit/http/endpoint.ts';
import { asEmissionError, EmissionError } from '../../core/emit/error.ts';
import { askEndpoint, readEndpoint } from '../endpoint.ts';
import type { Endpoint } from '../endpoint.ts';
import { commands } from '../identifiers.ts';
import { withPatience } from '../patience.ts';
import type { TokenStore } from '../token.ts';
import { register } from './command.ts';
import type { Surface } from './command.ts';

export type Connection = Pick<Surface, 'tokens' | 'log'>;

export function registerConnectionCommands(surface: Connection): vscode.Disposable {
  const { log } = surface;
  return vscode.Disposable.from(
    register(log, commands.setEndpoint, () => setEndpoint(surface)),
    register(log, commands.setToken, () => setToken(surface)),
    register(log, commands.removeToken, () => removeToken(surface)),
    register(log, commands.testConnection, () => testConnection(surface)),
  );
}

const setTokenLabel = 'Set Token…';
const setEndpointLabel = 'Set Endpoint…';

async function setEndpoint(surface: Connection): Promise<void> {
  const endpoint = await askEndpoint();
  if (!endpoint || (await surface.tokens.get(endpoint.origin)) !== undefined) return;
  const chosen = await vscode.window.showInformationMessage(
    `The endpoint is set. A token for ${endpoint.host} is needed to emit.`,
    setTokenLabel,
  );
  if (chosen === setTokenLabel) await askToken(surface, endpoint);
}

async function setToken(surface: Connection): Promise<void> {
  const endpoint = readEndpoint() ?? (await askEndpoint());
  if (endpoint) await askToken(surface, endpoint);
}

async function removeToken({ tokens }: Connection): Promise<void> {
  const endpoint = readEndpoint();
  if (!endpoint)
    throw new EmissionError('bad-endpoint', 'No endpoint is set, so there is no token to remove.', {
      consequence: 'stop-run',
    });
  if ((await tokens.get(endpoint.origin)) === undefined) {
    void vscode.window.showInformationMessage(`There is no token for ${endpoint.host}.`);
    return;
  }
  await tokens.remove(endpoint.origin);
  void vscode.window.showInformationMessage(`The token for ${endpoint.host} is removed.`);
}

/**
 * Asks for a token, proves it by a call without side effects, and only then stores it. The token that is stored;
 * undefined when the user turns away.
 */
async function askToken({ tokens, log }: Connection, endpoint: Endpoint): Promise<string | undefined> {
  for (;;) {
    const text = await vscode.window.showInputBox({
      title: 'cQube: Set Token',
      prompt: `Emission token for ${endpoint.host}. It is tried there and then kept in the secret storage of VS Code.`,
      password: true,
      ignoreFocusOut: true,
      validateInput: (value) => {
        try {
          cleanToken(value);
          return undefined;
        } catch (error) {
          return asEmissionError(error).message;
        }
      },
    });
    if (text === undefined) return undefined;
    const token = cleanToken(text);
    try {
      if ((await prove(endpoint, token)) === undefined) return undefined;
    } catch (error) {
      const { message } = asEmissionError(error);
      log.warn(`Token for ${endpoint.host} not stored: ${message}`);
      const again = 'Try Again';
      const chosen = await vscode.window.showErrorMessage(`The token was not stored. ${message}`, again);
      if (chosen !== again) return undefined;
      continue;
    }
    await tokens.store(endpoint.origin, token);
    log.info(`Token for ${endpoint.host} accepted and stored.`);
    void vscode.window.showInformationMessage(`${endpoint.host} accepts the token. It is stored.`);
    return token;
  }
}

/** What an emission needs, asked for where it is not set. Undefined when the user turns away. */
export async function requireEndpoint(): Promise<Endpoint | undefined> {
  return readEndpoint() ?? (await askEndpoint());
}

/** The token for an endpoint, asked for where there is none. Undefined when the user turns away. */
export async function requireToken(surface: Connection, endpoint: Endpoint): Promise<string | undefined> {
  return (await surface.tokens.get(endpoint.origin)) ?? (await askToken(surface, endpoint));
}

async function testConnection({ tokens, log }: Connection): Promise<Buckets | undefined> {
  const endpoint = readEndpoint();
  if (!endpoint) {
    const chosen = await vscode.window.showWarningMessage('No endpoint is set.', setEndpointLabel);
    if (chosen === setEndpointLabel) await vscode.commands.executeCommand(commands.setEndpoint);
    return undefined;
  }
  const token = await knownToken(tokens, endpoint);
  if (token === undefined) return undefined;
  const buckets = await prove(endpoint, token);
  if (!buckets) return undefined;
  log.info(`${endpoint.host} answers and accepts the token.`);
  void vscode.window.showInformationMessage(
    `${endpoint.host} answers and accepts the token. Files go to the bucket “${buckets.emission}”.`,
  );
  return buckets;
}

async function knownToken(tokens: TokenStore, endpoint: Endpoint): Promise<string | undefined> {
  const token = await tokens.get(endpoint.origin);
  if (token !== undefined) return token;
  const chosen = await vscode.window.showWarningMessage(
    `There is no token for ${endpoint.host}.`,
    setTokenLabel,
  );
  if (chosen === setTokenLabel) await vscode.commands.executeCommand(commands.setToken);
  return undefined;
}

/** Calls `list_s3_buckets`, once and cancellably. Undefined when the user cancelled. */
async function prove(endpoint: Endpoint, token: string): Promise<Buckets | undefined> {
  return withPatience(`Asking ${endpoint.host} …`, async (_progress, cancellation) => {
    const abort = new AbortController();
    const listening = cancellation.onCancellationRequested(() => abort.abort());
    try {
      return await createApi({ endpoint: endpoint.url, token, tries: 1 }).listBuckets(abort.signal);
    } catch (error) {
      if (asEmissionError(error).reason === 'cancelled') return undefined;
      throw error;
    } finally {
      listening.dispose();
    }
  });
}

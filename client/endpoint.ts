/** The address of the cQube server: read from the settings, asked for, stored. */
import * as vscode from 'vscode';
import { endpointOrigin, normaliseEndpoint } from '../core/emit/http/endpoint.ts';
import { asEmissionError } from '../core/emit/error.ts';
import { settings } from './identifiers.ts';

export interface Endpoint {
  /** Base address of the API, such as `https://cqube.example.org/data`. */
  readonly url: string;
  /** Such as `https://cqube.example.org`: tokens and acknowledgements belong to it. */
  readonly origin: string;
  readonly host: string;
}

function configuration(): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(settings.section);
}

/** What stands in the settings, as it stands there. In Restricted Mode VS Code leaves out what the workspace says. */
function configured(): string {
  return configuration().get<string>(settings.endpoint, '').trim();
}

/** @throws EmissionError `bad-endpoint` */
function parseEndpoint(text: string): Endpoint {
  const url = normaliseEndpoint(text);
  return { url, origin: endpointOrigin(url), host: new URL(url).host };
}

/**
 * The endpoint of the settings; undefined when none is set.
 *
 * @throws EmissionError `bad-endpoint` when one is set that cannot be used.
 */
export function readEndpoint(): Endpoint | undefined {
  const text = configured();
  return text === '' ? undefined : parseEndpoint(text);
}

/** The endpoint of the settings; undefined also for one that cannot be used. For display. */
export function usableEndpoint(): Endpoint | undefined {
  try {
    return readEndpoint();
  } catch {
    return undefined;
  }
}

/** Asks for the address and stores it. Undefined when the user turns away. */
export async function askEndpoint(): Promise<Endpoint | undefined> {
  const text = await vscode.window.showInputBox({
    title: 'cQube: Set Endpoint',
    prompt: 'Address of the cQube emission API. Ask the cQube administrator for it.',
    placeHolder: 'https://cqube.example.org/data',
    value: configured(),
    ignoreFocusOut: true,
    validateInput: (value) => {
      try {
        parseEndpoint(value);
        return undefined;
      } catch (error) {
        return asEmissionError(error).message;
      }
    },
  });
  if (text === undefined) return undefined;
  const endpoint = parseEndpoint(text);
  const inspected = configuration().inspect<string>(settings.endpoint);
  // A workspace that has an address of its own keeps having one; otherwise the address is the user's.
  const target =
    inspected?.workspaceValue === undefined
      ? vscode.ConfigurationTarget.Global
      : vscode.ConfigurationTarget.Workspace;
  await configuration().update(settings.endpoint, endpoint.url, target);
  return endpoint;
}

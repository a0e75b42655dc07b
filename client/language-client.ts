/** The connection to the language server, which runs as a process of its own. */
import * as vscode from 'vscode';
import {
  LanguageClient,
  ProgressType,
  RevealOutputChannelOn,
  State,
  TransportKind,
} from 'vscode-languageclient/node';
import type { LanguageClientOptions, ServerOptions } from 'vscode-languageclient/node';
import type {
  WorkDoneProgressBegin,
  WorkDoneProgressEnd,
  WorkDoneProgressReport,
} from 'vscode-languageclient/node';
import type { InitializationOptions } from '../server/messages.ts';
import { commands, documentPattern, rootName } from './identifiers.ts';
import { withPatience } from './patience.ts';

/** LSP's number for a deleted file. */
const deleted = 3;
const changed = 2;

const workDone = new ProgressType<WorkDoneProgressBegin | WorkDoneProgressReport | WorkDoneProgressEnd>();

/** Starts the server and resolves once it answers. `context` ends it. */
export async function startServer(
  context: vscode.ExtensionContext,
  log: vscode.LogOutputChannel,
): Promise<LanguageClient> {
  const module = context.asAbsolutePath('dist/server.js');
  const server: ServerOptions = { module, transport: TransportKind.ipc };
  const storage = context.storageUri ?? context.globalStorageUri;
  const initializationOptions: InitializationOptions = {
    watches: true,
    severityCommand: commands.setSeverity,
    ...(storage.scheme === 'file' ? { storage: storage.fsPath } : {}),
  };
  const options: LanguageClientOptions = {
    initializationOptions,
    documentSelector: [{ scheme: 'file', pattern: documentPattern }],
    diagnosticPullOptions: { onChange: true, onSave: true },
    middleware: {
      provideWorkspaceDiagnostics: (resultIds, token, report, next) =>
        next([...resultIds, ...forgottenResults(resultIds)], token, report),
    },
    synchronize: {
      // The folder itself too: when it is deleted, that is the only event.
      fileEvents: [`**/${rootName}`, `**/${rootName}/**`, `**/${rootName}.journal.jsonl`].map((pattern) =>
        keep(context, vscode.workspace.createFileSystemWatcher(pattern)),
      ),
    },
    outputChannel: log,
    revealOutputChannelOn: RevealOutputChannelOn.Never,
  };
  const client = new LanguageClient('cqubeEmission', 'cQube Emission', server, options);
  context.subscriptions.push(client);
  await client.start();
  return client;
}

/**
 * Files whose findings are shown although the client has forgotten what it was told of them, as it does when a tab is
 * closed. Unasked, the server would not say that nothing is wrong with them any more: they may be deleted or reverted.
 */
function forgottenResults(
  known: readonly { readonly uri: vscode.Uri }[],
): { uri: vscode.Uri; value: string }[] {
  const asked = new Set(known.map(({ uri }) => uri.toString()));
  return vscode.languages
    .getDiagnostics()
    .filter(
      ([uri, diagnostics]) =>
        uri.scheme === 'file' &&
        !asked.has(uri.toString()) &&
        diagnostics.some(({ source }) => source === 'cQube'),
    )
    .map(([uri]) => ({ uri, value: 'forgotten' }));
}

function keep<T extends vscode.Disposable>(context: vscode.ExtensionContext, thing: T): T {
  context.subscriptions.push(thing);
  return thing;
}

/**
 * Tells the server when a folder above an emission folder is deleted: VS Code reports that folder alone, and the
 * server's own patterns do not match it. `roots` are URIs of the emission folders.
 */
export function watchAncestors(client: LanguageClient, roots: () => readonly string[]): vscode.Disposable {
  const watcher = vscode.workspace.createFileSystemWatcher('**', true, true, false);
  watcher.onDidDelete((uri) => {
    const below = roots().filter((root) => root.startsWith(`${uri.toString()}/`));
    if (below.length > 0)
      tell(
        client,
        below.map((root) => ({ uri: root, type: deleted })),
      );
  });
  return watcher;
}

/** Tells the server that a file has changed which VS Code may not watch. */
export function tellChanged(client: LanguageClient, uri: vscode.Uri): void {
  tell(client, [{ uri: client.code2ProtocolConverter.asUri(uri), type: changed }]);
}

function tell(
  client: LanguageClient,
  changes: readonly { readonly uri: string; readonly type: number }[],
): void {
  if (client.state !== State.Running) return;
  void client.sendNotification('workspace/didChangeWatchedFiles', { changes });
}

let lastToken = 0;

/**
 * Sends a request that may take long; shows how far it is and lets the user cancel it, unless it is answered at once.
 * Undefined when the user cancelled.
 */
export async function requestWithProgress<R>(
  client: LanguageClient,
  title: string,
  method: string,
  params: object,
): Promise<R | undefined> {
  const workDoneToken = `cqube-${++lastToken}`;
  return withPatience(title, async (progress, cancellation) => {
    let shown = 0;
    const listening = client.onProgress(workDone, workDoneToken, (value) => {
      if (value.kind === 'end') return;
      const percentage = value.percentage ?? shown;
      const message = value.message === undefined ? {} : { message: value.message };
      progress.report({ increment: percentage - shown, ...message });
      shown = percentage;
    });
    try {
      return await client.sendRequest<R>(method, { ...params, workDoneToken }, cancellation);
    } catch (error) {
      if (cancellation.isCancellationRequested) return undefined;
      throw error;
    } finally {
      listening.dispose();
    }
  });
}

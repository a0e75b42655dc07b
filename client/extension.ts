/** The VS Code face: starts the language server and hangs tree, commands and status on it. */
import * as vscode from 'vscode';
import type { LanguageClient } from 'vscode-languageclient/node';
import type { InitializationResult } from '../server/messages.ts';
import { catchUpWhenSeen } from './catch-up.ts';
import { activateBucket, createBucketViews } from './bucket-views.ts';
import type { BucketViews } from './bucket-views.ts';
import { offerLog, showLog } from './commands/command.ts';
import type { Surface } from './commands/command.ts';
import { registerConnectionCommands } from './commands/connection.ts';
import { Emission } from './commands/emission.ts';
import { registerForecastCommand } from './commands/forecast.ts';
import { registerFolderCommands } from './commands/folder.ts';
import { registerSeverityCommand } from './commands/severity.ts';
import { registerZipCommands } from './commands/zip.ts';
import { setContextKey } from './context-keys.ts';
import { usableEndpoint } from './endpoint.ts';
import { tellHeld } from './held-documents.ts';
import { commands, contextKeys, settings } from './identifiers.ts';
import { startServer, watchAncestors } from './language-client.ts';
import { PlanDocuments } from './emission/plan-document.ts';
import { showColumn, showStatus } from './status.ts';
import { TokenStore } from './token.ts';
import { DatasetTree } from './tree/tree.ts';
import { WorkspaceState } from './workspace-state.ts';

/** What the tests inside VS Code look at. Nobody else is given it. */
export interface TestApi {
  readonly client: LanguageClient;
  readonly state: WorkspaceState;
  readonly tree: DatasetTree;
  readonly tokens: TokenStore;
  readonly bucket: BucketViews;
}

export async function activate(context: vscode.ExtensionContext): Promise<TestApi | undefined> {
  const keep = <T extends vscode.Disposable>(thing: T): T => {
    context.subscriptions.push(thing);
    return thing;
  };
  const log = keep(vscode.window.createOutputChannel('cQube Emission', { log: true }));
  const tokens = keep(new TokenStore(context.secrets));
  const state = keep(new WorkspaceState());
  const tree = keep(createTree(context, state));
  const bucket = createBucketViews(state, tokens);
  keep(bucket.subscription);
  followSurroundings(keep, state, tree, tokens);
  keep(registerConnectionCommands({ log, tokens }));
  keep(registerSeverityCommand());
  keep(vscode.commands.registerCommand(commands.showLog, () => log.show()));

  const client = await startServer(context, log).catch((error: unknown) => {
    offerLog(
      vscode.window.showErrorMessage('The cQube language server did not start. The log says why.', showLog),
    );
    throw error;
  });
  const surface: Surface = { client, catalogue: catalogueOf(client), state, tokens, tree, log };
  keep(registerFolderCommands(surface));
  keep(registerZipCommands(surface));
  const documents = keep(new PlanDocuments());
  keep(registerForecastCommand(surface, documents));
  keep(new Emission(surface, documents).register());
  keep(tellHeld(client));
  keep(catchUpWhenSeen(state, tree.view));
  keep(activateBucket(bucket, client, state, log));
  keep(watchAncestors(client, () => state.model.roots.map(({ root }) => root)));
  await state.follow(client);
  keep(showStatus(client, state));
  keep(showColumn(client, state));
  return context.extensionMode === vscode.ExtensionMode.Test
    ? { client, state, tree, tokens, bucket }
    : undefined;
}

function catalogueOf(client: LanguageClient): InitializationResult['catalogue'] {
  const result = client.initializeResult as Partial<InitializationResult> | undefined;
  return result?.catalogue ?? [];
}

const missingShownKey = 'missingShown';

/** The tree, with the choice whether it shows what is not there. */
function createTree(context: vscode.ExtensionContext, state: WorkspaceState): DatasetTree {
  const shown = context.workspaceState.get(missingShownKey, true);
  const tree = new DatasetTree(state, { missingShown: shown });
  setContextKey(contextKeys.missingShown, shown);
  const choose = async (missingShown: boolean): Promise<void> => {
    tree.options = { missingShown };
    setContextKey(contextKeys.missingShown, missingShown);
    await context.workspaceState.update(missingShownKey, missingShown);
  };
  context.subscriptions.push(
    vscode.commands.registerCommand(commands.showMissing, () => choose(true)),
    vscode.commands.registerCommand(commands.hideMissing, () => choose(false)),
  );
  return tree;
}

/** Keeps the `when` clauses and the line above the tree true: they depend on folders, endpoint, token and trust. */
function followSurroundings(
  keep: (thing: vscode.Disposable) => unknown,
  state: WorkspaceState,
  tree: DatasetTree,
  tokens: TokenStore,
): void {
  const update = async (): Promise<void> => {
    const endpoint = usableEndpoint();
    const hasToken = endpoint !== undefined && (await tokens.get(endpoint.origin)) !== undefined;
    setContextKey(contextKeys.hasEndpoint, endpoint !== undefined);
    setContextKey(contextKeys.hasToken, hasToken);
    setContextKey(contextKeys.scanned, !state.model.scanning);
    setContextKey(contextKeys.hasRoot, state.model.roots.length > 0);
    tree.showHint({ trusted: vscode.workspace.isTrusted, origin: endpoint?.origin, hasToken });
  };
  const soon = (): void => void update();
  keep(state.onDidChange(soon));
  keep(tokens.onDidChange(soon));
  keep(vscode.workspace.onDidGrantWorkspaceTrust(soon));
  keep(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration(`${settings.section}.${settings.endpoint}`)) soon();
    }),
  );
  soon();
}
